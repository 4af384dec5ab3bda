#include "store/gather.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "store/name.h"
#include "time/timestamp.h"

static enum alm_status grow_rows(struct alm_gather *gather, struct alm_error *err)
{
	size_t room = gather->room ? 2 * gather->room : 1024, n_times, n_values;
	struct alm_dataset_rows *rows = &gather->rows;
	if (!alm_mul_size(room, sizeof *rows->times_ms, &n_times) ||
		!alm_mul_size(room, (size_t)rows->n_channels * sizeof *rows->values, &n_values))
		return alm_fail_memory(err, SIZE_MAX);
	int64_t *times = realloc(rows->times_ms, n_times);
	if (times)
		rows->times_ms = times;
	float *values = realloc(rows->values, n_values);
	if (values)
		rows->values = values;
	if (!times || !values)
		return alm_fail_memory(err, n_values);
	gather->room = room;
	return ALM_OK;
}

static enum alm_status begin_series(struct alm_gather *gather, const char *name, struct alm_error *err)
{
	struct alm_dataset_rows *rows = &gather->rows;
	size_t n = (size_t)rows->n_series;
	if (n + 1 >= gather->series_room) {
		size_t room = gather->series_room ? 2 * gather->series_room : 16;
		char **names = realloc(rows->names, room * sizeof *names);
		if (names)
			rows->names = names;
		size_t *first = realloc(rows->first, (room + 1) * sizeof *first);
		if (first)
			rows->first = first;
		if (!names || !first)
			return alm_fail_memory(err, room * sizeof *first);
		gather->series_room = room;
	}
	rows->names[n] = strdup(name);
	if (!rows->names[n])
		return alm_fail_memory(err, strlen(name) + 1);
	rows->first[n] = rows->n_rows;
	rows->n_series++;
	return ALM_OK;
}

static enum alm_status bad_value(
	const struct alm_gather *gather, int column, int64_t time_ms, const char *what, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	const char *series = gather->rows.names[gather->rows.n_series - 1];
	return alm_fail(err, ALM_BAD_DATA,
		"dataset '%s'%s%s%s, %s: channel '%s' holds %s; correct it with SQL", gather->dataset->name,
		*series ? ", series '" : "", series, *series ? "'" : "", alm_time_print(time_ms, when),
		gather->dataset->channels[gather->columns[column]], what);
}

/* The code of a category's text, or of what SQLite writes for a number. */
static enum alm_status take_word(struct alm_gather *gather, sqlite3_stmt *stmt, int column, int64_t time_ms,
	float *out, struct alm_error *err)
{
	struct alm_error why;
	double code;
	if (sqlite3_column_type(stmt, column + 2) == SQLITE_BLOB)
		return bad_value(gather, column, time_ms, "bytes instead of a text", err);
	enum alm_status status =
		alm_word_number(&gather->rows.words, alm_sql_text(stmt, column + 2), &code, &why);
	if (status == ALM_BAD_DATA)
		return bad_value(gather, column, time_ms, why.text, err);
	if (status != ALM_OK)
		return alm_fail(err, status, "%s", why.text);
	*out = (float)code;
	return ALM_OK;
}

/*
 * SQLite is asked for the value once, as every question to a statement costs more than the answer. Such a value must not be
 * shared between threads (sqlite.org/c3ref/column_blob.html), and a connection of ours never is.
 */
static enum alm_status take_value(struct alm_gather *gather, sqlite3_stmt *stmt, int column, int64_t time_ms,
	float *out, struct alm_error *err)
{
	sqlite3_value *stored = sqlite3_column_value(stmt, column + 2);
	int type = sqlite3_value_type(stored);
	if (type == SQLITE_NULL) {
		*out = NAN;
		return ALM_OK;
	}
	if (alm_dataset_is_category(gather->dataset, gather->columns[column]))
		return take_word(gather, stmt, column, time_ms, out, err);
	if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
		return bad_value(gather, column, time_ms, "text or bytes instead of a number", err);
	float value = (float)sqlite3_value_double(stored);
	if (!isfinite(value))
		return bad_value(gather, column, time_ms, "a number that float32 cannot hold", err);
	*out = value;
	return ALM_OK;
}

enum alm_status alm_gather_row(struct alm_gather *gather, sqlite3_stmt *stmt, struct alm_error *err)
{
	struct alm_dataset_rows *rows = &gather->rows;
	enum alm_status status = rows->n_rows == gather->room ? grow_rows(gather, err) : ALM_OK;
	const char *series = alm_sql_text(stmt, 0);
	if (status == ALM_OK && (rows->n_series == 0 || strcmp(series, rows->names[rows->n_series - 1]) != 0))
		status = begin_series(gather, series, err);
	if (status != ALM_OK)
		return status;
	int64_t time = sqlite3_column_int64(stmt, 1);
	int64_t time_ms = gather->dataset->unit == ALM_UNIT_MS ? time : time * 1000;
	rows->times_ms[rows->n_rows] = time_ms;
	float *values = rows->values + rows->n_rows * (size_t)rows->n_channels;
	for (int column = 0; column < rows->n_channels && status == ALM_OK; column++)
		status = take_value(gather, stmt, column, time_ms, &values[column], err);
	rows->n_rows++;
	return status;
}

enum alm_status alm_gather_rows(struct alm_gather *gather, sqlite3_stmt *stmt, struct alm_error *err)
{
	bool row = true;
	enum alm_status status;
	while ((status = alm_sql_next(gather->db, stmt, &row, err)) == ALM_OK && row)
		if ((status = alm_gather_row(gather, stmt, err)) != ALM_OK)
			break;
	return status;
}

enum alm_status alm_gather_finish(struct alm_gather *gather, enum alm_status status,
	struct alm_dataset_rows *out, struct alm_error *err)
{
	struct alm_dataset_rows *rows = &gather->rows;
	if (status == ALM_OK && !rows->first) {
		rows->first = malloc(sizeof *rows->first);
		if (!rows->first)
			status = alm_fail_memory(err, sizeof *rows->first);
	}
	if (status != ALM_OK) {
		alm_dataset_rows_release(rows);
		return status;
	}
	rows->first[rows->n_series] = rows->n_rows;
	*out = *rows;
	return ALM_OK;
}

sqlite3_str *alm_gather_select(
	const struct alm_dataset *dataset, const int *columns, int n_columns, int n_null)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "SELECT series, time");
	for (int i = 0; i < n_columns; i++)
		if (i < n_null)
			sqlite3_str_appendall(sql, ", NULL");
		else
			sqlite3_str_appendf(sql, ", \"%w\"", dataset->channels[columns[i]]);
	sqlite3_str_appendf(sql, " FROM \"%w\"", dataset->name);
	return sql;
}

int64_t alm_gather_bound(const struct alm_dataset *dataset, int64_t time_ms)
{
	if (dataset->unit == ALM_UNIT_MS || time_ms == INT64_MAX)
		return time_ms;
	return time_ms / 1000 - (time_ms % 1000 < 0);
}
