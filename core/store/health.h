/*
 * How models are, as whoever watches them asks: which version is champion, when it forecast last, how its last trainings and
 * forecasts went, and how far off forecasts were. Reads rows only, never a weight; of every schema there has been.
 */
#ifndef ALM_STORE_HEALTH_H
#define ALM_STORE_HEALTH_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/dataset.h"
#include "store/db.h"
#include "store/drift.h"

#define ALM_HEALTH_WORD 16
#define ALM_HEALTH_TEXT 256

/* A run that has ended, or whose process has. */
struct alm_health_run {
	int64_t id;                                          /* 0 = there is none */
	char kind[ALM_HEALTH_WORD], status[ALM_HEALTH_WORD]; /* as in almanac_run */
	int64_t started_ms, ended_ms;                        /* a process that is gone: both when it began */
	char message[ALM_HEALTH_TEXT];                       /* cut to fit; "" = none */
};

struct alm_health_model {
	int64_t id;
	char model[ALM_NAME_MAX + 1];
	int champion;           /* number of the version; 0 = none, and then nothing is known of forecasts */
	int64_t champion_ms;    /* when that version was made */
	bool has_forecast;      /* the champion has forecast: */
	int64_t cutoff_ms;      /* of its newest forecast */
	int64_t forecast_ms;    /* when the run began that made it */
	int64_t forecast_to_ms; /* and when it ended */
	struct alm_health_run training,
		forecasting; /* the last train or retrain, and the last forecast, of any version */
};

/* How far off a model's newest forecasts were that have been scored. */
struct alm_health_error {
	char model[ALM_NAME_MAX + 1], channel[ALM_NAME_MAX + 1];
	double mae; /* in the data's units, over all series and values of ALM_HEALTH_DAYS up to the newest cutoff scored */
	int64_t n_points; /* values */
};
#define ALM_HEALTH_DAYS 7

/* What of a champion's data or errors is not as in its training, or was compared at least. */
struct alm_health_drift {
	char model[ALM_NAME_MAX + 1];
	struct alm_drift_finding finding;
	int64_t since_ms; /* of one that drifts */
};

struct alm_health {
	int64_t now_ms; /* the wall clock that ages are measured from */
	int n;
	struct alm_health_model *models; /* [n] by name; owned */
	int n_errors;                    /* 0 before the schema that scores forecasts */
	struct alm_health_error *errors; /* [n_errors] by model and channel; owned */
	int n_drifts;                    /* 0 before the schema that knows of drift */
	struct alm_health_drift *drifts; /* [n_drifts] by model, those that drift first; owned */
};

/* Of one model, or of all (NULL). ALM_NO_INPUT: no such model. A file without Almanac's tables has none. Release the result. */
ALM_MUST_CHECK enum alm_status alm_health_read(
	struct alm_db *db, const char *model, struct alm_health *out, struct alm_error *err);
void alm_health_release(struct alm_health *health);

/* Whether a run ended as it should: not failed, not aborted. Also when there is none. */
bool alm_health_run_well(const struct alm_health_run *run);

#endif
