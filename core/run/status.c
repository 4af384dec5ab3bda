#include "run/status.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/reporter.h"

/* What is wrong with a model, the gravest first; "" when nothing is. */
static void judge(const struct alm_health_model *model, int64_t now_ms, int64_t max_age_ms,
	char out[static ALM_STALE_TEXT])
{
	const struct alm_health_run *bad = !alm_health_run_well(&model->training)      ? &model->training
					   : !alm_health_run_well(&model->forecasting) ? &model->forecasting
										       : NULL;
	*out = '\0';
	if (model->champion == 0)
		snprintf(out, ALM_STALE_TEXT, "it has no champion");
	else if (!model->has_forecast)
		snprintf(out, ALM_STALE_TEXT, "its champion, version %d, has not forecast", model->champion);
	else if (now_ms - model->forecast_to_ms > max_age_ms)
		snprintf(out, ALM_STALE_TEXT,
			"its champion, version %d, has made no newer forecast for %.1f hours",
			model->champion, (double)(now_ms - model->forecast_to_ms) / 3600000);
	else if (bad)
		snprintf(out, ALM_STALE_TEXT, "its last %s, run %lld, %s%s%s", bad->kind, (long long)bad->id,
			bad->status[0] == 'a' ? "was aborted" : "failed", *bad->message ? ": " : "",
			bad->message);
}

static enum alm_status judge_all(
	const struct alm_health_request *request, struct alm_health_report *report, struct alm_error *err)
{
	int n = report->health.n;
	report->stale = calloc((size_t)n + 1, sizeof *report->stale);
	if (!report->stale)
		return alm_fail_memory(err, ((size_t)n + 1) * sizeof *report->stale);
	for (int i = 0; i < n && request->has_max_age; i++) {
		judge(&report->health.models[i], report->health.now_ms, request->max_age_ms,
			report->stale[i]);
		if (*report->stale[i] && report->n_stale++ == 0)
			report->first = i;
	}
	return ALM_OK;
}

/* Findings stand by model, as models do. */
static enum alm_status describe_drifts(struct alm_health_report *report, struct alm_error *err)
{
	const struct alm_health *health = &report->health;
	size_t n_bytes = ((size_t)health->n_drifts + 1) * sizeof(struct alm_drift_finding);
	struct alm_drift_findings findings = {.finding = malloc(n_bytes)};
	report->drift = calloc((size_t)health->n + 1, sizeof *report->drift);
	if (!findings.finding || !report->drift) {
		alm_drift_findings_release(&findings);
		return alm_fail_memory(err, n_bytes);
	}
	for (int i = 0, at = 0; i < health->n; i++) {
		findings.n = 0;
		while (at < health->n_drifts &&
			strcmp(health->drifts[at].model, health->models[i].model) == 0)
			findings.finding[findings.n++] = health->drifts[at++].finding;
		alm_drift_describe(&findings, report->drift[i]);
	}
	alm_drift_findings_release(&findings);
	return ALM_OK;
}

enum alm_status alm_run_health(const struct alm_context *context, const struct alm_health_request *request,
	struct alm_health_report *out, struct alm_error *err)
{
	struct alm_health_report report = {.stale = NULL};
	struct alm_db *db = NULL;
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = alm_health_read(db, request->model, &report.health, err);
	if (status == ALM_OK)
		status = judge_all(request, &report, err);
	if (status == ALM_OK)
		status = describe_drifts(&report, err);
	alm_db_close(db);
	if (status == ALM_OK)
		*out = report;
	else
		alm_health_report_release(&report);
	return status;
}

void alm_health_report_release(struct alm_health_report *report)
{
	alm_health_release(&report->health);
	free(report->stale);
	free(report->drift);
	*report = (struct alm_health_report){.stale = NULL};
}
