#include <errno.h>
#include <stdio.h>
#include "cmd.h"
#include "drift.h"
#include "options.h"
#include "out/health.h"
#include "out/metrics.h"
#include "run/status.h"

struct status {
	struct options common;
	struct alm_health_request request;
	const char *metrics; /* NULL = none */
	bool fail_on_drift;
};

enum { KEY_MAX_AGE = OPTIONS_KEY + 100, KEY_METRICS, KEY_FAIL_ON };

static const struct argp_option own_options[] = {
	{"max-age", KEY_MAX_AGE, "TIME", 0,
		"exit with 10 when a model is stale: its newest forecast is older", 1},
	{"metrics-file", KEY_METRICS, "FILE", 0, "write a textfile for Prometheus' node_exporter", 1},
	{"fail-on", KEY_FAIL_ON, "WHAT", 0, "drift: exit with 12 when data or errors of a model have drifted",
		1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct status *own = state->input;
	switch (key) {
	case KEY_MAX_AGE:
		own->request.has_max_age = true;
		return options_time(&own->common, "--max-age", arg, &own->request.max_age_ms);
	case KEY_METRICS:
		own->metrics = arg;
		return *arg ? 0
			    : options_status(alm_fail(own->common.err, ALM_USAGE,
				      "--metrics-file: expected a file, found ''"));
	case KEY_FAIL_ON:
		return drift_fail_on(&own->common, arg, &own->fail_on_drift);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "status",
	.args_doc = "[MODEL]",
	.doc = "Tells how a model is, or all of them: champion, newest forecast, last run. Reads only.\v"
	       "With --max-age, exit code 10 when a model has no champion, when its champion has made no "
	       "forecast within that time, by the clock of this machine, when its last training or forecast "
	       "failed or was aborted, or when there is no model at all; one line says which. Whether a "
	       "champion can be loaded is not tried: see almanac check --deep. With --fail-on drift, exit "
	       "code 12 when "
	       "the last retrain or score found that what came is not like what a champion was trained on: "
	       "see "
	       "almanac show drift.\n\n"
	       "  almanac status\n"
	       "  almanac status --max-age 36h --quiet\n"
	       "  almanac status --metrics-file /var/lib/prometheus/node-exporter/almanac.prom --quiet",
	.least = 0,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse};

/* The error line of a dead man's switch. */
static enum alm_status judge(
	const struct status *own, const struct alm_health_report *report, struct alm_error *err)
{
	if (!own->request.has_max_age)
		return ALM_OK;
	if (report->health.n == 0)
		return alm_fail(
			err, ALM_DEGRADED, "status: there is no model in '%s'", own->common.context.db_path);
	if (report->n_stale == 0)
		return ALM_OK;
	const char *model = report->health.models[report->first].model, *why = report->stale[report->first];
	if (report->n_stale == 1)
		return alm_fail(err, ALM_DEGRADED, "model '%s' is stale: %s", model, why);
	return alm_fail(err, ALM_DEGRADED, "%d of %d models are stale; model '%s': %s", report->n_stale,
		report->health.n, model, why);
}

/* The first model that drifts, when the exit code is to say so. */
static enum alm_status judge_drift(
	const struct status *own, const struct alm_health_report *report, struct alm_error *err)
{
	for (int i = 0; i < report->health.n && own->fail_on_drift; i++) {
		struct alm_about about = {.run_id = 0};
		if (*report->drift[i] == '\0')
			continue;
		snprintf(about.model, sizeof about.model, "%s", report->health.models[i].model);
		return drift_tell(&own->common, &about, report->drift[i], true, ALM_OK, err);
	}
	return ALM_OK;
}

enum alm_status cmd_status(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct status own = {.metrics = NULL};
	struct alm_health_report report = {.stale = NULL};
	enum alm_status status = options_parse(&own.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || own.common.answered)
		goto done;
	own.request.model = own.common.args[0];
	status = alm_run_health(&own.common.context, &own.request, &report, err);
	if (status == ALM_OK && own.common.json)
		status = out_health_json(stdout, &report, err);
	else if (status == ALM_OK && options_prints(&own.common))
		out_health_text(stdout, &report);
	if (status == ALM_OK && own.metrics)
		status = out_metrics_write(own.metrics, &report.health, err);
	if (status == ALM_OK)
		status = judge(&own, &report, err);
	if (status == ALM_OK)
		status = judge_drift(&own, &report, err);
done:
	alm_health_report_release(&report);
	options_release(&own.common);
	return status;
}
