/* Mean absolute percentage error over the points whose actual value is not zero. */
#include <math.h>
#include "eval/metric.h"

double alm_metric_mape(const struct alm_error_sums *sums)
{
	return sums->n_nonzero ? 100 * sums->relative / (double)sums->n_nonzero : NAN;
}
