#include "train/batch.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int alm_batch_rows(int units, int batch)
{
	enum { LEAST = 8, NARROW = 16, WIDE = 32, NARROW_UNITS = 96, SHARDS = 4 };
	int rows = units > NARROW_UNITS ? WIDE : NARROW;
	while (rows > LEAST && batch < SHARDS * rows)
		rows /= 2;
	return rows;
}

static int max_shards(const struct alm_batch_spec *spec)
{
	return (spec->max_rows + spec->shard - 1) / spec->shard;
}

int alm_batch_shards(const struct alm_batch *batch, int n)
{
	return (n + batch->spec.shard - 1) / batch->spec.shard;
}

static enum alm_status init_workers(struct alm_batch *batch, struct alm_error *err)
{
	const struct alm_batch_spec *spec = &batch->spec;
	size_t n = (size_t)alm_pool_threads(spec->pool);
	int rows = spec->shard < spec->max_rows ? spec->shard : spec->max_rows;
	batch->workers = calloc(n, sizeof *batch->workers);
	if (!batch->workers)
		return alm_fail_memory(err, n * sizeof *batch->workers);
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && batch->n_workers < (int)n) {
		status = alm_shard_init(
			&batch->workers[batch->n_workers], spec->network, spec->feed, rows, 0, true, err);
		if (status == ALM_OK)
			batch->n_workers++;
	}
	return status;
}

static enum alm_status init_buffers(struct alm_batch *batch, struct alm_error *err)
{
	const struct alm_batch_spec *spec = &batch->spec;
	size_t shards = (size_t)max_shards(spec), gradients;
	if (!alm_mul_size(shards, spec->network->params.n_floats * sizeof(float), &gradients))
		return alm_fail_memory(err, SIZE_MAX);
	enum alm_status status = alm_arena_init(&batch->arena,
		alm_arena_cost(gradients) + alm_arena_cost(shards * sizeof *batch->sums) +
			alm_arena_cost(shards * sizeof *batch->counts),
		err);
	if (status != ALM_OK)
		return status;
	batch->gradients = alm_arena_take(&batch->arena, gradients);
	batch->sums = alm_arena_take(&batch->arena, shards * sizeof *batch->sums);
	batch->counts = alm_arena_take(&batch->arena, shards * sizeof *batch->counts);
	return ALM_OK;
}

enum alm_status alm_batch_init(
	struct alm_batch *batch, const struct alm_batch_spec *spec, struct alm_error *err)
{
	assert(spec->shard > 0);
	struct alm_batch made = {.spec = *spec};
	enum alm_status status = init_workers(&made, err);
	if (status == ALM_OK)
		status = init_buffers(&made, err);
	if (status != ALM_OK) {
		alm_batch_release(&made);
		return status;
	}
	*batch = made;
	return ALM_OK;
}

void alm_batch_release(struct alm_batch *batch)
{
	for (int worker = 0; worker < batch->n_workers; worker++)
		alm_shard_release(&batch->workers[worker]);
	free(batch->workers);
	alm_arena_release(&batch->arena);
	*batch = (struct alm_batch){0};
}

/* What the shards of one run share. */
struct run {
	struct alm_batch *batch;
	const struct alm_windows *windows;
	const size_t *index; /* NULL: the samples from `first` on */
	size_t first;
	int n;
	const struct alm_noise *noise;
	bool gradient;
};

/* Loss of one row's outputs at one step against its targets, and their gradient. */
static void step_loss(const struct run *run, struct alm_shard *shard, int shard_index, int row, int step)
{
	struct alm_batch *batch = run->batch;
	const struct alm_batch_spec *spec = &batch->spec;
	const struct alm_objective *objective = &spec->objective;
	const struct alm_sample *sample = &shard->samples[row];
	struct alm_feed_scale scale = alm_shard_scale(shard, spec->feed, row);
	size_t at = alm_network_out_at(spec->network, shard->pass.rows, step, row);
	alm_feed_base(spec->feed, sample, step, &scale, shard->base, shard->gain);
	alm_feed_targets(spec->feed, sample, step, shard->target, shard->mask);
	for (int i = 0; i < shard->n_values; i++) {
		shard->target[i] -= shard->base[i];
		batch->counts[shard_index] += shard->mask[i] > 0;
	}
	batch->sums[shard_index] += objective->loss->apply(&(struct alm_loss_job){.n = shard->n_values,
		.width = alm_loss_width(objective->loss, objective->n_levels),
		.output = shard->work.out + at,
		.target = shard->target,
		.mask = shard->mask,
		.gain = shard->gain,
		.delta = objective->delta,
		.levels = objective->levels,
		.d_output = run->gradient ? shard->work.d_out + at : NULL});
}

/* Loss of a shard's outputs, in training at every step of a network that learns from all of them. */
static void shard_loss(const struct run *run, struct alm_shard *shard, int shard_index)
{
	const struct alm_batch_spec *spec = &run->batch->spec;
	int rows = shard->pass.rows;
	size_t head_rows = alm_network_head_rows(spec->network, shard->pass.n_steps, rows);
	run->batch->sums[shard_index] = 0;
	run->batch->counts[shard_index] = 0;
	if (run->gradient) /* outputs without a target: behind an end, or behind the horizon */
		memset(shard->work.d_out, 0,
			head_rows * (size_t)spec->network->spec.n_outputs * sizeof(float));
	for (int row = 0; row < rows; row++) {
		int last = alm_shard_steps(shard, row) - 1;
		for (int step = spec->feed->sequences && run->gradient ? 0 : last; step <= last; step++)
			step_loss(run, shard, shard_index, row, step);
	}
}

static void run_shard(void *job, int shard_index, int worker)
{
	const struct run *run = job;
	struct alm_batch *batch = run->batch;
	const struct alm_batch_spec *spec = &batch->spec;
	struct alm_shard *shard = &batch->workers[worker];
	int first = shard_index * spec->shard;
	int rows = run->n - first < spec->shard ? run->n - first : spec->shard;
	for (int row = 0; row < rows; row++) {
		size_t at = (size_t)first + (size_t)row;
		shard->samples[row] = alm_feed_sample(
			spec->feed, run->windows, run->index ? run->index[at] : run->first + at);
	}
	struct alm_noise noise = {0};
	if (run->noise) {
		noise = *run->noise;
		noise.first_row = (uint64_t)first;
	}
	alm_shard_forward(shard, spec->network, spec->feed, rows, run->noise ? &noise : NULL);
	shard_loss(run, shard, shard_index);
	if (!run->gradient)
		return;
	size_t n_floats = spec->network->params.n_floats;
	float *gradient = batch->gradients + (size_t)shard_index * n_floats;
	memset(gradient, 0, n_floats * sizeof(float));
	alm_network_backward(spec->network, &shard->work, &shard->pass, gradient);
}

static struct alm_batch_loss run_all(struct run *run)
{
	int n_shards = alm_batch_shards(run->batch, run->n);
	struct alm_batch_loss loss = {0};
	alm_pool_run(run->batch->spec.pool, n_shards, run_shard, run);
	for (int shard = 0; shard < n_shards; shard++) {
		loss.sum += run->batch->sums[shard];
		loss.n += run->batch->counts[shard];
	}
	return loss;
}

struct alm_batch_loss alm_batch_gradient(struct alm_batch *batch, const struct alm_windows *windows,
	const size_t *index, int n, const struct alm_noise *noise)
{
	struct run run = {
		.batch = batch, .windows = windows, .index = index, .n = n, .noise = noise, .gradient = true};
	return run_all(&run);
}

struct alm_batch_loss alm_batch_evaluate(
	struct alm_batch *batch, const struct alm_windows *windows, size_t first, size_t n)
{
	struct alm_batch_loss total = {0};
	size_t most = (size_t)batch->spec.max_rows;
	for (size_t done = 0; done < n; done += most) {
		struct run run = {.batch = batch,
			.windows = windows,
			.first = first + done,
			.n = (int)(n - done < most ? n - done : most)};
		struct alm_batch_loss loss = run_all(&run);
		total.sum += loss.sum;
		total.n += loss.n;
	}
	return total;
}
