#include "run/score.h"
#include <math.h>
#include <stdio.h>
#include "model/policy.h"
#include "retrain/drift.h"
#include "retrain/truth.h"
#include "store/roll.h"

/* Whether the rows and errors that are known now are those that the champion was trained for. */
static enum alm_status look_for_drift(struct alm_champion *champion, int64_t until_ms,
	struct alm_score_result *result, struct alm_error *err)
{
	struct alm_policy policy;
	struct alm_drift_findings found = {.finding = NULL};
	enum alm_status status = alm_policy_read(champion->db, champion->model.id, NULL, &policy, err);
	if (status == ALM_OK)
		status = alm_drift_look(champion, &policy, until_ms, &found, err);
	if (status == ALM_OK) {
		result->n_compared = found.n;
		result->n_drifts = alm_drift_describe(&found, result->drift);
	}
	alm_drift_findings_release(&found);
	return status;
}

enum alm_status alm_run_score(const struct alm_context *context, const struct alm_score_request *request,
	struct alm_score_result *out, struct alm_error *err)
{
	struct alm_champion champion;
	struct alm_truth truth = {0};
	struct alm_score_result result = {.mae = NAN, .baseline_mae = NAN};
	int64_t until_ms = request->has_cutoff ? request->cutoff_ms : INT64_MAX;
	enum alm_status status =
		alm_champion_open(&champion, context, request->model, 0, ALM_DB_WRITE, 1, err);
	if (status == ALM_OK)
		status = alm_truth_find(context, &champion, until_ms, &truth, err);
	if (status == ALM_OK)
		status = alm_truth_store(&champion, &truth, &result.run_id, err);
	if (status == ALM_OK)
		status = look_for_drift(&champion, until_ms, &result, err);
	if (status == ALM_OK) {
		snprintf(result.model, sizeof result.model, "%s", champion.model.name);
		result.n_forecasts = (int64_t)truth.n;
		result.n_points = truth.n_points;
		if (truth.n_both > 0) {
			result.mae = truth.absolute / (double)truth.n_both;
			result.baseline_mae = truth.baseline_absolute / (double)truth.n_both;
		}
		*out = result;
	}
	alm_truth_release(&truth);
	alm_champion_release(&champion);
	return status;
}
