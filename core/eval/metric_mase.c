/* Mean absolute scaled error (Hyndman and Koehler 2006): 1 = the seasonal naive's error one season ahead, in training. */
#include <math.h>
#include "eval/metric.h"

double alm_metric_mase(const struct alm_error_sums *sums)
{
	return sums->n_scaled ? sums->scaled / (double)sums->n_scaled : NAN;
}
