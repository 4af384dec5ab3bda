#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/train.h"
#include "time/freq.h"

struct train {
	struct options common;
	struct alm_train_request request;
};

/* From one checkpoint to the next. */
#define CHECKPOINT_S 30

enum { KEY_DATASET = OPTIONS_KEY + 100, KEY_BUDGET, KEY_CHECKPOINT, KEY_FRESH };

static const struct argp_option own_options[] = {
	{"dataset", KEY_DATASET, "NAME", 0, "what to train on (default: the model's own)", 1},
	{"time-budget", KEY_BUDGET, "TIME", 0, "stop in time and keep the best weights, e.g. 60s, 10min", 1},
	{"checkpoint-every", KEY_CHECKPOINT, "TIME", 0,
		"least time between checkpoints, which are written after an epoch [30s]", 1},
	{"fresh", KEY_FRESH, 0, 0, "begin anew, also where a training was killed that could go on", 1},
	{0},
};

static error_t take_budget(struct train *train, const char *text)
{
	error_t failed =
		options_seconds(&train->common, "--time-budget", text, &train->request.time_budget_s);
	if (failed || train->request.time_budget_s > 0)
		return failed;
	return options_status(alm_fail(train->common.err, ALM_USAGE,
		"--time-budget: expected a length of time such as 60s or 10min, found '%s'", text));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct train *train = state->input;
	switch (key) {
	case KEY_DATASET:
		train->request.dataset = arg;
		return 0;
	case KEY_BUDGET:
		return take_budget(train, arg);
	case KEY_CHECKPOINT:
		return options_seconds(
			&train->common, "--checkpoint-every", arg, &train->request.checkpoint_s);
	case KEY_FRESH:
		train->request.fresh = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "train",
	.args_doc = "MODEL",
	.doc = "Trains a version of a model, which becomes its champion.\v"
	       "The first time a model needs --dataset. Settings are kept with the model: without any it is "
	       "trained again as it was, on the data there is now. A training that was killed is gone on "
	       "with, "
	       "bit for bit, when settings and data are the same. Lengths are 90min, 24h, 7d, 1mo, or a "
	       "number of rows; times are ISO 8601, UTC.\n\n"
	       "  almanac train tomorrow --dataset load --lookback 7d --horizon 24h --calendar\n"
	       "  almanac train tomorrow --time-budget 10min",
	.least = 1,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_THREADS | VERB_SETTINGS};

static const char *stopped_by(const struct alm_train_result *result)
{
	return result->budget_used ? "budget" : result->stopped_early ? "patience" : "epochs";
}

/* What is forecast: whoever has named nothing sees what was taken. */
static void print_targets(const struct alm_train_result *result)
{
	char *target = text_escaped(result->target);
	printf("target    %s", target ? target : "?");
	if (result->n_targets > 1)
		printf(" and %d more", result->n_targets - 1);
	putchar('\n');
	free(target);
}

static void print_summary(const struct alm_train_result *result)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char *model = text_escaped(result->model), *dataset = text_escaped(result->dataset);
	printf("model     %s version %d, on dataset %s\n", model ? model : "?", result->version,
		dataset ? dataset : "?");
	print_targets(result);
	printf("windows   %s to train, %s to validate, %s to test\n", text_count(result->n_train, a),
		text_count(result->n_valid, b), text_count(result->n_test, c));
	if (result->per_series)
		printf("networks  %s, one a series; %s series could not be trained\nepochs    %s in all\n",
			text_count(result->n_networks, a), text_count(result->n_left_out, b),
			text_count(result->epochs, c));
	else
		printf("epochs    %d, the best was %d (ended by %s)\n", result->epochs, result->best_epoch,
			stopped_by(result));
	if (result->resumed_after > 0)
		printf("          of which %d by an earlier run\n", result->resumed_after);
	printf("loss      %s training, %s validation, of scaled values\n",
		text_real(result->train_loss, 4, a), text_real(result->valid_loss, 4, b));
	printf("speed     %s, %s windows/s\n", text_seconds(result->seconds, a),
		text_count((int64_t)result->windows_per_s, b));
	printf("weights   %s, sha256 %.16s...\n", text_count(result->n_parameters, a),
		result->weights_sha256);
	free(model);
	free(dataset);
}

static enum alm_status print_json(const struct alm_train_result *result, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "model", result->model);
	alm_json_integer(json, "version", result->version);
	alm_json_text(json, "dataset", result->dataset);
	alm_json_text(json, "target", result->target);
	alm_json_integer(json, "targets", result->n_targets);
	alm_json_integer(json, "run", result->run_id);
	alm_json_integer(json, "parameters", result->n_parameters);
	alm_json_integer(json, "networks", result->n_networks);
	alm_json_integer(json, "left_out", result->n_left_out);
	alm_json_integer(json, "train_windows", result->n_train);
	alm_json_integer(json, "valid_windows", result->n_valid);
	alm_json_integer(json, "test_windows", result->n_test);
	alm_json_integer(json, "epochs", result->epochs);
	alm_json_integer(json, "best_epoch", result->best_epoch);
	alm_json_integer(json, "resumed_after", result->resumed_after);
	alm_json_text(json, "ended_by", stopped_by(result));
	alm_json_real(json, "train_loss", result->train_loss);
	alm_json_real(json, "valid_loss", result->valid_loss);
	alm_json_real(json, "seconds", result->seconds);
	alm_json_real(json, "windows_per_s", result->windows_per_s);
	alm_json_text(json, "weights_sha256", result->weights_sha256);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_train(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct train train = {.request.checkpoint_s = CHECKPOINT_S};
	struct alm_train_result result;
	enum alm_status status = options_parse(&train.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || train.common.answered)
		goto done;
	train.request.model = train.common.args[0];
	train.request.settings = &train.common.settings;
	status = alm_run_train(&train.common.context, &train.request, &result, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&train.common.progress);
	if (train.common.json)
		status = print_json(&result, err);
	else if (options_prints(&train.common))
		print_summary(&result);
done:
	options_release(&train.common);
	return status;
}
