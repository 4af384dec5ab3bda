#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/name.h"
#include "store/origin.h"
#include "store/select.h"

struct alm_origin_cursor {
	const struct alm_origin *source; /* not owned */
	struct alm_select select;
	int time, ids[ALM_ORIGIN_IDS_MAX]; /* places of the columns */
	struct alm_origin_columns columns; /* but for their names */
	int n_channels;
	int *place;     /* [n_channels]; owned */
	double *values; /* [n_channels]; owned */
	int64_t n_rows; /* so far */
	char series[ALM_SERIES_TEXT_MAX];
	struct alm_origin_row row;
};

static enum alm_status find_columns(
	struct alm_origin_cursor *cursor, const char *const *channels, struct alm_error *err)
{
	const struct alm_origin *source = cursor->source;
	enum alm_status status = alm_select_find(&cursor->select, source, source->time, &cursor->time, err);
	for (int i = 0; i < source->n_ids && status == ALM_OK; i++)
		status = alm_select_find(&cursor->select, source, source->ids[i], &cursor->ids[i], err);
	for (int i = 0; i < cursor->n_channels && status == ALM_OK; i++)
		status = alm_select_find(&cursor->select, source, channels[i], &cursor->place[i], err);
	return status;
}

enum alm_status alm_origin_open(struct alm_db *db, const struct alm_origin *source,
	const struct alm_origin_columns *columns, struct alm_origin_cursor **out, struct alm_error *err)
{
	int n_channels = columns->n;
	struct alm_origin_cursor *cursor = calloc(1, sizeof *cursor);
	if (!cursor)
		return alm_fail_memory(err, sizeof *cursor);
	cursor->source = source;
	cursor->columns = *columns;
	cursor->n_channels = n_channels;
	cursor->place = calloc((size_t)n_channels + 1, sizeof *cursor->place);
	cursor->values = calloc((size_t)n_channels + 1, sizeof *cursor->values);
	const struct alm_select_manner manner = {alm_db_timeout_ms(db), alm_db_reporter(db)};
	enum alm_status status = cursor->place && cursor->values
					 ? alm_select_open(db, &manner, source, &cursor->select, err)
					 : alm_fail_memory(err, (size_t)n_channels * sizeof *cursor->values);
	if (status == ALM_OK)
		status = find_columns(cursor, columns->names, err);
	if (status == ALM_OK)
		*out = cursor;
	else
		alm_origin_close(cursor);
	return status;
}

void alm_origin_close(struct alm_origin_cursor *cursor)
{
	if (!cursor)
		return;
	alm_select_close(&cursor->select);
	free(cursor->place);
	free(cursor->values);
	free(cursor);
}

static enum alm_status bad_row(const struct alm_origin_cursor *cursor, const char *column, const char *found,
	const char *what, struct alm_error *err)
{
	char text[ALM_ORIGIN_TEXT];
	return alm_fail(err, ALM_BAD_DATA, "%s: row %lld: column '%s' holds '%.60s', which is %s",
		alm_origin_describe(cursor->source, text), (long long)cursor->n_rows, column, found, what);
}

static enum alm_status take_time(struct alm_origin_cursor *cursor, struct alm_error *err)
{
	const struct alm_origin *source = cursor->source;
	const struct alm_select *select = &cursor->select;
	char what[160];
	struct alm_stamp_value value;
	if (alm_select_kind(select, cursor->time) == ALM_SELECT_NULL)
		return bad_row(cursor, source->time, "NULL",
			"no time; leave such rows out with --query '... WHERE ... IS NOT NULL'", err);
	if (alm_select_value(select, cursor->time, &value) &&
		alm_stamp_read(&source->format, &value, &cursor->row.time_ms))
		return ALM_OK;
	snprintf(what, sizeof what, "no time in the format %s (see --time-format)",
		alm_stamp_describe(&source->format));
	return bad_row(cursor, source->time, alm_select_text(select, cursor->time), what, err);
}

/* Appends an id to the name; in a compound name its separators are written otherwise. False when it is too long. */
static bool append_id(struct alm_origin_cursor *cursor, const char *id)
{
	char *out = cursor->series;
	size_t used = cursor->row.series_length;
	bool compound = cursor->source->n_ids > 1;
	for (; *id != '\0'; id++) {
		if (used + 5 > sizeof cursor->series)
			return false;
		if (compound && (*id == '/' || *id == '%'))
			used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned)*id);
		else
			out[used++] = *id;
	}
	out[used] = '\0';
	cursor->row.series_length = used;
	return true;
}

static enum alm_status take_series(struct alm_origin_cursor *cursor, struct alm_error *err)
{
	const struct alm_origin *source = cursor->source;
	const struct alm_select *select = &cursor->select;
	cursor->series[0] = '\0';
	cursor->row.series_length = 0;
	for (int i = 0; i < source->n_ids; i++) {
		if (alm_select_kind(select, cursor->ids[i]) == ALM_SELECT_BYTES)
			return bad_row(cursor, source->ids[i], "bytes",
				"no name of a series; make it text in a --query", err);
		if (i > 0)
			cursor->series[cursor->row.series_length++] = '/';
		const char *id = alm_select_text(select, cursor->ids[i]);
		if (!append_id(cursor, id))
			return bad_row(cursor, source->ids[i], id, "too long for the name of a series", err);
	}
	return ALM_OK;
}

static enum alm_status bad_value(
	const struct alm_origin_cursor *cursor, int column, const char *what, struct alm_error *err)
{
	char when[ALM_TIME_TEXT], text[ALM_ORIGIN_TEXT];
	const char *series = cursor->series;
	return alm_fail(err, ALM_BAD_DATA,
		"%s: %s%s%s%s: column '%s' holds '%.60s', which is %s; correct it, leave it out with "
		"--channels, or "
		"convert it in a --query",
		alm_origin_describe(cursor->source, text), alm_time_print(cursor->row.time_ms, when),
		*series ? ", series '" : "", series, *series ? "'" : "", cursor->select.name[column],
		alm_select_text(&cursor->select, column), what);
}

/* The code of a category's text; numbers are written out. */
static enum alm_status take_word(struct alm_origin_cursor *cursor, int channel, struct alm_error *err)
{
	const struct alm_select *select = &cursor->select;
	int column = cursor->place[channel];
	struct alm_error why;
	char number[32];
	enum alm_select_kind kind = alm_select_kind(select, column);
	cursor->values[channel] = NAN;
	cursor->row.n_nulls += kind == ALM_SELECT_NULL;
	if (kind == ALM_SELECT_NULL)
		return ALM_OK;
	if (kind == ALM_SELECT_BYTES)
		return bad_value(cursor, column, "bytes instead of a text", err);
	if (kind == ALM_SELECT_NUMBER)
		snprintf(number, sizeof number, "%.15g", alm_select_number(select, column));
	enum alm_status status = alm_word_number(cursor->columns.words,
		kind == ALM_SELECT_NUMBER ? number : alm_select_text(select, column),
		&cursor->values[channel], &why);
	if (status == ALM_BAD_DATA)
		return bad_value(cursor, column, "no category: at most 128 bytes of UTF-8", err);
	return status == ALM_OK ? ALM_OK : alm_fail(err, status, "%s", why.text);
}

static enum alm_status take_values(struct alm_origin_cursor *cursor, struct alm_error *err)
{
	const struct alm_select *select = &cursor->select;
	cursor->row.n_nulls = 0;
	for (int i = 0; i < cursor->n_channels; i++) {
		if (cursor->columns.category && cursor->columns.category[i]) {
			enum alm_status status = take_word(cursor, i, err);
			if (status != ALM_OK)
				return status;
			continue;
		}
		enum alm_select_kind kind = alm_select_kind(select, cursor->place[i]);
		cursor->values[i] =
			kind == ALM_SELECT_NULL ? NAN : alm_select_number(select, cursor->place[i]);
		cursor->row.n_nulls += isnan(cursor->values[i]) != 0;
		if (kind == ALM_SELECT_TEXT || kind == ALM_SELECT_BYTES)
			return bad_value(cursor, cursor->place[i], "text or bytes instead of a number", err);
		if (isinf(cursor->values[i]) || fabs(cursor->values[i]) > (double)FLT_MAX)
			return bad_value(cursor, cursor->place[i], "a number that float32 cannot hold", err);
	}
	return ALM_OK;
}

enum alm_status alm_origin_next(
	struct alm_origin_cursor *cursor, const struct alm_origin_row **row, struct alm_error *err)
{
	bool more = false;
	*row = NULL;
	enum alm_status status = alm_select_next(&cursor->select, cursor->source, &more, err);
	if (status != ALM_OK || !more)
		return status;
	cursor->n_rows++;
	status = take_time(cursor, err);
	if (status == ALM_OK)
		status = take_series(cursor, err);
	if (status == ALM_OK)
		status = take_values(cursor, err);
	if (status != ALM_OK)
		return status;
	cursor->row.series = cursor->series;
	cursor->row.values = cursor->values;
	*row = &cursor->row;
	return ALM_OK;
}
