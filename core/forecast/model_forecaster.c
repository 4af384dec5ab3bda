#include "forecast/model_forecaster.h"
#include <math.h>
#include <stdlib.h>
#include "time/timestamp.h"
#include "train/feed.h"

/* Rows that go through the network together: as in training's default, though the bits do not depend on it. */
#define SHARD 32

/* What the shards of one run share. */
struct run {
	struct alm_model_forecaster *forecaster;
	struct alm_feed feed;
	const struct alm_window *windows;
	const struct alm_windows *indexed; /* instead of `windows` */
	size_t first, n;
	float *out;
};

static struct alm_window window_of(const struct run *run, size_t i)
{
	return run->windows ? run->windows[i] : alm_windows_get(run->indexed, run->first + i);
}

/* Adds the base and undoes the scaling: from outputs of the network to the data's own units. */
static void finish_row(
	const struct run *run, const struct alm_window *window, const float *output, float *out)
{
	const struct alm_feed *feed = &run->feed;
	int n = alm_feed_outputs(feed);
	alm_feed_base(feed, window, out);
	for (int i = 0; i < n; i++)
		out[i] = alm_scaler_invert(feed->scaler, i % feed->n_targets, out[i] + output[i]);
}

static void run_shard(void *job, int task, int worker)
{
	const struct run *run = job;
	const struct alm_network *network = &run->forecaster->trained->network;
	struct alm_network_work *work = &run->forecaster->works[worker];
	size_t first = (size_t)task * SHARD, outputs = (size_t)network->spec.n_outputs;
	int rows = run->n - first < SHARD ? (int)(run->n - first) : SHARD;
	for (int row = 0; row < rows; row++) {
		struct alm_window window = window_of(run, first + (size_t)row);
		alm_feed_load(&run->feed, &window, network, work, rows, row);
	}
	alm_network_forward(network, work, rows);
	for (int row = 0; row < rows; row++) {
		struct alm_window window = window_of(run, first + (size_t)row);
		finish_row(run, &window, work->out + (size_t)row * outputs,
			run->out + (first + (size_t)row) * outputs);
	}
}

static enum alm_status run_all(struct run *run, struct alm_error *err)
{
	const struct alm_panel *panel = run->feed.panel;
	size_t outputs = (size_t)alm_feed_outputs(&run->feed);
	alm_pool_run(run->forecaster->pool, (int)((run->n + SHARD - 1) / SHARD), run_shard, run);
	for (size_t i = 0; i < run->n * outputs; i++) {
		if (isfinite(run->out[i]))
			continue;
		struct alm_window window = window_of(run, i / outputs);
		const struct alm_frame *frame = &panel->frames[window.frame];
		char when[ALM_TIME_TEXT];
		return alm_fail(err, ALM_BAD_DATA,
			"series '%s': the forecast from the window that begins at %s is not finite; train "
			"again",
			frame->series,
			alm_time_print(alm_frame_time(panel, frame, (int64_t)window.first_row), when));
	}
	return ALM_OK;
}

static enum alm_status predict(struct alm_forecaster *self, const struct alm_windows *windows, size_t first,
	size_t n, float *out, struct alm_error *err)
{
	struct alm_model_forecaster *forecaster = (struct alm_model_forecaster *)self;
	struct run run = {.forecaster = forecaster,
		.feed = alm_trained_feed(forecaster->trained, windows->panel),
		.indexed = windows,
		.first = first,
		.n = n,
		.out = out};
	return run_all(&run, err);
}

enum alm_status alm_model_forecaster_run(struct alm_model_forecaster *forecaster,
	const struct alm_panel *panel, const struct alm_window *windows, size_t n, float *out,
	struct alm_error *err)
{
	struct run run = {.forecaster = forecaster,
		.feed = alm_trained_feed(forecaster->trained, panel),
		.windows = windows,
		.n = n,
		.out = out};
	return run_all(&run, err);
}

enum alm_status alm_model_forecaster_init(struct alm_model_forecaster *forecaster,
	const struct alm_trained *trained, struct alm_pool *pool, struct alm_error *err)
{
	struct alm_model_forecaster made = {
		.base = {.name = "model", .n_targets = trained->n_targets, .predict = predict},
		.trained = trained,
		.pool = pool};
	size_t n = (size_t)alm_pool_threads(pool);
	made.works = calloc(n, sizeof *made.works);
	if (!made.works)
		return alm_fail_memory(err, n * sizeof *made.works);
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && made.n_workers < (int)n) {
		status = alm_network_work_init(&made.works[made.n_workers], &trained->network,
			(int)trained->plan.window.lookback, SHARD, false, err);
		if (status == ALM_OK)
			made.n_workers++;
	}
	if (status != ALM_OK)
		alm_model_forecaster_release(&made);
	else
		*forecaster = made;
	return status;
}

void alm_model_forecaster_release(struct alm_model_forecaster *forecaster)
{
	for (int worker = 0; worker < forecaster->n_workers; worker++)
		alm_network_work_release(&forecaster->works[worker]);
	free(forecaster->works);
	*forecaster = (struct alm_model_forecaster){0};
}
