/*
 * Training with a network for each series: lesson after lesson, each on the part of the data that is of one series, as if the
 * dataset held nothing else. So the bits of a network do not depend on the series beside it.
 */
#ifndef ALM_RETRAIN_PER_SERIES_H
#define ALM_RETRAIN_PER_SERIES_H
#include "retrain/training.h"

/*
 * The seed of a series' network: the first 60 bits of the SHA-256 of "<seed>/<series>", so that it depends on no other series,
 * and an ordinary training with it, on a dataset of that series alone, gives the same network.
 */
int64_t alm_series_seed(int64_t seed, const char *series);

/*
 * Of a training that was prepared and has its pool: trains the network of each series and makes of them the one model with its
 * scales. A series whose training part holds no window, or whose training fails (ALM_DIVERGED, ALM_BAD_DATA), keeps the parent's
 * network, or has none; both are noted, and listed in training->left_out. The first failure when there is no network at all.
 * A time budget is shared out by windows; each network gets at least one step.
 */
ALM_MUST_CHECK enum alm_status alm_per_series_run(
	struct alm_training *training, int64_t run_id, struct alm_error *err);

#endif
