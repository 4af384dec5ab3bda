#include <errno.h>
#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/attach.h"
#include "time/timestamp.h"

struct attach {
	struct options common;
	struct alm_attach_request request;
};

enum {
	KEY_TABLE = OPTIONS_KEY + 100,
	KEY_QUERY,
	KEY_FROM,
	KEY_TIME,
	KEY_TIME_FORMAT,
	KEY_SERIES,
	KEY_TARGET,
	KEY_CHANNELS,
	KEY_CATEGORY,
	KEY_COPY,
};

static const struct argp_option own_options[] = {
	{"table", KEY_TABLE, "NAME", 0, "the table or view whose rows are the dataset's", 1},
	{"query", KEY_QUERY, "SELECT", 0, "one SELECT whose rows are the dataset's", 1},
	{"from", KEY_FROM, "FILE", 0,
		"another SQLite file, or postgresql://...; it is only read (default: the database)", 1},
	{"copy", KEY_COPY, 0, 0, "into a table of the dataset's own, see almanac refresh", 1},
	{"time", KEY_TIME, "COLUMN", 0, "column of times (default: found, by name, type and texts)", 2},
	{"time-format", KEY_TIME_FORMAT, "FORMAT", 0,
		"iso, s, ms, us (since 1970), julian, or as in strptime (default: recognised)", 2},
	{"series", KEY_SERIES, "COLUMN,...", 0, "columns that tell the series apart (default: there is one)",
		2},
	{"channels", KEY_CHANNELS, "COLUMN,...", 0, "columns of values (default: every numeric one)", 2},
	{"target", KEY_TARGET, "COLUMN,...", 0, "the same, where all are to be forecast", 2},
	{"category", KEY_CATEGORY, "COLUMN,...", 0,
		"further columns, whose values are texts or are to be read as such: a kind, a colour", 2},
	{0},
};

static error_t take_channels(struct attach *attach, const char *option, const char *list)
{
	struct alm_attach_request *request = &attach->request;
	if (request->channels && request->channels_option != option)
		return options_status(alm_fail(
			attach->common.err, ALM_USAGE, "--target and --channels exclude each other"));
	request->channels = list;
	request->channels_option = option;
	return 0;
}

static error_t check(struct attach *attach)
{
	const struct alm_attach_request *request = &attach->request;
	if (attach->common.answered || (request->table != NULL) != (request->query != NULL))
		return 0;
	return options_status(alm_fail(attach->common.err, ALM_USAGE,
		request->table ? "--table and --query exclude each other"
			       : "expected --table NAME or --query SELECT"));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char target[] = "--target", channels[] = "--channels";
	struct attach *attach = state->input;
	struct alm_attach_request *request = &attach->request;
	switch (key) {
	case KEY_TABLE:
		request->table = arg;
		return 0;
	case KEY_QUERY:
		request->query = arg;
		return 0;
	case KEY_FROM:
		request->from = arg;
		return 0;
	case KEY_TIME:
		request->time = arg;
		return 0;
	case KEY_TIME_FORMAT:
		request->time_format = arg;
		return 0;
	case KEY_SERIES:
		request->series = arg;
		return 0;
	case KEY_TARGET:
		return take_channels(attach, target, arg);
	case KEY_CHANNELS:
		return take_channels(attach, channels, arg);
	case KEY_CATEGORY:
		request->category = arg;
		return 0;
	case KEY_COPY:
		request->copy = true;
		return 0;
	case ARGP_KEY_END:
		return check(attach);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "attach",
	.args_doc = "NAME",
	.doc = "Makes a dataset of a table, view or query that is there. Its rows are read in place, "
	       "whenever they "
	       "are needed, and never changed.\v"
	       "Rows may come in any order; of several with one series and time the last counts. NULL is a "
	       "missing value. Several columns of --series make one name, joined by '/'.\n\n"
	       "  almanac attach sales --table orders --time placed_at --series store,product --target qty\n"
	       "  almanac attach load --from app.db --query 'SELECT at, mw FROM meter WHERE ok' --copy",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse};

static const char *count(uint64_t value, char out[static TEXT_NUMBER])
{
	return text_count((int64_t)value, out);
}

static void print_summary(const struct alm_attach_result *result)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	char *dataset = text_escaped(result->dataset), *source = text_escaped(result->source);
	char *column = text_escaped(result->time_column), *words = text_escaped(result->time_words);
	printf("dataset   %s (new, %s), %d channel%s, %d series\n", dataset ? dataset : "?",
		result->copied ? "copied" : "read in place", result->n_channels,
		result->n_channels == 1 ? "" : "s", result->n_series);
	printf("source    %s\n", source ? source : "?");
	printf("time      column %s, %s%s\n", column ? column : "?", words ? words : "?",
		result->recognised ? ", recognised; --time-format says otherwise" : "");
	if (result->n_rows > 0)
		printf("          %s to %s\n", alm_time_print(result->first_ms, first),
			alm_time_print(result->last_ms, last));
	printf("rows      %s, %s of a time seen before, %s values missing\n", count(result->n_rows, a),
		count(result->n_duplicates, b), count(result->n_nulls, c));
	free(dataset);
	free(source);
	free(column);
	free(words);
}

static enum alm_status print_json(const struct alm_attach_result *result, struct alm_error *err)
{
	struct alm_json *json;
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	bool any = result->n_rows > 0;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", result->dataset);
	alm_json_text(json, "source", result->source);
	alm_json_bool(json, "copied", result->copied);
	alm_json_integer(json, "channels", result->n_channels);
	alm_json_integer(json, "series", result->n_series);
	alm_json_integer(json, "rows", (int64_t)result->n_rows);
	alm_json_integer(json, "duplicates", (int64_t)result->n_duplicates);
	alm_json_integer(json, "nulls", (int64_t)result->n_nulls);
	alm_json_text(json, "first", any ? alm_time_print(result->first_ms, first) : NULL);
	alm_json_text(json, "last", any ? alm_time_print(result->last_ms, last) : NULL);
	alm_json_text(json, "time_column", result->time_column);
	alm_json_text(json, "time_format", result->time_format);
	alm_json_bool(json, "recognised", result->recognised);
	alm_json_real(json, "seconds", result->seconds);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_attach(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct attach attach = {.request.channels_option = "--channels"};
	struct alm_attach_result result;
	enum alm_status status = options_parse(&attach.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || attach.common.answered)
		goto done;
	attach.request.name = attach.common.args[0];
	status = alm_run_attach(&attach.common.context, &attach.request, &result, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&attach.common.progress);
	if (attach.common.json)
		status = print_json(&result, err);
	else if (options_prints(&attach.common))
		print_summary(&result);
done:
	options_release(&attach.common);
	return status;
}
