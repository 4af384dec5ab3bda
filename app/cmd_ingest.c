#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "nearest.h"
#include "options.h"
#include "out/text.h"
#include "time/timestamp.h"

struct ingest {
	struct options common;
	struct alm_ingest_options request;
};

enum {
	KEY_DATASET = OPTIONS_KEY + 100,
	KEY_TIME,
	KEY_TIME_FORMAT,
	KEY_TZ,
	KEY_SERIES,
	KEY_CHANNELS,
	KEY_DELIMITER,
	KEY_NO_HEADER,
	KEY_NULL,
	KEY_ON_DUPLICATE,
	KEY_SKIP_BAD,
};

static const struct argp_option own_options[] = {
	{"dataset", KEY_DATASET, "NAME", 0, "where the rows go; made when it is not there", 1},
	{"time", KEY_TIME, "COLUMN", 0, "column of times (default: the first that reads as times)", 2},
	{"time-format", KEY_TIME_FORMAT, "FORMAT", 0,
		"iso, unix, or as in strptime: '%m/%d/%Y %H:%M' (default: recognised)", 2},
	{"tz", KEY_TZ, "ZONE", 0,
		"local time zone of the times, such as America/New_York; they are stored as UTC "
		"(default: the dataset's, else UTC)",
		2},
	{"series", KEY_SERIES, "COLUMN", 0, "column that tells the series apart (default: there is one)", 2},
	{"channels", KEY_CHANNELS, "COLUMN,...", 0, "columns of values (default: every numeric one)", 2},
	{"delimiter", KEY_DELIMITER, "CHAR", 0, "between fields; tab for a tab (default: recognised)", 3},
	{"no-header", KEY_NO_HEADER, 0, 0, "the first line is data; columns are c1, c2 ...", 3},
	{"null", KEY_NULL, "TEXT", 0, "a further text for a missing value", 3},
	{"on-duplicate", KEY_ON_DUPLICATE, "HOW", 0,
		"last, first, mean or error: rows of one series and time [last]", 4},
	{"skip-bad", KEY_SKIP_BAD, "N", 0, "leave out up to N rows that cannot be read, and list them [0]",
		4},
	{0},
};

static const struct {
	const char *word;
	enum alm_on_duplicate how;
} duplicates[] = {{"last", ALM_DUPLICATE_LAST}, {"first", ALM_DUPLICATE_FIRST}, {"mean", ALM_DUPLICATE_MEAN},
	{"error", ALM_DUPLICATE_ERROR}};

static error_t take_duplicate(struct ingest *ingest, const char *text)
{
	for (size_t i = 0; i < sizeof duplicates / sizeof *duplicates; i++)
		if (strcmp(duplicates[i].word, text) == 0) {
			ingest->request.on_duplicate = duplicates[i].how;
			return 0;
		}
	return options_status(alm_fail(ingest->common.err, ALM_USAGE,
		"--on-duplicate: expected last, first, mean or error, found '%s'", text));
}

static error_t take_delimiter(struct ingest *ingest, const char *text)
{
	bool tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;
	bool usable = tab || (strlen(text) == 1 && !strchr("\"\r\n", *text) && (unsigned char)*text < 0x80);
	if (!usable)
		return options_status(alm_fail(ingest->common.err, ALM_USAGE,
			"--delimiter: expected one character or tab, found '%s'", text));
	ingest->request.delimiter = tab ? '\t' : *text;
	return 0;
}

/* The best name so far, and a copy of it: the list's do not last. */
struct zone_search {
	struct nearest nearest;
	char best[ALM_ZONE_NAME];
};

static void try_zone(void *to, const char *name)
{
	struct zone_search *search = to;
	nearest_try(&search->nearest, name);
	if (search->nearest.found == name) {
		snprintf(search->best, sizeof search->best, "%s", name);
		search->nearest.found = search->best;
	}
}

static error_t take_zone(struct ingest *ingest, const char *text)
{
	struct alm_zone *zone = NULL;
	struct zone_search search;
	enum alm_status status = alm_zone_open("--tz", text, &zone, ingest->common.err);
	alm_zone_close(zone);
	ingest->request.tz = text;
	if (status != ALM_USAGE)
		return options_status(status);
	nearest_begin(&search.nearest, text);
	alm_zone_each(try_zone, &search);
	if (search.nearest.found)
		status = alm_fail(ingest->common.err, ALM_USAGE, "--tz: no time zone '%s'; is it '%s'?", text,
			search.nearest.found);
	return options_status(status);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ingest *ingest = state->input;
	struct alm_ingest_options *request = &ingest->request;
	switch (key) {
	case KEY_DATASET:
		request->dataset = arg;
		return 0;
	case KEY_TIME:
		request->time = arg;
		return 0;
	case KEY_TIME_FORMAT:
		request->time_format = arg;
		return 0;
	case KEY_TZ:
		return take_zone(ingest, arg);
	case KEY_SERIES:
		request->series = arg;
		return 0;
	case KEY_CHANNELS:
		request->channels = arg;
		return 0;
	case KEY_DELIMITER:
		return take_delimiter(ingest, arg);
	case KEY_NO_HEADER:
		request->no_header = true;
		return 0;
	case KEY_NULL:
		request->null_text = arg;
		return 0;
	case KEY_ON_DUPLICATE:
		return take_duplicate(ingest, arg);
	case KEY_SKIP_BAD:
		return options_count(&ingest->common, "--skip-bad", arg, 0, INT64_MAX, &request->skip_bad);
	case ARGP_KEY_END:
		if (request->dataset || ingest->common.answered)
			return 0;
		return options_status(alm_fail(ingest->common.err, ALM_USAGE, "expected --dataset NAME"));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "ingest",
	.args_doc = "FILE",
	.doc = "Reads a CSV file (- is standard input) into a dataset, in one transaction.\v"
	       "A row whose series and time are there already is replaced, so that the same file can be "
	       "ingested again.\n\n"
	       "  almanac ingest aep_hourly.csv --dataset load\n"
	       "  zcat sales.csv.gz | almanac ingest - --dataset sales --series shop --time day",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse};

static const char *count(uint64_t value, char out[static TEXT_NUMBER])
{
	return text_count((int64_t)value, out);
}

static void print_summary(const struct alm_ingest_summary *summary)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	char *dataset = text_escaped(summary->dataset), *column = text_escaped(summary->time_column);
	char *format = text_escaped(summary->time_format);
	printf("dataset   %s%s, %d channel%s, %d series\n", dataset ? dataset : "?",
		summary->created ? " (new)" : "", summary->n_channels, summary->n_channels == 1 ? "" : "s",
		summary->n_series);
	if (summary->n_rows > 0)
		printf("time      %s to %s (column %s, %s)\n", alm_time_print(summary->first_ms, first),
			alm_time_print(summary->last_ms, last), column ? column : "?", format ? format : "?");
	if (*summary->zone != '\0')
		printf("zone      %s, stored as UTC; %s rows in repeated hours, %s in skipped hours moved "
		       "forward\n",
			summary->zone, count(summary->n_repeated, a), count(summary->n_skipped_local, b));
	printf("rows      %s read in %s", count(summary->n_rows, a), text_seconds(summary->seconds, b));
	if (summary->seconds > 0)
		printf(", %s a second", text_count((int64_t)((double)summary->n_rows / summary->seconds), c));
	printf("\n          %s new, %s changed, %s as they were\n", count(summary->n_inserted, a),
		count(summary->n_updated, b), count(summary->n_unchanged, c));
	if (summary->n_duplicates + summary->n_nulls + summary->n_skipped > 0)
		printf("          %s of a time seen before, %s values missing, %s rows skipped\n",
			count(summary->n_duplicates, a), count(summary->n_nulls, b),
			count(summary->n_skipped, c));
	free(dataset);
	free(column);
	free(format);
}

/* What was left out is told whatever is printed: it is lost data. */
static void list_skipped(const struct alm_ingest_summary *summary)
{
	for (int i = 0; i < summary->n_bad; i++) {
		char *line = text_escaped(summary->bad[i]);
		fprintf(stderr, "skipped %s\n", line ? line : "a row");
		free(line);
	}
	if (summary->n_skipped > (uint64_t)summary->n_bad)
		fprintf(stderr, "skipped %llu more\n",
			(unsigned long long)(summary->n_skipped - (uint64_t)summary->n_bad));
}

static enum alm_status print_json(const struct alm_ingest_summary *summary, struct alm_error *err)
{
	struct alm_json *json;
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	bool any = summary->n_rows > 0;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", summary->dataset);
	alm_json_bool(json, "created", summary->created);
	alm_json_integer(json, "channels", summary->n_channels);
	alm_json_integer(json, "series", summary->n_series);
	alm_json_integer(json, "rows", (int64_t)summary->n_rows);
	alm_json_integer(json, "inserted", (int64_t)summary->n_inserted);
	alm_json_integer(json, "updated", (int64_t)summary->n_updated);
	alm_json_integer(json, "unchanged", (int64_t)summary->n_unchanged);
	alm_json_integer(json, "duplicates", (int64_t)summary->n_duplicates);
	alm_json_integer(json, "nulls", (int64_t)summary->n_nulls);
	alm_json_integer(json, "skipped", (int64_t)summary->n_skipped);
	alm_json_text(json, "first", any ? alm_time_print(summary->first_ms, first) : NULL);
	alm_json_text(json, "last", any ? alm_time_print(summary->last_ms, last) : NULL);
	alm_json_text(json, "time_column", summary->time_column);
	alm_json_text(json, "time_format", summary->time_format);
	alm_json_text(json, "zone", *summary->zone ? summary->zone : NULL);
	alm_json_integer(json, "repeated", (int64_t)summary->n_repeated);
	alm_json_integer(json, "moved_forward", (int64_t)summary->n_skipped_local);
	alm_json_real(json, "seconds", summary->seconds);
	alm_json_array(json, "bad");
	for (int i = 0; i < summary->n_bad; i++)
		alm_json_text(json, NULL, summary->bad[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_ingest(const volatile sig_atomic_t *stop, int argc, char **argv, struct alm_error *err)
{
	struct ingest ingest = {0};
	struct alm_ingest_summary summary;
	enum alm_status status = options_parse(&ingest.common, &verb, stop, argc, argv, err);
	if (status != ALM_OK || ingest.common.answered)
		goto done;
	ingest.request.path = ingest.common.args[0];
	status = alm_run_ingest(&ingest.common.context, &ingest.request, &summary, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&ingest.common.progress);
	list_skipped(&summary);
	if (ingest.common.json)
		status = print_json(&summary, err);
	else if (options_prints(&ingest.common))
		print_summary(&summary);
	alm_ingest_summary_release(&summary);
done:
	options_release(&ingest.common);
	return status;
}
