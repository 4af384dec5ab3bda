#include "forecast/recursive.h"

/* What the output for a target `ahead` steps after now (from 1) is added to: done [ahead - 1][n_targets] are forecasts. */
static float base_of(const struct alm_feed *feed, const struct alm_shard *shard, int row, int64_t ahead,
	int channel, const float *done)
{
	struct alm_feed_scale scale = alm_shard_scale(shard, feed, row);
	int64_t back = feed->residual == ALM_RESIDUAL_SEASON ? feed->season : 1;
	if (feed->residual == ALM_RESIDUAL_NONE)
		return scale.center[channel];
	if (ahead > back)
		return done[(ahead - back - 1) * feed->n_targets + channel];
	return alm_feed_known(feed, &shard->samples[row].window, back - ahead, channel);
}

/* Reads the outputs of the step `ahead` into out [n_targets]. */
static void take(const struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, const struct alm_loss *loss, int row, int64_t ahead, float *out)
{
	int step = ahead == 1 ? alm_shard_steps(shard, row) - 1 : alm_feed_steps(feed) + (int)ahead - 2;
	const float *output = shard->work.out + alm_network_out_at(network, shard->pass.rows, step, row);
	struct alm_feed_scale scale = alm_shard_scale(shard, feed, row);
	float *to = out + (ahead - 1) * feed->n_targets;
	for (int channel = 0; channel < feed->n_targets; channel++)
		to[channel] = base_of(feed, shard, row, ahead, channel, out) +
			      scale.gain[channel] * loss->point(output + channel, 1, NULL);
}

/* The forecasts of a step become the inputs of the next. */
static void give(struct alm_shard *shard, const struct alm_network *network, const struct alm_feed *feed,
	int row, int64_t ahead, const float *done)
{
	int rows = shard->pass.rows, step = alm_feed_steps(feed) + (int)ahead - 1;
	struct alm_feed_scale scale = alm_shard_scale(shard, feed, row);
	float *input = alm_network_input(network, &shard->work, rows, step, row);
	const float *from = done + (ahead - 1) * feed->n_targets;
	for (int channel = 0; channel < feed->n_targets; channel++)
		input[channel] = (from[channel] - scale.center[channel]) / scale.gain[channel];
	alm_feed_row_ahead(feed, &shard->samples[row].window, ahead, input);
	alm_feed_ahead(feed, &shard->samples[row].window, ahead + 1,
		alm_network_extra(network, &shard->work, rows, step, row));
}

void alm_recursive_run(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, const struct alm_loss *loss, float *out)
{
	struct alm_pass pass = shard->pass;
	int64_t horizon = feed->spec.horizon;
	size_t outputs = (size_t)horizon * (size_t)feed->n_targets;
	for (int64_t ahead = 1; ahead <= horizon; ahead++) {
		for (int row = 0; row < pass.rows; row++)
			take(shard, network, feed, loss, row, ahead, out + (size_t)row * outputs);
		if (ahead == horizon)
			return;
		for (int row = 0; row < pass.rows; row++)
			give(shard, network, feed, row, ahead, out + (size_t)row * outputs);
		pass.first = alm_feed_steps(feed) + (int)ahead - 1;
		pass.n_steps = pass.first + 1;
		alm_network_forward(network, &shard->work, &pass);
	}
}
