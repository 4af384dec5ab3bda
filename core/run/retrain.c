#include "run/retrain.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/pool.h"
#include "run/refresh.h"
#include "run/turn.h"
#include "store/ledger.h"
#include "store/roll.h"

/* A retraining of one model or of all. */
struct round {
	const struct alm_context *context;
	const struct alm_retrain_request *request;
	double deadline_s;
	struct alm_names models;
	struct alm_retrain_model *result; /* [models.n] */
};

static const char *const outcomes[] = {"skipped", "forecast", "promoted", "kept", "would train", "failed"};

const char *alm_retrain_outcome_name(enum alm_retrain_outcome outcome)
{
	return outcomes[outcome];
}

/* The models, and of which datasets that are copies they learn. */
static enum alm_status list(struct round *round, struct alm_names *copies, struct alm_error *err)
{
	const struct alm_retrain_request *request = round->request;
	struct alm_db *db = NULL;
	struct alm_model model = {0};
	bool added;
	int number;
	enum alm_status status =
		alm_db_enter(round->context, request->dry_run ? ALM_DB_READ : ALM_DB_WRITE, &db, err);
	if (status == ALM_OK && !request->model)
		status = alm_model_names(db, &round->models, err);
	if (status == ALM_OK && request->model) {
		status = alm_model_find(db, request->model, &model, err);
		if (status == ALM_OK)
			status = alm_names_number(
				&round->models, model.name, strlen(model.name), &number, &added, err);
	}
	if (status == ALM_OK && !request->dry_run)
		status = alm_model_copies(db, &round->models, copies, err);
	alm_model_release(&model);
	alm_db_close(db);
	return status;
}

/* What cannot be refreshed is trained and forecast on the rows that are there; the failure is told. */
static enum alm_status refresh(struct round *round, const struct alm_names *copies, struct alm_error *err)
{
	enum alm_status worst = ALM_OK;
	for (int i = 0; i < copies->n; i++) {
		struct alm_refresh_request request = {
			.name = copies->name[i], .overlap_ms = round->request->overlap_ms};
		struct alm_refresh_result result;
		struct alm_error why;
		enum alm_status status = alm_run_refresh(round->context, &request, &result, &why);
		if (status == ALM_OK || alm_status_worse(worst, status) == worst)
			continue;
		worst = status;
		if (err)
			*err = why;
		if (status == ALM_INTERRUPTED)
			break;
	}
	return worst;
}

static void take(void *job, int task, int worker)
{
	struct round *round = job;
	struct alm_retrain_model *out = &round->result[task];
	struct alm_context context = *round->context;
	struct alm_reporter own = {.stop = NULL};
	(void)worker;
	if (round->request->jobs > 1) { /* a reporter is about one model at a time */
		own.stop = context.reporter->stop;
		context.reporter = &own;
	}
	if (alm_stopped(round->context->reporter)) {
		*out = (struct alm_retrain_model){.outcome = ALM_RETRAIN_FAILED};
		snprintf(out->model, sizeof out->model, "%s", round->models.name[task]);
		out->status = alm_fail(&out->error, ALM_INTERRUPTED, "stopped before its turn");
		return;
	}
	alm_about_model(context.reporter, round->models.name[task]);
	alm_retrain_model(&context, round->request, round->models.name[task], round->deadline_s, out);
}

/* Every model's turn, several at a time when that is wanted. Then a model's own work is done by one thread. */
static enum alm_status take_all(struct round *round, struct alm_error *err)
{
	int jobs = round->request->jobs < round->models.n ? round->request->jobs : round->models.n;
	struct alm_context one = *round->context;
	struct alm_reporter quiet = {.stop = one.reporter ? one.reporter->stop : NULL};
	struct alm_pool *pool = NULL;
	enum alm_status status = alm_pool_new(jobs > 0 ? jobs : 1, &pool, err);
	if (status != ALM_OK)
		return status;
	if (jobs > 1) { /* a reporter is one thread's */
		one.reporter = &quiet;
		one.threads = one.threads > 0 ? one.threads : 1;
	}
	struct round shared = *round;
	shared.context = &one;
	alm_pool_run(pool, round->models.n, take, &shared);
	alm_pool_free(pool);
	return ALM_OK;
}

/* One row for each model that had nothing to do, all in one commit. */
static enum alm_status record_skipped(
	struct round *round, const struct alm_context *context, struct alm_error *err)
{
	struct alm_db *db = NULL;
	int n = 0;
	for (int i = 0; i < round->models.n; i++)
		n += round->result[i].outcome == ALM_RETRAIN_SKIPPED;
	if (n == 0 || round->request->dry_run)
		return ALM_OK;
	enum alm_status status = alm_db_enter(context, ALM_DB_WRITE, &db, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	for (int i = 0; i < round->models.n && status == ALM_OK; i++)
		if (round->result[i].outcome == ALM_RETRAIN_SKIPPED)
			status = alm_ledger_skip(db, "retrain", round->models.name[i], round->result[i].words,
				&round->result[i].run_id, err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	alm_db_close(db);
	return status;
}

enum alm_status alm_run_retrain(const struct alm_context *context, const struct alm_retrain_request *request,
	struct alm_retrain_report *out, struct alm_error *err)
{
	double began_s = alm_monotonic_s();
	struct round round = {.context = context,
		.request = request,
		.deadline_s = request->time_budget_s > 0 ? began_s + request->time_budget_s : 0};
	struct alm_names copies = {0};
	struct alm_error why = {.text = ""};
	enum alm_status refreshed = ALM_OK, status = list(&round, &copies, err);
	if (status == ALM_OK)
		refreshed = refresh(&round, &copies, &why);
	if (refreshed == ALM_INTERRUPTED && err)
		*err = why;
	if (status == ALM_OK && refreshed == ALM_INTERRUPTED)
		status = refreshed;
	if (status == ALM_OK) {
		round.result = calloc((size_t)round.models.n + 1, sizeof *round.result);
		status = round.result ? ALM_OK : alm_fail_memory(err, sizeof *round.result);
	}
	if (status == ALM_OK)
		status = take_all(&round, err);
	if (status == ALM_OK)
		status = record_skipped(&round, context, err);
	if (status == ALM_OK && refreshed != ALM_OK) {
		status = refreshed;
		if (err)
			*err = why;
	}
	*out = (struct alm_retrain_report){.n = round.result ? round.models.n : 0,
		.models = round.result,
		.seconds = alm_monotonic_s() - began_s};
	alm_names_release(&copies);
	alm_names_release(&round.models);
	return status;
}

void alm_retrain_report_release(struct alm_retrain_report *report)
{
	free(report->models);
	*report = (struct alm_retrain_report){0};
}
