#include "ingest/layout.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "ingest/number.h"
#include "store/name.h"

/* Texts that mean a missing value, beside the user's. */
static const char *const nulls[] = {"", "NA", "NaN", "nan", "null", "NULL"};

/* Names that a column of times often has; looked at first, and the only ones that may hold Unix seconds unasked. */
static const char *const time_names[] = {
	"time", "datetime", "date", "timestamp", "ds", "date_time", "date time"};

static bool is_null(const struct alm_layout *layout, const char *text)
{
	for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
		if (strcmp(text, nulls[i]) == 0)
			return true;
	const char *further = layout->options->null_text;
	return further && strcmp(text, further) == 0;
}

static int find_column(const struct alm_layout *layout, const char *name)
{
	for (int i = 0; i < layout->n_columns; i++)
		if (strcmp(layout->name[i], name) == 0)
			return i;
	return -1;
}

/* The column that an option names. */
static enum alm_status named_column(const struct alm_layout *layout, const char *option, const char *name,
	int *column, struct alm_error *err)
{
	*column = find_column(layout, name);
	if (*column >= 0)
		return ALM_OK;
	char there[512] = "";
	size_t used = 0;
	for (int i = 0; i < layout->n_columns && used < sizeof there - 1; i++) {
		int n = snprintf(there + used, sizeof there - used, "%s%s", i ? ", " : "", layout->name[i]);
		used += n > 0 ? (size_t)n : 0;
	}
	return alm_fail(
		err, ALM_USAGE, "%s: '%s' has no column '%s'; it has %s", option, layout->file, name, there);
}

static enum alm_status take_names(
	struct alm_layout *layout, const struct alm_csv_row *header, int n, struct alm_error *err)
{
	layout->name = calloc((size_t)n, sizeof *layout->name);
	if (!layout->name)
		return alm_fail_memory(err, (size_t)n * sizeof *layout->name);
	for (int i = 0; i < n; i++) {
		if (header && header->length[i] > ALM_NAME_MAX)
			return alm_fail(err, ALM_BAD_DATA,
				"%s:%ld: the name of column %d is longer than %d bytes", layout->file,
				header->line, i + 1, ALM_NAME_MAX);
		struct alm_error why;
		if (header && header->length[i] > 0 &&
			alm_name_check("column", header->field[i], &why) != ALM_OK)
			return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s (is the file UTF-8 text)",
				layout->file, header->line, why.text);
		if (header && header->length[i] > 0)
			snprintf(layout->name[i], sizeof *layout->name, "%s", header->field[i]);
		else
			snprintf(layout->name[i], sizeof *layout->name, "c%d", i + 1);
		for (int other = 0; other < i; other++)
			if (strcasecmp(layout->name[other], layout->name[i]) == 0)
				return alm_fail(err, ALM_BAD_DATA,
					"%s:%ld: columns %d and %d are both named '%s'; rename one",
					layout->file, header ? header->line : 1, other + 1, i + 1,
					layout->name[i]);
	}
	layout->n_columns = n;
	return ALM_OK;
}

/* Recognises the format of a column from the sample's texts; rows that are too short are left to the reader. */
static enum alm_status recognise(
	const struct alm_sample *sample, int column, struct alm_time_format *format, struct alm_error *err)
{
	const char **texts = malloc(((size_t)sample->n + 1) * sizeof *texts);
	size_t n = 0;
	if (!texts)
		return alm_fail_memory(err, (size_t)sample->n * sizeof *texts);
	for (int i = 0; i < sample->n; i++)
		if (sample->row[i]->n > column)
			texts[n++] = sample->row[i]->field[column];
	enum alm_status status = alm_time_format_recognise(texts, n, format, err);
	free(texts);
	return status;
}

static bool has_time_name(const char *name)
{
	for (size_t i = 0; i < sizeof time_names / sizeof *time_names; i++)
		if (strcasecmp(name, time_names[i]) == 0)
			return true;
	return false;
}

/* A format that the first row's text has, when not all rows share one: so that the error can name the bad row. */
static enum alm_status recognise_leniently(
	const struct alm_sample *sample, int column, struct alm_time_format *format, struct alm_error *err)
{
	struct alm_error whole;
	if (recognise(sample, column, format, err) == ALM_OK)
		return ALM_OK;
	if (sample->n < 2)
		return err->status;
	struct alm_sample part = *sample;
	for (part.n = sample->n / 2; part.n > 0; part.n /= 2)
		if (recognise(&part, column, format, &whole) == ALM_OK)
			return ALM_OK;
	return err->status;
}

static enum alm_status named_time(
	struct alm_layout *layout, const struct alm_sample *sample, const char *option, struct alm_error *err)
{
	const struct alm_ingest_options *options = layout->options;
	if (options->time_format)
		return alm_time_format_parse(options->time_format, &layout->format, err);
	enum alm_status status = recognise_leniently(sample, layout->time, &layout->format, err);
	if (status == ALM_OK)
		return ALM_OK;
	return alm_fail_in(err, "%s: %s '%s'", layout->file, option, layout->name[layout->time]);
}

/* The first column that reads as times: those with a telling name, then any but bare numbers. */
static enum alm_status search_time(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	struct alm_time_format format;
	for (int i = 0; i < layout->n_columns; i++)
		if (has_time_name(layout->name[i])) {
			layout->time = i;
			return named_time(layout, sample, "column", err);
		}
	for (int i = 0; i < layout->n_columns; i++) {
		struct alm_error why = {0};
		enum alm_status status = recognise(sample, i, &format, &why);
		if (status == ALM_OK && format.kind == ALM_TIME_UNIX)
			continue;
		if (status == ALM_OK || strstr(why.text, "month-first")) {
			layout->time = i;
			return named_time(layout, sample, "column", err);
		}
	}
	return alm_fail(err, ALM_BAD_DATA,
		"%s: no column reads as times; name one with --time, and its --time-format", layout->file);
}

static enum alm_status find_time(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	const struct alm_ingest_options *options = layout->options;
	if (options->time) {
		enum alm_status status = named_column(layout, "--time", options->time, &layout->time, err);
		return status == ALM_OK ? named_time(layout, sample, "column", err) : status;
	}
	if (!options->time_format)
		return search_time(layout, sample, err);
	enum alm_status status = alm_time_format_parse(options->time_format, &layout->format, err);
	for (layout->time = 0; status == ALM_OK && layout->time < layout->n_columns; layout->time++) {
		int64_t time_ms;
		const struct alm_csv_row *first = sample->row[0];
		if (layout->time < first->n && alm_time_read(&layout->format, first->field[layout->time],
						       first->length[layout->time], &time_ms))
			return ALM_OK;
	}
	if (status != ALM_OK)
		return status;
	return alm_fail(err, ALM_BAD_DATA,
		"%s: no column reads as times in the format '%s'; name one with --time", layout->file,
		options->time_format);
}

/* A file without names whose first row was taken for them. */
static enum alm_status check_header(
	const struct alm_layout *layout, const struct alm_csv_row *header, struct alm_error *err)
{
	int64_t time_ms;
	if (!header || !alm_time_read(&layout->format, header->field[layout->time],
			       header->length[layout->time], &time_ms))
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"%s:%ld: '%s' stands where the name of a column should; use --no-header if the first line is "
		"data",
		layout->file, header->line, header->field[layout->time]);
}

/* Whether a column of the sample holds a number anywhere, or nothing at all. */
static bool looks_numeric(const struct alm_layout *layout, const struct alm_sample *sample, int column)
{
	bool empty = true;
	for (int i = 0; i < sample->n; i++) {
		const struct alm_csv_row *row = sample->row[i];
		double value;
		if (row->n <= column || is_null(layout, row->field[column]))
			continue;
		empty = false;
		if (alm_number_read(row->field[column], row->length[column], &value))
			return true;
	}
	return empty;
}

static enum alm_status listed_channels(struct alm_layout *layout, struct alm_error *err)
{
	char *list = strdup(layout->options->channels), *rest = list;
	if (!list)
		return alm_fail_memory(err, strlen(layout->options->channels));
	enum alm_status status = ALM_OK;
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;) {
		int column = -1;
		status = named_column(layout, "--channels", name, &column, err);
		for (int i = 0; status == ALM_OK && i < layout->n_channels; i++)
			if (layout->channel[i] == column)
				status = alm_fail(err, ALM_USAGE, "--channels: '%s' is named twice", name);
		if (status == ALM_OK && (column == layout->time || column == layout->series))
			status = alm_fail(err, ALM_USAGE, "--channels: '%s' is the column of %s", name,
				column == layout->time ? "times" : "series");
		if (status == ALM_OK)
			layout->channel[layout->n_channels++] = column;
	}
	free(list);
	return status;
}

static enum alm_status find_channels(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	layout->channel = calloc((size_t)layout->n_columns, sizeof *layout->channel);
	if (!layout->channel)
		return alm_fail_memory(err, (size_t)layout->n_columns * sizeof *layout->channel);
	if (layout->options->channels)
		return listed_channels(layout, err);
	for (int i = 0; i < layout->n_columns; i++)
		if (i != layout->time && i != layout->series && looks_numeric(layout, sample, i))
			layout->channel[layout->n_channels++] = i;
	if (layout->n_channels == 0)
		return alm_fail(err, ALM_BAD_DATA,
			"%s: no column beside '%s' holds numbers; name them with --channels, or the "
			"--delimiter",
			layout->file, layout->name[layout->time]);
	return ALM_OK;
}

enum alm_status alm_layout_find(struct alm_layout *layout, const struct alm_ingest_options *options,
	const char *file, const struct alm_csv_row *header, const struct alm_sample *sample,
	struct alm_error *err)
{
	struct alm_layout made = {.options = options, .file = file, .time = -1, .series = -1};
	struct alm_error own = {0}; /* recognising looks at what went wrong */
	err = err ? err : &own;
	enum alm_status status = take_names(&made, header, header ? header->n : sample->row[0]->n, err);
	if (status == ALM_OK && options->series)
		status = named_column(&made, "--series", options->series, &made.series, err);
	if (status == ALM_OK)
		status = find_time(&made, sample, err);
	if (status == ALM_OK)
		status = check_header(&made, header, err);
	if (status == ALM_OK && made.time == made.series)
		status = alm_fail(err, ALM_USAGE, "--series: '%s' is the column of times", options->series);
	if (status == ALM_OK)
		status = find_channels(&made, sample, err);
	if (status == ALM_OK)
		*layout = made;
	else
		alm_layout_release(&made);
	return status;
}

void alm_layout_release(struct alm_layout *layout)
{
	free(layout->name);
	free(layout->channel);
	*layout = (struct alm_layout){0};
}

static enum alm_status bad_field(const struct alm_layout *layout, const struct alm_csv_row *row, int column,
	const char *what, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s: '%.60s' %s", layout->file, row->line,
		layout->name[column], row->field[column], what);
}

/* A row's series, when a column says it. */
static enum alm_status read_series(const struct alm_layout *layout, const struct alm_csv_row *row,
	struct alm_reading *out, struct alm_error *err)
{
	struct alm_error why;
	out->series = layout->series < 0 ? "" : row->field[layout->series];
	out->series_length = layout->series < 0 ? 0 : row->length[layout->series];
	if (layout->series < 0 || alm_name_check("series", out->series, &why) == ALM_OK)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s: %s", layout->file, row->line,
		layout->name[layout->series], why.text);
}

enum alm_status alm_layout_read(const struct alm_layout *layout, const struct alm_csv_row *row,
	struct alm_reading *out, struct alm_error *err)
{
	if (row->n != layout->n_columns)
		return alm_fail(err, ALM_BAD_DATA, "%s:%ld: expected %d fields, found %d", layout->file,
			row->line, layout->n_columns, row->n);
	enum alm_status status = read_series(layout, row, out, err);
	if (status != ALM_OK)
		return status;
	out->n_nulls = 0;
	if (!alm_time_read(
		    &layout->format, row->field[layout->time], row->length[layout->time], &out->time_ms))
		return bad_field(layout, row, layout->time,
			layout->format.kind == ALM_TIME_PATTERN
				? "is no time of the calendar in the format of the others "
				  "(see --time-format)"
				: "is no time of the calendar (see --time-format)",
			err);
	for (int i = 0; i < layout->n_channels; i++) {
		int column = layout->channel[i];
		if (alm_number_read(row->field[column], row->length[column], &out->values[i]))
			continue;
		if (!is_null(layout, row->field[column])) {
			char what[120];
			snprintf(what, sizeof what,
				"is not a number (use --null %.60s to read it as missing)",
				row->field[column]);
			return bad_field(layout, row, column, what, err);
		}
		out->values[i] = NAN;
		out->n_nulls++;
	}
	return ALM_OK;
}
