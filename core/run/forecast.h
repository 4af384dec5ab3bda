#ifndef ALM_RUN_FORECAST_H
#define ALM_RUN_FORECAST_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset.h"

/* almanac forecast: from the end of the data or a cutoff, for every series; stored unless dry_run. */
struct alm_forecast_request {
	const char *model;
	int version; /* 0 = champion */
	bool has_cutoff;
	int64_t cutoff_ms;  /* the last instant that may be looked at */
	const char *future; /* file with what is known ahead, over what the dataset has of it; NULL = none */
	bool dry_run;
};
struct alm_forecast_series {
	char *series;      /* owned */
	char *channel;     /* owned */
	int64_t cutoff_ms; /* last row of the series that was looked at */
	int n_steps, n_history;
	int64_t *times_ms; /* [n_steps]; owned */
	double *values;    /* [n_steps], the data's units; owned */
	int n_levels;      /* 0 = the model knows but points */
	double *levels;    /* [n_levels] in (0, 1), rising; owned */
	double *quantiles; /* [n_steps][n_levels], the data's units; owned */
	double *history;   /* [n_history] last known values before the cutoff, NaN = missing; owned */
};
struct alm_forecast_result {
	char model[ALM_NAME_MAX + 1];
	int version;
	int64_t run_id;
	int n;
	struct alm_forecast_series *items; /* [n] series x target; owned */
	/* ALM_DEGRADED: not by the champion, or not of every series, whose future channels lack; and why. Else ALM_OK. */
	struct alm_error degraded;
};
ALM_MUST_CHECK enum alm_status alm_run_forecast(const struct alm_context *context,
	const struct alm_forecast_request *request, struct alm_forecast_result *out, struct alm_error *err);
void alm_forecast_result_release(struct alm_forecast_result *result);

#endif
