#include "run/forecast.h"
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "prepare/champion.h"
#include "prepare/prepare.h"
#include "prepare/roster.h"
#include "series/ahead.h"
#include "store/forecast.h"
#include "store/ledger.h"
#include "time/timestamp.h"

/* What one forecast holds on to. */
struct forecasting {
	const struct alm_context *context;
	const struct alm_forecast_request *request;
	double began_s;
	struct alm_champion champion;
	struct alm_panel panel;
	int64_t data_to_ms; /* of the newest observation there was */
	struct alm_ledger ledger;
	struct alm_error left_out;  /* ALM_DEGRADED when some series lack a network, or what is known ahead */
	int n;                      /* series that can be forecast */
	struct alm_window *windows; /* [n] ending on the last row of each; owned */
	float *values;              /* [n][horizon][n_targets]; owned */
	int n_levels;
	float *quantiles; /* [n][horizon][n_targets][n_levels]; owned, NULL without levels */
};

/* The last frame of a series, of which frames begin at *frame; none when it has no frame. Moves *frame behind them. */
static const struct alm_frame *last_frame(const struct alm_panel *panel, int series, int *frame)
{
	const struct alm_frame *last = NULL;
	for (; *frame < panel->n_frames && panel->frames[*frame].series == panel->series[series]; ++*frame)
		last = &panel->frames[*frame];
	return last;
}

/* Says which series are not forecast, and why. */
static void note_left_out(
	const struct forecasting *forecasting, const struct alm_roster *left_out, size_t inputs)
{
	char names[ALM_ROSTER_TEXT];
	if (left_out->n == 0 || forecasting->n == 0)
		return;
	alm_note(forecasting->context->reporter,
		"%zu of %d series %s left out, with fewer than the %zu rows without a long gap up to the "
		"cutoff that the lookback needs: %s",
		left_out->n, forecasting->panel.n_series, left_out->n == 1 ? "is" : "are", inputs,
		alm_roster_print(left_out, names));
}

/* With a network for each series, one that came after the training has none, and there is no other for it. */
static enum alm_status check_networks(struct forecasting *forecasting, struct alm_error *err)
{
	char names[ALM_ROSTER_TEXT], what[ALM_ROSTER_TEXT + 160];
	struct alm_roster roster = alm_roster_left_out(&forecasting->panel);
	if (roster.n == 0)
		return ALM_OK;
	snprintf(what, sizeof what,
		"%zu of %d series %s no network in version %d of model '%s', so train again: %s", roster.n,
		forecasting->panel.n_series, roster.n == 1 ? "has" : "have", forecasting->champion.number,
		forecasting->champion.model.name, alm_roster_print(&roster, names));
	alm_fail(&forecasting->left_out, ALM_DEGRADED, "not all series are forecast: %s", what);
	for (int i = 0; i < forecasting->panel.n_frames; i++)
		if (!forecasting->panel.frames[i].left_out)
			return ALM_OK;
	return alm_fail(err, ALM_NO_INPUT, "no series can be forecast: %s", what);
}

/* The last frame of each series, if it is long enough for the inputs. */
static enum alm_status find_windows(struct forecasting *forecasting, struct alm_error *err)
{
	const struct alm_panel *panel = &forecasting->panel;
	const struct alm_window_spec *spec = &forecasting->champion.trained.plan.window;
	size_t horizon = (size_t)(spec->delay + spec->horizon),
	       inputs = (size_t)alm_window_span(spec) - horizon;
	forecasting->windows = malloc((size_t)panel->n_frames * sizeof *forecasting->windows);
	if (!forecasting->windows)
		return alm_fail_memory(err, (size_t)panel->n_frames * sizeof *forecasting->windows);
	struct alm_roster left_out = {0};
	for (int i = 0, at = 0; i < panel->n_series; i++) {
		const struct alm_frame *frame = last_frame(panel, i, &at);
		if (frame && frame->left_out)
			continue; /* was told */
		if (frame && frame->n_rows >= inputs)
			forecasting->windows[forecasting->n++] =
				(struct alm_window){.frame = at - 1, .now = frame->n_rows - 1};
		else
			alm_roster_add(&left_out, panel->series[i]);
	}
	note_left_out(forecasting, &left_out, inputs);
	if (forecasting->n > 0)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"dataset '%s': no series has the %zu rows without a long gap that the lookback needs",
		forecasting->champion.dataset.name, inputs);
}

/* Series that lack something of what is known ahead do not keep the others from being forecast, if there are others. */
static enum alm_status leave_out(struct forecasting *forecasting, const bool *lacks,
	const struct alm_error *why, struct alm_error *err)
{
	int n = 0;
	for (int i = 0; i < forecasting->n; i++)
		if (!lacks[i])
			forecasting->windows[n++] = forecasting->windows[i];
	if (n == 0)
		return alm_fail(err, ALM_NO_INPUT, "%s", why->text);
	struct alm_error before = forecasting->left_out;
	alm_fail(&forecasting->left_out, ALM_DEGRADED, "%d of %d series %s not forecast: %s%s%s",
		forecasting->n - n, forecasting->n, forecasting->n - n == 1 ? "is" : "are", why->text,
		before.status == ALM_OK ? "" : "; ", before.status == ALM_OK ? "" : before.text);
	forecasting->n = n;
	return ALM_OK;
}

/* Whether all that must be known ahead is. */
static enum alm_status check_ahead(struct forecasting *forecasting, struct alm_error *err)
{
	const struct alm_trained *trained = &forecasting->champion.trained;
	size_t n = (size_t)forecasting->n;
	bool *lacks = malloc(n * sizeof *lacks);
	if (!lacks)
		return alm_fail_memory(err, n * sizeof *lacks);
	struct alm_error why = {0};
	enum alm_status status = alm_ahead_check(
		&forecasting->panel, &trained->plan.window, forecasting->windows, n, lacks, &why);
	if (status == ALM_NO_INPUT)
		status = leave_out(forecasting, lacks, &why, err);
	free(lacks);
	return status;
}

static enum alm_status predict(struct forecasting *forecasting, struct alm_error *err)
{
	struct alm_champion *champion = &forecasting->champion;
	const struct alm_trained *trained = &champion->trained;
	size_t n_bytes, outputs = (size_t)trained->plan.window.horizon * (size_t)trained->n_targets;
	if (!alm_mul_size((size_t)forecasting->n, outputs * sizeof(float), &n_bytes))
		return alm_fail_memory(err, SIZE_MAX);
	forecasting->values = malloc(n_bytes);
	if (!forecasting->values)
		return alm_fail_memory(err, n_bytes);
	forecasting->n_levels = alm_model_forecaster_levels(&champion->forecaster);
	if (forecasting->n_levels > 0) {
		if (!alm_mul_size(n_bytes, (size_t)forecasting->n_levels, &n_bytes))
			return alm_fail_memory(err, SIZE_MAX);
		forecasting->quantiles = malloc(n_bytes);
		if (!forecasting->quantiles)
			return alm_fail_memory(err, n_bytes);
	}
	return alm_model_forecaster_run(&champion->forecaster, &forecasting->panel, forecasting->windows,
		(size_t)forecasting->n, forecasting->values, forecasting->quantiles, err);
}

/* The observed values of a channel up to the cutoff, NaN where there was none. */
static void copy_history(const struct forecasting *forecasting, const struct alm_frame *frame, int channel,
	struct alm_forecast_series *item)
{
	size_t n_channels = (size_t)forecasting->panel.n_channels, n = (size_t)item->n_history;
	for (size_t i = 0; i < n; i++) {
		size_t at = (frame->n_rows - n + i) * n_channels + (size_t)channel;
		item->history[i] = frame->observed[at] ? (double)frame->values[at] : NAN;
	}
}

static enum alm_status copy_quantiles(const struct forecasting *forecasting, int which, int channel,
	struct alm_forecast_series *item, struct alm_error *err)
{
	const struct alm_trained *trained = &forecasting->champion.trained;
	size_t steps = (size_t)item->n_steps, targets = (size_t)trained->n_targets;
	size_t levels = (size_t)forecasting->n_levels;
	if (levels == 0)
		return ALM_OK;
	item->levels = malloc(levels * sizeof *item->levels);
	item->quantiles = malloc(steps * levels * sizeof *item->quantiles);
	if (!item->levels || !item->quantiles)
		return alm_fail_memory(err, steps * levels * sizeof *item->quantiles);
	item->n_levels = (int)levels;
	for (size_t level = 0; level < levels; level++)
		item->levels[level] = alm_levels_value(trained->levels[level]);
	const float *from =
		forecasting->quantiles + ((size_t)which * steps * targets + (size_t)channel) * levels;
	for (size_t step = 0; step < steps; step++)
		for (size_t level = 0; level < levels; level++)
			item->quantiles[step * levels + level] =
				(double)from[step * targets * levels + level];
	return ALM_OK;
}

static enum alm_status fill_item(const struct forecasting *forecasting, int which, int channel,
	struct alm_forecast_series *item, struct alm_error *err)
{
	const struct alm_trained *trained = &forecasting->champion.trained;
	const struct alm_window_spec *spec = &trained->plan.window;
	const struct alm_window *window = &forecasting->windows[which];
	const struct alm_frame *frame = &forecasting->panel.frames[window->frame];
	size_t steps = (size_t)spec->horizon, history = 2 * steps < frame->n_rows ? 2 * steps : frame->n_rows;
	item->n_steps = (int)steps;
	item->n_history = (int)history;
	item->cutoff_ms = alm_frame_time(&forecasting->panel, frame, (int64_t)frame->n_rows - 1);
	item->series = strdup(frame->series);
	item->channel = strdup(trained->channels[channel]);
	item->times_ms = malloc(steps * sizeof *item->times_ms);
	item->values = malloc(steps * sizeof *item->values);
	item->history = malloc(history * sizeof *item->history);
	if (!item->series || !item->channel || !item->times_ms || !item->values || !item->history)
		return alm_fail_memory(err, steps * sizeof *item->values);
	const float *values =
		forecasting->values + (size_t)which * steps * (size_t)trained->n_targets + (size_t)channel;
	for (size_t step = 0; step < steps; step++) {
		item->times_ms[step] = alm_frame_time(&forecasting->panel, frame,
			(int64_t)alm_window_target_row(spec, window->now, (int64_t)step));
		item->values[step] = (double)values[step * (size_t)trained->n_targets];
	}
	copy_history(forecasting, frame, channel, item);
	return copy_quantiles(forecasting, which, channel, item, err);
}

static enum alm_status make_result(
	const struct forecasting *forecasting, struct alm_forecast_result *result, struct alm_error *err)
{
	int n_targets = forecasting->champion.trained.n_targets;
	size_t n = (size_t)forecasting->n * (size_t)n_targets;
	*result = (struct alm_forecast_result){.version = forecasting->champion.number,
		.degraded =
			forecasting->champion.fell_back ? forecasting->champion.why : forecasting->left_out};
	snprintf(result->model, sizeof result->model, "%s", forecasting->champion.model.name);
	result->items = calloc(n, sizeof *result->items);
	if (!result->items)
		return alm_fail_memory(err, n * sizeof *result->items);
	enum alm_status status = ALM_OK;
	for (int which = 0; which < forecasting->n; which++)
		for (int channel = 0; channel < n_targets && status == ALM_OK; channel++)
			status = fill_item(forecasting, which, channel, &result->items[result->n++], err);
	return status;
}

/* What the run row says: whose forecasts these are, and up to which observation there was data. */
static enum alm_status add_facts(
	struct forecasting *forecasting, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_champion *champion = &forecasting->champion;
	char text[24];
	snprintf(text, sizeof text, "%d", champion->number);
	enum alm_status status = alm_pairs_add(facts, "version", text, err);
	snprintf(text, sizeof text, "%lld", (long long)forecasting->data_to_ms);
	return status == ALM_OK ? alm_pairs_add(facts, "data_to", text, err) : status;
}

/* The run's row. What it took is counted from the beginning, though the row is made at the end. */
static enum alm_status begin_run(struct forecasting *forecasting, struct alm_error *err)
{
	struct alm_champion *champion = &forecasting->champion;
	struct alm_run_start start = {
		.kind = "forecast", .dataset_id = champion->dataset.id, .model_id = champion->model.id};
	enum alm_status status = alm_ledger_begin(
		&forecasting->ledger, champion->db, &start, forecasting->context->reporter, err);
	if (status == ALM_OK)
		forecasting->ledger.began_s = forecasting->began_s;
	return status;
}

/* Run and forecasts in one short transaction: computing them took no lock. */
static enum alm_status store(
	struct forecasting *forecasting, struct alm_forecast_result *result, struct alm_error *err)
{
	struct alm_champion *champion = &forecasting->champion;
	struct alm_pairs facts = {0};
	enum alm_status status = add_facts(forecasting, &facts, err);
	if (status == ALM_OK)
		status = alm_db_begin(champion->db, err);
	if (status == ALM_OK)
		status = begin_run(forecasting, err);
	for (int i = 0; i < result->n && status == ALM_OK; i++) {
		const struct alm_forecast_series *item = &result->items[i];
		struct alm_forecast_row row = {.version_id = champion->version_id,
			.run_id = forecasting->ledger.run_id,
			.series = item->series,
			.channel = item->channel,
			.cutoff_ms = item->cutoff_ms,
			.n_steps = item->n_steps,
			.times_ms = item->times_ms,
			.values = item->values,
			.n_levels = item->n_levels,
			.levels = item->levels,
			.quantiles = item->quantiles};
		status = alm_forecast_put(champion->db, &row, err);
	}
	if (status == ALM_OK)
		status = alm_ledger_close(&forecasting->ledger,
			(struct alm_run_result){.status = result->degraded.status,
				.message = result->degraded.status == ALM_OK ? NULL : result->degraded.text,
				.facts = &facts},
			err);
	if (status == ALM_OK)
		status = alm_db_commit(champion->db, err);
	else
		alm_db_rollback(champion->db);
	alm_pairs_release(&facts);
	result->run_id = forecasting->ledger.run_id;
	return status;
}

/* Looked at before the rows are read: what comes in between is new to the next forecast. */
static enum alm_status find_newest(struct forecasting *forecasting, int64_t until_ms, struct alm_error *err)
{
	const struct alm_champion *champion = &forecasting->champion;
	struct alm_dataset_arrivals newest = {.last_ms = INT64_MIN};
	int channel = alm_dataset_channel(&champion->dataset, champion->trained.channels[0]);
	enum alm_status status = ALM_OK;
	if (channel >= 0) /* else reading the rows will say what is wrong */
		status = alm_dataset_arrived(
			champion->db, &champion->dataset, channel, until_ms, until_ms, &newest, err);
	forecasting->data_to_ms = newest.last_ms;
	return status;
}

static enum alm_status run(
	struct forecasting *forecasting, struct alm_forecast_result *result, struct alm_error *err)
{
	const struct alm_forecast_request *request = forecasting->request;
	struct alm_champion *champion = &forecasting->champion;
	struct alm_tail_request tail = {
		.until_ms = request->has_cutoff ? request->cutoff_ms : INT64_MAX, .future = request->future};
	enum alm_status status = find_newest(forecasting, tail.until_ms, err);
	if (status == ALM_OK)
		status = alm_prepare_tail(forecasting->context, champion->db, &champion->dataset,
			&champion->trained, &tail, &forecasting->panel, err);
	if (status == ALM_OK)
		status = alm_trained_attach(
			&champion->trained, &forecasting->panel, forecasting->context->reporter, err);
	if (status == ALM_OK)
		status = check_networks(forecasting, err);
	if (status == ALM_OK)
		status = find_windows(forecasting, err);
	if (status == ALM_OK)
		status = check_ahead(forecasting, err);
	if (status == ALM_OK)
		status = predict(forecasting, err);
	if (status == ALM_OK)
		status = make_result(forecasting, result, err);
	if (status == ALM_OK && !request->dry_run)
		status = store(forecasting, result, err);
	return status;
}

/*
 * What came to nothing has its row, too: `almanac status` looks at the last. Wrong usage has none, nor has a version that was
 * asked for and cannot be had, and a database that was busy for all of the timeout is not waited for once more.
 */
static void record_failure(
	struct forecasting *forecasting, enum alm_status status, const struct alm_error *why)
{
	if (forecasting->request->dry_run || status == ALM_USAGE || status == ALM_BUSY)
		return;
	if (forecasting->request->version != 0 && forecasting->champion.number == 0)
		return;
	if (begin_run(forecasting, NULL) == ALM_OK)
		alm_ledger_fail(&forecasting->ledger, status, why);
}

/* With the model found. */
static enum alm_status load_and_run(
	struct forecasting *forecasting, struct alm_forecast_result *result, struct alm_error *err)
{
	enum alm_status status = alm_champion_load(
		&forecasting->champion, forecasting->context, forecasting->request->version, 1, err);
	if (status == ALM_OK)
		status = run(forecasting, result, err);
	if (status != ALM_OK)
		record_failure(forecasting, status, err);
	return status;
}

enum alm_status alm_run_forecast(const struct alm_context *context,
	const struct alm_forecast_request *request, struct alm_forecast_result *out, struct alm_error *err)
{
	struct forecasting forecasting = {
		.context = context, .request = request, .began_s = alm_monotonic_s()};
	struct alm_forecast_result result = {0};
	enum alm_status status = alm_champion_find(&forecasting.champion, context, request->model,
		request->dry_run ? ALM_DB_READ : ALM_DB_WRITE, err);
	if (status == ALM_OK)
		status = load_and_run(&forecasting, &result, err);
	if (status == ALM_OK)
		*out = result;
	else
		alm_forecast_result_release(&result);
	free(forecasting.windows);
	free(forecasting.values);
	free(forecasting.quantiles);
	alm_panel_release(&forecasting.panel);
	alm_champion_release(&forecasting.champion);
	return status;
}

void alm_forecast_result_release(struct alm_forecast_result *result)
{
	for (int i = 0; i < result->n; i++) {
		free(result->items[i].series);
		free(result->items[i].channel);
		free(result->items[i].times_ms);
		free(result->items[i].values);
		free(result->items[i].levels);
		free(result->items[i].quantiles);
		free(result->items[i].history);
	}
	free(result->items);
	*result = (struct alm_forecast_result){0};
}
