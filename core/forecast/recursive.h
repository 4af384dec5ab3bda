/*
 * Forecasting one step at a time: a network that was trained for the next step goes on from its states, each forecast
 * fed back as the input of the next. Every data channel is a target; what is known ahead is read from the panel.
 */
#ifndef ALM_FORECAST_RECURSIVE_H
#define ALM_FORECAST_RECURSIVE_H
#include "nn/loss.h"
#include "train/shard.h"

/*
 * After alm_shard_forward of `rows` samples with room for horizon - 1 more steps: the whole horizon of each, scaled,
 * out [rows][horizon][n_targets]. Looks at nothing after a window's last input but what is known ahead.
 */
void alm_recursive_run(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, const struct alm_loss *loss, float *out);

#endif
