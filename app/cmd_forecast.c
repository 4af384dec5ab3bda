#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "options.h"
#include "out/rows.h"
#include "out/sparkline.h"
#include "out/text.h"
#include "run/forecast.h"
#include "time/timestamp.h"

#define SPARKLINE_COLUMNS 72

struct forecast {
	struct options common;
	struct alm_forecast_request request;
};

enum { KEY_CUTOFF = OPTIONS_KEY + 100, KEY_VERSION, KEY_FUTURE, KEY_DRY_RUN };

static const struct argp_option own_options[] = {
	{"cutoff", KEY_CUTOFF, "TIME", 0, "the last instant to look at (default: the end of the data)", 1},
	{"model-version", KEY_VERSION, "N", 0, "version of the model (default: its champion)", 1},
	{"future", KEY_FUTURE, "FILE", 0,
		"what is known ahead: time, series and the model's future channels as columns", 1},
	{"dry-run", KEY_DRY_RUN, 0, 0, "print only, and leave the database as it is", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct forecast *forecast = state->input;
	struct alm_forecast_request *request = &forecast->request;
	int64_t number = 0;
	switch (key) {
	case KEY_CUTOFF:
		request->has_cutoff = true;
		return options_status(
			alm_time_option("--cutoff", arg, &request->cutoff_ms, forecast->common.err));
	case KEY_VERSION:
		if (options_count(&forecast->common, "--model-version", arg, 1, INT32_MAX, &number) != 0)
			return EINVAL;
		request->version = (int)number;
		return 0;
	case KEY_FUTURE:
		request->future = arg;
		return 0;
	case KEY_DRY_RUN:
		request->dry_run = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "forecast",
	.args_doc = "MODEL",
	.doc = "Forecasts every series of the model's dataset, writes the forecast into the database and "
	       "prints it.\v"
	       "Read it with SQL from almanac_forecast_latest or almanac_forecasts; quantiles, which models "
	       "of --loss quantile, gaussian and student_t have, from almanac_quantile_latest or "
	       "almanac_quantiles. Channels that the model takes as known ahead must be known for the whole "
	       "horizon: in rows of the dataset, or in a file.\n\n"
	       "  almanac forecast tomorrow\n"
	       "  almanac forecast tomorrow --future prices.csv\n"
	       "  almanac forecast tomorrow --cutoff '2018-06-30 23:00' --dry-run --format csv",
	.least = 1,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_FORMAT};

/* "series, channel" as far as there is something to tell apart. */
static void print_title(const struct alm_forecast_series *item)
{
	char cutoff[ALM_TIME_TEXT];
	char *series = text_escaped(item->series), *channel = text_escaped(item->channel);
	printf("%s%s%s, from %s\n", series ? series : "?", series && *series ? ", " : "",
		channel ? channel : "?", alm_time_print(item->cutoff_ms, cutoff));
	free(series);
	free(channel);
}

static void print_curve(const struct alm_forecast_series *item)
{
	char text[SPARKLINE_TEXT(SPARKLINE_COLUMNS)];
	struct sparkline sparkline = {.history = item->history,
		.n_history = item->n_history,
		.values = item->values,
		.n_values = item->n_steps,
		.width = SPARKLINE_COLUMNS,
		.utf8 = text_is_utf8()};
	printf("%s\n", sparkline_print(&sparkline, text));
}

#define LEVELS_SHOWN 32

/* The columns of the quantiles, "q0.1" ..., behind those that are there; how many there are then. */
static int add_levels(const struct alm_forecast_series *item, struct rows_column *columns, int n,
	char names[static LEVELS_SHOWN][TEXT_NUMBER])
{
	for (int level = 0; level < item->n_levels && level < LEVELS_SHOWN; level++) {
		snprintf(names[level], TEXT_NUMBER, "q%g", item->levels[level]);
		columns[n++] = (struct rows_column){names[level], true};
	}
	return n;
}

static enum alm_status print_item(const struct alm_forecast_series *item, struct alm_error *err)
{
	struct rows_column columns[2 + LEVELS_SHOWN] = {{"time", false}, {"value", true}};
	char names[LEVELS_SHOWN][TEXT_NUMBER];
	int n_columns = add_levels(item, columns, 2, names);
	struct rows rows;
	double largest = 0;
	for (int step = 0; step < item->n_steps; step++)
		largest = fmax(largest, fabs(item->values[step]));
	print_title(item);
	print_curve(item);
	rows_init(&rows, columns, n_columns);
	for (int step = 0; step < item->n_steps; step++) {
		char time[ALM_TIME_TEXT];
		rows_text(&rows, alm_time_print(item->times_ms[step], time));
		rows_real(&rows, item->values[step], text_decimals(largest));
		for (int level = 0; level < n_columns - 2; level++)
			rows_real(&rows, item->quantiles[step * item->n_levels + level],
				text_decimals(largest));
	}
	enum alm_status status = rows_status(&rows, err);
	if (status == ALM_OK)
		status = out_table(stdout, NULL, &rows.table, err);
	rows_release(&rows);
	return status;
}

static enum alm_status print_table(
	const struct alm_forecast_result *result, bool dry_run, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	char *model = text_escaped(result->model);
	printf("model %s version %d%s\n", model ? model : "?", result->version,
		dry_run ? ", not stored" : "");
	free(model);
	for (int i = 0; i < result->n && status == ALM_OK; i++) {
		putchar('\n');
		status = print_item(&result->items[i], err);
	}
	return status;
}

static enum alm_status print_csv(const struct alm_forecast_result *result, struct alm_error *err)
{
	struct rows_column columns[5 + LEVELS_SHOWN] = {
		{"series", false}, {"channel", false}, {"cutoff", false}, {"time", false}, {"value", true}};
	char names[LEVELS_SHOWN][TEXT_NUMBER];
	int n_columns = add_levels(&result->items[0], columns, 5, names); /* the same for every series */
	struct rows rows;
	rows_init(&rows, columns, n_columns);
	for (int i = 0; i < result->n; i++)
		for (int step = 0; step < result->items[i].n_steps; step++) {
			const struct alm_forecast_series *item = &result->items[i];
			char time[ALM_TIME_TEXT], value[TEXT_NUMBER];
			rows_text(&rows, item->series);
			rows_text(&rows, item->channel);
			rows_text(&rows, alm_time_print(item->cutoff_ms, time));
			rows_text(&rows, alm_time_print(item->times_ms[step], time));
			rows_text(&rows, text_exact(item->values[step], value));
			for (int level = 0; level < n_columns - 5; level++)
				rows_text(&rows,
					text_exact(item->quantiles[step * item->n_levels + level], value));
		}
	enum alm_status status = rows_status(&rows, err);
	if (status == ALM_OK)
		status = out_csv(stdout, NULL, &rows.table, err);
	rows_release(&rows);
	return status;
}

static void add_item(struct alm_json *json, const struct alm_forecast_series *item)
{
	char time[ALM_TIME_TEXT];
	alm_json_object(json, NULL);
	alm_json_text(json, "series", item->series);
	alm_json_text(json, "channel", item->channel);
	alm_json_text(json, "cutoff", alm_time_print(item->cutoff_ms, time));
	alm_json_array(json, "points");
	for (int step = 0; step < item->n_steps; step++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "time", alm_time_print(item->times_ms[step], time));
		alm_json_real(json, "value", item->values[step]);
		for (int level = 0; level < item->n_levels; level++) {
			char name[TEXT_NUMBER];
			snprintf(name, sizeof name, "q%g", item->levels[level]);
			alm_json_real(json, name, item->quantiles[step * item->n_levels + level]);
		}
		alm_json_close(json);
	}
	alm_json_close(json);
	alm_json_close(json);
}

static enum alm_status print_json(
	const struct alm_forecast_result *result, bool dry_run, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "model", result->model);
	alm_json_integer(json, "version", result->version);
	alm_json_bool(json, "stored", !dry_run);
	if (!dry_run)
		alm_json_integer(json, "run", result->run_id);
	alm_json_text(json, "degraded", result->degraded.status == ALM_OK ? NULL : result->degraded.text);
	alm_json_array(json, "forecasts");
	for (int i = 0; i < result->n; i++)
		add_item(json, &result->items[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

static enum alm_status print_result(
	const struct forecast *forecast, const struct alm_forecast_result *result, struct alm_error *err)
{
	bool dry_run = forecast->request.dry_run;
	if (!dry_run && !options_prints(&forecast->common))
		return ALM_OK;
	switch (forecast->common.format) {
	case OUT_table:
		return print_table(result, dry_run, err);
	case OUT_csv:
		return print_csv(result, err);
	case OUT_json:
		return print_json(result, dry_run, err);
	}
	return alm_fail(err, ALM_BUG, "forecast: no such form");
}

enum alm_status cmd_forecast(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct forecast forecast = {0};
	struct alm_forecast_result result;
	enum alm_status status = options_parse(&forecast.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || forecast.common.answered)
		goto done;
	forecast.request.model = forecast.common.args[0];
	status = alm_run_forecast(&forecast.common.context, &forecast.request, &result, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&forecast.common.progress);
	status = print_result(&forecast, &result, err);
	if (status == ALM_OK && result.degraded.status != ALM_OK)
		status = alm_fail(err, result.degraded.status, "%s", result.degraded.text);
	alm_forecast_result_release(&result);
done:
	options_release(&forecast.common);
	return status;
}
