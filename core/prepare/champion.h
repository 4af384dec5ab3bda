/* A stored version opened for use: what backtest and forecast begin with. */
#ifndef ALM_PREPARE_CHAMPION_H
#define ALM_PREPARE_CHAMPION_H
#include <stdbool.h>
#include "base/context.h"
#include "base/pool.h"
#include "forecast/model_forecaster.h"
#include "model/trained.h"

struct alm_champion {
	struct alm_db *db;
	struct alm_model model;
	struct alm_dataset dataset;
	int number; /* of the version */
	int64_t version_id;
	bool fell_back;       /* the champion could not be loaded, and this is one before it: */
	struct alm_error why; /* what is wrong with it, one sentence */
	struct alm_cell_folders folders;
	struct alm_trained trained;
	struct alm_pool *pool;
	struct alm_model_forecaster forecaster;
};

/* Opens the database and finds the model with its dataset: everything but a version. Release, also after a failure. */
ALM_MUST_CHECK enum alm_status alm_champion_find(struct alm_champion *champion,
	const struct alm_context *context, const char *model, enum alm_db_mode mode, struct alm_error *err);

/*
 * Loads a version (0 = the champion) with its cell. Where the champion cannot be loaded, because it is damaged or its cell is
 * missing or another now, a champion before it stands in (fell_back, which the caller has to tell); the error is the champion's
 * when there is none that can. `max_threads` limits the pool: 1 where there is little to compute.
 */
ALM_MUST_CHECK enum alm_status alm_champion_load(struct alm_champion *champion,
	const struct alm_context *context, int version, int max_threads, struct alm_error *err);

/* Both. */
ALM_MUST_CHECK enum alm_status alm_champion_open(struct alm_champion *champion,
	const struct alm_context *context, const char *model, int version, enum alm_db_mode mode,
	int max_threads, struct alm_error *err);
void alm_champion_release(struct alm_champion *champion);

#endif
