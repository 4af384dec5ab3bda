#include <errno.h>
#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/rows.h"
#include "out/text.h"
#include "run/windows.h"
#include "time/timestamp.h"

struct windows {
	struct options common;
	struct alm_windows_request request;
};

enum { KEY_EXPLAIN = OPTIONS_KEY + 100 };

static const struct argp_option own_options[] = {
	{"explain", KEY_EXPLAIN, "N", 0, "print the times of N windows of each part [0]", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct windows *windows = state->input;
	int64_t number = 0;
	if (key != KEY_EXPLAIN)
		return ARGP_ERR_UNKNOWN;
	if (options_count(&windows->common, "--explain", arg, 0, 1000000, &number) != 0)
		return EINVAL;
	windows->request.explain = (int)number;
	return 0;
}

static const struct verb verb = {.name = "windows",
	.args_doc = "NAME",
	.doc = "Shows how many windows a model has, or would have on a dataset, and which times they hold.\v"
	       "NAME is a model; when there is no such model, a dataset. Settings given here are tried, not "
	       "kept.\n\n"
	       "  almanac windows tomorrow --explain 5\n"
	       "  almanac windows load --lookback 14d --horizon 48h --delay 12h",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse,
	.takes = VERB_SETTINGS};

static const char *or_dash(const char *text)
{
	return *text != '\0' ? text : "-";
}

static enum alm_status print_explained(const struct alm_windows_report *report, struct alm_error *err)
{
	static const struct rows_column columns[] = {{"part", false}, {"window", true}, {"series", false},
		{"first input", false}, {"last input", false}, {"first target", false},
		{"last target", false}, {"holidays", false}};
	struct rows rows;
	bool holidays = report->n_explained > 0 && report->explained[0].holidays;
	rows_init(&rows, columns, holidays ? 8 : 7);
	for (int i = 0; i < report->n_explained; i++) {
		const struct alm_window_explained *one = &report->explained[i];
		const int64_t times[] = {
			one->first_input_ms, one->last_input_ms, one->first_target_ms, one->last_target_ms};
		char text[TEXT_NUMBER];
		rows_text(&rows, one->part);
		rows_text(&rows, text_count(one->index + 1, text));
		rows_text(&rows, or_dash(one->series));
		for (int time = 0; time < 4; time++)
			rows_text(&rows, alm_time_print(times[time], text));
		if (holidays)
			rows_text(&rows, or_dash(one->holidays));
	}
	enum alm_status status = rows_status(&rows, err);
	if (status == ALM_OK && report->n_explained > 0) {
		putchar('\n');
		status = out_table(stdout, NULL, &rows.table, err);
	}
	rows_release(&rows);
	return status;
}

static enum alm_status print_report(const struct alm_windows_report *report, struct alm_error *err)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER], d[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	const struct alm_window_spec *spec = &report->spec;
	printf("data      %s to %s, a row every %s\n", alm_time_print(report->first_ms, first),
		alm_time_print(report->last_ms, last), report->freq);
	printf("          %s series in %s unbroken stretches; %s gaps, %s rows missing\n",
		text_count(report->n_series, a), text_count(report->n_frames, b),
		text_count(report->n_gaps, c), text_count(report->n_missing, d));
	printf("window    %lld rows in, every %lld; %lld rows between; %lld rows out; %lld rows in all, one "
	       "every %lld\n",
		(long long)spec->lookback, (long long)spec->sampling, (long long)spec->delay,
		(long long)spec->horizon, (long long)report->span, (long long)spec->stride);
	if (spec->min_lookback > 0 && spec->min_lookback < spec->lookback)
		printf("          from %lld rows in on at the beginning of a stretch\n",
			(long long)spec->min_lookback);
	printf("train     %s windows\n", text_count(report->n_train, a));
	printf("valid     %s windows, targets from %s\n", text_count(report->n_valid, a),
		alm_time_print(report->valid_from_ms, first));
	printf("test      %s windows, targets from %s\n", text_count(report->n_test, a),
		alm_time_print(report->test_from_ms, first));
	return print_explained(report, err);
}

static void add_explained(struct alm_json *json, const struct alm_window_explained *one)
{
	char text[ALM_TIME_TEXT];
	alm_json_object(json, NULL);
	alm_json_text(json, "part", one->part);
	alm_json_integer(json, "window", one->index + 1);
	alm_json_text(json, "series", one->series);
	alm_json_text(json, "first_input", alm_time_print(one->first_input_ms, text));
	alm_json_text(json, "last_input", alm_time_print(one->last_input_ms, text));
	alm_json_text(json, "first_target", alm_time_print(one->first_target_ms, text));
	alm_json_text(json, "last_target", alm_time_print(one->last_target_ms, text));
	if (one->holidays)
		alm_json_text(json, "holidays", one->holidays);
	alm_json_close(json);
}

static enum alm_status print_json(const struct alm_windows_report *report, struct alm_error *err)
{
	struct alm_json *json;
	char text[ALM_TIME_TEXT];
	const struct {
		const char *key;
		int64_t value;
	} numbers[] = {
		{"lookback", report->spec.lookback},
		{"min_lookback",
			report->spec.min_lookback ? report->spec.min_lookback : report->spec.lookback},
		{"sampling", report->spec.sampling},
		{"delay", report->spec.delay},
		{"horizon", report->spec.horizon},
		{"stride", report->spec.stride},
		{"span", report->span},
		{"train_windows", report->n_train},
		{"valid_windows", report->n_valid},
		{"test_windows", report->n_test},
		{"series", report->n_series},
		{"stretches", report->n_frames},
		{"gaps", report->n_gaps},
		{"missing_rows", report->n_missing},
	};
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "freq", report->freq);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		alm_json_integer(json, numbers[i].key, numbers[i].value);
	alm_json_text(json, "first", alm_time_print(report->first_ms, text));
	alm_json_text(json, "last", alm_time_print(report->last_ms, text));
	alm_json_text(json, "valid_from", alm_time_print(report->valid_from_ms, text));
	alm_json_text(json, "test_from", alm_time_print(report->test_from_ms, text));
	alm_json_array(json, "explained");
	for (int i = 0; i < report->n_explained; i++)
		add_explained(json, &report->explained[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_windows(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct windows windows = {0};
	struct alm_windows_report report;
	enum alm_status status = options_parse(&windows.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || windows.common.answered)
		goto done;
	windows.request.model = windows.common.args[0];
	windows.request.settings = &windows.common.settings;
	status = alm_run_windows(&windows.common.context, &windows.request, &report, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&windows.common.progress);
	status = windows.common.json ? print_json(&report, err) : print_report(&report, err);
	alm_windows_report_release(&report);
done:
	options_release(&windows.common);
	return status;
}
