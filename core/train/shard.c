#include "train/shard.h"

enum alm_status alm_shard_init(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, int max_rows, int n_more, bool training, struct alm_error *err)
{
	struct alm_shard made = {.n_values = alm_feed_values(feed)};
	size_t rows = (size_t)max_rows, values = (size_t)made.n_values;
	size_t scale = rows * ALM_FEED_SCALES * (size_t)feed->panel->n_channels;
	enum alm_status status = alm_network_work_init(
		&made.work, network, alm_feed_steps(feed) + n_more, max_rows, training, err);
	if (status != ALM_OK)
		return status;
	status = alm_arena_init(&made.arena,
		alm_arena_cost(rows * sizeof *made.samples) + 3 * alm_arena_cost(rows * sizeof(int)) +
			alm_arena_cost(scale * sizeof(float)) + 4 * alm_arena_cost(values * sizeof(float)),
		err);
	if (status != ALM_OK) {
		alm_shard_release(&made);
		return status;
	}
	made.samples = alm_arena_take(&made.arena, rows * sizeof *made.samples);
	made.lengths = alm_arena_take(&made.arena, rows * sizeof(int));
	made.channels = alm_arena_take(&made.arena, rows * sizeof(int));
	made.vectors = alm_arena_take(&made.arena, rows * sizeof(int));
	made.scale = alm_arena_floats(&made.arena, scale);
	made.base = alm_arena_floats(&made.arena, values);
	made.gain = alm_arena_floats(&made.arena, values);
	made.target = alm_arena_floats(&made.arena, values);
	made.mask = alm_arena_floats(&made.arena, values);
	*shard = made;
	return ALM_OK;
}

void alm_shard_release(struct alm_shard *shard)
{
	alm_network_work_release(&shard->work);
	alm_arena_release(&shard->arena);
	*shard = (struct alm_shard){0};
}

struct alm_feed_scale alm_shard_scale(const struct alm_shard *shard, const struct alm_feed *feed, int row)
{
	return alm_feed_scale_at(feed, shard->scale, row);
}

void alm_shard_load(
	struct alm_shard *shard, const struct alm_network *network, const struct alm_feed *feed, int rows)
{
	struct alm_feed_rows load = {
		.n = rows, .samples = shard->samples, .scale = shard->scale, .lengths = shard->lengths};
	alm_feed_load(feed, &load, network, &shard->work);
}

void alm_shard_forward(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, int rows, const struct alm_noise *noise)
{
	int n_steps = alm_feed_steps(feed);
	bool uneven = false;
	alm_shard_load(shard, network, feed, rows);
	for (int row = 0; row < rows; row++) {
		shard->channels[row] = shard->samples[row].channel;
		shard->vectors[row] = feed->panel->frames[shard->samples[row].window.frame].vector;
		uneven |= shard->lengths[row] < n_steps;
	}
	shard->pass = (struct alm_pass){.rows = rows,
		.n_steps = n_steps,
		.lengths = uneven ? shard->lengths : NULL,
		.channels = shard->channels,
		.embedded = shard->vectors,
		.noise = noise};
	alm_network_forward(network, &shard->work, &shard->pass);
}

int alm_shard_steps(const struct alm_shard *shard, int row)
{
	return shard->lengths[row];
}
