#include "ingest/preview.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/keys.h"
#include "ingest/number.h"
#include "ingest/walk.h"

/* A row's key. */
struct key {
	int64_t time_ms;
	int series;
};

/* Takes the rows of a walk and keeps their keys, and the first rows whole. */
struct survey {
	struct alm_sink sink;
	struct alm_preview *preview; /* not owned */
	struct alm_names series;
	struct key *key; /* [n]; owned */
	size_t n, room;
	double *values; /* [n_channels of the file at hand]; owned */
};

static enum alm_status begin(struct alm_sink *sink, const struct alm_layout *layout, struct alm_error *err)
{
	struct survey *survey = (struct survey *)sink;
	free(survey->values);
	survey->values = calloc((size_t)layout->n_channels + 1, sizeof *survey->values);
	return survey->values ? ALM_OK
			      : alm_fail_memory(err, (size_t)layout->n_channels * sizeof *survey->values);
}

static enum alm_status add_key(
	struct survey *survey, const char *series, size_t length, int64_t time_ms, struct alm_error *err)
{
	int number;
	bool added;
	enum alm_status status = alm_names_number(&survey->series, series, length, &number, &added, err);
	if (status != ALM_OK)
		return status;
	if (survey->n == survey->room) {
		size_t room = survey->room ? 2 * survey->room : 4096;
		struct key *grown = realloc(survey->key, room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, room * sizeof *grown);
		survey->key = grown;
		survey->room = room;
	}
	survey->key[survey->n++] = (struct key){time_ms, number};
	return ALM_OK;
}

static enum alm_status keep_row(struct survey *survey, const struct alm_layout *layout,
	const struct alm_reading *reading, struct alm_error *err)
{
	struct alm_preview *preview = survey->preview;
	size_t n_bytes = (size_t)layout->n_channels * sizeof(double);
	if (preview->n_rows == ALM_PREVIEW_ROWS)
		return ALM_OK;
	struct alm_preview_row row = {
		strndup(reading->series, reading->series_length), reading->time_ms, malloc(n_bytes)};
	if (!row.series || !row.values) {
		free(row.series);
		free(row.values);
		return alm_fail_memory(err, n_bytes);
	}
	memcpy(row.values, reading->values, n_bytes);
	preview->row[preview->n_rows++] = row;
	return ALM_OK;
}

/* A row of a wide table is one of every series that has a value. */
static enum alm_status add_wide(struct survey *survey, const struct alm_layout *layout,
	const struct alm_reading *reading, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; status == ALM_OK && i < layout->n_channels; i++) {
		const char *name = layout->name[layout->channel[i]];
		if (!isnan(reading->values[i]))
			status = add_key(survey, name, strlen(name), reading->time_ms, err);
	}
	return status;
}

static enum alm_status count_words(
	struct survey *survey, const struct alm_layout *layout, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; status == ALM_OK && i < layout->n_channels; i++)
		if (alm_layout_is_category(layout, i) && !isnan(survey->values[i]))
			status = alm_tally_add(&survey->preview->tally[i], (int)survey->values[i], err);
	return status;
}

static enum alm_status take(struct alm_sink *sink, const struct alm_layout *layout, const struct alm_row *row,
	struct alm_taken *out, struct alm_error *err)
{
	struct survey *survey = (struct survey *)sink;
	struct alm_reading reading = {.values = survey->values, .words = &survey->preview->words};
	enum alm_status status = alm_layout_read(layout, row, &reading, err);
	if (status == ALM_OK)
		status = count_words(survey, layout, err);
	if (status == ALM_OK)
		status = keep_row(survey, layout, &reading, err);
	if (status == ALM_OK && layout->options->wide_channel)
		status = add_wide(survey, layout, &reading, err);
	else if (status == ALM_OK)
		status = add_key(survey, reading.series, reading.series_length, reading.time_ms, err);
	*out = (struct alm_taken){reading.time_ms, reading.n_nulls};
	return status;
}

/* ---- the head of the first file */

static const char *type_of(const struct alm_input *input, int column)
{
	bool any = false, integer = true;
	for (int i = 0; i < input->sample.n; i++) {
		const struct alm_row *row = input->sample.row[i];
		double value;
		if (column >= row->n || alm_layout_is_null(&input->layout, row->field[column]))
			continue;
		any = true;
		if (!alm_number_read_as(
			    &input->layout.numbers, row->field[column], row->length[column], &value))
			return "text";
		integer = integer && value == nearbyint(value);
	}
	if (!any)
		return "empty";
	return integer ? "integer" : "real";
}

static const char *role_of(const struct alm_layout *layout, int column)
{
	switch (layout->role[column]) {
	case ALM_ROLE_TIME:
		return "time";
	case ALM_ROLE_SERIES:
		return "series";
	case ALM_ROLE_VALUES:
		return layout->options->wide_channel ? "a series" : "channel";
	case ALM_ROLE_CATEGORY:
		return "category";
	case ALM_ROLE_NONE:
		break;
	}
	return "left out";
}

static enum alm_status describe(
	struct alm_preview *preview, const struct alm_input *input, struct alm_error *err)
{
	const struct alm_layout *layout = &input->layout;
	size_t n = (size_t)layout->n_columns, n_channels = (size_t)layout->n_channels;
	preview->kind = input->source->kind->name;
	preview->packing = alm_lines_packing(input->source->lines);
	preview->decimal = layout->numbers.decimal;
	snprintf(preview->encoding, sizeof preview->encoding, "%s", alm_lines_encoding(input->source->lines));
	preview->file = strdup(layout->file);
	preview->columns = calloc(n, sizeof *preview->columns);
	preview->channel = calloc(n_channels, sizeof *preview->channel);
	preview->tally = calloc(n_channels, sizeof *preview->tally);
	if (!preview->file || !preview->columns || !preview->channel || !preview->tally)
		return alm_fail_memory(err, n * sizeof *preview->columns);
	for (int i = 0; i < layout->n_columns; i++) {
		struct alm_preview_column *column = &preview->columns[i];
		memcpy(column->name, layout->name[i], sizeof column->name);
		column->type = type_of(input, i);
		column->role = role_of(layout, i);
	}
	memcpy(preview->channel, layout->channel, n_channels * sizeof *preview->channel);
	preview->n_columns = layout->n_columns;
	preview->n_channels = layout->n_channels;
	alm_layout_time_names(layout, preview->summary.time_column);
	alm_layout_time_format(layout, preview->summary.time_format);
	return ALM_OK;
}

/* ---- the grid, when all keys are there */

static int compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	return (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
}

/* Sorts the keys and leaves each once. */
static void sort_keys(struct survey *survey)
{
	struct alm_preview *preview = survey->preview;
	size_t kept = 0;
	if (survey->n > 0) /* a wide table may have no value at all, and so no key */
		qsort(survey->key, survey->n, sizeof *survey->key, compare);
	for (size_t i = 0; i < survey->n; i++) {
		if (kept > 0 && compare(&survey->key[kept - 1], &survey->key[i]) == 0) {
			if (preview->n_repeated++ == 0)
				preview->first_repeated_ms = survey->key[i].time_ms;
			continue;
		}
		survey->key[kept++] = survey->key[i];
	}
	survey->n = kept;
}

/* The key after the last of the series that begins at `from`. */
static size_t end_of_series(const struct survey *survey, size_t from)
{
	size_t end = from;
	while (end < survey->n && survey->key[end].series == survey->key[from].series)
		end++;
	return end;
}

/* The step of the first series that shows one. */
static enum alm_status find_step(const struct survey *survey, struct alm_error *err)
{
	struct alm_preview *preview = survey->preview;
	struct alm_error why;
	int64_t *times_ms = malloc((survey->n + 1) * sizeof *times_ms);
	if (!times_ms)
		return alm_fail_memory(err, survey->n * sizeof *times_ms);
	for (size_t from = 0, end; from < survey->n && !preview->has_freq; from = end) {
		end = end_of_series(survey, from);
		for (size_t i = from; i < end; i++)
			times_ms[i - from] = survey->key[i].time_ms;
		preview->has_freq = alm_freq_infer(times_ms, end - from, &preview->freq, &why) == ALM_OK;
	}
	free(times_ms);
	return ALM_OK;
}

/* Steps from a time to the next of its series; what lies between them is missing. */
static void count_gap(struct alm_preview *preview, int64_t before_ms, int64_t after_ms)
{
	bool on_grid;
	int64_t missing = alm_freq_between(&preview->freq, before_ms, after_ms, &on_grid) - 1;
	preview->n_off_grid += !on_grid;
	if (missing <= 0)
		return;
	preview->n_gaps++;
	preview->n_missing += (uint64_t)missing;
	if (missing <= preview->longest_gap)
		return;
	preview->longest_gap = missing;
	preview->longest_gap_ms = alm_freq_add(&preview->freq, before_ms, 1);
}

static enum alm_status survey_grid(struct survey *survey, struct alm_error *err)
{
	sort_keys(survey);
	enum alm_status status = find_step(survey, err);
	if (status != ALM_OK || !survey->preview->has_freq)
		return status;
	for (size_t i = 1; i < survey->n; i++)
		if (survey->key[i].series == survey->key[i - 1].series)
			count_gap(survey->preview, survey->key[i - 1].time_ms, survey->key[i].time_ms);
	return ALM_OK;
}

enum alm_status alm_ingest_preview(struct alm_ingest *ingest, struct alm_reporter *reporter,
	struct alm_preview *out, struct alm_error *err)
{
	struct alm_preview made = {0};
	struct alm_error own = {0}; /* bad rows that are skipped are listed from here */
	struct survey survey = {.sink = {begin, take}, .preview = &made};
	double began_s = alm_monotonic_s();
	err = err ? err : &own;
	enum alm_status status = describe(&made, &ingest->first, err);
	if (status == ALM_OK)
		status = alm_walk(ingest, &survey.sink, reporter, &made.summary, err);
	if (status == ALM_OK)
		status = survey_grid(&survey, err);
	made.summary.n_channels = ingest->options->wide_channel ? 1 : made.n_channels;
	made.summary.n_series = survey.series.n;
	made.summary.n_duplicates = made.n_repeated;
	made.summary.seconds = alm_monotonic_s() - began_s;
	alm_names_release(&survey.series);
	free(survey.key);
	free(survey.values);
	if (status == ALM_OK)
		*out = made;
	else
		alm_preview_release(&made);
	return status;
}

void alm_preview_release(struct alm_preview *preview)
{
	for (int i = 0; i < preview->n_rows; i++) {
		free(preview->row[i].series);
		free(preview->row[i].values);
	}
	free(preview->file);
	free(preview->columns);
	free(preview->channel);
	for (int i = 0; preview->tally && i < preview->n_channels; i++)
		alm_tally_release(&preview->tally[i]);
	free(preview->tally);
	alm_names_release(&preview->words);
	alm_ingest_summary_release(&preview->summary);
	*preview = (struct alm_preview){0};
}
