#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "drift.h"
#include "model/policy.h"
#include "options.h"
#include "out/text.h"
#include "retrain.h"
#include "run/retrain.h"
#include "time/timestamp.h"

struct retrain {
	struct options common;
	struct alm_retrain_request request;
	struct alm_pairs policy; /* as given */
	bool all, strict, verbose, fail_on_drift;
};

/* From one checkpoint to the next. */
#define CHECKPOINT_S 30

enum {
	KEY_ALL = OPTIONS_KEY + 100,
	KEY_CUTOFF,
	KEY_OVERLAP,
	KEY_WAIT,
	KEY_BUDGET,
	KEY_JOBS,
	KEY_DRY_RUN,
	KEY_STRICT,
	KEY_FAIL_ON,
	KEY_VERBOSE,
	KEY_WARM,
	KEY_COLD,
	KEY_AUTO,
	KEY_POLICY = OPTIONS_KEY + 200,
	KEY_NO = OPTIONS_KEY + 300
};

/* Keys by place in policy.def; a FLAG has a negative form. */
enum {
#define POLICY(kind, member, key, value, fallback, help) PLACE_##member,
#include "model/policy.def"
#undef POLICY
	N_POLICIES
};

static const char *const policy_keys[] = {
#define POLICY(kind, member, key, value, fallback, help) key,
#include "model/policy.def"
#undef POLICY
};

#define OPTION_DURATION(key, at, value, help) {key, KEY_POLICY + (at), value, 0, help, 2},
#define OPTION_COUNT(key, at, value, help)    OPTION_DURATION(key, at, value, help)
#define OPTION_SHARE(key, at, value, help)    OPTION_DURATION(key, at, value, help)
#define OPTION_REAL(key, at, value, help)     OPTION_DURATION(key, at, value, help)
#define OPTION_START(key, at, value, help)    OPTION_DURATION(key, at, value, help)
#define OPTION_FLAG(key, at, value, help)                                                                    \
	{key, KEY_POLICY + (at), NULL, 0, help, 2}, {"no-" key, KEY_NO + (at), NULL, OPTION_ALIAS, NULL, 2},

static const struct argp_option own_options[] = {
	{"all", KEY_ALL, 0, 0, "every model, each by its own policy", 1},
	{"cutoff", KEY_CUTOFF, "TIME", 0, "as if it were then: later rows do not exist", 1},
	{"overlap", KEY_OVERLAP, "TIME", 0, "of refreshing a dataset that is a copy, e.g. 2d [0s]", 1},
	{"wait", KEY_WAIT, "TIME", 0, "for a model that another process trains, e.g. 10min [0s]", 1},
	{"time-budget", KEY_BUDGET, "TIME", 0, "for all models together, e.g. 30min", 1},
	{"jobs", KEY_JOBS, "N", 0, "models at a time, each with one thread [1]", 1},
	{"dry-run", KEY_DRY_RUN, 0, 0, "say what would be done, and why; nothing is written", 1},
	{"strict", KEY_STRICT, 0, 0, "exit with 1 when no model has a new champion", 1},
	{"fail-on", KEY_FAIL_ON, "WHAT", 0, "drift: exit with 12 when data or errors of a model have drifted",
		1},
	{"verbose", KEY_VERBOSE, 0, 0, "the summary also where nobody looks at a terminal", 1},
	{0, 0, 0, 0, "Policy, kept with the model when one is named:", 2},
	{"warm", KEY_WARM, 0, 0, "the same as --start warm", 2},
	{"cold", KEY_COLD, 0, 0, "the same as --start cold", 2},
	{"auto", KEY_AUTO, 0, 0, "the same as --start auto", 2},
#define POLICY(kind, member, key, value, fallback, help) OPTION_##kind(key, PLACE_##member, value, help)
#include "model/policy.def"
#undef POLICY
	{0},
};

/* Checked at once, so that the error of a bad value is one of usage, before any file is touched. */
static error_t take_policy(struct retrain *retrain, const char *key, const char *text)
{
	struct alm_policy scratch;
	alm_policy_init(&scratch);
	enum alm_status status = alm_policy_set(&scratch, key, text, retrain->common.err);
	if (status == ALM_OK)
		status = alm_pairs_set(&retrain->policy, key, text, retrain->common.err);
	return options_status(status);
}

static error_t take_jobs(struct retrain *retrain, const char *text)
{
	int64_t jobs = 1;
	if (options_count(&retrain->common, "--jobs", text, 1, 256, &jobs) != 0)
		return EINVAL;
	retrain->request.jobs = (int)jobs;
	return 0;
}

static error_t check(struct retrain *retrain)
{
	if (retrain->common.answered || retrain->all != (retrain->common.args[0] != NULL))
		return 0;
	return options_status(alm_fail(retrain->common.err, ALM_USAGE,
		retrain->all ? "--all and a MODEL exclude each other" : "expected MODEL or --all"));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct retrain *retrain = state->input;
	struct alm_retrain_request *request = &retrain->request;
	if (key >= KEY_POLICY && key < KEY_POLICY + N_POLICIES)
		return take_policy(retrain, policy_keys[key - KEY_POLICY], arg ? arg : "yes");
	if (key >= KEY_NO && key < KEY_NO + N_POLICIES)
		return take_policy(retrain, policy_keys[key - KEY_NO], "no");
	switch (key) {
	case KEY_ALL:
		retrain->all = true;
		return 0;
	case KEY_CUTOFF:
		request->has_cutoff = true;
		return options_status(
			alm_time_option("--cutoff", arg, &request->cutoff_ms, retrain->common.err));
	case KEY_OVERLAP:
		return options_time(&retrain->common, "--overlap", arg, &request->overlap_ms);
	case KEY_WAIT:
		return options_seconds(&retrain->common, "--wait", arg, &request->wait_s);
	case KEY_BUDGET:
		return options_seconds(&retrain->common, "--time-budget", arg, &request->time_budget_s);
	case KEY_JOBS:
		return take_jobs(retrain, arg);
	case KEY_DRY_RUN:
		request->dry_run = true;
		return 0;
	case KEY_STRICT:
		retrain->strict = true;
		return 0;
	case KEY_FAIL_ON:
		return drift_fail_on(&retrain->common, arg, &retrain->fail_on_drift);
	case KEY_VERBOSE:
		retrain->verbose = true;
		return 0;
	case KEY_WARM:
		return take_policy(retrain, "start", "warm");
	case KEY_COLD:
		return take_policy(retrain, "start", "cold");
	case KEY_AUTO:
		return take_policy(retrain, "start", "auto");
	case ARGP_KEY_END:
		return check(retrain);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "retrain",
	.args_doc = "[MODEL]",
	.doc = "Trains models again when they are due, makes the result champion only when it is better, and "
	       "forecasts: what cron calls every night.\v"
	       "A dataset that is a copy is refreshed first. Champion and challenger are compared on the "
	       "newest rows, which neither has been fitted to. A second call at once finds nothing to do. "
	       "Without a terminal nothing is printed unless something is wrong. Exit code 0: done, also "
	       "when "
	       "nothing was due or the champion was not beaten; 10: done, but not as it should be; 11: a "
	       "training diverged; 12: with --fail-on drift, a model's newest rows or errors are not like "
	       "those "
	       "it was trained on; 75: another process trains the model.\n\n"
	       "  almanac retrain tomorrow --every 7d --if-worse 10%\n"
	       "  almanac retrain --all --time-budget 30min --jobs 2",
	.least = 0,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_THREADS};

static void print_model(const struct alm_retrain_model *model)
{
	char seconds[TEXT_NUMBER];
	char *name = text_escaped(model->model), *words = text_escaped(model->words);
	char *drift = text_escaped(model->drift);
	printf("%s: %s%s; %s (%s)%s%s\n", name ? name : "?", alm_retrain_outcome_name(model->outcome),
		model->forecast && model->outcome != ALM_RETRAIN_FORECAST ? ", forecast" : "",
		words ? words : "?", text_seconds(model->seconds, seconds),
		model->n_drifts ? "; DRIFT: " : "", drift ? drift : "");
	free(name);
	free(words);
	free(drift);
}

static void add_json(struct alm_json *json, const struct alm_retrain_model *model)
{
	alm_json_object(json, NULL);
	alm_json_text(json, "model", model->model);
	alm_json_text(json, "outcome", alm_retrain_outcome_name(model->outcome));
	alm_json_integer(json, "exit_code", alm_exit_code(model->status));
	alm_json_text(json, "error", model->status == ALM_OK ? NULL : model->error.text);
	alm_json_text(json, "what", model->words);
	alm_json_integer(json, "run", model->run_id);
	alm_json_integer(json, "champion", model->champion);
	alm_json_integer(json, "challenger", model->challenger);
	alm_json_integer(json, "warm_from", model->parent);
	alm_json_integer(json, "new_rows", model->n_new);
	alm_json_integer(json, "steps", model->n_steps);
	alm_json_text(json, "measure", model->measure);
	alm_json_real(json, "champion_error", model->champion_error);
	alm_json_real(json, "challenger_error", model->challenger_error);
	alm_json_real(json, "baseline_error", model->baseline_error);
	alm_json_bool(json, "forecast", model->forecast);
	alm_json_integer(json, "drifts", model->n_drifts);
	alm_json_text(json, "drift", model->n_drifts ? model->drift : NULL);
	alm_json_real(json, "seconds", model->seconds);
	alm_json_close(json);
}

static enum alm_status print_json(const struct alm_retrain_report *report, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_array(json, "models");
	for (int i = 0; i < report->n; i++)
		add_json(json, &report->models[i]);
	alm_json_close(json);
	alm_json_real(json, "seconds", report->seconds);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

/* A warning, but where the exit code is to say it: then the first is the error. Returns the status that the verb has then. */
static enum alm_status tell_drift(struct retrain *retrain, const struct alm_retrain_report *report,
	enum alm_status status, struct alm_error *err)
{
	for (int i = 0; i < report->n; i++) {
		const struct alm_retrain_model *model = &report->models[i];
		if (model->n_drifts == 0)
			continue;
		struct alm_about about = {.run_id = model->run_id};
		snprintf(about.model, sizeof about.model, "%s", model->model);
		status = drift_tell(
			&retrain->common, &about, model->drift, retrain->fail_on_drift, status, err);
	}
	return status;
}

static void tell_failure(const struct retrain *retrain, const struct alm_retrain_model *model)
{
	struct alm_about about = {.run_id = model->run_id};
	struct alm_error text;
	snprintf(about.model, sizeof about.model, "%s", model->model);
	alm_fail(&text, model->status, "model %s: %s", model->model, model->error.text);
	log_status(&retrain->common.session->log, model->status, &about, text.text);
}

/* Every model that failed is told on a line of its own; the first of the worst is the verb's error. */
static enum alm_status judge(struct retrain *retrain, const struct alm_retrain_report *report,
	enum alm_status status, struct alm_error *err)
{
	bool promoted = false;
	const struct alm_retrain_model *worst = NULL;
	for (int i = 0; i < report->n; i++) {
		const struct alm_retrain_model *model = &report->models[i];
		promoted = promoted || model->outcome == ALM_RETRAIN_PROMOTED;
		if (model->status == ALM_OK || alm_status_worse(status, model->status) == status)
			continue;
		status = model->status;
		worst = model;
	}
	for (int i = 0; i < report->n; i++)
		if (report->models[i].status != ALM_OK && &report->models[i] != worst)
			tell_failure(retrain, &report->models[i]);
	if (worst) {
		alm_about_model(retrain->common.context.reporter, worst->model);
		alm_about_run(retrain->common.context.reporter, worst->run_id);
	}
	if (worst)
		return retrain->request.model ? alm_fail(err, worst->status, "%s", worst->error.text)
					      : alm_fail(err, worst->status, "model '%s': %s", worst->model,
							worst->error.text);
	if (status == ALM_OK && retrain->strict && !promoted && !retrain->request.dry_run)
		return alm_fail(err, ALM_UNCHANGED, "no model has a new champion");
	return status;
}

enum alm_status retrain_check(int argc, char **argv, struct alm_error *err)
{
	static const volatile sig_atomic_t never = 0;
	struct session session = {.stop = &never};
	struct retrain retrain = {.request = {.jobs = 1}};
	enum alm_status status = options_parse(&retrain.common, &verb, &session, argc, argv, err);
	if (status == ALM_OK && retrain.common.answered)
		status = alm_fail(err, ALM_USAGE, "retrain: that only tells something, and trains nothing");
	alm_pairs_release(&retrain.policy);
	options_release(&retrain.common);
	return status;
}

enum alm_status cmd_retrain(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct retrain retrain = {.request = {.checkpoint_s = CHECKPOINT_S, .jobs = 1}};
	struct alm_retrain_report report = {0};
	enum alm_status status = options_parse(&retrain.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || retrain.common.answered)
		goto done;
	retrain.request.model = retrain.common.args[0];
	retrain.request.policy = &retrain.policy;
	if (!retrain.verbose && !isatty(STDERR_FILENO))
		progress_quiet(&retrain.common.progress);
	status = alm_run_retrain(&retrain.common.context, &retrain.request, &report, err);
	if (!report.models) /* it did not come to any model */
		goto done;
	progress_end(&retrain.common.progress);
	bool prints = !retrain.common.quiet &&
		      (retrain.verbose || retrain.request.dry_run || isatty(STDOUT_FILENO));
	for (int i = 0; i < report.n && prints && !retrain.common.json; i++)
		print_model(&report.models[i]);
	if (retrain.common.json) {
		struct alm_error lost;
		enum alm_status printed = print_json(&report, status == ALM_OK ? err : &lost);
		status = status == ALM_OK ? printed : status;
	}
	status = judge(&retrain, &report, status, err);
	status = tell_drift(&retrain, &report, status, err);
done:
	alm_retrain_report_release(&report);
	alm_pairs_release(&retrain.policy);
	options_release(&retrain.common);
	return status;
}
