#include "drift/psi.h"
#include <math.h>

/* What each bin counts more. */
#define PRIOR 0.5

double alm_psi(const double *a, const double *b, int n_bins)
{
	double n = 0, m = 0, index = 0;
	for (int i = 0; i < n_bins; i++) {
		n += a[i];
		m += b[i];
	}
	if (n <= 0 || m <= 0)
		return 0;
	for (int i = 0; i < n_bins; i++) {
		double p = (a[i] + PRIOR) / (n + PRIOR * n_bins), q = (b[i] + PRIOR) / (m + PRIOR * n_bins);
		index += (p - q) * log(p / q);
	}
	return fmax(0, index - (n_bins - 1) * (1 / n + 1 / m));
}
