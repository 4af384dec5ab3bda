/*
 * Training allocates before its first step and not again: the C library's allocator is counted while epochs pass. A
 * plain program, because the test framework allocates as well.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "cell/cell.h"
#include "train/trainer.h"

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t align, size_t n);

static atomic_long n_allocations;

void *malloc(size_t n)
{
	atomic_fetch_add(&n_allocations, 1);
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	atomic_fetch_add(&n_allocations, 1);
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t n)
{
	atomic_fetch_add(&n_allocations, 1);
	return __libc_realloc(old, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	atomic_fetch_add(&n_allocations, 1);
	return __libc_memalign(align, n);
}

/* What the counter stood at after the first step and after the last. */
static long first = -1, last;

static void look(struct alm_reporter *self, const struct alm_progress *progress)
{
	(void)self;
	(void)progress;
	last = atomic_load(&n_allocations);
	if (first < 0)
		first = last;
}

static enum alm_status make_panel(struct alm_panel *panel, struct alm_error *err)
{
	static int64_t times[600];
	static float values[1200];
	static const char *const names[] = {"a", "b"};
	for (int row = 0; row < 600; row++) {
		times[row] = INT64_C(3600000) * row;
		values[2 * row] = sinf((float)row / 4);
		values[2 * row + 1] = cosf((float)row / 4);
	}
	struct alm_series_rows series = {.name = "s", .n_rows = 600, .times_ms = times, .values = values};
	struct alm_panel_options options = {.channels = names,
		.n_data = 2,
		.calendar = true,
		.freq = {.step_ms = 3600000},
		.until_ms = INT64_MAX};
	return alm_panel_build(&series, 1, &options, panel, NULL, err);
}

static enum alm_status train(const struct alm_cell *cell, struct alm_error *err)
{
	struct alm_panel panel = {0};
	struct alm_scaler scaler = {0};
	struct alm_network network = {0};
	struct alm_windows windows = {0}, none = {0};
	struct alm_pool *pool = NULL;
	struct alm_train_outcome outcome;
	struct alm_reporter reporter = {.progress = look};
	struct alm_part all = {INT64_MIN, INT64_MAX};
	struct alm_network_spec spec = {.n_features = 8,
		.n_layers = 2,
		.layers = {{.cell = &cell->facts, .units = 16}, {.cell = &cell->facts, .units = 16}},
		.n_extra = 18,
		.n_outputs = 3};
	struct alm_feed feed = {.panel = &panel,
		.scaler = &scaler,
		.spec = {.lookback = 24, .sampling = 1, .horizon = 3, .stride = 1},
		.n_targets = 1,
		.residual = ALM_RESIDUAL_LAST};
	struct alm_train_options options = {.objective = {.loss = alm_loss_at(0)},
		.optimizer = {.rule = alm_optim_at(0), .clip = 1},
		.schedule_epochs = 1,
		.schedule_factor = 0.5,
		.schedule = alm_schedule_at(1),
		.rate = 0.001,
		.batch = 64,
		.shard = 16,
		.epochs = 3,
		.reporter = &reporter};
	enum alm_status status = make_panel(&panel, err);
	if (status == ALM_OK)
		status = alm_scaler_init(&scaler, 8, NULL, 0, err);
	if (status == ALM_OK)
		status = alm_network_init(&network, &spec, alm_kernel_best(), err);
	if (status == ALM_OK)
		status = alm_windows_init(&windows, &panel, &feed.spec, &all, err);
	if (status == ALM_OK)
		status = alm_pool_new(2, &pool, err);
	options.pool = pool;
	if (status == ALM_OK) {
		alm_network_initialise(&network, 1);
		none = windows;
		status = alm_train(&network, &feed, &windows, &none, &options, &outcome, err);
	}
	alm_pool_free(pool);
	alm_windows_release(&windows);
	alm_network_release(&network);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
	return status;
}

int main(void)
{
	struct alm_error err = {0};
	struct alm_cell_folders folders;
	struct alm_cell cell;
	enum alm_status status = alm_cell_folders_init(&folders, NULL, &err);
	if (status == ALM_OK)
		status = alm_cell_load(&folders, "lstm", &cell, &err);
	if (status == ALM_OK)
		status = train(&cell, &err);
	if (status != ALM_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	printf("%ld allocations before the first step ended, %ld in the steps after it\n", first,
		last - first);
	return first > 0 && last == first ? 0 : 1;
}

#else

int main(void)
{
	puts("the sanitizer has the allocator: nothing is counted in this build");
	return 0;
}

#endif
