#include "run/turn.h"
#include <math.h>
#include <stdio.h>
#include "retrain/drift.h"
#include "retrain/truth.h"
#include "run/forecast.h"
#include "run/turn_part.h"
#include "store/policy.h"

#define THREADS_MAX 64

enum alm_status alm_turn_load_champion(struct turn *turn, struct alm_error *err)
{
	if (turn->loaded || turn->champion.model.champion_id == 0)
		return ALM_OK;
	enum alm_status status = alm_champion_load(&turn->champion, turn->context, 0, THREADS_MAX, err);
	turn->loaded = status == ALM_OK;
	return status;
}

/* The stored policy with what is given now over it. */
static enum alm_status read_policy(struct turn *turn, struct alm_error *err)
{
	return alm_policy_read(
		turn->champion.db, turn->champion.model.id, turn->request->policy, &turn->policy, err);
}

static enum alm_status look(struct turn *turn, struct alm_error *err)
{
	bool ask = false;
	enum alm_status status =
		alm_due_look(&turn->champion, &turn->policy, turn->until_ms, &turn->due, &ask, err);
	if (status == ALM_OK && ask)
		status = alm_turn_load_champion(turn, err);
	if (status == ALM_OK && ask)
		status = alm_due_worse(
			turn->context, &turn->champion, &turn->policy, turn->until_ms, &turn->due, err);
	turn->out->n_new = turn->due.arrived.n_rows;
	snprintf(turn->out->words, sizeof turn->out->words, "%s", turn->due.why);
	return status;
}

/* With the lock held. Where the champion is another by now, somebody has trained or promoted, and this turn is over. */
static enum alm_status look_again(struct turn *turn, struct alm_error *err)
{
	struct alm_model now;
	enum alm_status status = alm_model_find(turn->champion.db, turn->champion.model.name, &now, err);
	if (status != ALM_OK)
		return status;
	bool same = now.champion_id == turn->champion.model.champion_id;
	alm_model_release(&now);
	if (same)
		return look(turn, err);
	turn->due.train = false;
	turn->due.forecast = true;
	snprintf(turn->out->words, sizeof turn->out->words, "another process has changed the champion");
	return ALM_OK;
}

static bool is_late(const struct turn *turn)
{
	return turn->deadline_s > 0 && alm_monotonic_s() >= turn->deadline_s;
}

static enum alm_status fail_late(const struct turn *turn, struct alm_error *err)
{
	return alm_fail(err, ALM_DEGRADED, "model '%s' is due (%s), but the time budget is used up",
		turn->champion.model.name, turn->due.why);
}

/* Only who has the lock may train; another process may have, since we looked, and waiting for it takes time. */
static enum alm_status train_locked(struct turn *turn, struct alm_error *err)
{
	const struct alm_model *model = &turn->champion.model;
	enum alm_status status = alm_ledger_lock(turn->champion.db, model->id, model->name,
		turn->request->wait_s, turn->context->reporter, &turn->lock, err);
	if (status == ALM_OK)
		status = look_again(turn, err);
	if (status == ALM_OK && turn->due.train && is_late(turn))
		return fail_late(turn, err);
	if (status != ALM_OK || turn->due.train)
		return status == ALM_OK ? alm_turn_train(turn, err) : status;
	turn->out->outcome = turn->due.forecast ? ALM_RETRAIN_FORECAST : ALM_RETRAIN_SKIPPED;
	return ALM_OK;
}

/* Whether what has come is still what the champion was trained on. */
static enum alm_status look_for_drift(struct turn *turn, struct alm_error *err)
{
	struct alm_drift_findings found;
	enum alm_status status = alm_drift_look(&turn->champion, &turn->policy, turn->until_ms, &found, err);
	if (status != ALM_OK)
		return status;
	turn->out->n_drifts = alm_drift_describe(&found, turn->out->drift);
	alm_drift_findings_release(&found);
	return ALM_OK;
}

/* How earlier forecasts fared, now that more is known. */
static enum alm_status score(struct turn *turn, struct alm_error *err)
{
	struct alm_truth truth = {0};
	int64_t run_id;
	if (turn->champion.model.champion_id == 0 || turn->due.arrived.n_rows == 0)
		return ALM_OK;
	enum alm_status status = alm_turn_load_champion(turn, err);
	if (status == ALM_OK)
		status = alm_truth_find(turn->context, &turn->champion, turn->until_ms, &truth, err);
	if (status == ALM_OK)
		status = alm_truth_store(&turn->champion, &truth, &run_id, err);
	alm_truth_release(&truth);
	return status == ALM_OK ? look_for_drift(turn, err) : status;
}

static enum alm_status forecast(struct turn *turn, struct alm_error *err)
{
	struct alm_forecast_result result;
	struct alm_forecast_request request = {.model = turn->champion.model.name,
		.has_cutoff = turn->request->has_cutoff,
		.cutoff_ms = turn->request->cutoff_ms};
	enum alm_status status = alm_run_forecast(turn->context, &request, &result, err);
	if (status != ALM_OK)
		return status;
	turn->out->forecast = true;
	turn->out->champion = result.version;
	status = result.degraded.status;
	if (status != ALM_OK && err)
		*err = result.degraded;
	alm_forecast_result_release(&result);
	return status;
}

static enum alm_status take_turn(struct turn *turn, const char *model, struct alm_error *err)
{
	const struct alm_retrain_request *request = turn->request;
	enum alm_status status = alm_champion_find(
		&turn->champion, turn->context, model, request->dry_run ? ALM_DB_READ : ALM_DB_WRITE, err);
	if (status == ALM_OK)
		status = read_policy(turn, err);
	if (status == ALM_OK && request->model && request->policy && !request->dry_run)
		status = alm_policy_store(turn->champion.db, turn->champion.model.id, request->policy, err);
	if (status == ALM_OK)
		status = look(turn, err);
	if (status != ALM_OK)
		return status;
	bool late = is_late(turn);
	turn->out->outcome = turn->due.train      ? ALM_RETRAIN_WOULD
			     : turn->due.forecast ? ALM_RETRAIN_FORECAST
						  : ALM_RETRAIN_SKIPPED;
	if (request->dry_run)
		return ALM_OK;
	/* What cannot be scored is told at the end: tonight's training and forecast do not depend on it. */
	struct alm_error unscored = {.text = ""};
	enum alm_status scored = score(turn, &unscored);
	if (scored == ALM_INTERRUPTED) {
		*err = unscored;
		return scored;
	}
	if (turn->due.train && !late)
		status = train_locked(turn, err);
	else if (turn->due.train)
		status = fail_late(turn, err);
	if (status == ALM_INTERRUPTED || status == ALM_BUSY)
		return status;
	/* Tonight's forecast is made also where training failed: by the champion that stays. */
	struct alm_error why = {.text = ""};
	bool has_champion = turn->champion.model.champion_id != 0 || turn->duel.won;
	enum alm_status made = ALM_OK;
	if (has_champion && (turn->due.forecast || turn->due.train))
		made = forecast(turn, &why);
	if (made != ALM_OK && alm_status_worse(made, status) == made)
		*err = why;
	status = alm_status_worse(made, status);
	if (scored == ALM_OK || status != ALM_OK)
		return status;
	return alm_fail(err, ALM_DEGRADED, "what has come cannot be compared with forecasts and training: %s",
		unscored.text);
}

void alm_retrain_model(const struct alm_context *context, const struct alm_retrain_request *request,
	const char *model, double deadline_s, struct alm_retrain_model *out)
{
	double began_s = alm_monotonic_s();
	*out = (struct alm_retrain_model){
		.champion_error = NAN, .challenger_error = NAN, .baseline_error = NAN};
	snprintf(out->model, sizeof out->model, "%s", model);
	struct turn turn = {.context = context,
		.request = request,
		.deadline_s = deadline_s,
		.until_ms = request->has_cutoff ? request->cutoff_ms : INT64_MAX,
		.lock = -1,
		.out = out};
	out->status = take_turn(&turn, model, &out->error);
	if (out->status != ALM_OK && out->status != ALM_DEGRADED)
		out->outcome = ALM_RETRAIN_FAILED;
	alm_turn_release(&turn);
	alm_run_unlock(turn.lock);
	alm_champion_release(&turn.champion);
	out->seconds = alm_monotonic_s() - began_s;
}
