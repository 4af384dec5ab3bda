/* A trained network as a forecaster: it runs windows in shards over a pool, on work areas of its own. */
#ifndef ALM_FORECAST_MODEL_FORECASTER_H
#define ALM_FORECAST_MODEL_FORECASTER_H
#include "base/pool.h"
#include "forecast/forecaster.h"
#include "model/trained.h"
#include "train/shard.h"

struct alm_model_forecaster {
	struct alm_forecaster base; /* first: the interface that others hold */
	struct alm_trained
		*trained;      /* not owned; with a network for each series, whose runs is chosen here */
	int chosen;            /* number of it; -1 = none yet */
	struct alm_pool *pool; /* not owned */
	int n_workers, max_rows;
	struct alm_shard *workers; /* [n_workers] for max_rows rows each; owned */
};

/*
 * Allocates nothing: the first forecast makes the work areas, for its windows, and one of more windows makes larger ones, up to
 * some tens of rows. ALM_NO_MEMORY is therefore theirs. The caller releases.
 */
void alm_model_forecaster_init(
	struct alm_model_forecaster *forecaster, struct alm_trained *trained, struct alm_pool *pool);
void alm_model_forecaster_release(struct alm_model_forecaster *forecaster);

/* Quantiles that come with every point: the levels of trained->objective, or 0 when its loss knows but a point. */
int alm_model_forecaster_levels(const struct alm_model_forecaster *forecaster);

/*
 * Like base.predict, of any windows of a panel whose scaler was attached; n >= 1. points [n][horizon][n_targets],
 * quantiles [n][horizon][n_targets][levels] or NULL. None of a frame that is left out. ALM_BAD_DATA when a forecast is not finite.
 */
ALM_MUST_CHECK enum alm_status alm_model_forecaster_run(struct alm_model_forecaster *forecaster,
	const struct alm_panel *panel, const struct alm_window *windows, size_t n, float *points,
	float *quantiles, struct alm_error *err);

#endif
