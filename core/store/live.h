/* Forecasts that have come true, or in part: which are to be compared with what was observed, and how they fared. */
#ifndef ALM_STORE_LIVE_H
#define ALM_STORE_LIVE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

/* A forecast with its values, valid until the next one is asked for. */
struct alm_live_forecast {
	int64_t id;
	const char *series, *channel;
	int64_t cutoff_ms;
	int n_steps;
	const int64_t *times_ms; /* [n_steps] */
	const double *values;    /* [n_steps] */
};

/*
 * The forecasts of a model that begin no later than until_ms and have not been scored to their end, by series and time. The caller
 * closes, also after an error.
 */
struct alm_live_cursor;
ALM_MUST_CHECK enum alm_status alm_live_open(struct alm_db *db, int64_t model_id, int64_t until_ms,
	struct alm_live_cursor **out, struct alm_error *err);
/* *forecast is NULL at the end. */
ALM_MUST_CHECK enum alm_status alm_live_next(
	struct alm_live_cursor *cursor, const struct alm_live_forecast **forecast, struct alm_error *err);
void alm_live_close(struct alm_live_cursor *cursor); /* NULL is fine */

struct alm_live_score {
	int64_t forecast_id;
	bool complete; /* there will be no more observations of it */
	int64_t n_points;
	double mae, rmse, bias, baseline_mae; /* NaN = not known */
};

/* Takes the place of an earlier one, in the caller's transaction. baseline: its name. */
ALM_MUST_CHECK enum alm_status alm_live_put(struct alm_db *db, int64_t run_id, const char *baseline,
	const struct alm_live_score *score, struct alm_error *err);

#endif
