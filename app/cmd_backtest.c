#include <math.h>
#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/rows.h"
#include "out/text.h"
#include "run/backtest.h"
#include "time/timestamp.h"

struct backtest {
	struct options common;
	struct alm_backtest_request request;
};

enum { KEY_STRIDE = OPTIONS_KEY + 100, KEY_FROM, KEY_TO, KEY_VERSION };

static const struct argp_option own_options[] = {
	{"stride", KEY_STRIDE, "TIME", 0, "between windows, e.g. 24h or 24 rows [1]", 1},
	{"from", KEY_FROM, "TIME", 0, "first target (default: where the model's test part begins)", 1},
	{"to", KEY_TO, "TIME", 0, "targets lie before this instant (default: the end of the data)", 1},
	{"model-version", KEY_VERSION, "N", 0, "version of the model (default: its champion)", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct backtest *backtest = state->input;
	struct alm_backtest_request *request = &backtest->request;
	struct alm_error *err = backtest->common.err;
	int64_t number = 0;
	switch (key) {
	case KEY_STRIDE:
		request->stride = arg;
		return 0;
	case KEY_FROM:
		request->has_from = true;
		return options_status(alm_time_option("--from", arg, &request->from_ms, err));
	case KEY_TO:
		request->has_to = true;
		return options_status(alm_time_option("--to", arg, &request->to_ms, err));
	case KEY_VERSION:
		if (options_count(&backtest->common, "--model-version", arg, 1, INT32_MAX, &number) != 0)
			return EINVAL;
		request->version = (int)number;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "backtest",
	.args_doc = "MODEL",
	.doc = "Scores a model and the baselines on exactly the same windows, in the data's own units.\v"
	       "Skill is the share of the best baseline's mean absolute error that the model removes. The "
	       "scores are kept in the database.\n\n"
	       "  almanac backtest tomorrow\n"
	       "  almanac backtest tomorrow --stride 24h --from 2018-01-01",
	.least = 1,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_THREADS};

/* A metric's column has as many decimals as its largest value needs. */
static int metric_decimals(const struct alm_backtest *scores, int metric)
{
	double largest = 0;
	for (int i = 0; i < scores->n_forecasters; i++)
		if (isfinite(scores->scores[i].overall[metric]))
			largest = fmax(largest, fabs(scores->scores[i].overall[metric]));
	return text_decimals(largest);
}

static void add_scores(struct rows *rows, const struct alm_backtest *scores, int forecaster, int channel)
{
	const struct alm_backtest_scores *one = &scores->scores[forecaster];
	const double *values = channel < 0 ? one->overall : one->channel[channel];
	rows_text(rows, one->name);
	if (scores->n_targets > 1)
		rows_text(rows, channel < 0 ? "all" : scores->channels[channel]);
	for (int metric = 0; metric < ALM_N_METRICS; metric++)
		rows_real(rows, values[metric], metric_decimals(scores, metric));
}

static enum alm_status print_scores(const struct alm_backtest *scores, struct alm_error *err)
{
	struct rows rows;
	struct rows_column columns[2 + ALM_N_METRICS] = {{"forecaster", false}};
	int n = 1;
	if (scores->n_targets > 1)
		columns[n++].name = "channel";
	for (int metric = 0; metric < ALM_N_METRICS; metric++)
		columns[n++] = (struct rows_column){alm_metric_title((enum alm_metric)metric), true};
	rows_init(&rows, columns, n);
	for (int i = 0; i < scores->n_forecasters; i++)
		add_scores(&rows, scores, i, -1);
	for (int channel = 0; channel < scores->n_targets && scores->n_targets > 1; channel++)
		for (int i = 0; i < scores->n_forecasters; i++)
			add_scores(&rows, scores, i, channel);
	enum alm_status status = rows_status(&rows, err);
	if (status == ALM_OK)
		status = out_table(stdout, NULL, &rows.table, err);
	rows_release(&rows);
	return status;
}

static void print_skill(const struct alm_backtest *scores)
{
	if (scores->best_baseline < 0 || !isfinite(scores->skill)) {
		printf("skill undefined: no baseline has an error to compare with\n");
		return;
	}
	const char *best = scores->scores[scores->best_baseline].name;
	double percent = fabs(100 * scores->skill);
	if (scores->skill >= 0)
		printf("skill %.2f: the model removes %.0f %% of the error of %s, the best baseline\n",
			scores->skill, percent, best);
	else
		printf("skill %.2f: the model's error is %.0f %% larger than that of %s, the best baseline\n",
			scores->skill, percent, best);
}

static enum alm_status print_report(const struct alm_backtest_report *report, struct alm_error *err)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	char *model = text_escaped(report->model);
	printf("model %s version %d on %s windows, targets %s to %s (%s values, %s)\n", model ? model : "?",
		report->version, text_count((int64_t)report->scores.n_windows, a),
		alm_time_print(report->first_ms, first), alm_time_print(report->last_ms, last),
		text_count((int64_t)report->scores.n_points, b), text_seconds(report->seconds, c));
	free(model);
	enum alm_status status = print_scores(&report->scores, err);
	if (status == ALM_OK)
		print_skill(&report->scores);
	return status;
}

static void add_metrics(struct alm_json *json, const double *values)
{
	for (int metric = 0; metric < ALM_N_METRICS; metric++)
		alm_json_real(json, alm_metric_name((enum alm_metric)metric), values[metric]);
}

static void add_forecaster(struct alm_json *json, const struct alm_backtest *scores, int forecaster)
{
	const struct alm_backtest_scores *one = &scores->scores[forecaster];
	alm_json_object(json, NULL);
	alm_json_text(json, "forecaster", one->name);
	add_metrics(json, one->overall);
	alm_json_array(json, "channels");
	for (int channel = 0; channel < scores->n_targets; channel++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "channel", scores->channels[channel]);
		add_metrics(json, one->channel[channel]);
		alm_json_close(json);
	}
	alm_json_close(json);
	alm_json_close(json);
}

static enum alm_status print_json(const struct alm_backtest_report *report, struct alm_error *err)
{
	struct alm_json *json;
	char text[ALM_TIME_TEXT];
	const struct alm_backtest *scores = &report->scores;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	int best = scores->best_baseline;
	alm_json_object(json, NULL);
	alm_json_text(json, "model", report->model);
	alm_json_integer(json, "version", report->version);
	alm_json_integer(json, "run", report->run_id);
	alm_json_text(json, "first", alm_time_print(report->first_ms, text));
	alm_json_text(json, "last", alm_time_print(report->last_ms, text));
	alm_json_integer(json, "windows", (int64_t)scores->n_windows);
	alm_json_integer(json, "points", (int64_t)scores->n_points);
	alm_json_real(json, "seconds", report->seconds);
	alm_json_real(json, "skill", scores->skill);
	alm_json_text(json, "best_baseline", best >= 0 ? scores->scores[best].name : NULL);
	alm_json_array(json, "scores");
	for (int i = 0; i < scores->n_forecasters; i++)
		add_forecaster(json, scores, i);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_backtest(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct backtest backtest = {0};
	struct alm_backtest_report report;
	enum alm_status status = options_parse(&backtest.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || backtest.common.answered)
		goto done;
	backtest.request.model = backtest.common.args[0];
	status = alm_run_backtest(&backtest.common.context, &backtest.request, &report, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&backtest.common.progress);
	if (backtest.common.json)
		status = print_json(&report, err);
	else if (options_prints(&backtest.common))
		status = print_report(&report, err);
	alm_backtest_release(&report.scores);
done:
	options_release(&backtest.common);
	return status;
}
