/* Special functions that likelihoods need and the C library lacks. All pure. */
#ifndef ALM_NN_SPECIAL_H
#define ALM_NN_SPECIAL_H

/* log(1 + e^x), and its derivative. */
double alm_softplus(double x);
double alm_logistic(double x);

/* Derivative of log gamma, x > 0: recurrence to x >= 10, then Abramowitz and Stegun 6.3.18; absolute error below 1e-12. */
double alm_digamma(double x);

/* The value below which a standard normal falls with probability p in (0, 1): Abramowitz and Stegun 26.2.23, polished
 * by Newton steps on erfc; relative error below 1e-12. */
double alm_normal_quantile(double p);

/* The same of Student's t with df >= 2 degrees of freedom: Hill, Algorithm 396, CACM 13 (1970); six digits. */
double alm_student_quantile(double p, double df);

#endif
