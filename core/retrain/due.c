#include "retrain/due.h"
#include <math.h>
#include <stdio.h>
#include "base/context.h"
#include "base/count.h"
#include "retrain/duel.h"
#include "store/promotion.h"

/* Whether the data has grown by so much: it is the data's clock that counts, not the machine's. */
static bool has_grown(const struct alm_policy *policy, const struct alm_due *due)
{
	static const struct alm_freq no_steps; /* --every is no number of steps */
	return policy->every.count >= 0 && alm_duration_before(&policy->every, &no_steps,
						   due->arrived.last_ms) >= due->lineage.data_to_ms;
}

/* What makes the model due without a look at errors; true when --if-worse may yet. */
static bool decide(const struct alm_champion *champion, const struct alm_policy *policy, struct alm_due *due)
{
	char text[ALM_FREQ_TEXT], count[ALM_COUNT_TEXT];
	int64_t n = due->arrived.n_rows;
	const char *rows = alm_count_print(n, count);
	bool limits = policy->every.count >= 0 || policy->after_rows > 0 || policy->if_worse >= 0;
	due->train = true;
	if (champion->model.champion_id == 0)
		snprintf(due->why, sizeof due->why, "there is no champion yet");
	else if (policy->always)
		snprintf(due->why, sizeof due->why, "%s new rows, --always", rows);
	else if (n > 0 && !limits)
		snprintf(due->why, sizeof due->why, "%s new rows", rows);
	else if (n > 0 && policy->after_rows > 0 && n >= policy->after_rows)
		snprintf(due->why, sizeof due->why, "%s new rows, --after-rows %lld", rows,
			(long long)policy->after_rows);
	else if (n > 0 && has_grown(policy, due))
		snprintf(due->why, sizeof due->why, "%s new rows, --every %s", rows,
			alm_duration_print(&policy->every, text));
	else
		due->train = false;
	if (due->train)
		return false;
	if (n == 0)
		snprintf(due->why, sizeof due->why, "no new row");
	else
		snprintf(due->why, sizeof due->why, "%s new rows are not enough", rows);
	return n > 0 && policy->if_worse >= 0;
}

enum alm_status alm_due_look(struct alm_champion *champion, const struct alm_policy *policy, int64_t until_ms,
	struct alm_due *out, bool *ask, struct alm_error *err)
{
	struct alm_due due = {0};
	struct alm_spec spec;
	int version = 0, number = 0;
	int64_t forecast_to_ms = INT64_MIN;
	*ask = false;
	enum alm_status status = alm_prepare_settings(&champion->model.spec, NULL, &spec, err);
	if (status == ALM_OK)
		status = alm_lineage_find(champion->db, champion->model.id, &due.lineage, err);
	if (status == ALM_OK)
		status = alm_target_arrived(champion->db, &champion->dataset, &spec, due.lineage.data_to_ms,
			until_ms, &due.arrived, err);
	if (status == ALM_OK)
		*ask = decide(champion, policy, &due);
	if (status == ALM_OK)
		status = alm_lineage_forecast(
			champion->db, champion->model.id, &version, &forecast_to_ms, err);
	if (status == ALM_OK && champion->model.champion_id != 0)
		status = alm_version_number(champion->db, champion->model.champion_id, &number, err);
	if (status != ALM_OK)
		return status;
	due.forecast = version == 0 || version != number || forecast_to_ms < due.arrived.last_ms;
	*out = due;
	return ALM_OK;
}

enum alm_status alm_due_worse(const struct alm_context *context, struct alm_champion *champion,
	const struct alm_policy *policy, int64_t until_ms, struct alm_due *due, struct alm_error *err)
{
	struct alm_prepared data;
	struct alm_history history = {.until_ms = until_ms};
	double before = NAN, since = NAN;
	char count[ALM_COUNT_TEXT];
	const char *rows = alm_count_print(due->arrived.n_rows, count);
	enum alm_status status = alm_prepare(context, champion->db, &champion->dataset,
		&champion->trained.spec, &history, &champion->trained, &data, err);
	if (status != ALM_OK)
		return status;
	struct alm_part tested = {data.split.test.from_ms, due->lineage.data_to_ms + 1};
	struct alm_part come = {due->lineage.data_to_ms + 1, INT64_MAX};
	status = alm_duel_score(champion, NULL, &data, &tested, context->reporter, &before, err);
	if (status == ALM_OK)
		status = alm_duel_score(champion, NULL, &data, &come, context->reporter, &since, err);
	alm_prepared_release(&data);
	if (status != ALM_OK)
		return status;
	if (!isfinite(before) || !isfinite(since)) {
		snprintf(due->why, sizeof due->why, "%s new rows are too few to compare errors on", rows);
		return ALM_OK;
	}
	due->train = since > before * (1 + policy->if_worse);
	snprintf(due->why, sizeof due->why, "error %.5g on %s new rows, %.5g before%s", since, rows, before,
		due->train ? "" : ": not worse enough");
	return ALM_OK;
}
