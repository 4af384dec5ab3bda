#include "eval/metric.h"
#include <math.h>

static const struct {
	const char *name, *title;
	double (*of)(const struct alm_error_sums *sums);
} metrics[] = {
#define METRIC(word, heading) {#word, heading, alm_metric_##word},
#include "eval/metric.def"
#undef METRIC
};

const char *alm_metric_name(enum alm_metric metric)
{
	return metrics[metric].name;
}

const char *alm_metric_title(enum alm_metric metric)
{
	return metrics[metric].title;
}

double alm_metric_of(enum alm_metric metric, const struct alm_error_sums *sums)
{
	return metrics[metric].of(sums);
}

void alm_error_sums_add(struct alm_error_sums *sums, double actual, double forecast, double scale)
{
	double error = fabs(actual - forecast);
	sums->n++;
	sums->absolute += error;
	sums->squared += error * error;
	if (actual != 0) {
		sums->n_nonzero++;
		sums->relative += error / fabs(actual);
	}
	if (scale > 0) {
		sums->n_scaled++;
		sums->scaled += error / scale;
	}
}

void alm_error_sums_merge(struct alm_error_sums *sums, const struct alm_error_sums *more)
{
	sums->n += more->n;
	sums->absolute += more->absolute;
	sums->squared += more->squared;
	sums->n_nonzero += more->n_nonzero;
	sums->relative += more->relative;
	sums->scaled += more->scaled;
	sums->n_scaled += more->n_scaled;
}
