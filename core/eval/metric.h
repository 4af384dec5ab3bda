/*
 * Metrics of point forecasts, from sums that are gathered point by point: a metric reads the sums, so it costs no
 * memory and no second pass. Sums are in double and in the order of the windows, whatever the threads.
 */
#ifndef ALM_EVAL_METRIC_H
#define ALM_EVAL_METRIC_H
#include <stddef.h>

/* What has been seen of one channel (or of all) so far. Zeroed to begin. */
struct alm_error_sums {
	size_t n;         /* points */
	double absolute;  /* sum of |actual - forecast| */
	double squared;   /* sum of (actual - forecast)^2 */
	size_t n_nonzero; /* points whose actual is not 0 */
	double relative;  /* sum of |actual - forecast| / |actual| over them */
	double scaled;    /* sum of |actual - forecast| / scale, where scale is known */
	size_t n_scaled;  /* points with a known scale */
};

/* Adds one point. `scale` is the seasonal-naive MAE of the training part; not above 0 = unknown. */
void alm_error_sums_add(struct alm_error_sums *sums, double actual, double forecast, double scale);

/* Adds the sums of another channel. */
void alm_error_sums_merge(struct alm_error_sums *sums, const struct alm_error_sums *more);

/* All four: NaN when there is no point to take it over. MAPE in percent. */
#define METRIC(name, title) double alm_metric_##name(const struct alm_error_sums *sums);
#include "eval/metric.def"
#undef METRIC

/* Place of each metric in the lists. */
enum alm_metric {
#define METRIC(name, title) ALM_METRIC_##name,
#include "eval/metric.def"
#undef METRIC
	ALM_N_METRICS
};

const char *alm_metric_name(enum alm_metric metric);  /* "mae" */
const char *alm_metric_title(enum alm_metric metric); /* "MAE", for tables */
double alm_metric_of(enum alm_metric metric, const struct alm_error_sums *sums);

#endif
