/*
 * Page's test of whether the mean of a sequence has risen (Page, Biometrika 41, 1954), in the form that is named after him and Hinkley (Gama et
 * al., A survey on concept drift adaptation, ACM Computing Surveys 46, 2014, section 3.2):
 *
 *      m_t = sum over i <= t of (x_i - mean_i - delta)         PH_t = m_t - min over i <= t of m_i
 *
 * mean_i is that of all values up to x_i; here it begins with what is known of errors before the first one, and everything is in units of their
 * deviation. PH_t above a limit is a rise. With delta = 1/2 and normal, independent values PH_t exceeds 8 about once in 19,000
 * (Siegmund, Sequential Analysis, 1985: the mean run length is (exp(2 delta h) - 1 - 2 delta h) / (2 delta^2) with h = 8 + 1.166).
 */
#ifndef ALM_DRIFT_PAGE_HINKLEY_H
#define ALM_DRIFT_PAGE_HINKLEY_H

#define ALM_PAGE_HINKLEY_DELTA 0.5

struct alm_page_hinkley {
	double n, mean;   /* values so far, those from before included */
	double deviation; /* > 0; does not change */
	double sum, least;
};

/* n values with that mean and deviation are known from before; deviation > 0. */
void alm_page_hinkley_init(struct alm_page_hinkley *test, double n, double mean, double deviation);

/* Takes the next value and returns PH_t, in deviations. */
double alm_page_hinkley_add(struct alm_page_hinkley *test, double value);

#endif
