/* A forecast as it was stored, to be compared with one that is made again. */
#ifndef ALM_STORE_STORED_H
#define ALM_STORE_STORED_H
#include <stdint.h>
#include "base/status.h"
#include "store/dataset.h"
#include "store/db.h"

struct alm_stored_forecast {
	char model[ALM_NAME_MAX + 1], series[ALM_NAME_MAX + 1], channel[ALM_NAME_MAX + 1];
	int version;       /* number */
	char program[32];  /* version of the Almanac that made it */
	int64_t cutoff_ms; /* last row of the series that was looked at */
	int n_steps;
	int64_t *times_ms; /* [n_steps]; owned */
	double *values;    /* [n_steps]; owned */
	int n_quantiles;   /* steps times levels */
	double *levels;    /* [n_quantiles] level of each, by step and level; owned */
	double *quantiles; /* [n_quantiles]; owned */
};

/* ALM_NO_INPUT: there is no forecast of that id. Release the result. */
ALM_MUST_CHECK enum alm_status alm_stored_forecast_read(
	struct alm_db *db, int64_t id, struct alm_stored_forecast *out, struct alm_error *err);
void alm_stored_forecast_release(struct alm_stored_forecast *forecast);

#endif
