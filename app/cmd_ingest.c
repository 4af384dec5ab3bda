#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "nearest.h"
#include "options.h"
#include "out/ingest.h"
#include "out/preview.h"
#include "out/text.h"
#include "run/ingest.h"

struct ingest {
	struct options common;
	struct alm_ingest_options request;
	bool wide, dry_run;
	const char *channel; /* of --wide; NULL = not given */
};

enum {
	KEY_DATASET = OPTIONS_KEY + 100,
	KEY_TIME,
	KEY_TIME_FORMAT,
	KEY_TZ,
	KEY_SERIES,
	KEY_CHANNELS,
	KEY_CATEGORY,
	KEY_WIDE,
	KEY_CHANNEL,
	KEY_DELIMITER,
	KEY_DECIMAL,
	KEY_ENCODING,
	KEY_NO_HEADER,
	KEY_NULL,
	KEY_ON_DUPLICATE,
	KEY_SKIP_BAD,
	KEY_DRY_RUN,
};

static const struct argp_option own_options[] = {
	{"dataset", KEY_DATASET, "NAME", 0, "where the rows go; made when it is not there", 1},
	{"time", KEY_TIME, "COLUMNS", 0,
		"column of times, or several between blanks: 'date hour' (default: the first that reads as "
		"times)",
		2},
	{"time-format", KEY_TIME_FORMAT, "FORMAT", 0,
		"iso, unix, or as in strptime: '%m/%d/%Y %H:%M' (default: recognised)", 2},
	{"tz", KEY_TZ, "ZONE", 0,
		"local time zone of the times, such as America/New_York; they are stored as UTC "
		"(default: the dataset's, else UTC)",
		2},
	{"series", KEY_SERIES, "COLUMN", 0, "column that tells the series apart (default: there is one)", 2},
	{"channels", KEY_CHANNELS, "COLUMN,...", 0, "columns of values (default: every numeric one)", 2},
	{"category", KEY_CATEGORY, "COLUMN,...", 0,
		"further columns, whose values are texts or are to be read as such: a kind, a colour", 2},
	{"wide", KEY_WIDE, 0, 0, "every column of values is a series", 2},
	{"channel", KEY_CHANNEL, "NAME", 0, "with --wide, what the values are called [value]", 2},
	{"delimiter", KEY_DELIMITER, "CHAR", 0, "between fields; tab for a tab (default: recognised)", 3},
	{"decimal", KEY_DECIMAL, "SIGN", 0,
		". or , before the fraction; the other may set thousands apart (default: . and 1,234 is "
		"refused)",
		3},
	{"encoding", KEY_ENCODING, "NAME", 0,
		"latin1, windows-1252 or what else iconv -l lists (default: UTF-8, or what a byte-order mark "
		"says)",
		3},
	{"no-header", KEY_NO_HEADER, 0, 0, "the first line is data; columns are c1, c2 ...", 3},
	{"null", KEY_NULL, "TEXT", 0, "a further text for a missing value", 3},
	{"on-duplicate", KEY_ON_DUPLICATE, "HOW", 0,
		"last, first, mean or error: rows of one series and time [last]", 4},
	{"skip-bad", KEY_SKIP_BAD, "N", 0, "leave out up to N rows that cannot be read, and list them [0]",
		4},
	{"dry-run", KEY_DRY_RUN, 0, 0,
		"print what is recognised in the files and write nothing; needs no database and no --dataset",
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

static error_t take_decimal(struct ingest *ingest, const char *text)
{
	if (strcmp(text, ".") != 0 && strcmp(text, ",") != 0)
		return options_status(alm_fail(
			ingest->common.err, ALM_USAGE, "--decimal: expected . or , and found '%s'", text));
	ingest->request.decimal = *text;
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

/* What cannot be seen before every option has been. */
static error_t check_options(struct ingest *ingest)
{
	struct alm_ingest_options *request = &ingest->request;
	if (ingest->common.answered)
		return 0;
	if (!request->dataset && !ingest->dry_run)
		return options_status(alm_fail(ingest->common.err, ALM_USAGE, "expected --dataset NAME"));
	if (ingest->channel && !ingest->wide)
		return options_status(alm_fail(ingest->common.err, ALM_USAGE,
			"--channel: names the values of --wide; for columns of other tables there is "
			"--channels"));
	if (ingest->wide)
		request->wide_channel = ingest->channel ? ingest->channel : "value";
	return 0;
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
	case KEY_CATEGORY:
		request->category = arg;
		return 0;
	case KEY_DRY_RUN:
		ingest->dry_run = true;
		return 0;
	case KEY_WIDE:
		ingest->wide = true;
		return 0;
	case KEY_CHANNEL:
		ingest->channel = arg;
		return 0;
	case KEY_DECIMAL:
		return take_decimal(ingest, arg);
	case KEY_ENCODING:
		request->encoding = arg;
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
		return check_options(ingest);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "ingest",
	.args_doc = "FILE...",
	.doc = "Reads files of CSV or JSON lines (- is standard input) into a dataset, in one transaction; "
	       "also those "
	       "packed with "
	       "gzip or zstd.\v"
	       "A row whose series and time are there already is replaced, so that the same file can be "
	       "ingested again. A pattern in quotes is matched by almanac itself.\n\n"
	       "  almanac ingest aep_hourly.csv --dataset load\n"
	       "  almanac ingest 'sales/*.csv.gz' --dataset sales --series shop --time 'day hour'\n"
	       "  almanac ingest prices.csv --dataset prices --wide --decimal , --encoding latin1",
	.least = 1,
	.most = INT_MAX - 1,
	.options = own_options,
	.parse = parse};

/* What was left out is told whatever is printed: it is lost data. */
static void list_skipped(const struct log *log, const struct alm_ingest_summary *summary)
{
	char line[1024];
	for (int i = 0; i < summary->n_bad; i++) {
		snprintf(line, sizeof line, "skipped %s", summary->bad[i]);
		log_write(log, LEVEL_WARNING, NULL, line);
	}
	snprintf(line, sizeof line, "skipped %llu more",
		(unsigned long long)(summary->n_skipped - (uint64_t)summary->n_bad));
	if (summary->n_skipped > (uint64_t)summary->n_bad)
		log_write(log, LEVEL_WARNING, NULL, line);
}

static enum alm_status preview(struct ingest *ingest, struct alm_error *err)
{
	struct alm_preview found;
	enum alm_status status =
		alm_run_ingest_preview(&ingest->common.context, &ingest->request, &found, err);
	if (status != ALM_OK)
		return status;
	progress_end(&ingest->common.progress);
	list_skipped(&ingest->common.session->log, &found.summary);
	if (ingest->common.json)
		status = out_preview_json(stdout, &found, err);
	else
		status = out_preview_text(stdout, &found, err);
	alm_preview_release(&found);
	return status;
}

enum alm_status cmd_ingest(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct ingest ingest = {0};
	struct alm_ingest_summary summary;
	enum alm_status status = options_parse(&ingest.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || ingest.common.answered)
		goto done;
	ingest.request.paths = ingest.common.args;
	ingest.request.n_paths = ingest.common.n_args;
	if (ingest.dry_run) {
		status = preview(&ingest, err);
		goto done;
	}
	status = alm_run_ingest(&ingest.common.context, &ingest.request, &summary, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&ingest.common.progress);
	list_skipped(&session->log, &summary);
	if (ingest.common.json)
		status = out_ingest_json(stdout, &summary, err);
	else if (options_prints(&ingest.common))
		out_ingest_text(stdout, &summary);
	alm_ingest_summary_release(&summary);
done:
	options_release(&ingest.common);
	return status;
}
