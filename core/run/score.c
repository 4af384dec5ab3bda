#include "run/score.h"
#include <math.h>
#include <stdio.h>
#include "retrain/truth.h"
#include "store/roll.h"

enum alm_status alm_run_score(const struct alm_context *context, const struct alm_score_request *request,
	struct alm_score_result *out, struct alm_error *err)
{
	struct alm_champion champion;
	struct alm_truth truth = {0};
	struct alm_score_result result = {.mae = NAN, .baseline_mae = NAN};
	enum alm_status status =
		alm_champion_open(&champion, context, request->model, 0, ALM_DB_WRITE, 1, err);
	if (status == ALM_OK)
		status = alm_truth_find(context, &champion,
			request->has_cutoff ? request->cutoff_ms : INT64_MAX, &truth, err);
	if (status == ALM_OK)
		status = alm_truth_store(&champion, &truth, &result.run_id, err);
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

enum alm_status alm_run_models(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	struct alm_names names = {0};
	struct alm_db_options options = {.mode = ALM_DB_READ, .timeout_ms = context->timeout_ms};
	enum alm_status status = alm_db_open(context->db_path, &options, &db, err);
	if (status == ALM_OK)
		status = alm_model_names(db, &names, err);
	alm_db_close(db);
	if (status == ALM_OK)
		*out = names;
	else
		alm_names_release(&names);
	return status;
}
