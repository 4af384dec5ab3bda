/* Forecasts and scores as rows that people read with SQL. Writing the same forecast again replaces its points. */
#ifndef ALM_STORE_FORECAST_H
#define ALM_STORE_FORECAST_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

struct alm_forecast_row {
	int64_t version_id, run_id;
	const char *series, *channel;
	int64_t cutoff_ms; /* the last instant the forecast could look at */
	int n_steps;
	const int64_t *times_ms; /* [n_steps] */
	const double *values;    /* [n_steps], the data's own units, finite */
	int n_levels;            /* 0 = the forecast has no quantiles */
	const double *levels;    /* [n_levels] in (0, 1), rising */
	const double *quantiles; /* [n_steps][n_levels], finite */
};

/* In the caller's transaction. Unique on (version, series, channel, cutoff): a second time replaces the first. */
ALM_MUST_CHECK enum alm_status alm_forecast_put(
	struct alm_db *db, const struct alm_forecast_row *forecast, struct alm_error *err);

struct alm_score_row {
	int64_t version_id, run_id;
	const char *forecaster; /* "model", "seasonal_naive" ... */
	const char *channel;    /* "" = over all targets */
	const char *metric;     /* "mae" ... */
	double value;           /* NaN = undefined, stored as NULL */
	int64_t n_windows, n_points;
	int64_t from_ms, to_ms; /* the windows' targets lie in [from, to] */
};

/* In the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_score_put(
	struct alm_db *db, const struct alm_score_row *score, struct alm_error *err);

#endif
