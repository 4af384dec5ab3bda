#include "train/batch.h"
#include <stdlib.h>
#include <string.h>

static int max_shards(const struct alm_batch_spec *spec)
{
	return (spec->max_rows + spec->shard - 1) / spec->shard;
}

int alm_batch_shards(const struct alm_batch *batch, int n)
{
	return (n + batch->spec.shard - 1) / batch->spec.shard;
}

/* Floats of base, target or mask of one shard. */
static size_t shard_floats(const struct alm_batch_spec *spec)
{
	return (size_t)spec->shard * (size_t)spec->network->spec.n_outputs;
}

static enum alm_status init_works(struct alm_batch *batch, struct alm_error *err)
{
	const struct alm_batch_spec *spec = &batch->spec;
	size_t n = (size_t)alm_pool_threads(spec->pool);
	batch->works = calloc(n, sizeof *batch->works);
	if (!batch->works)
		return alm_fail_memory(err, n * sizeof *batch->works);
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && batch->n_workers < (int)n) {
		status = alm_network_work_init(&batch->works[batch->n_workers], spec->network,
			(int)spec->feed->spec.lookback, spec->shard, true, err);
		if (status == ALM_OK)
			batch->n_workers++;
	}
	return status;
}

static enum alm_status init_buffers(struct alm_batch *batch, struct alm_error *err)
{
	const struct alm_batch_spec *spec = &batch->spec;
	size_t shards = (size_t)max_shards(spec), gradients;
	size_t scratch = (size_t)batch->n_workers * 3 * shard_floats(spec);
	if (!alm_mul_size(shards, spec->network->params.n_floats * sizeof(float), &gradients))
		return alm_fail_memory(err, SIZE_MAX);
	enum alm_status status = alm_arena_init(&batch->arena,
		alm_arena_cost(scratch * sizeof(float)) + alm_arena_cost(gradients) +
			alm_arena_cost(shards * sizeof *batch->sums) +
			alm_arena_cost(shards * sizeof *batch->counts),
		err);
	if (status != ALM_OK)
		return status;
	batch->scratch = alm_arena_floats(&batch->arena, scratch);
	batch->gradients = alm_arena_take(&batch->arena, gradients);
	batch->sums = alm_arena_take(&batch->arena, shards * sizeof *batch->sums);
	batch->counts = alm_arena_take(&batch->arena, shards * sizeof *batch->counts);
	return ALM_OK;
}

enum alm_status alm_batch_init(
	struct alm_batch *batch, const struct alm_batch_spec *spec, struct alm_error *err)
{
	struct alm_batch made = {.spec = *spec};
	enum alm_status status = init_works(&made, err);
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
		alm_network_work_release(&batch->works[worker]);
	free(batch->works);
	alm_arena_release(&batch->arena);
	*batch = (struct alm_batch){0};
}

/* What the shards of one run share. */
struct run {
	struct alm_batch *batch;
	const struct alm_windows *windows;
	const size_t *index; /* NULL: the windows from `first` on */
	size_t first;
	int n;
	bool gradient;
};

static struct alm_window window_of(const struct run *run, int row)
{
	size_t i = run->index ? run->index[row] : run->first + (size_t)row;
	return alm_windows_get(run->windows, i);
}

/* Loss of the shard's outputs against its targets; d_out is the gradient of the sum. */
static void shard_loss(const struct run *run, int shard, int rows, struct alm_network_work *work,
	const float *base, float *target, const float *mask)
{
	struct alm_batch *batch = run->batch;
	size_t n = (size_t)rows * (size_t)batch->spec.network->spec.n_outputs, observed = 0;
	for (size_t i = 0; i < n; i++) {
		target[i] -= base[i];
		observed += mask[i] > 0;
	}
	batch->sums[shard] = batch->spec.loss->apply(&(struct alm_loss_job){.n = (int)n,
		.width = 1,
		.output = work->out,
		.target = target,
		.mask = mask,
		.delta = batch->spec.delta,
		.d_output = run->gradient ? work->d_out : NULL});
	batch->counts[shard] = observed;
}

static void run_shard(void *job, int shard, int worker)
{
	const struct run *run = job;
	struct alm_batch *batch = run->batch;
	const struct alm_batch_spec *spec = &batch->spec;
	struct alm_network_work *work = &batch->works[worker];
	int first = shard * spec->shard, rows = run->n - first < spec->shard ? run->n - first : spec->shard;
	size_t outputs = (size_t)spec->network->spec.n_outputs, part = shard_floats(spec);
	float *base = batch->scratch + (size_t)worker * 3 * part, *target = base + part,
	      *mask = target + part;
	for (int row = 0; row < rows; row++) {
		struct alm_window window = window_of(run, first + row);
		size_t at = (size_t)row * outputs;
		alm_feed_load(spec->feed, &window, spec->network, work, rows, row);
		alm_feed_base(spec->feed, &window, base + at);
		alm_feed_targets(spec->feed, &window, target + at, mask + at);
	}
	alm_network_forward(spec->network, work, rows);
	shard_loss(run, shard, rows, work, base, target, mask);
	if (!run->gradient)
		return;
	size_t n_floats = spec->network->params.n_floats;
	float *gradient = batch->gradients + (size_t)shard * n_floats;
	memset(gradient, 0, n_floats * sizeof(float));
	alm_network_backward(spec->network, work, rows, gradient);
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

struct alm_batch_loss alm_batch_gradient(
	struct alm_batch *batch, const struct alm_windows *windows, const size_t *index, int n)
{
	struct run run = {.batch = batch, .windows = windows, .index = index, .n = n, .gradient = true};
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
