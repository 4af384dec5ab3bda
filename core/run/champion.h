/* A stored version opened for use: what backtest and forecast begin with. Internal to run. */
#ifndef ALM_RUN_CHAMPION_H
#define ALM_RUN_CHAMPION_H
#include "base/pool.h"
#include "forecast/model_forecaster.h"
#include "model/trained.h"
#include "run/run.h"

struct alm_champion {
	struct alm_db *db;
	struct alm_model model;
	struct alm_dataset dataset;
	int number; /* of the version */
	int64_t version_id;
	struct alm_cell_folders folders;
	struct alm_trained trained;
	struct alm_pool *pool;
	struct alm_model_forecaster forecaster;
};

/*
 * Opens the database to write, finds the model and loads the version (0 = the champion) with its cell. `max_threads` limits
 * the pool: 1 where there is little to compute. Release the result, also after a failure.
 */
ALM_MUST_CHECK enum alm_status alm_champion_open(struct alm_champion *champion,
	const struct alm_context *context, const char *model, int version, enum alm_db_mode mode,
	int max_threads, struct alm_error *err);
void alm_champion_release(struct alm_champion *champion);

#endif
