/* The autocorrelation of a regular series, all lags at once through the Fourier transform. Internal to series. */
#ifndef ALM_SERIES_ACF_H
#define ALM_SERIES_ACF_H
#include <stddef.h>
#include "base/status.h"

/*
 * r(lag) = sum of x(t) x(t + lag) / sum of x(t) x(t) for lag = 0 .. n_lags - 1, n_lags <= n. The caller has subtracted the
 * mean and put 0 where a value is missing. All zeros give zeros.
 */
ALM_MUST_CHECK enum alm_status alm_acf(
	const double *x, size_t n, double *out, size_t n_lags, struct alm_error *err);

#endif
