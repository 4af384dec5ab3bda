#include "run/cell_bench.h"
#include <stdlib.h>
#include <string.h>
#include "base/pool.h"
#include "cell/cell.h"
#include "linalg/gemm.h"
#include "nn/network.h"
#include "train/batch.h"
#include "train/optim.h"

/* Steps of a horizon. */
enum { HORIZON = 24 };

/* Rounds at most, of which the median is taken, and at least; forecasts that are timed together. */
enum { ROUNDS_MAX = 400, ROUNDS_MIN = 5, TOGETHER = 8 };

/* A cell at work at one width. */
struct entry {
	const struct alm_cell *cell;
	struct alm_network network;
	struct alm_network_work *works; /* [threads]; owned */
	int n_works;
	struct alm_network_work one; /* of a forecast */
	struct alm_optim optim;
	float *gradients; /* [shards][n_floats]; owned */
	double step_s[ROUNDS_MAX], forecast_s[ROUNDS_MAX];
};

struct bench {
	const struct alm_cell_bench_request *request;
	int n_cells;
	struct alm_cell cells[ALM_BENCH_CELLS_MAX];
	struct alm_pool *pool;
	int units;
	int shard;             /* rows, as in training */
	struct entry *entries; /* [n_cells]; owned */
	struct alm_error *err;
	enum alm_status status;
};

static int shards_of(const struct bench *bench)
{
	return (bench->request->batch + bench->shard - 1) / bench->shard;
}

static int rows_of(const struct bench *bench, int shard)
{
	int left = bench->request->batch - shard * bench->shard;
	return left < bench->shard ? left : bench->shard;
}

/* Inputs that every engine would find as hard as any. */
static void fill(
	const struct bench *bench, const struct entry *entry, const struct alm_network_work *work, int rows)
{
	for (int step = 0; step < bench->request->steps; step++)
		for (int row = 0; row < rows; row++) {
			float *x = alm_network_input(&entry->network, work, rows, step, row);
			for (int i = 0; i < bench->request->inputs; i++)
				x[i] = (float)((step * 31 + row * 7 + i * 13) % 64) / 32 - 1;
		}
}

static enum alm_status open_work(struct bench *bench, struct entry *entry, struct alm_error *err)
{
	int threads = alm_pool_threads(bench->pool), steps = bench->request->steps;
	size_t n = entry->network.params.n_floats * (size_t)shards_of(bench);
	entry->works = calloc((size_t)threads, sizeof *entry->works);
	entry->gradients = malloc(n * sizeof *entry->gradients);
	if (!entry->works || !entry->gradients)
		return alm_fail_memory(err, n * sizeof *entry->gradients);
	enum alm_status status = ALM_OK;
	for (; entry->n_works < threads && status == ALM_OK; entry->n_works += status == ALM_OK)
		status = alm_network_work_init(
			&entry->works[entry->n_works], &entry->network, steps, bench->shard, true, err);
	if (status == ALM_OK)
		status = alm_network_work_init(&entry->one, &entry->network, steps, 1, false, err);
	if (status == ALM_OK)
		fill(bench, entry, &entry->one, 1);
	return status;
}

static enum alm_status open_entry(struct bench *bench, struct entry *entry, struct alm_error *err)
{
	struct alm_network_spec spec = {
		.n_features = bench->request->inputs, .n_layers = 1, .n_outputs = HORIZON};
	spec.layers[0] = (struct alm_layer_spec){.cell = &entry->cell->facts, .units = bench->units};
	enum alm_status status = alm_network_init(&entry->network, &spec, alm_kernel_best(), err);
	if (status != ALM_OK)
		return status;
	alm_network_initialise(&entry->network, 1);
	struct alm_optim_spec adam = {.rule = alm_optim_at(0), .clip = 1};
	status = alm_optim_init(&entry->optim, &adam, entry->network.params.n_floats, bench->pool, err);
	return status == ALM_OK ? open_work(bench, entry, err) : status;
}

static void close_entry(struct entry *entry)
{
	for (int i = 0; i < entry->n_works; i++)
		alm_network_work_release(&entry->works[i]);
	alm_network_work_release(&entry->one);
	alm_optim_release(&entry->optim);
	alm_network_release(&entry->network);
	free(entry->works);
	free(entry->gradients);
	*entry = (struct entry){0};
}

struct step {
	const struct bench *bench;
	struct entry *entry;
};

static void run_shard(void *job, int shard, int worker)
{
	struct step *step = job;
	struct entry *entry = step->entry;
	struct alm_network_work *work = &entry->works[worker];
	size_t n_floats = entry->network.params.n_floats;
	float *gradient = entry->gradients + (size_t)shard * n_floats;
	int rows = rows_of(step->bench, shard);
	struct alm_pass pass = {.rows = rows, .n_steps = step->bench->request->steps};
	fill(step->bench, entry, work, rows);
	alm_network_forward(&entry->network, work, &pass);
	for (int i = 0; i < rows * HORIZON; i++)
		work->d_out[i] = work->out[i] - 1;
	memset(gradient, 0, n_floats * sizeof *gradient);
	alm_network_backward(&entry->network, work, &pass, gradient);
}

static void train_step(const struct bench *bench, struct entry *entry)
{
	struct step step = {bench, entry};
	int shards = shards_of(bench);
	alm_pool_run(bench->pool, shards, run_shard, &step);
	double norm = alm_optim_reduce(
		&entry->optim, entry->gradients, shards, 1.0 / (bench->request->batch * HORIZON));
	alm_optim_step(&entry->optim, entry->network.values, norm, 1e-3);
	alm_network_pack(&entry->network);
}

static void forecasts(const struct bench *bench, struct entry *entry)
{
	struct alm_pass pass = {.rows = 1, .n_steps = bench->request->steps};
	for (int i = 0; i < TOGETHER; i++)
		alm_network_forward(&entry->network, &entry->one, &pass);
}

static double timed(
	void (*work)(const struct bench *, struct entry *), const struct bench *bench, struct entry *entry)
{
	double began = alm_monotonic_s();
	work(bench, entry);
	return alm_monotonic_s() - began;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, by_value);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* The cells take turns, so that a slow moment of the machine hits all of them. The first turn warms up and is not kept. */
static enum alm_status time_entries(struct bench *bench, const struct alm_context *context,
	struct alm_cell_bench *out, struct alm_error *err)
{
	double began = alm_monotonic_s();
	int n = -1;
	for (; n < ROUNDS_MAX; n++) {
		if (n >= ROUNDS_MIN && alm_monotonic_s() - began > bench->request->seconds)
			break;
		for (int i = 0; i < bench->n_cells; i++) {
			struct entry *entry = &bench->entries[i];
			double step = timed(train_step, bench, entry), one = timed(forecasts, bench, entry);
			if (n >= 0) {
				entry->step_s[n] = step;
				entry->forecast_s[n] = one / TOGETHER;
			}
		}
		if (alm_stopped(context->reporter))
			return alm_fail(err, ALM_INTERRUPTED, "cell bench: stopped by a signal");
	}
	for (int i = 0; i < bench->n_cells; i++) {
		struct entry *entry = &bench->entries[i];
		struct alm_cell_bench_row *row = &out->row[out->n++];
		*row = (struct alm_cell_bench_row){.units = bench->units,
			.n_parameters = (int64_t)entry->network.params.n_floats,
			.step_ms = 1e3 * median(entry->step_s, n),
			.forecast_us = 1e6 * median(entry->forecast_s, n)};
		memcpy(row->cell, entry->cell->name, sizeof row->cell);
	}
	return ALM_OK;
}

static enum alm_status bench_width(struct bench *bench, const struct alm_context *context,
	struct alm_cell_bench *out, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < bench->n_cells && status == ALM_OK; i++) {
		bench->entries[i].cell = &bench->cells[i];
		status = open_entry(bench, &bench->entries[i], err);
	}
	if (status == ALM_OK)
		status = time_entries(bench, context, out, err);
	for (int i = 0; i < bench->n_cells; i++)
		close_entry(&bench->entries[i]);
	return status;
}

static bool add_cell(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	struct bench *bench = to;
	(void)path;
	(void)refused;
	if (cell && bench->n_cells < ALM_BENCH_CELLS_MAX)
		bench->cells[bench->n_cells++] = *cell;
	return true;
}

static enum alm_status load_cells(
	struct bench *bench, const struct alm_cell_folders *folders, struct alm_error *err)
{
	const struct alm_cell_bench_request *request = bench->request;
	if (request->n_cells == 0)
		return alm_cell_list(folders, add_cell, bench, err);
	enum alm_status status = ALM_OK;
	for (; bench->n_cells < request->n_cells && status == ALM_OK; bench->n_cells += status == ALM_OK) {
		const char *cell = request->cells[bench->n_cells];
		struct alm_cell *to = &bench->cells[bench->n_cells];
		status = strchr(cell, '/') ? alm_cell_load_file(cell, to, err)
					   : alm_cell_load(folders, cell, to, err);
	}
	return status;
}

enum alm_status alm_run_cell_bench(const struct alm_context *context,
	const struct alm_cell_bench_request *request, struct alm_cell_bench *out, struct alm_error *err)
{
	struct alm_cell_folders folders;
	struct bench *bench = calloc(1, sizeof *bench);
	int threads = context->threads > 0 ? context->threads : alm_pool_processors();
	if (!bench)
		return alm_fail_memory(err, sizeof *bench);
	bench->request = request;
	out->n = 0;
	enum alm_status status = alm_cell_folders_init(&folders, context->cell_path, err);
	if (status != ALM_OK)
		goto done;
	status = load_cells(bench, &folders, err);
	alm_cell_folders_release(&folders);
	if (status == ALM_OK)
		status = alm_pool_new(threads, &bench->pool, err);
	if (status != ALM_OK)
		goto done;
	bench->entries = calloc((size_t)bench->n_cells, sizeof *bench->entries);
	if (!bench->entries)
		status = alm_fail_memory(err, (size_t)bench->n_cells * sizeof *bench->entries);
	for (int i = 0; i < request->n_widths && status == ALM_OK; i++) {
		bench->units = request->units[i];
		bench->shard = alm_batch_rows(bench->units, request->batch);
		status = bench_width(bench, context, out, err);
	}
done:
	alm_pool_free(bench->pool);
	free(bench->entries);
	free(bench);
	return status;
}
