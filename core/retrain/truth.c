#include "retrain/truth.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "forecast/baseline.h"
#include "prepare/prepare.h"
#include "store/ledger.h"

/* Scores of one commit. */
#define CHUNK 1000

/* Frames of the series that forecasts are read of: both come in order of their names. */
struct place {
	const struct alm_panel *panel;
	int first, end; /* frames of the series */
};

/* Moves on to a series; it may have no frame any more. */
static void move_to(struct place *place, const char *series)
{
	const struct alm_panel *panel = place->panel;
	if (place->first < place->end && strcmp(panel->frames[place->first].series, series) == 0)
		return;
	place->first = place->end;
	while (place->first < panel->n_frames && strcmp(panel->frames[place->first].series, series) < 0)
		place->first++;
	place->end = place->first;
	while (place->end < panel->n_frames && strcmp(panel->frames[place->end].series, series) == 0)
		place->end++;
}

/* The frame of the series that holds an instant of its grid, and the row; NULL = none does. */
static const struct alm_frame *find_row(const struct place *place, int64_t time_ms, size_t *row)
{
	for (int i = place->first; i < place->end; i++) {
		const struct alm_frame *frame = &place->panel->frames[i];
		bool on_grid;
		int64_t at = alm_freq_between(&place->panel->freq, frame->grid_ms, time_ms, &on_grid) -
			     frame->grid_row;
		if (!on_grid || at < 0 || at >= (int64_t)frame->n_rows)
			continue;
		*row = (size_t)at;
		return frame;
	}
	return NULL;
}

static int channel_of(const struct alm_trained *trained, const char *name)
{
	for (int i = 0; i < trained->n_targets; i++)
		if (strcmp(trained->channels[i], name) == 0)
			return i;
	return -1;
}

/* Sums over the observed steps of one forecast. */
struct sums {
	int64_t n, n_both;
	double absolute, squared, signed_error;
	double both, baseline; /* absolute errors of both, where the baseline has a value */
};

static void add_step(struct sums *sums, const struct place *place, const struct alm_live_forecast *forecast,
	int step, int channel, size_t season)
{
	const struct alm_panel *panel = place->panel;
	size_t row = 0, now = 0;
	const struct alm_frame *frame = find_row(place, forecast->times_ms[step], &row);
	size_t at = row * (size_t)panel->n_channels + (size_t)channel;
	if (!frame || !frame->observed[at])
		return;
	double actual = (double)frame->values[at], error = forecast->values[step] - actual;
	sums->n++;
	sums->absolute += fabs(error);
	sums->squared += error * error;
	sums->signed_error += error;
	if (find_row(place, forecast->cutoff_ms, &now) != frame)
		return; /* a long gap lies between them */
	struct alm_baseline_point point = {.panel = panel,
		.frame = frame,
		.channel = channel,
		.first_row = 0,
		.now = now,
		.target = row,
		.season = season};
	sums->n_both++;
	sums->both += fabs(error);
	sums->baseline += fabs((double)alm_baseline_seasonal_naive(&point) - actual);
}

/* Whether the series has come beyond the forecast's last step. */
static bool is_over(const struct place *place, const struct alm_live_forecast *forecast)
{
	if (place->first == place->end || forecast->n_steps == 0)
		return false;
	const struct alm_frame *last = &place->panel->frames[place->end - 1];
	return alm_frame_time(place->panel, last, (int64_t)last->n_rows - 1) >=
	       forecast->times_ms[forecast->n_steps - 1];
}

static enum alm_status add_score(
	struct alm_truth *truth, const struct alm_live_score *score, struct alm_error *err)
{
	if (truth->n == truth->room) {
		size_t room = truth->room ? 2 * truth->room : 64;
		struct alm_live_score *grown = realloc(truth->score, room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, room * sizeof *grown);
		truth->score = grown;
		truth->room = room;
	}
	truth->score[truth->n++] = *score;
	return ALM_OK;
}

static enum alm_status score_one(struct alm_truth *truth, const struct place *place,
	const struct alm_trained *trained, const struct alm_live_forecast *forecast, struct alm_error *err)
{
	struct sums sums = {0};
	int channel = channel_of(trained, forecast->channel);
	for (int step = 0; channel >= 0 && step < forecast->n_steps; step++)
		add_step(&sums, place, forecast, step, channel, (size_t)trained->plan.season);
	struct alm_live_score score = {.forecast_id = forecast->id,
		.complete = is_over(place, forecast),
		.n_points = sums.n,
		.mae = sums.n ? sums.absolute / (double)sums.n : NAN,
		.rmse = sums.n ? sqrt(sums.squared / (double)sums.n) : NAN,
		.bias = sums.n ? sums.signed_error / (double)sums.n : NAN,
		.baseline_mae = sums.n_both ? sums.baseline / (double)sums.n_both : NAN};
	if (sums.n == 0 && !score.complete)
		return ALM_OK; /* nothing to tell yet */
	truth->n_points += sums.n;
	truth->n_both += sums.n_both;
	truth->absolute += sums.both;
	truth->baseline_absolute += sums.baseline;
	return add_score(truth, &score, err);
}

static enum alm_status compare(struct alm_champion *champion, const struct alm_panel *panel, int64_t until_ms,
	struct alm_truth *truth, struct alm_error *err)
{
	struct alm_live_cursor *cursor = NULL;
	const struct alm_live_forecast *forecast = NULL;
	struct place place = {.panel = panel};
	enum alm_status status = alm_live_open(champion->db, champion->model.id, until_ms, &cursor, err);
	while (status == ALM_OK && (status = alm_live_next(cursor, &forecast, err)) == ALM_OK && forecast) {
		move_to(&place, forecast->series);
		status = score_one(truth, &place, &champion->trained, forecast, err);
	}
	alm_live_close(cursor);
	return status;
}

/* Whether there is any forecast to be scored: the data is read only then. */
static enum alm_status is_wanted(
	struct alm_champion *champion, int64_t until_ms, bool *wanted, struct alm_error *err)
{
	struct alm_live_cursor *cursor = NULL;
	const struct alm_live_forecast *forecast = NULL;
	enum alm_status status = alm_live_open(champion->db, champion->model.id, until_ms, &cursor, err);
	if (status == ALM_OK)
		status = alm_live_next(cursor, &forecast, err);
	alm_live_close(cursor);
	*wanted = forecast != NULL;
	return status;
}

enum alm_status alm_truth_find(const struct alm_context *context, struct alm_champion *champion,
	int64_t until_ms, struct alm_truth *out, struct alm_error *err)
{
	struct alm_truth truth = {0};
	struct alm_prepared data = {0};
	struct alm_history history = {.until_ms = until_ms};
	struct alm_dataset_arrivals newest = {0};
	bool wanted = false;
	enum alm_status status = alm_target_arrived(
		champion->db, &champion->dataset, &champion->trained.spec, until_ms, until_ms, &newest, err);
	if (status == ALM_OK)
		status = is_wanted(champion, newest.last_ms, &wanted, err);
	if (status == ALM_OK && wanted)
		status = alm_prepare(context, champion->db, &champion->dataset, &champion->trained.spec,
			&history, &champion->trained, &data, err);
	if (status == ALM_OK && wanted)
		status = compare(champion, &data.panel, newest.last_ms, &truth, err);
	alm_prepared_release(&data);
	if (status == ALM_OK)
		*out = truth;
	else
		alm_truth_release(&truth);
	return status;
}

void alm_truth_release(struct alm_truth *truth)
{
	free(truth->score);
	*truth = (struct alm_truth){0};
}

static enum alm_status put_chunk(struct alm_champion *champion, const struct alm_truth *truth, size_t first,
	int64_t run_id, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (size_t i = first; i < truth->n && i < first + CHUNK && status == ALM_OK; i++)
		status = alm_live_put(champion->db, run_id, ALM_TRUTH_BASELINE, &truth->score[i], err);
	return status;
}

enum alm_status alm_truth_store(
	struct alm_champion *champion, const struct alm_truth *truth, int64_t *run_id, struct alm_error *err)
{
	struct alm_ledger ledger = {0};
	struct alm_run_start start = {
		.kind = "score", .dataset_id = champion->dataset.id, .model_id = champion->model.id};
	char words[96];
	*run_id = 0;
	if (truth->n == 0)
		return ALM_OK;
	snprintf(words, sizeof words, "%zu forecasts scored on %lld observed values", truth->n,
		(long long)truth->n_points);
	enum alm_status status = ALM_OK;
	for (size_t first = 0; first < truth->n && status == ALM_OK; first += CHUNK) {
		status = alm_db_begin(champion->db, err);
		if (status == ALM_OK && first == 0)
			status = alm_ledger_begin(&ledger, champion->db, &start, NULL, err);
		if (status == ALM_OK)
			status = put_chunk(champion, truth, first, ledger.run_id, err);
		if (status == ALM_OK && first + CHUNK >= truth->n)
			status = alm_ledger_close(&ledger, (struct alm_run_result){.message = words}, err);
		if (status == ALM_OK)
			status = alm_db_commit(champion->db, err);
	}
	if (status != ALM_OK)
		alm_ledger_fail(&ledger, status, err);
	*run_id = ledger.run_id;
	return status;
}
