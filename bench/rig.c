#include "rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"
#include "train/batch.h"
#include "train/optim.h"

#define WINDOWS 1024 /* of a series */
#define HOUR_MS 3600000

struct bench_rig {
	struct bench_shape shape;
	struct alm_cell cell;
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_windows windows;
	struct alm_feed feed;
	struct alm_network network;
	struct alm_pool *pool;
	struct alm_batch batch;
	struct alm_optim optim;
	size_t *index; /* [batch] windows of a step */
};

struct bench_forecaster {
	struct bench_shape shape;
	struct alm_cell cell;
	struct alm_network network;
	struct alm_network_work work;
};

static void must(enum alm_status status, const struct alm_error *err)
{
	if (status == ALM_OK)
		return;
	fprintf(stderr, "bench: %s\n", err->text);
	exit(alm_exit_code(status));
}

static void *room(size_t n, size_t size)
{
	void *memory = calloc(n, size);
	if (!memory) {
		fprintf(stderr, "bench: no memory for %zu times %zu bytes\n", n, size);
		exit(alm_exit_code(ALM_NO_MEMORY));
	}
	return memory;
}

static void load_cell(const struct bench_shape *shape, struct alm_cell *cell)
{
	struct alm_cell_folders folders;
	struct alm_error err;
	must(alm_cell_folders_init(&folders, NULL, &err), &err);
	must(alm_cell_load(&folders, shape->cell, cell, &err), &err);
	alm_cell_folders_release(&folders);
}

static struct alm_network_spec network_spec(const struct bench_shape *shape, const struct alm_cell *cell)
{
	struct alm_network_spec spec = {
		.n_features = shape->features, .n_layers = shape->layers, .n_outputs = BENCH_HORIZON};
	struct alm_error err;
	if (shape->layers > ALM_LAYERS_MAX)
		must(alm_fail(&err, ALM_USAGE, "--layers: at most %d", ALM_LAYERS_MAX), &err);
	for (int i = 0; i < shape->layers; i++)
		spec.layers[i] = (struct alm_layer_spec){
			.cell = &cell->facts, .units = shape->units, .recurrent_dropout = shape->dropout};
	return spec;
}

/* Every series has the same values, which no layer minds, and a name of its own. */
static struct alm_panel make_panel(const struct bench_shape *shape)
{
	size_t n_rows = (size_t)shape->steps + BENCH_HORIZON + WINDOWS - 1, n = (size_t)shape->features;
	int64_t *times = room(n_rows, sizeof *times);
	float *values = room(n_rows * n, sizeof *values);
	char(*names)[16] = room(n + (size_t)shape->series, sizeof *names);
	const char **channels = room(n, sizeof *channels);
	struct alm_series_rows *series = room((size_t)shape->series, sizeof *series);
	for (size_t channel = 0; channel < n; channel++) {
		snprintf(names[channel], sizeof *names, "c%zu", channel);
		channels[channel] = names[channel];
	}
	for (size_t row = 0; row < n_rows; row++) {
		times[row] = (int64_t)row * HOUR_MS;
		for (size_t channel = 0; channel < n; channel++)
			values[row * n + channel] = (float)((row * 7919 + channel * 104729) % 1000) / 1000;
	}
	for (size_t i = 0; i < (size_t)shape->series; i++) {
		snprintf(names[n + i], sizeof *names, "s%zu", i);
		series[i] = (struct alm_series_rows){
			.name = names[n + i], .n_rows = n_rows, .times_ms = times, .values = values};
	}
	struct alm_panel_options options = {.channels = channels,
		.n_data = shape->features,
		.freq = {.step_ms = HOUR_MS},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err;
	must(alm_panel_build(series, shape->series, &options, &panel, NULL, &err), &err);
	free(series);
	free(channels);
	free(names);
	free(values);
	free(times);
	return panel;
}

static void open_data(struct bench_rig *rig)
{
	struct alm_error err;
	struct alm_part all = {INT64_MIN, INT64_MAX};
	struct alm_window_spec spec = {
		.lookback = rig->shape.steps, .sampling = 1, .horizon = BENCH_HORIZON, .stride = 1};
	rig->panel = make_panel(&rig->shape);
	must(alm_scaler_fit(&rig->scaler, &rig->panel, &all, ALM_SCALE_ZSCORE, NULL, &err), &err);
	must(alm_windows_init(&rig->windows, &rig->panel, &spec, &all, &err), &err);
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = spec,
		.n_targets = 1,
		.norm = (enum alm_window_norm)rig->shape.window_norm};
}

static void open_network(struct bench_rig *rig)
{
	struct alm_error err;
	struct alm_network_spec spec = network_spec(&rig->shape, &rig->cell);
	must(alm_network_init(&rig->network, &spec, alm_kernel_best(), &err), &err);
	alm_network_initialise(&rig->network, 1);
	must(alm_pool_new(rig->shape.threads, &rig->pool, &err), &err);
	struct alm_batch_spec batch = {.network = &rig->network,
		.feed = &rig->feed,
		.objective = {.loss = alm_loss_at(0)},
		.pool = rig->pool,
		.max_rows = rig->shape.batch,
		.shard = rig->shape.shard};
	must(alm_batch_init(&rig->batch, &batch, &err), &err);
	struct alm_optim_spec adam = {.rule = alm_optim_at(0), .clip = 1};
	must(alm_optim_init(&rig->optim, &adam, rig->network.params.n_floats, rig->pool, &err), &err);
}

struct bench_rig *bench_rig_open(const struct bench_shape *shape)
{
	struct bench_rig *rig = room(1, sizeof *rig);
	rig->shape = *shape;
	if (shape->shard == 0)
		rig->shape.shard = alm_batch_rows(shape->units, shape->batch);
	load_cell(shape, &rig->cell);
	open_data(rig);
	open_network(rig);
	rig->index = room((size_t)shape->batch, sizeof *rig->index);
	for (int i = 0; i < shape->batch; i++) /* 37 has no factor in common with a power of two */
		rig->index[i] = ((size_t)i * 37) % rig->windows.n;
	return rig;
}

void bench_rig_close(struct bench_rig *rig)
{
	free(rig->index);
	alm_optim_release(&rig->optim);
	alm_batch_release(&rig->batch);
	alm_pool_free(rig->pool);
	alm_network_release(&rig->network);
	alm_windows_release(&rig->windows);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
	free(rig);
}

const struct almanac_cell *bench_rig_cell(const struct bench_rig *rig)
{
	return &rig->cell.facts;
}

int bench_rig_shard(const struct bench_rig *rig)
{
	return rig->shape.shard;
}

size_t bench_rig_windows(const struct bench_rig *rig)
{
	return rig->windows.n;
}

static void step_on(struct bench_rig *rig, int n)
{
	const struct alm_noise noise = {.seed = 1, .step = (uint64_t)rig->optim.n_steps};
	struct alm_batch_loss loss = alm_batch_gradient(&rig->batch, &rig->windows, rig->index, n, &noise);
	double norm = alm_optim_reduce(
		&rig->optim, rig->batch.gradients, alm_batch_shards(&rig->batch, n), 1 / (double)loss.n);
	alm_optim_step(&rig->optim, rig->network.values, norm, 1e-3);
	alm_network_pack(&rig->network);
}

void bench_rig_step(struct bench_rig *rig)
{
	step_on(rig, rig->shape.batch);
}

void bench_rig_epoch(struct bench_rig *rig)
{
	size_t batch = (size_t)rig->shape.batch;
	for (size_t first = 0; first < rig->windows.n; first += batch) {
		size_t left = rig->windows.n - first, n = left < batch ? left : batch;
		for (size_t i = 0; i < n; i++)
			rig->index[i] = ((first + i) * 37) % rig->windows.n;
		step_on(rig, (int)n);
	}
}

static void gather_shard(void *job, int shard, int worker)
{
	struct bench_rig *rig = job;
	int first = shard * rig->shape.shard, left = rig->shape.batch - first;
	int rows = left < rig->shape.shard ? left : rig->shape.shard;
	struct alm_shard *to = &rig->batch.workers[worker];
	for (int row = 0; row < rows; row++)
		to->samples[row] = alm_feed_sample(&rig->feed, &rig->windows, rig->index[first + row]);
	alm_shard_load(to, &rig->network, &rig->feed, rows);
	for (int row = 0; row < rows; row++) {
		struct alm_feed_scale scale = alm_shard_scale(to, &rig->feed, row);
		int last = alm_shard_steps(to, row) - 1;
		alm_feed_base(&rig->feed, &to->samples[row], last, &scale, to->base, to->gain);
		alm_feed_targets(&rig->feed, &to->samples[row], last, to->target, to->mask);
	}
}

void bench_rig_gather(struct bench_rig *rig)
{
	alm_pool_run(rig->pool, alm_batch_shards(&rig->batch, rig->shape.batch), gather_shard, rig);
}

size_t bench_rig_scratch(const struct bench_rig *rig)
{
	size_t n_bytes = rig->batch.arena.n_bytes;
	for (int worker = 0; worker < rig->batch.n_workers; worker++)
		n_bytes += rig->batch.workers[worker].work.arena.n_bytes +
			   rig->batch.workers[worker].arena.n_bytes;
	return n_bytes;
}

struct bench_forecaster *bench_forecaster_open(const struct bench_shape *shape)
{
	struct bench_forecaster *made = room(1, sizeof *made);
	struct alm_error err;
	made->shape = *shape;
	load_cell(shape, &made->cell);
	struct alm_network_spec spec = network_spec(shape, &made->cell);
	must(alm_network_init(&made->network, &spec, alm_kernel_best(), &err), &err);
	alm_network_initialise(&made->network, 1);
	must(alm_network_work_init(&made->work, &made->network, shape->steps, 1, false, &err), &err);
	return made;
}

void bench_forecaster_close(struct bench_forecaster *forecaster)
{
	alm_network_work_release(&forecaster->work);
	alm_network_release(&forecaster->network);
	free(forecaster);
}

void bench_forecaster_set(
	struct bench_forecaster *forecaster, const char *name, const float *values, size_t n)
{
	struct alm_error err;
	const struct alm_tensor *tensor = alm_params_find(&forecaster->network.params, name);
	if (!tensor || tensor->n != n)
		must(alm_fail(&err, ALM_BAD_DATA, "tensor '%s': expected %zu values, found %zu", name,
			     tensor ? tensor->n : 0, n),
			&err);
	else
		memcpy(forecaster->network.values + tensor->offset, values, n * sizeof *values);
}

void bench_forecaster_pack(struct bench_forecaster *forecaster)
{
	alm_network_pack(&forecaster->network);
}

const float *bench_forecaster_run(struct bench_forecaster *forecaster, const float *inputs)
{
	size_t features = (size_t)forecaster->shape.features;
	for (int step = 0; step < forecaster->shape.steps; step++)
		memcpy(alm_network_input(&forecaster->network, &forecaster->work, 1, step, 0),
			inputs + (size_t)step * features, features * sizeof *inputs);
	struct alm_pass pass = {.rows = 1, .n_steps = forecaster->shape.steps};
	alm_network_forward(&forecaster->network, &forecaster->work, &pass);
	return forecaster->work.out;
}
