#include <errno.h>
#include <stdlib.h>
#include "cmd.h"
#include "drift.h"
#include "options.h"
#include "out/text.h"
#include "run/names.h"
#include "run/score.h"
#include "time/timestamp.h"

struct score {
	struct options common;
	struct alm_score_request request;
	bool all, fail_on_drift;
};

enum { KEY_ALL = OPTIONS_KEY + 100, KEY_CUTOFF, KEY_FAIL_ON };

static const struct argp_option own_options[] = {
	{"all", KEY_ALL, 0, 0, "every model", 1},
	{"cutoff", KEY_CUTOFF, "TIME", 0, "as if it were then: later rows do not exist", 1},
	{"fail-on", KEY_FAIL_ON, "WHAT", 0, "drift: exit with 12 when data or errors of a model have drifted",
		1},
	{0},
};

static error_t check(struct score *score)
{
	if (score->common.answered || score->all != (score->common.args[0] != NULL))
		return 0;
	return options_status(alm_fail(score->common.err, ALM_USAGE,
		score->all ? "--all and a MODEL exclude each other" : "expected MODEL or --all"));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct score *score = state->input;
	switch (key) {
	case KEY_ALL:
		score->all = true;
		return 0;
	case KEY_CUTOFF:
		score->request.has_cutoff = true;
		return options_status(
			alm_time_option("--cutoff", arg, &score->request.cutoff_ms, score->common.err));
	case KEY_FAIL_ON:
		return drift_fail_on(&score->common, arg, &score->fail_on_drift);
	case ARGP_KEY_END:
		return check(score);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "score",
	.args_doc = "[MODEL]",
	.doc = "Compares the forecasts of a model with what has been observed since, beside seasonal naive.\v"
	       "A forecast is scored again as long as its horizon is not over. Each is a row of almanac show "
	       "live; almanac retrain does the same every night. What has come is compared with what "
	       "the champion was trained on, too: see almanac show drift.\n\n"
	       "  almanac score --all\n"
	       "  almanac show live tomorrow --limit 30",
	.least = 0,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS};

static void print_result(const struct alm_score_result *result)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER], d[TEXT_NUMBER];
	char *model = text_escaped(result->model), *drift = text_escaped(result->drift);
	if (result->n_forecasts == 0)
		printf("%s: nothing to score\n", model ? model : "?");
	else
		printf("%s: %s forecasts on %s observed values, MAE %s, seasonal_naive %s\n",
			model ? model : "?", text_count(result->n_forecasts, a),
			text_count(result->n_points, b),
			text_real(result->mae, text_decimals(result->mae), c),
			text_real(result->baseline_mae, text_decimals(result->mae), d));
	if (result->n_compared > 0)
		printf("%s: %d of %d measures drift%s%s\n", model ? model : "?", result->n_drifts,
			result->n_compared, result->n_drifts ? ": " : "", drift ? drift : "");
	free(model);
	free(drift);
}

static void add_json(struct alm_json *json, const struct alm_score_result *result)
{
	alm_json_object(json, NULL);
	alm_json_text(json, "model", result->model);
	alm_json_integer(json, "forecasts", result->n_forecasts);
	alm_json_integer(json, "points", result->n_points);
	alm_json_real(json, "mae", result->mae);
	alm_json_real(json, "seasonal_naive_mae", result->baseline_mae);
	alm_json_integer(json, "run", result->run_id);
	alm_json_integer(json, "compared", result->n_compared);
	alm_json_integer(json, "drifts", result->n_drifts);
	alm_json_text(json, "drift", result->n_drifts ? result->drift : NULL);
	alm_json_close(json);
}

static enum alm_status score_one(
	struct score *score, const char *model, struct alm_json *json, struct alm_error *err)
{
	struct alm_score_result result;
	score->request.model = model;
	enum alm_status status = alm_run_score(&score->common.context, &score->request, &result, err);
	if (status != ALM_OK)
		return status;
	progress_end(&score->common.progress);
	if (json)
		add_json(json, &result);
	else if (options_prints(&score->common))
		print_result(&result);
	if (result.n_drifts == 0)
		return ALM_OK;
	struct alm_about about = {.run_id = result.run_id};
	snprintf(about.model, sizeof about.model, "%s", result.model);
	return drift_tell(&score->common, &about, result.drift, score->fail_on_drift, ALM_OK, err);
}

/* Goes on after a failure: the worst is the verb's, and each is told. */
static enum alm_status score_all(struct score *score, struct alm_json *json, struct alm_error *err)
{
	struct alm_names names = {0};
	enum alm_status worst = alm_run_models(&score->common.context, &names, err);
	for (int i = 0; i < names.n && worst != ALM_INTERRUPTED; i++) {
		struct alm_error why = {.text = ""};
		enum alm_status status = score_one(score, names.name[i], json, &why);
		if (status == ALM_OK)
			continue;
		if (worst != ALM_OK)
			alm_note(score->common.context.reporter, "%s", why.text);
		if (alm_status_worse(status, worst) == status && status != worst) {
			worst = status;
			*err = why;
		}
	}
	alm_names_release(&names);
	return worst;
}

static enum alm_status run(struct score *score, struct alm_error *err)
{
	struct alm_json *json = NULL;
	struct alm_error lost;
	enum alm_status status = score->common.json ? alm_json_new(&json, err) : ALM_OK;
	if (status != ALM_OK)
		return status;
	if (json) {
		alm_json_object(json, NULL);
		alm_json_array(json, "scored");
	}
	status =
		score->all ? score_all(score, json, err) : score_one(score, score->common.args[0], json, err);
	if (json) {
		alm_json_close(json);
		alm_json_close(json);
	}
	if (json && (status == ALM_OK || status == ALM_DRIFTED || score->all)) {
		enum alm_status printed = out_json_text(stdout, json, status == ALM_OK ? err : &lost);
		status = status == ALM_OK ? printed : status;
	}
	alm_json_free(json);
	return status;
}

enum alm_status cmd_score(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct score score = {0};
	enum alm_status status = options_parse(&score.common, &verb, session, argc, argv, err);
	if (status == ALM_OK && !score.common.answered)
		status = run(&score, err);
	options_release(&score.common);
	return status;
}
