/* The trained network as a forecaster. */
#ifndef ALM_FORECAST_MODEL_FORECASTER_H
#define ALM_FORECAST_MODEL_FORECASTER_H
#include "base/pool.h"
#include "base/status.h"
#include "forecast/forecaster.h"
#include "model/trained.h"

struct alm_model_forecaster {
	struct alm_forecaster base;        /* first: the interface that others hold */
	const struct alm_trained *trained; /* not owned */
	struct alm_pool *pool;             /* not owned */
	int n_workers;
	struct alm_network_work *works; /* [n_workers]; owned */
};

/* The buffers for every thread of the pool. ALM_NO_MEMORY. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_model_forecaster_init(struct alm_model_forecaster *forecaster,
	const struct alm_trained *trained, struct alm_pool *pool, struct alm_error *err);
void alm_model_forecaster_release(struct alm_model_forecaster *forecaster);

/*
 * Forecasts of n windows of a panel, which need not have targets in it: out [n][horizon][n_targets]. The panel's frames
 * must reach to the last target row where channels are known ahead. ALM_BAD_DATA when a forecast is not finite.
 */
ALM_MUST_CHECK enum alm_status alm_model_forecaster_run(struct alm_model_forecaster *forecaster,
	const struct alm_panel *panel, const struct alm_window *windows, size_t n, float *out,
	struct alm_error *err);

#endif
