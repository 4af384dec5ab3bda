/* A few epochs on three threads, for ThreadSanitizer, which the test framework cannot run under. */
#include <math.h>
#include <stdio.h>
#include "base/pool.h"
#include "cell/cell.h"
#include "train/trainer.h"

static int64_t times[300];
static float values[300];

static enum alm_status train(
	const struct alm_cell *cell, const struct alm_panel *panel, struct alm_error *err)
{
	struct alm_scaler scaler = {0};
	struct alm_network network = {0};
	struct alm_windows windows = {0};
	struct alm_pool *pool = NULL;
	struct alm_train_outcome outcome;
	struct alm_part all = {INT64_MIN, INT64_MAX};
	struct alm_network_spec spec = {.n_features = 1,
		.n_layers = 1,
		.layers = {{.cell = &cell->facts, .units = 70}},
		.n_outputs = 2};
	struct alm_feed feed = {.panel = panel,
		.scaler = &scaler,
		.spec = {.lookback = 12, .sampling = 1, .horizon = 2, .stride = 1},
		.n_targets = 1};
	enum alm_status status = alm_scaler_init(&scaler, 1, NULL, 0, err);
	if (status == ALM_OK)
		status = alm_network_init(&network, &spec, alm_kernel_best(), err);
	if (status == ALM_OK)
		status = alm_windows_init(&windows, panel, &feed.spec, &all, err);
	if (status == ALM_OK)
		status = alm_pool_new(3, &pool, err);
	if (status == ALM_OK) {
		struct alm_train_options options = {.objective = {.loss = alm_loss_at(1)},
			.optimizer = {.rule = alm_optim_at(0)},
			.schedule_epochs = 1,
			.schedule_factor = 0.5,
			.schedule = alm_schedule_at(0),
			.rate = 0.001,
			.batch = 64,
			.shard = 8,
			.epochs = 2,
			.pool = pool};
		alm_network_initialise(&network, 1);
		status = alm_train(&network, &feed, &windows, &windows, &options, &outcome, err);
	}
	alm_pool_free(pool);
	alm_windows_release(&windows);
	alm_network_release(&network);
	alm_scaler_release(&scaler);
	return status;
}

int main(void)
{
	static const char *const names[] = {"a"};
	struct alm_error err = {0};
	struct alm_cell_folders folders;
	struct alm_cell cell;
	struct alm_panel panel;
	struct alm_series_rows series = {.name = "s", .n_rows = 300, .times_ms = times, .values = values};
	struct alm_panel_options options = {
		.channels = names, .n_data = 1, .freq = {.step_ms = 3600000}, .until_ms = INT64_MAX};
	for (int row = 0; row < 300; row++) {
		times[row] = INT64_C(3600000) * row;
		values[row] = sinf((float)row / 4);
	}
	enum alm_status status = alm_cell_folders_init(&folders, NULL, &err);
	if (status == ALM_OK)
		status = alm_cell_load(&folders, "gru", &cell, &err);
	if (status == ALM_OK)
		status = alm_panel_build(&series, 1, &options, &panel, NULL, &err);
	if (status == ALM_OK) {
		status = train(&cell, &panel, &err);
		alm_panel_release(&panel);
	}
	alm_cell_folders_release(&folders);
	if (status != ALM_OK)
		fprintf(stderr, "%s\n", err.text);
	return status == ALM_OK ? 0 : 1;
}
