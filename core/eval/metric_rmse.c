/* Root mean squared error, in the data's units. */
#include <math.h>
#include "eval/metric.h"

double alm_metric_rmse(const struct alm_error_sums *sums)
{
	return sums->n ? sqrt(sums->squared / (double)sums->n) : NAN;
}
