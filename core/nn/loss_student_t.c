/*
 * Negative log likelihood of Student's t, whose tails make room for outliers: location, scale and degrees of freedom v.
 *
 *      m = gain o0    s = gain (softplus(o1) + FLOOR)    v = 2 + softplus(o2)    z = (y - m) / s
 *      -log p = lgamma(v / 2) - lgamma((v + 1) / 2) + log(v pi) / 2 + log s + (v + 1) / 2 log(1 + z^2 / v)
 */
#include <math.h>
#include "nn/loss.h"
#include "nn/special.h"

#define FLOOR 1e-3 /* least scale, as in loss_gaussian.c */

/* More degrees of freedom are a normal distribution to six digits. */
#define DF_MAX 1e6

static double freedom(const float *output)
{
	double df = 2 + alm_softplus((double)output[2]);
	return df > DF_MAX ? DF_MAX : df; /* keeps what is not a number */
}

void alm_student_t_quantiles(const float *output, const float *levels, int n, float *out)
{
	double scale = alm_softplus((double)output[1]) + FLOOR, df = freedom(output);
	for (int i = 0; i < n; i++)
		out[i] = (float)((double)output[0] + scale * alm_student_quantile((double)levels[i], df));
}

static double log_gamma(double x)
{
	int sign;
	return lgamma_r(x, &sign); /* lgamma itself writes a global */
}

double alm_loss_student_t(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		const float *output = job->output + (long)i * 3;
		float *d_output = job->d_output ? job->d_output + (long)i * 3 : NULL;
		double gain = (double)alm_loss_gain(job, i), df = freedom(output);
		double s = gain * (alm_softplus((double)output[1]) + FLOOR);
		double z = ((double)job->target[i] - gain * (double)output[0]) / s, square = z * z;
		if (job->mask[i] == 0) {
			for (int k = 0; k < 3 && d_output; k++)
				d_output[k] = 0;
			continue;
		}
		double tail = log1p(square / df), share = square / (df + square);
		sum += log_gamma(df / 2) - log_gamma((df + 1) / 2) + log(df * M_PI) / 2 + log(s) +
		       (df + 1) / 2 * tail;
		if (!d_output)
			continue;
		double d_df = (alm_digamma(df / 2) - alm_digamma((df + 1) / 2) + 1 / df + tail -
				      (df + 1) / df * share) /
			      2;
		d_output[0] = (float)(-gain * (df + 1) * z / (s * (df + square)));
		d_output[1] = (float)(gain * (1 - (df + 1) * share) / s * alm_logistic((double)output[1]));
		d_output[2] = df < DF_MAX ? (float)(d_df * alm_logistic((double)output[2])) : 0;
	}
	return sum;
}
