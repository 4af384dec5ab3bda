#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "ingest/layout.h"

/* Names that a column of times often has; looked at first, and the only ones that may hold Unix seconds unasked. */
static const char *const time_names[] = {
	"time", "datetime", "date", "timestamp", "ds", "date_time", "date time"};

/* Recognises the format of the sample's times; rows that are too short are left to the reader. */
static enum alm_status recognise(const struct alm_sample *sample, const struct alm_time_columns *columns,
	struct alm_time_format *format, struct alm_error *err)
{
	size_t n = 0, room = (size_t)sample->n;
	const char **texts = malloc((room + 1) * sizeof *texts);
	char(*joined)[ALM_TIME_COLUMNS_TEXT] = malloc((room + 1) * sizeof *joined);
	enum alm_status status = texts && joined ? ALM_OK : alm_fail_memory(err, room * sizeof *joined);
	for (int i = 0; status == ALM_OK && i < sample->n; i++) {
		size_t length;
		const char *text = alm_time_columns_text(columns, sample->row[i], joined[n], &length);
		if (text)
			texts[n++] = text;
	}
	if (status == ALM_OK)
		status = alm_time_format_recognise(texts, n, format, err);
	free(texts);
	free(joined);
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
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	struct alm_error whole;
	if (recognise(sample, &layout->time, &layout->format, err) == ALM_OK)
		return ALM_OK;
	if (sample->n < 2)
		return err->status;
	struct alm_sample part = *sample;
	for (part.n = sample->n / 2; part.n > 0; part.n /= 2)
		if (recognise(&part, &layout->time, &layout->format, &whole) == ALM_OK)
			return ALM_OK;
	return err->status;
}

static enum alm_status find_format(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	char names[ALM_TIME_NAMES_MAX];
	const struct alm_ingest_options *options = layout->options;
	if (options->time_format)
		return alm_time_format_parse(options->time_format, &layout->format, err);
	if (recognise_leniently(layout, sample, err) == ALM_OK)
		return ALM_OK;
	alm_layout_time_names(layout, names);
	return alm_fail_in(err, "%s: column%s '%s'", layout->file, layout->time.n > 1 ? "s" : "", names);
}

static void take_column(struct alm_layout *layout, int column)
{
	layout->time = (struct alm_time_columns){1, {column}};
}

/* The first column that reads as times: those with a telling name, then any but bare numbers. */
static enum alm_status search(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	struct alm_time_format format;
	for (int i = 0; i < layout->n_columns; i++)
		if (has_time_name(layout->name[i])) {
			take_column(layout, i);
			return find_format(layout, sample, err);
		}
	for (int i = 0; i < layout->n_columns; i++) {
		struct alm_error why = {0};
		struct alm_time_columns one = {1, {i}};
		enum alm_status status = recognise(sample, &one, &format, &why);
		if (status == ALM_OK && format.kind == ALM_TIME_UNIX)
			continue;
		if (status == ALM_OK || strstr(why.text, "month-first")) {
			take_column(layout, i);
			return find_format(layout, sample, err);
		}
	}
	return alm_fail(err, ALM_BAD_DATA,
		"%s: no column reads as times; name one with --time, and its --time-format", layout->file);
}

/* The column whose first text has the format that was given. */
static enum alm_status search_format(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	enum alm_status status = alm_time_format_parse(layout->options->time_format, &layout->format, err);
	for (int i = 0; status == ALM_OK && i < layout->n_columns; i++) {
		int64_t time_ms;
		take_column(layout, i);
		if (alm_time_columns_read(&layout->time, &layout->format, sample->row[0], &time_ms))
			return ALM_OK;
	}
	if (status != ALM_OK)
		return status;
	return alm_fail(err, ALM_BAD_DATA,
		"%s: no column reads as times in the format '%s'; name one with --time", layout->file,
		layout->options->time_format);
}

/* The column with the longest name that the text begins with, up to a blank or its end. */
static int longest_name(const struct alm_layout *layout, const char *text, size_t *length)
{
	int best = -1;
	*length = 0;
	for (int i = 0; i < layout->n_columns; i++) {
		size_t n = strlen(layout->name[i]);
		bool ends = strncmp(text, layout->name[i], n) == 0 && (text[n] == ' ' || text[n] == '\0');
		if (ends && n > *length) {
			best = i;
			*length = n;
		}
	}
	return best;
}

/* Columns that the user names, between blanks. Names may have blanks themselves: the longest that fits is taken. */
static enum alm_status take_named(struct alm_layout *layout, const char *names, struct alm_error *err)
{
	struct alm_time_columns *time = &layout->time;
	for (const char *at = names + strspn(names, " "); *at != '\0' || time->n == 0;
		at += strspn(at, " ")) {
		char word[ALM_TIME_NAMES_MAX];
		size_t length;
		int column = longest_name(layout, at, &length);
		if (column < 0) {
			snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " "), at);
			return alm_layout_column(layout, "--time", word, &column, err);
		}
		if (alm_time_columns_have(time, column))
			return alm_fail(err, ALM_USAGE, "--time: '%s' is named twice", layout->name[column]);
		if (time->n == ALM_TIME_COLUMNS_MAX)
			return alm_fail(err, ALM_USAGE, "--time: expected at most %d columns, found '%s'",
				ALM_TIME_COLUMNS_MAX, names);
		time->column[time->n++] = column;
		at += length;
	}
	return ALM_OK;
}

/* The columns that the first file has its times in, and its format when it fits. */
static enum alm_status follow(
	struct alm_layout *layout, const struct alm_layout_of *of, struct alm_error *err)
{
	const struct alm_time_columns *first = &of->first->time;
	for (int i = 0; i < first->n; i++) {
		const char *name = of->first->name[first->column[i]];
		layout->time.column[i] = alm_layout_find_column(layout, name);
		if (layout->time.column[i] < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: there is no column '%s', which holds the times in %s", layout->file,
				name, of->first->file);
	}
	layout->time.n = first->n;
	layout->format = of->first->format;
	for (int i = 0; i < of->sample->n; i++) {
		int64_t time_ms;
		if (!alm_time_columns_read(&layout->time, &layout->format, of->sample->row[i], &time_ms))
			return find_format(layout, of->sample, err);
	}
	return ALM_OK;
}

/* A file without names whose first row was taken for them. */
static enum alm_status check_header(
	const struct alm_layout *layout, const struct alm_row *header, struct alm_error *err)
{
	int64_t time_ms;
	if (!header || !alm_time_columns_read(&layout->time, &layout->format, header, &time_ms))
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"%s:%ld: '%s' stands where the name of a column should; use --no-header if the first line is "
		"data",
		layout->file, header->line, header->field[layout->time.column[0]]);
}

enum alm_status alm_layout_find_time(
	struct alm_layout *layout, const struct alm_layout_of *of, struct alm_error *err)
{
	const struct alm_ingest_options *options = layout->options;
	enum alm_status status;
	if (of->first) {
		status = follow(layout, of, err);
	} else if (options->time) {
		status = take_named(layout, options->time, err);
		if (status == ALM_OK)
			status = find_format(layout, of->sample, err);
	} else if (options->time_format) {
		status = search_format(layout, of->sample, err);
	} else {
		status = search(layout, of->sample, err);
	}
	return status == ALM_OK ? check_header(layout, of->header, err) : status;
}

void alm_layout_time_names(const struct alm_layout *layout, char out[static ALM_TIME_NAMES_MAX])
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < layout->time.n && used < ALM_TIME_NAMES_MAX; i++) {
		int n = snprintf(out + used, ALM_TIME_NAMES_MAX - used, "%s%s", i ? " " : "",
			layout->name[layout->time.column[i]]);
		used += n > 0 ? (size_t)n : 0;
	}
}

void alm_layout_time_format(const struct alm_layout *layout, char out[static ALM_TIME_FORMAT_TEXT])
{
	static const char *const kinds[] = {[ALM_TIME_ISO] = "iso", [ALM_TIME_UNIX] = "unix"};
	const struct alm_time_format *format = &layout->format;
	snprintf(out, ALM_TIME_FORMAT_TEXT, "%s",
		format->kind == ALM_TIME_PATTERN ? format->pattern : kinds[format->kind]);
}
