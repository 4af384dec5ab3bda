#include "ingest/layout.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "store/name.h"

int alm_layout_find_column(const struct alm_layout *layout, const char *name)
{
	int low = 0, high = layout->n_columns;
	while (low < high) {
		int middle = low + (high - low) / 2, column = layout->by_name[middle];
		int order = strcasecmp(layout->name[column], name);
		if (order == 0)
			return strcmp(layout->name[column], name) == 0 ? column : -1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

enum alm_status alm_layout_column(const struct alm_layout *layout, const char *option, const char *name,
	int *column, struct alm_error *err)
{
	*column = alm_layout_find_column(layout, name);
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

static enum alm_status take_name(
	struct alm_layout *layout, const struct alm_row *header, int column, struct alm_error *err)
{
	struct alm_error why;
	if (!header || header->length[column] == 0) {
		snprintf(layout->name[column], sizeof *layout->name, "c%d", column + 1);
		return ALM_OK;
	}
	if (header->length[column] > ALM_NAME_MAX)
		return alm_fail(err, ALM_BAD_DATA, "%s:%ld: the name of column %d is longer than %d bytes",
			layout->file, header->line, column + 1, ALM_NAME_MAX);
	if (alm_name_check("column", header->field[column], &why) != ALM_OK)
		return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s", layout->file, header->line, why.text);
	snprintf(layout->name[column], sizeof *layout->name, "%s", header->field[column]);
	return ALM_OK;
}

/* For qsort_r: columns by their names, equal ones as they stand in the file. */
static int compare_names(const void *a, const void *b, void *data)
{
	const struct alm_layout *layout = data;
	int x = *(const int *)a, y = *(const int *)b;
	int order = strcasecmp(layout->name[x], layout->name[y]);
	return order ? order : x - y;
}

/* Names are unique whatever their case, as columns are in SQLite. A wide table may have very many. */
static enum alm_status sort_names(
	struct alm_layout *layout, const struct alm_row *header, struct alm_error *err)
{
	for (int i = 0; i < layout->n_columns; i++)
		layout->by_name[i] = i;
	qsort_r(layout->by_name, (size_t)layout->n_columns, sizeof *layout->by_name, compare_names, layout);
	for (int i = 1; i < layout->n_columns; i++) {
		int one = layout->by_name[i - 1], other = layout->by_name[i];
		if (strcasecmp(layout->name[one], layout->name[other]) == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s:%ld: columns %d and %d are both named '%s'; rename one", layout->file,
				header ? header->line : 1, one + 1, other + 1, layout->name[other]);
	}
	return ALM_OK;
}

static enum alm_status take_names(
	struct alm_layout *layout, const struct alm_row *header, int n, struct alm_error *err)
{
	layout->name = calloc((size_t)n, sizeof *layout->name);
	layout->by_name = calloc((size_t)n, sizeof *layout->by_name);
	layout->role = calloc((size_t)n, sizeof *layout->role);
	if (!layout->name || !layout->by_name || !layout->role)
		return alm_fail_memory(err, (size_t)n * sizeof *layout->name);
	layout->n_columns = n;
	for (int i = 0; i < n; i++) {
		enum alm_status status = take_name(layout, header, i, err);
		if (status != ALM_OK)
			return status;
	}
	return sort_names(layout, header, err);
}

static enum alm_status find_series(struct alm_layout *layout, struct alm_error *err)
{
	const struct alm_ingest_options *options = layout->options;
	if (!options->series)
		return ALM_OK;
	if (options->wide_channel)
		return alm_fail(err, ALM_USAGE,
			"--series: with --wide every column is a series, and none can name them");
	enum alm_status status = alm_layout_column(layout, "--series", options->series, &layout->series, err);
	if (status == ALM_OK)
		layout->role[layout->series] = ALM_ROLE_SERIES;
	return status;
}

static enum alm_status take_time_role(struct alm_layout *layout, struct alm_error *err)
{
	for (int i = 0; i < layout->time.n; i++) {
		enum alm_role *role = &layout->role[layout->time.column[i]];
		if (*role == ALM_ROLE_SERIES)
			return alm_fail(err, ALM_USAGE, "--series: '%s' is the column of times",
				layout->options->series);
		*role = ALM_ROLE_TIME;
	}
	return ALM_OK;
}

enum alm_status alm_layout_find(struct alm_layout *layout, const struct alm_ingest_options *options,
	const struct alm_layout_of *of, struct alm_error *err)
{
	struct alm_layout made = {.options = options, .file = of->file, .series = -1};
	struct alm_error own = {0}; /* recognising looks at what went wrong */
	err = err ? err : &own;
	enum alm_status status =
		take_names(&made, of->header, of->header ? of->header->n : of->sample->row[0]->n, err);
	if (status == ALM_OK)
		status = find_series(&made, err);
	if (status == ALM_OK)
		status = alm_layout_find_time(&made, of, err);
	if (status == ALM_OK)
		status = take_time_role(&made, err);
	if (status == ALM_OK)
		status = alm_layout_find_values(&made, of, err);
	if (status == ALM_OK)
		*layout = made;
	else
		alm_layout_release(&made);
	return status;
}

void alm_layout_release(struct alm_layout *layout)
{
	free(layout->name);
	free(layout->by_name);
	free(layout->role);
	free(layout->channel);
	*layout = (struct alm_layout){0};
}

/* A row's series, when a column says it. */
static enum alm_status read_series(const struct alm_layout *layout, const struct alm_row *row,
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

static enum alm_status bad_time(
	const struct alm_layout *layout, const struct alm_row *row, struct alm_error *err)
{
	char joined[ALM_TIME_COLUMNS_TEXT], names[ALM_TIME_NAMES_MAX];
	size_t length;
	const char *text = alm_time_columns_text(&layout->time, row, joined, &length);
	alm_layout_time_names(layout, names);
	return alm_fail(err, ALM_BAD_DATA,
		"%s:%ld: %s: '%.60s' is no time of the calendar%s (see --time-format)", layout->file,
		row->line, names, text ? text : "a very long text",
		layout->format.kind == ALM_TIME_PATTERN ? " in the format of the others" : "");
}

static enum alm_status bad_number(
	const struct alm_layout *layout, const struct alm_row *row, int column, struct alm_error *err)
{
	static const struct alm_number_style comma = {.decimal = ','};
	const char *text = row->field[column];
	double value;
	if (layout->numbers.uncertain && alm_number_is_ambiguous(text, row->length[column]))
		return alm_fail(err, ALM_BAD_DATA,
			"%s:%ld: %s: '%s' may set thousands apart or be a fraction; say which sign begins "
			"the "
			"fraction with --decimal . or --decimal ,",
			layout->file, row->line, layout->name[column], text);
	if (layout->numbers.decimal == '.' && alm_number_read_as(&comma, text, row->length[column], &value))
		return alm_fail(err, ALM_BAD_DATA,
			"%s:%ld: %s: '%s' is not a number (use --decimal , to read its comma as a decimal "
			"one)",
			layout->file, row->line, layout->name[column], text);
	return alm_fail(err, ALM_BAD_DATA,
		"%s:%ld: %s: '%.60s' is not a number (use --null %.60s to read it as missing)", layout->file,
		row->line, layout->name[column], text, text);
}

/* The code of a category's text. */
static enum alm_status read_word(const struct alm_layout *layout, const struct alm_row *row, int channel,
	struct alm_reading *out, struct alm_error *err)
{
	int column = layout->channel[channel];
	const char *text = row->field[column];
	bool null = alm_layout_is_null(layout, text);
	out->values[channel] = NAN;
	out->n_nulls += null;
	if (null)
		return ALM_OK;
	enum alm_status status = alm_word_number(out->words, text, &out->values[channel], err);
	if (status == ALM_BAD_DATA)
		alm_fail_in(err, "%s:%ld: %s", layout->file, row->line, layout->name[column]);
	return status;
}

enum alm_status alm_layout_read(const struct alm_layout *layout, const struct alm_row *row,
	struct alm_reading *out, struct alm_error *err)
{
	if (row->n != layout->n_columns)
		return alm_fail(err, ALM_BAD_DATA, "%s:%ld: expected %d fields, found %d", layout->file,
			row->line, layout->n_columns, row->n);
	enum alm_status status = read_series(layout, row, out, err);
	if (status != ALM_OK)
		return status;
	out->n_nulls = 0;
	out->line = row->line;
	if (!alm_time_columns_read(&layout->time, &layout->format, row, &out->given_ms))
		return bad_time(layout, row, err);
	out->time_ms = out->given_ms;
	for (int i = 0; i < layout->n_channels; i++) {
		int column = layout->channel[i];
		if (layout->role[column] == ALM_ROLE_CATEGORY) {
			status = read_word(layout, row, i, out, err);
			if (status != ALM_OK)
				return status;
			continue;
		}
		if (alm_number_read_as(
			    &layout->numbers, row->field[column], row->length[column], &out->values[i]))
			continue;
		if (!alm_layout_is_null(layout, row->field[column]))
			return bad_number(layout, row, column, err);
		out->values[i] = NAN;
		out->n_nulls++;
	}
	return ALM_OK;
}

enum alm_status alm_layout_recode(const struct alm_layout *layout, struct alm_reading *reading,
	struct alm_names *words, struct alm_error *err)
{
	for (int i = 0; i < layout->n_channels; i++) {
		double *code = &reading->values[i];
		if (!alm_layout_is_category(layout, i) || isnan(*code))
			continue;
		enum alm_status status = alm_word_number(words, reading->words->name[(int)*code], code, err);
		if (status != ALM_OK)
			return status;
	}
	reading->words = words;
	return ALM_OK;
}
