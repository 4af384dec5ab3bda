#include "retrain/drift.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "drift/reference.h"
#include "drift/sight.h"
#include "store/ledger.h"
#include "prepare/prepare.h"

/* What a look holds on to. */
struct look {
	struct alm_champion *champion;
	struct alm_drift_limits limits;
	struct alm_drift_references references;
	struct alm_dataset_rows rows;
	int64_t newest_ms; /* of the target */
	struct alm_drift_findings found;
};

static struct alm_drift_limits limits_of(const struct alm_policy *policy)
{
	return (struct alm_drift_limits){.psi = policy->drift_psi,
		.missing = policy->drift_missing,
		.range = policy->drift_range,
		.error = policy->drift_error};
}

/* ---- rows */

/* Grid rows of a series later than after_ms and not later than last_ms, which is on the grid; none before first_ms. */
static int64_t rows_between(const struct alm_freq *freq, int64_t after_ms, int64_t first_ms, int64_t last_ms)
{
	int64_t n = 0;
	for (int64_t time_ms = last_ms; time_ms > after_ms && time_ms >= first_ms;
		time_ms = alm_freq_add(freq, last_ms, -n))
		n++;
	return n;
}

/* Both are by name: the series is nearly always where it was in training. */
static int scale_row(const struct alm_scaler *scaler, const char *series, int place)
{
	if (place < scaler->n_series && strcmp(scaler->series[place], series) == 0)
		return place + 1;
	for (int i = 0; i < scaler->n_series; i++)
		if (strcmp(scaler->series[i], series) == 0)
			return i + 1;
	return 0;
}

/*
 * One channel of one series in the window. A channel whose newest values have not come yet is not missing: what lies behind its last one counts only
 * when that is more than a step of the window.
 */
static void see_series(const struct look *look, const struct alm_drift_reference *reference, int channel,
	int series, struct alm_drift_sight *sight)
{
	const struct alm_trained *trained = &look->champion->trained;
	const struct alm_dataset_rows *rows = &look->rows;
	size_t first = rows->first[series], end = rows->first[series + 1];
	int64_t from_ms = look->newest_ms - reference->window_ms, seen_ms = from_ms;
	if (first == end || rows->times_ms[end - 1] <= from_ms)
		return; /* it has ended */
	int64_t last_ms = rows->times_ms[end - 1];
	int row = scale_row(&trained->scaler, rows->names[series], series);
	if (trained->spec.per_series && row == 0)
		return; /* it has no network */
	for (size_t i = first; i < end; i++) {
		float value = rows->values[i * (size_t)rows->n_channels + (size_t)channel];
		if (rows->times_ms[i] <= from_ms || rows->times_ms[i] > look->newest_ms || isnan(value))
			continue;
		seen_ms = rows->times_ms[i];
		alm_drift_see(reference, seen_ms,
			(double)alm_scaler_apply(&trained->scaler, row, channel, value), sight);
	}
	if (last_ms - seen_ms <= reference->window_ms / ALM_DRIFT_STEPS)
		last_ms = seen_ms;
	sight->n_rows += rows_between(&trained->plan.freq, from_ms, rows->times_ms[first], last_ms);
}

static int channel_of(const struct alm_trained *trained, const char *name)
{
	for (int i = 0; i < trained->n_channels; i++)
		if (strcmp(trained->channels[i], name) == 0)
			return i;
	return -1;
}

static enum alm_status judge_rows(struct look *look, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < look->references.n && status == ALM_OK; i++) {
		const struct alm_drift_reference *reference = &look->references.channel[i];
		struct alm_drift_sight sight = {.n_rows = 0};
		int channel = channel_of(&look->champion->trained, reference->channel);
		for (int series = 0; series < look->rows.n_series && channel >= 0; series++)
			see_series(look, reference, channel, series, &sight);
		status = alm_drift_judge(reference, &sight, &look->limits, &look->found, err);
	}
	return status;
}

/* The longest window of all channels: they have the same. */
static enum alm_status read_rows(struct look *look, int64_t until_ms, struct alm_error *err)
{
	const struct alm_champion *champion = look->champion;
	const struct alm_freq *freq = &champion->trained.plan.freq;
	int64_t window_ms = look->references.channel[0].window_ms;
	int64_t n = rows_between(freq, -window_ms, -window_ms, 0) + 1;
	return alm_prepare_newest(
		champion->db, &champion->dataset, &champion->trained, (size_t)n, until_ms, &look->rows, err);
}

/* Whether training was long enough for rows to be judged at all. */
static bool knows_rows(const struct look *look)
{
	return look->references.n > 0 && look->references.channel[0].n_windows >= ALM_DRIFT_WINDOWS_MIN;
}

/* ---- errors */

static enum alm_status judge_errors(struct look *look, struct alm_error *err)
{
	const struct alm_champion *champion = look->champion;
	const struct alm_plan *plan = &champion->trained.plan;
	struct alm_drift_night *nights = NULL;
	size_t n = 0;
	/* Forecasts from before that instant are of rows that the version was fitted to. */
	enum alm_status status = alm_drift_nights(champion->db, champion->version_id,
		champion->trained.spec.test_from.time_ms, look->newest_ms, &nights, &n, err);
	if (status == ALM_OK)
		status = alm_drift_judge_errors(&look->references, nights, n, plan->window.horizon,
			alm_freq_add(&plan->freq, look->newest_ms, plan->window.horizon) - look->newest_ms,
			&look->limits, &look->found, err);
	free(nights);
	return status;
}

/* ---- what is kept of it */

static bool has_finding(const struct alm_drift_findings *findings, const struct alm_drift_finding *wanted)
{
	for (int i = 0; i < findings->n; i++) {
		const struct alm_drift_finding *finding = &findings->finding[i];
		if (finding->kind == wanted->kind && strcmp(finding->channel, wanted->channel) == 0)
			return finding->value == wanted->value && finding->most == wanted->most;
	}
	return false;
}

static bool is_same(const struct alm_drift_findings *a, const struct alm_drift_findings *b)
{
	if (a->n != b->n || a->until_ms != b->until_ms)
		return false;
	for (int i = 0; i < a->n; i++)
		if (!has_finding(b, &a->finding[i]))
			return false;
	return true;
}

static enum alm_status add_fact(
	struct alm_pairs *facts, const struct alm_drift_finding *finding, struct alm_error *err)
{
	char key[ALM_NAME_MAX + 32], text[80];
	snprintf(key, sizeof key, "drift.%s%s%s", alm_drift_kind_name(finding->kind),
		*finding->channel ? "." : "", finding->channel);
	snprintf(text, sizeof text, "%.6g of %.6g", finding->value, finding->most);
	return alm_pairs_add(facts, key, text, err);
}

/* The run's row says what drifts; how many things were compared is a fact, and so is each that drifts. */
static enum alm_status write_all(struct look *look, struct alm_error *err)
{
	struct alm_db *db = look->champion->db;
	struct alm_ledger ledger = {0};
	struct alm_pairs facts = {0};
	char words[ALM_DRIFT_TEXT], message[ALM_DRIFT_TEXT + 16], count[32];
	struct alm_run_start start = {.kind = "drift",
		.dataset_id = look->champion->dataset.id,
		.model_id = look->champion->model.id};
	int n = alm_drift_describe(&look->found, words);
	snprintf(message, sizeof message, "%s%s", n ? "drift: " : "no drift", words);
	snprintf(count, sizeof count, "%d", look->found.n);
	enum alm_status status = alm_ledger_begin(&ledger, db, &start, NULL, err);
	if (status != ALM_OK)
		return status;
	look->found.run_id = ledger.run_id;
	status = alm_drift_findings_put(db, look->champion->version_id, &look->found, err);
	if (status == ALM_OK)
		status = alm_pairs_add(&facts, "compared", count, err);
	for (int i = 0; i < look->found.n && status == ALM_OK; i++)
		if (look->found.finding[i].drifted)
			status = add_fact(&facts, &look->found.finding[i], err);
	if (status == ALM_OK)
		status = alm_ledger_close(
			&ledger, (struct alm_run_result){.message = message, .facts = &facts}, err);
	alm_pairs_release(&facts);
	return status;
}

static enum alm_status keep(struct look *look, struct alm_error *err)
{
	struct alm_db *db = look->champion->db;
	struct alm_drift_findings before = {.finding = NULL};
	enum alm_status status = alm_drift_findings_load(db, look->champion->version_id, &before, err);
	bool same = status == ALM_OK && is_same(&look->found, &before);
	bool nothing = look->found.n == 0 && before.n == 0; /* else what was found is not known any more */
	look->found.run_id = before.run_id;
	alm_drift_findings_release(&before);
	if (status != ALM_OK || same || nothing)
		return status;
	status = alm_db_begin(db, err);
	if (status == ALM_OK)
		status = write_all(look, err);
	if (status == ALM_OK)
		return alm_db_commit(db, err);
	alm_db_rollback(db);
	return status;
}

static enum alm_status look_at(struct look *look, int64_t until_ms, struct alm_error *err)
{
	const struct alm_champion *champion = look->champion;
	struct alm_dataset_arrivals newest = {0};
	enum alm_status status =
		alm_drift_references_load(champion->db, champion->version_id, &look->references, err);
	if (status == ALM_OK)
		status = alm_target_arrived(champion->db, &champion->dataset, &champion->trained.spec,
			until_ms, until_ms, &newest, err);
	look->newest_ms = look->found.until_ms = newest.last_ms;
	if (status != ALM_OK || newest.last_ms == INT64_MIN)
		return status;
	if (knows_rows(look)) {
		status = read_rows(look, until_ms, err);
		if (status == ALM_OK)
			status = judge_rows(look, err);
	}
	if (status == ALM_OK)
		status = judge_errors(look, err);
	return status == ALM_OK ? keep(look, err) : status;
}

enum alm_status alm_drift_look(struct alm_champion *champion, const struct alm_policy *policy,
	int64_t until_ms, struct alm_drift_findings *out, struct alm_error *err)
{
	struct look look = {
		.champion = champion, .limits = limits_of(policy), .found = {.until_ms = INT64_MIN}};
	enum alm_status status = look_at(&look, until_ms, err);
	/* In the order that they are told in, when there is something to tell. */
	if (status == ALM_OK && look.found.n > 0) {
		alm_drift_findings_release(&look.found);
		status = alm_drift_findings_load(champion->db, champion->version_id, &look.found, err);
	}
	if (status == ALM_OK)
		*out = look.found;
	else
		alm_drift_findings_release(&look.found);
	alm_dataset_rows_release(&look.rows);
	alm_drift_references_release(&look.references);
	return status;
}
