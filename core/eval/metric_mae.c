/* Mean absolute error, in the data's units. */
#include <math.h>
#include "eval/metric.h"

double alm_metric_mae(const struct alm_error_sums *sums)
{
	return sums->n ? sums->absolute / (double)sums->n : NAN;
}
