#include "eval/backtest.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "eval/spread.h"

/* Windows that a forecaster is asked for at once. */
#define BLOCK 512

/* What a run holds on to. */
struct run {
	const struct alm_windows *windows;
	const struct alm_backtest_options *options;
	int n_targets;
	size_t outputs;              /* floats of one window's forecast: horizon * targets */
	float *forecast;             /* [BLOCK][outputs] */
	double *scale;               /* [n_targets] of MASE */
	struct alm_error_sums *sums; /* [n_forecasters][n_targets] */
	struct alm_spread *spreads;  /* [n_forecasters][n_targets] */
};

static void score_block(const struct run *run, int forecaster, size_t first, size_t n)
{
	const struct alm_windows *windows = run->windows;
	const struct alm_panel *panel = windows->panel;
	struct alm_error_sums *sums = run->sums + (size_t)forecaster * (size_t)run->n_targets;
	struct alm_spread *spreads = run->spreads + (size_t)forecaster * (size_t)run->n_targets;
	const float *forecast = run->forecast;
	for (size_t i = first; i < first + n; i++) {
		struct alm_window window = alm_windows_get(windows, i);
		const struct alm_frame *frame = &panel->frames[window.frame];
		for (int64_t step = 0; step < windows->spec.horizon; step++) {
			size_t at = alm_window_target_row(&windows->spec, window.now, step) *
				    (size_t)panel->n_channels;
			for (int channel = 0; channel < run->n_targets; channel++, forecast++) {
				if (!frame->observed[at + (size_t)channel])
					continue;
				double actual = (double)frame->values[at + (size_t)channel];
				alm_error_sums_add(
					&sums[channel], actual, (double)*forecast, run->scale[channel]);
				alm_spread_add(&spreads[channel], window.frame, actual, (double)*forecast);
			}
		}
	}
}

static enum alm_status run_blocks(const struct run *run, struct alm_error *err)
{
	const struct alm_backtest_options *options = run->options;
	size_t total = run->windows->n;
	double began = alm_monotonic_s();
	for (size_t first = 0; first < total; first += BLOCK) {
		size_t n = total - first < BLOCK ? total - first : BLOCK;
		if (alm_stopped(options->reporter))
			return alm_fail(err, ALM_INTERRUPTED, "backtest was stopped; no score was stored");
		for (int i = 0; i < options->n_forecasters; i++) {
			struct alm_forecaster *forecaster = options->forecasters[i];
			enum alm_status status =
				forecaster->predict(forecaster, run->windows, first, n, run->forecast, err);
			if (status != ALM_OK)
				return status;
			score_block(run, i, first, n);
		}
		double elapsed = alm_monotonic_s() - began, done = (double)(first + n);
		alm_progress(options->reporter, &(struct alm_progress){.stage = "backtest",
							.fraction = done / (double)total,
							.done = first + n,
							.unit = "windows",
							.rate_per_s = elapsed > 0 ? done / elapsed : 0,
							.left_s = elapsed * ((double)total - done) / done,
							.detail = ""});
	}
	return ALM_OK;
}

/* The least share of a forecaster's targets. */
static double least_spread(const struct run *run, int forecaster)
{
	const struct alm_spread *spreads = run->spreads + (size_t)forecaster * (size_t)run->n_targets;
	double least = NAN;
	for (int channel = 0; channel < run->n_targets; channel++)
		least = fmin(
			least, alm_spread_share(&spreads[channel])); /* of a NaN and a number the number */
	return least;
}

static void fill_scores(const struct run *run, int forecaster, struct alm_backtest_scores *scores)
{
	const struct alm_error_sums *sums = run->sums + (size_t)forecaster * (size_t)run->n_targets;
	struct alm_error_sums all = {0};
	for (int channel = 0; channel < run->n_targets; channel++) {
		alm_error_sums_merge(&all, &sums[channel]);
		for (int metric = 0; metric < ALM_N_METRICS; metric++)
			scores->channel[channel][metric] =
				alm_metric_of((enum alm_metric)metric, &sums[channel]);
	}
	for (int metric = 0; metric < ALM_N_METRICS; metric++)
		scores->overall[metric] = alm_metric_of((enum alm_metric)metric, &all);
	scores->name = run->options->forecasters[forecaster]->name;
	scores->spread = least_spread(run, forecaster);
}

/* The best of the others by MAE, and what the first makes of it. */
static void find_skill(struct alm_backtest *backtest)
{
	backtest->best_baseline = -1;
	backtest->skill = NAN;
	double best = INFINITY;
	for (int i = 1; i < backtest->n_forecasters; i++) {
		double mae = backtest->scores[i].overall[ALM_METRIC_mae];
		if (mae < best) {
			best = mae;
			backtest->best_baseline = i;
		}
	}
	if (backtest->best_baseline > 0)
		backtest->skill = alm_skill(backtest->scores[0].overall[ALM_METRIC_mae], best);
}

static enum alm_status make_result(
	const struct run *run, struct alm_backtest *backtest, struct alm_error *err)
{
	size_t targets = (size_t)run->n_targets, forecasters = (size_t)run->options->n_forecasters;
	backtest->channels = calloc(targets, sizeof *backtest->channels);
	backtest->scores = calloc(forecasters, sizeof *backtest->scores);
	if (!backtest->channels || !backtest->scores)
		return alm_fail_memory(err, forecasters * sizeof *backtest->scores);
	backtest->n_targets = run->n_targets;
	for (size_t i = 0; i < targets; i++) {
		backtest->channels[i] = strdup(run->windows->panel->channels[i]);
		if (!backtest->channels[i])
			return alm_fail_memory(err, strlen(run->windows->panel->channels[i]));
	}
	for (int i = 0; i < run->options->n_forecasters; i++, backtest->n_forecasters++) {
		backtest->scores[i].channel = calloc(targets, sizeof *backtest->scores[i].channel);
		if (!backtest->scores[i].channel)
			return alm_fail_memory(err, targets * sizeof *backtest->scores[i].channel);
		fill_scores(run, i, &backtest->scores[i]);
	}
	backtest->n_windows = run->windows->n;
	for (size_t i = 0; i < targets; i++)
		backtest->n_points += run->sums[i].n;
	if (backtest->n_points == 0)
		return alm_fail(err, ALM_BAD_DATA, "no target is observed in the windows of the backtest");
	find_skill(backtest);
	return ALM_OK;
}

static enum alm_status init(struct run *run, struct alm_error *err)
{
	const struct alm_backtest_options *options = run->options;
	size_t targets = (size_t)run->n_targets;
	run->forecast = malloc(BLOCK * run->outputs * sizeof *run->forecast);
	run->scale = malloc(targets * sizeof *run->scale);
	run->sums = calloc((size_t)options->n_forecasters * targets, sizeof *run->sums);
	run->spreads = calloc((size_t)options->n_forecasters * targets, sizeof *run->spreads);
	if (!run->forecast || !run->scale || !run->sums || !run->spreads)
		return alm_fail_memory(err, BLOCK * run->outputs * sizeof *run->forecast);
	for (int channel = 0; channel < run->n_targets; channel++)
		run->scale[channel] =
			alm_seasonal_scale(run->windows->panel, options->training, channel, options->season);
	return ALM_OK;
}

enum alm_status alm_backtest_run(const struct alm_windows *windows,
	const struct alm_backtest_options *options, struct alm_backtest *out, struct alm_error *err)
{
	if (windows->n == 0)
		return alm_fail(err, ALM_BAD_DATA, "there is no window to backtest on");
	int n_targets = options->forecasters[0]->n_targets;
	struct run run = {.windows = windows,
		.options = options,
		.n_targets = n_targets,
		.outputs = (size_t)windows->spec.horizon * (size_t)n_targets};
	struct alm_backtest made = {0};
	enum alm_status status = init(&run, err);
	if (status == ALM_OK)
		status = run_blocks(&run, err);
	if (status == ALM_OK)
		status = make_result(&run, &made, err);
	if (status == ALM_OK)
		*out = made;
	else
		alm_backtest_release(&made);
	free(run.forecast);
	free(run.scale);
	free(run.sums);
	free(run.spreads);
	return status;
}

void alm_backtest_release(struct alm_backtest *backtest)
{
	for (int i = 0; backtest->channels && i < backtest->n_targets; i++)
		free(backtest->channels[i]);
	for (int i = 0; backtest->scores && i < backtest->n_forecasters; i++)
		free(backtest->scores[i].channel);
	free(backtest->channels);
	free(backtest->scores);
	*backtest = (struct alm_backtest){0};
}
