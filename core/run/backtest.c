#include "run/backtest.h"
#include <stdio.h>
#include <stdlib.h>
#include "eval/backtest.h"
#include "forecast/baseline.h"
#include "prepare/champion.h"
#include "prepare/prepare.h"
#include "prepare/roster.h"
#include "store/forecast.h"
#include "store/ledger.h"

/* Threads that a backtest may use. */
#define THREADS_MAX 64

/* What one backtest holds on to. */
struct testing {
	const struct alm_context *context;
	const struct alm_backtest_request *request;
	struct alm_champion champion;
	struct alm_prepared data;
	struct alm_windows windows;
	struct alm_ledger ledger;
	struct alm_backtest scores;
	int64_t first_ms, last_ms;
};

/* The windows to be scored: the version's test part, narrowed by the request. */
static enum alm_status choose_windows(struct testing *testing, struct alm_error *err)
{
	const struct alm_backtest_request *request = testing->request;
	struct alm_window_spec spec = testing->data.plan.window;
	struct alm_part part = testing->data.split.test;
	struct alm_duration stride = {.kind = ALM_DURATION_STEPS, .count = 1};
	enum alm_status status = ALM_OK;
	if (request->stride)
		status = alm_duration_parse("--stride", request->stride, &stride, err);
	if (status == ALM_OK)
		status = alm_duration_steps("--stride", &stride, &testing->data.plan.freq, &spec.stride, err);
	if (status != ALM_OK)
		return status;
	if (request->has_from)
		part.from_ms = request->from_ms;
	if (request->has_to)
		part.to_ms = request->to_ms;
	if (request->has_from && request->from_ms < testing->data.split.test.from_ms)
		alm_note(testing->context->reporter, "--from lies before the test part: some of these "
						     "windows were trained on or validated with");
	status = alm_windows_init(&testing->windows, &testing->data.panel, &spec, &part, err);
	if (status != ALM_OK || testing->windows.n > 0)
		return status;
	return alm_fail(err, ALM_USAGE,
		"the part to be tested holds no window: lookback and horizon span %lld rows; move --from or "
		"--to",
		(long long)alm_window_span(&spec));
}

/* With a network for each series, those without one are scored by nobody. */
static void note_left_out(const struct testing *testing)
{
	char names[ALM_ROSTER_TEXT];
	struct alm_roster roster = alm_roster_left_out(&testing->data.panel);
	if (roster.n > 0)
		alm_note(testing->context->reporter,
			"%zu of %d series %s no network in version %d and take%s no part: %s", roster.n,
			testing->data.n_series, roster.n == 1 ? "has" : "have", testing->champion.number,
			roster.n == 1 ? "s" : "", alm_roster_print(&roster, names));
}

/* First and last instant that is forecast. */
static void find_range(struct testing *testing)
{
	const struct alm_windows *windows = &testing->windows;
	testing->first_ms = INT64_MAX;
	testing->last_ms = INT64_MIN;
	for (int i = 0; i < windows->panel->n_frames; i++) {
		size_t n = windows->n_before[i + 1] - windows->n_before[i];
		if (n == 0)
			continue;
		const struct alm_frame *frame = &windows->panel->frames[i];
		size_t last_now = windows->first_now[i] + (n - 1) * (size_t)windows->spec.stride;
		int64_t first = alm_frame_time(windows->panel, frame,
			(int64_t)alm_window_target_row(&windows->spec, windows->first_now[i], 0));
		int64_t last = alm_frame_time(windows->panel, frame,
			(int64_t)alm_window_target_row(&windows->spec, last_now, windows->spec.horizon - 1));
		testing->first_ms = first < testing->first_ms ? first : testing->first_ms;
		testing->last_ms = last > testing->last_ms ? last : testing->last_ms;
	}
}

static enum alm_status score(struct testing *testing, struct alm_error *err)
{
	int n = 1 + alm_baseline_count();
	struct alm_forecaster **forecasters = malloc((size_t)n * sizeof *forecasters);
	struct alm_baseline *baselines = malloc((size_t)n * sizeof *baselines);
	enum alm_status status =
		forecasters && baselines ? ALM_OK : alm_fail_memory(err, (size_t)n * sizeof *baselines);
	if (status == ALM_OK) {
		forecasters[0] = &testing->champion.forecaster.base;
		for (int i = 1; i < n; i++) {
			alm_baseline_init(
				&baselines[i], i - 1, testing->data.n_targets, testing->data.plan.season);
			forecasters[i] = &baselines[i].base;
		}
		struct alm_backtest_options options = {.forecasters = forecasters,
			.n_forecasters = n,
			.training = &testing->data.split.train,
			.season = testing->data.plan.season,
			.reporter = testing->context->reporter};
		status = alm_backtest_run(&testing->windows, &options, &testing->scores, err);
	}
	free(forecasters);
	free(baselines);
	return status;
}

/* The scores of one forecaster over one channel, "" for all. */
static enum alm_status put_scores(struct testing *testing, const char *forecaster, const char *channel,
	const double *values, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int metric = 0; metric < ALM_N_METRICS && status == ALM_OK; metric++) {
		struct alm_score_row row = {.version_id = testing->champion.version_id,
			.run_id = testing->ledger.run_id,
			.forecaster = forecaster,
			.channel = channel,
			.metric = alm_metric_name((enum alm_metric)metric),
			.value = values[metric],
			.n_windows = (int64_t)testing->scores.n_windows,
			.n_points = (int64_t)testing->scores.n_points,
			.from_ms = testing->first_ms,
			.to_ms = testing->last_ms};
		status = alm_score_put(testing->champion.db, &row, err);
	}
	return status;
}

static enum alm_status commit(struct testing *testing, struct alm_error *err)
{
	struct alm_db *db = testing->champion.db;
	const struct alm_backtest *scores = &testing->scores;
	enum alm_status status = alm_db_begin(db, err);
	for (int i = 0; i < scores->n_forecasters && status == ALM_OK; i++) {
		const struct alm_backtest_scores *one = &scores->scores[i];
		status = put_scores(testing, one->name, "", one->overall, err);
		for (int channel = 0; channel < scores->n_targets && status == ALM_OK; channel++)
			status = put_scores(
				testing, one->name, scores->channels[channel], one->channel[channel], err);
	}
	if (status == ALM_OK)
		status = alm_ledger_end(&testing->ledger, NULL, err);
	return status == ALM_OK ? alm_db_commit(db, err) : status;
}

static enum alm_status run(struct testing *testing, struct alm_error *err)
{
	struct alm_champion *champion = &testing->champion;
	struct alm_run_start start = {
		.kind = "backtest", .dataset_id = champion->dataset.id, .model_id = champion->model.id};
	enum alm_status status = alm_prepare(testing->context, champion->db, &champion->dataset,
		&champion->trained.spec, &alm_history_whole, &champion->trained, &testing->data, err);
	if (status == ALM_OK)
		status = alm_trained_attach(
			&champion->trained, &testing->data.panel, testing->context->reporter, err);
	if (status == ALM_OK) {
		note_left_out(testing);
		status = choose_windows(testing, err);
	}
	if (status == ALM_OK)
		status = alm_ledger_begin(
			&testing->ledger, champion->db, &start, testing->context->reporter, err);
	if (status == ALM_OK)
		status = score(testing, err);
	if (status != ALM_OK)
		return status;
	find_range(testing);
	return commit(testing, err);
}

enum alm_status alm_run_backtest(const struct alm_context *context,
	const struct alm_backtest_request *request, struct alm_backtest_report *out, struct alm_error *err)
{
	struct testing testing = {.context = context, .request = request};
	enum alm_status status = alm_champion_open(
		&testing.champion, context, request->model, request->version, ALM_DB_WRITE, THREADS_MAX, err);
	if (status == ALM_OK && testing.champion.fell_back)
		alm_note(context->reporter, "%s", testing.champion.why.text);
	if (status == ALM_OK)
		status = run(&testing, err);
	if (status == ALM_OK) {
		*out = (struct alm_backtest_report){.version = testing.champion.number,
			.run_id = testing.ledger.run_id,
			.first_ms = testing.first_ms,
			.last_ms = testing.last_ms,
			.seconds = alm_monotonic_s() - testing.ledger.began_s,
			.scores = testing.scores};
		snprintf(out->model, sizeof out->model, "%s", testing.champion.model.name);
	} else {
		alm_ledger_fail(&testing.ledger, status, err);
		alm_backtest_release(&testing.scores);
	}
	alm_windows_release(&testing.windows);
	alm_prepared_release(&testing.data);
	alm_champion_release(&testing.champion);
	return status;
}
