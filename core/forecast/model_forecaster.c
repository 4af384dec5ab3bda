#include "forecast/model_forecaster.h"
#include <math.h>
#include <stdlib.h>
#include "forecast/recursive.h"
#include "time/timestamp.h"
#include "train/shard.h"

/* Rows that go through the network together, at most; the bits do not depend on it. */
#define SHARD 32

/* What the shards of one run share. */
struct run {
	struct alm_model_forecaster *forecaster;
	struct alm_feed feed;
	const struct alm_window *windows;
	const struct alm_windows *indexed; /* instead of `windows` */
	size_t first, n;                   /* windows */
	size_t from, to;                   /* those of them that the network that is chosen runs now */
	float *points;                     /* [n][horizon][n_targets] */
	float *quantiles;                  /* [n][horizon][n_targets][levels], or NULL */
};

static struct alm_window window_of(const struct run *run, size_t i)
{
	return run->windows ? run->windows[i] : alm_windows_get(run->indexed, run->first + i);
}

static struct alm_sample sample_of(const struct run *run, size_t i)
{
	size_t each = (size_t)alm_feed_samples(&run->feed);
	return (struct alm_sample){.window = window_of(run, i / each), .channel = (int)(i % each)};
}

/* Where value i of a sample stands among the forecasts of all windows, [n][horizon][n_targets]. */
static size_t place_of(const struct run *run, size_t sample, int i)
{
	size_t each = (size_t)alm_feed_samples(&run->feed), targets = (size_t)run->feed.n_targets;
	size_t window = sample / each * (size_t)run->feed.spec.horizon * targets;
	return each == 1 ? window + (size_t)i : window + (size_t)i * targets + sample % each;
}

/* From the network's outputs for a sample to the data's own units: base and gain, then the scaler. */
static void finish_row(const struct run *run, struct alm_shard *shard, int row, size_t sample)
{
	const struct alm_trained *trained = run->forecaster->trained;
	const struct alm_objective *objective = &trained->objective;
	const struct alm_feed *feed = &run->feed;
	const struct alm_window *window = &shard->samples[row].window;
	struct alm_feed_scale scale = alm_shard_scale(shard, feed, row);
	int width = alm_loss_width(objective->loss, objective->n_levels),
	    last = alm_shard_steps(shard, row) - 1;
	int levels = run->quantiles ? objective->n_levels : 0;
	const float *output =
		shard->work.out + alm_network_out_at(&trained->network, shard->pass.rows, last, row);
	alm_feed_base(feed, &shard->samples[row], last, &scale, shard->base, shard->gain);
	for (int i = 0; i < shard->n_values; i++, output += width) {
		size_t at = place_of(run, sample, i);
		int channel = (int)(at % (size_t)feed->n_targets);
		float point = objective->loss->point(output, width, objective->levels);
		run->points[at] =
			alm_feed_invert(feed, window, channel, shard->base[i] + shard->gain[i] * point);
		float *quantiles = levels > 0 ? run->quantiles + at * (size_t)levels : NULL;
		if (levels > 0)
			objective->loss->quantiles(output, objective->levels, levels, quantiles);
		for (int level = 0; level < levels; level++)
			quantiles[level] = alm_feed_invert(
				feed, window, channel, shard->base[i] + shard->gain[i] * quantiles[level]);
	}
}

/* The whole horizon of a shard, one step at a time. */
static void finish_recursive(const struct run *run, struct alm_shard *shard, size_t first)
{
	const struct alm_trained *trained = run->forecaster->trained;
	const struct alm_feed *feed = &run->feed;
	size_t outputs = (size_t)feed->spec.horizon * (size_t)feed->n_targets;
	float *points = run->points + first * outputs;
	alm_recursive_run(shard, &trained->network, feed, trained->objective.loss, points);
	for (int row = 0; row < shard->pass.rows; row++)
		for (size_t i = 0; i < outputs; i++, points++)
			*points = alm_feed_invert(feed, &shard->samples[row].window,
				(int)(i % (size_t)feed->n_targets), *points);
}

static void run_shard(void *job, int task, int worker)
{
	const struct run *run = job;
	struct alm_shard *shard = &run->forecaster->workers[worker];
	size_t each = (size_t)alm_feed_samples(&run->feed);
	size_t first = run->from * each + (size_t)task * SHARD, end = run->to * each;
	int rows = end - first < SHARD ? (int)(end - first) : SHARD;
	for (int row = 0; row < rows; row++)
		shard->samples[row] = sample_of(run, first + (size_t)row);
	alm_shard_forward(shard, &run->forecaster->trained->network, &run->feed, rows, NULL);
	if (run->feed.recursive)
		finish_recursive(run, shard, first);
	for (int row = 0; row < rows && !run->feed.recursive; row++)
		finish_row(run, shard, row, first + (size_t)row);
}

/* First of n values that is not finite, or n. */
static size_t find_not_finite(const float *values, size_t n)
{
	size_t i = 0;
	while (i < n && isfinite(values[i]))
		i++;
	return i;
}

/* The network of a window: its series' own, where each has one. */
static int network_of(const struct run *run, size_t window)
{
	if (!run->forecaster->trained->networks)
		return 0;
	return run->feed.panel->frames[window_of(run, window).frame].scale_row - 1;
}

/* The windows from run->from on that are one network's, on it; returns their end. */
static size_t run_stretch(struct run *run)
{
	struct alm_model_forecaster *forecaster = run->forecaster;
	int network = network_of(run, run->from);
	for (run->to = run->from + 1; run->to < run->n && network_of(run, run->to) == network;)
		run->to++;
	if (network != forecaster->chosen)
		alm_trained_choose(forecaster->trained, network);
	forecaster->chosen = network;
	size_t samples = (run->to - run->from) * (size_t)alm_feed_samples(&run->feed);
	alm_pool_run(forecaster->pool, (int)((samples + SHARD - 1) / SHARD), run_shard, run);
	return run->to;
}

static void release_workers(struct alm_model_forecaster *forecaster)
{
	for (int worker = 0; worker < forecaster->n_workers; worker++)
		alm_shard_release(&forecaster->workers[worker]);
	free(forecaster->workers);
	forecaster->workers = NULL;
	forecaster->n_workers = forecaster->max_rows = 0;
}

/* Work areas for so many rows, in place of smaller ones. A forecast of one series touches a few pages, not all of 32 rows. */
static enum alm_status make_room(struct alm_model_forecaster *forecaster, int rows, struct alm_error *err)
{
	if (rows <= forecaster->max_rows)
		return ALM_OK;
	release_workers(forecaster);
	const struct alm_trained *trained = forecaster->trained;
	const struct alm_panel shape = alm_trained_shape(trained);
	struct alm_feed feed = alm_trained_feed(trained, &shape);
	int n_more = feed.recursive ? (int)feed.spec.horizon - 1 : 0;
	size_t n = (size_t)alm_pool_threads(forecaster->pool);
	forecaster->workers = calloc(n, sizeof *forecaster->workers);
	if (!forecaster->workers)
		return alm_fail_memory(err, n * sizeof *forecaster->workers);
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && forecaster->n_workers < (int)n) {
		status = alm_shard_init(&forecaster->workers[forecaster->n_workers], &trained->network, &feed,
			rows, n_more, false, err);
		if (status == ALM_OK)
			forecaster->n_workers++;
	}
	if (status == ALM_OK)
		forecaster->max_rows = rows;
	return status;
}

static enum alm_status run_all(struct run *run, struct alm_error *err)
{
	size_t samples = run->n * (size_t)alm_feed_samples(&run->feed);
	enum alm_status status = make_room(run->forecaster, samples < SHARD ? (int)samples : SHARD, err);
	if (status != ALM_OK)
		return status;
	const struct alm_panel *panel = run->feed.panel;
	size_t outputs = (size_t)run->feed.spec.horizon * (size_t)run->feed.n_targets;
	size_t levels = (size_t)run->forecaster->trained->objective.n_levels;
	for (run->from = 0; run->from < run->n;)
		run->from = run_stretch(run);
	size_t bad = find_not_finite(run->points, run->n * outputs);
	if (bad == run->n * outputs && run->quantiles)
		bad = find_not_finite(run->quantiles, run->n * outputs * levels) / levels;
	if (bad == run->n * outputs)
		return ALM_OK;
	struct alm_window window = window_of(run, bad / outputs);
	const struct alm_frame *frame = &panel->frames[window.frame];
	char when[ALM_TIME_TEXT];
	alm_fail(err, ALM_BAD_DATA, "the forecast from the window that ends at %s is not finite; train again",
		alm_time_print(alm_frame_time(panel, frame, (int64_t)window.now), when));
	return alm_frame_blame(frame, ALM_BAD_DATA, err);
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
		.points = out};
	return run_all(&run, err);
}

enum alm_status alm_model_forecaster_run(struct alm_model_forecaster *forecaster,
	const struct alm_panel *panel, const struct alm_window *windows, size_t n, float *points,
	float *quantiles, struct alm_error *err)
{
	struct run run = {.forecaster = forecaster,
		.feed = alm_trained_feed(forecaster->trained, panel),
		.windows = windows,
		.n = n,
		.points = points,
		.quantiles = quantiles};
	return run_all(&run, err);
}

int alm_model_forecaster_levels(const struct alm_model_forecaster *forecaster)
{
	const struct alm_objective *objective = &forecaster->trained->objective;
	return objective->loss->quantiles ? objective->n_levels : 0;
}

void alm_model_forecaster_init(
	struct alm_model_forecaster *forecaster, struct alm_trained *trained, struct alm_pool *pool)
{
	*forecaster = (struct alm_model_forecaster){
		.base = {.name = "model", .n_targets = trained->n_targets, .predict = predict},
		.trained = trained,
		.chosen = -1,
		.pool = pool};
}

void alm_model_forecaster_release(struct alm_model_forecaster *forecaster)
{
	release_workers(forecaster);
	*forecaster = (struct alm_model_forecaster){0};
}
