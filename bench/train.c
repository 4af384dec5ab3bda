/*
 * Times one training step (windows gathered, forward, backward, gradients added, Adam, weights packed) of an LSTM with a
 * linear head, as the trainer does it. Prints `CONFIG THREADS MILLISECONDS` a line, the median of several steps:
 * bench/train_pytorch.py does the same with PyTorch.
 *
 *     train [REPEATS [THREADS]]        default 20, and both 1 and 2
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/reporter.h"
#include "cell/cell.h"
#include "train/batch.h"
#include "train/optim.h"

#define HORIZON 24
#define SHARD   32
#define WARM_UP 3

struct config {
	const char *name;
	int batch, steps, features, units;
};

static const struct config configs[] = {
	{"A", 256, 120, 14, 32}, {"B", 64, 96, 7, 128}, {"C", 256, 120, 14, 256}};

/* Everything that a training step works on. */
struct rig {
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_windows windows;
	struct alm_feed feed;
	struct alm_network network;
	struct alm_pool *pool;
	struct alm_batch batch;
	struct alm_optim optim;
	size_t *index;
};

static void must(enum alm_status status, const struct alm_error *err)
{
	if (status == ALM_OK)
		return;
	fprintf(stderr, "bench/train: %s\n", err->text);
	exit(alm_exit_code(status));
}

static struct alm_panel make_panel(const struct config *config)
{
	static const char *const names[] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"};
	size_t n_rows = (size_t)(config->steps + HORIZON + 4 * config->batch), n = (size_t)config->features;
	int64_t *times = malloc(n_rows * sizeof *times);
	float *values = malloc(n_rows * n * sizeof *values);
	if (!times || !values)
		abort();
	for (size_t row = 0; row < n_rows; row++) {
		times[row] = (int64_t)row * 3600000;
		for (size_t channel = 0; channel < n; channel++)
			values[row * n + channel] = (float)((row * 7919 + channel * 104729) % 1000) / 1000;
	}
	struct alm_series_rows series = {.name = "s", .n_rows = n_rows, .times_ms = times, .values = values};
	struct alm_panel_options options = {.channels = names,
		.n_data = config->features,
		.freq = {.step_ms = 3600000},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err;
	must(alm_panel_build(&series, 1, &options, &panel, NULL, &err), &err);
	free(times);
	free(values);
	return panel;
}

static void open_data(struct rig *rig, const struct config *config)
{
	struct alm_error err;
	struct alm_part all = {INT64_MIN, INT64_MAX};
	struct alm_window_spec spec = {
		.lookback = config->steps, .sampling = 1, .horizon = HORIZON, .stride = 1};
	rig->panel = make_panel(config);
	must(alm_scaler_fit(&rig->scaler, &rig->panel, &all, ALM_SCALE_ZSCORE, NULL, &err), &err);
	must(alm_windows_init(&rig->windows, &rig->panel, &spec, &all, &err), &err);
	rig->feed =
		(struct alm_feed){.panel = &rig->panel, .scaler = &rig->scaler, .spec = spec, .n_targets = 1};
}

static void open_network(
	struct rig *rig, const struct config *config, const struct alm_cell *cell, int n_threads)
{
	struct alm_error err;
	struct alm_network_spec spec = {.n_features = config->features,
		.n_layers = 1,
		.layers = {{.cell = &cell->facts, .units = config->units}},
		.n_outputs = alm_feed_outputs(&rig->feed)};
	must(alm_network_init(&rig->network, &spec, alm_kernel_best(), &err), &err);
	alm_network_initialise(&rig->network, 1);
	must(alm_pool_new(n_threads, &rig->pool, &err), &err);
	struct alm_batch_spec batch = {.network = &rig->network,
		.feed = &rig->feed,
		.objective = {.loss = alm_loss_at(0)},
		.pool = rig->pool,
		.max_rows = config->batch,
		.shard = SHARD};
	must(alm_batch_init(&rig->batch, &batch, &err), &err);
	struct alm_optim_spec adam = {.rule = alm_optim_at(0), .clip = 1};
	must(alm_optim_init(&rig->optim, &adam, rig->network.params.n_floats, rig->pool, &err), &err);
	rig->index = malloc((size_t)config->batch * sizeof *rig->index);
	if (!rig->index)
		abort();
	for (int i = 0; i < config->batch; i++)
		rig->index[i] = ((size_t)i * 37) % rig->windows.n;
}

static void close_rig(struct rig *rig)
{
	free(rig->index);
	alm_optim_release(&rig->optim);
	alm_batch_release(&rig->batch);
	alm_pool_free(rig->pool);
	alm_network_release(&rig->network);
	alm_windows_release(&rig->windows);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
}

static double step_ms(struct rig *rig, int n)
{
	double begin = alm_monotonic_s();
	struct alm_batch_loss loss = alm_batch_gradient(&rig->batch, &rig->windows, rig->index, n, NULL);
	double norm = alm_optim_reduce(
		&rig->optim, rig->batch.gradients, alm_batch_shards(&rig->batch, n), 1 / (double)loss.n);
	alm_optim_step(&rig->optim, rig->network.values, norm, 1e-3);
	alm_network_pack(&rig->network);
	return 1000 * (alm_monotonic_s() - begin);
}

static int rising(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

static double median_ms(
	const struct config *config, const struct alm_cell *cell, int n_threads, int n_repeats)
{
	struct rig rig;
	double *times = malloc((size_t)n_repeats * sizeof *times);
	if (!times)
		abort();
	open_data(&rig, config);
	open_network(&rig, config, cell, n_threads);
	for (int i = -WARM_UP; i < n_repeats; i++) {
		double time = step_ms(&rig, config->batch);
		if (i >= 0)
			times[i] = time;
	}
	close_rig(&rig);
	qsort(times, (size_t)n_repeats, sizeof *times, rising);
	double median = times[n_repeats / 2];
	free(times);
	return median;
}

int main(int argc, char **argv)
{
	int n_repeats = argc > 1 ? atoi(argv[1]) : 20, only = argc > 2 ? atoi(argv[2]) : 0;
	struct alm_cell_folders folders;
	struct alm_cell cell;
	struct alm_error err;
	if (n_repeats < 1 || only < 0) {
		fprintf(stderr, "usage: train [REPEATS [THREADS]]\n");
		return 64;
	}
	must(alm_cell_folders_init(&folders, NULL, &err), &err);
	must(alm_cell_load(&folders, "lstm", &cell, &err), &err);
	alm_cell_folders_release(&folders);
	for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
		for (int n_threads = only ? only : 1; n_threads <= (only ? only : 2); n_threads++) {
			printf("%s %d %.2f\n", configs[i].name, n_threads,
				median_ms(&configs[i], &cell, n_threads, n_repeats));
			fflush(stdout);
		}
	return 0;
}
