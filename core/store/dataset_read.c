#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "store/dataset.h"
#include "store/place.h"
#include "store/sql.h"
#include "time/timestamp.h"

/* Rows being gathered: the statement gives series, time and the columns. */
struct gather {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	const int *columns;
	struct alm_dataset_rows rows;
	size_t room, series_room; /* allocated rows and series */
};

static enum alm_status grow_rows(struct gather *gather, struct alm_error *err)
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

static enum alm_status begin_series(struct gather *gather, const char *name, struct alm_error *err)
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
	const struct gather *gather, int column, int64_t time_ms, const char *what, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	const char *series = gather->rows.names[gather->rows.n_series - 1];
	return alm_fail(err, ALM_BAD_DATA,
		"dataset '%s'%s%s%s, %s: channel '%s' holds %s; correct it with SQL", gather->dataset->name,
		*series ? ", series '" : "", series, *series ? "'" : "", alm_time_print(time_ms, when),
		gather->dataset->channels[gather->columns[column]], what);
}

static enum alm_status take_value(const struct gather *gather, sqlite3_stmt *stmt, int column,
	int64_t time_ms, float *out, struct alm_error *err)
{
	int type = sqlite3_column_type(stmt, column + 2);
	if (type == SQLITE_NULL) {
		*out = NAN;
		return ALM_OK;
	}
	if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
		return bad_value(gather, column, time_ms, "text or bytes instead of a number", err);
	float value = (float)sqlite3_column_double(stmt, column + 2);
	if (!isfinite(value))
		return bad_value(gather, column, time_ms, "a number that float32 cannot hold", err);
	*out = value;
	return ALM_OK;
}

static enum alm_status take_row(struct gather *gather, sqlite3_stmt *stmt, struct alm_error *err)
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

static enum alm_status take_rows(struct gather *gather, sqlite3_stmt *stmt, struct alm_error *err)
{
	bool row = true;
	enum alm_status status;
	while ((status = alm_sql_next(gather->db, stmt, &row, err)) == ALM_OK && row)
		if ((status = take_row(gather, stmt, err)) != ALM_OK)
			break;
	return status;
}

/* Ends the list of series and hands the rows over, or releases them. */
static enum alm_status finish(
	struct gather *gather, enum alm_status status, struct alm_dataset_rows *out, struct alm_error *err)
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

/* "SELECT series, time, <columns> FROM <table>", NULL for the first n_null columns. The caller finishes it. */
static sqlite3_str *select_sql(
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

/* An upper bound in the dataset's unit. */
static int64_t bound(const struct alm_dataset *dataset, int64_t time_ms)
{
	if (dataset->unit == ALM_UNIT_MS || time_ms == INT64_MAX)
		return time_ms;
	return time_ms / 1000 - (time_ms % 1000 < 0);
}

enum alm_status alm_dataset_read(struct alm_db *db, const struct alm_dataset *dataset, const int *columns,
	int n_columns, int64_t until_ms, struct alm_dataset_rows *out, struct alm_error *err)
{
	if (alm_dataset_in_place(dataset))
		return alm_place_read(db, dataset,
			&(struct alm_dataset_tail){.columns = columns,
				.n_columns = n_columns,
				.n_rows = SIZE_MAX,
				.until_ms = until_ms},
			out, err);
	struct gather gather = {
		.db = db, .dataset = dataset, .columns = columns, .rows = {.n_channels = n_columns}};
	sqlite3_stmt *stmt = NULL;
	sqlite3_str *text = select_sql(dataset, columns, n_columns, 0);
	sqlite3_str_appendall(text, " WHERE time <= ? ORDER BY series, time");
	char *sql = sqlite3_str_finish(text);
	enum alm_status status = sql ? alm_sql_query(db, &stmt, err, sql, "i", bound(dataset, until_ms))
				     : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	if (status == ALM_OK)
		status = take_rows(&gather, stmt, err);
	sqlite3_finalize(stmt);
	return finish(&gather, status, out, err);
}

/* The statements of a tail, and what it asks for. */
struct tail {
	const struct alm_dataset_tail *wanted;
	sqlite3_stmt *first; /* the first series */
	sqlite3_stmt
		*next; /* the next one after a name; with `first` in one statement no index could be used */
	sqlite3_stmt
		*known;     /* of fewer past columns than all: rows of one series, newest first, with these */
	sqlite3_stmt *rows; /* the newest rows of one */
	sqlite3_stmt *ahead; /* as `known`: those after them */
};

/* Prepares what the builder holds, which ends here. */
static enum alm_status prepare_text(
	struct alm_db *db, sqlite3_str *text, sqlite3_stmt **stmt, struct alm_error *err)
{
	char *sql = sqlite3_str_finish(text);
	enum alm_status status = sql ? alm_sql_prepare(db, sql, stmt, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status;
}

static enum alm_status prepare_series(struct gather *gather, struct tail *tail, struct alm_error *err)
{
	sqlite3_str *first = sqlite3_str_new(NULL);
	sqlite3_str_appendf(first, "SELECT min(series) FROM \"%w\"", gather->dataset->name);
	enum alm_status status = prepare_text(gather->db, first, &tail->first, err);
	if (status != ALM_OK)
		return status;
	sqlite3_str *next = sqlite3_str_new(NULL);
	sqlite3_str_appendf(next, "SELECT min(series) FROM \"%w\" WHERE series > ?1", gather->dataset->name);
	return prepare_text(gather->db, next, &tail->next, err);
}

static enum alm_status prepare_rows(struct gather *gather, struct tail *tail, struct alm_error *err)
{
	sqlite3_str *text = select_sql(gather->dataset, gather->columns, gather->rows.n_channels, 0);
	sqlite3_str_appendall(text, " WHERE series = ?1 AND time <= ?2 ORDER BY time DESC LIMIT ?3");
	char *newest = sqlite3_str_finish(text);
	if (!newest)
		return alm_fail_memory(err, 1);
	sqlite3_str *rising = sqlite3_str_new(NULL);
	sqlite3_str_appendf(rising, "SELECT * FROM (%s) ORDER BY 2", newest);
	sqlite3_free(newest);
	return prepare_text(gather->db, rising, &tail->rows, err);
}

/* What other columns than past ones take besides: up to where these are known, and what comes then. */
static enum alm_status prepare_ahead(struct gather *gather, struct tail *tail, struct alm_error *err)
{
	int n = gather->rows.n_channels, n_past = tail->wanted->n_past;
	if (n_past == n)
		return ALM_OK;
	sqlite3_str *known = select_sql(gather->dataset, gather->columns, n_past, 0);
	sqlite3_str_appendall(known, " WHERE series = ?1 AND time <= ?2 ORDER BY time DESC");
	enum alm_status status = prepare_text(gather->db, known, &tail->known, err);
	if (status != ALM_OK)
		return status;
	sqlite3_str *ahead = select_sql(gather->dataset, gather->columns, n, n_past);
	sqlite3_str_appendall(ahead, " WHERE series = ?1 AND time > ?2 ORDER BY time LIMIT ?3");
	return prepare_text(gather->db, ahead, &tail->ahead, err);
}

/* The last time, in the dataset's unit, at which one of the columns that `known` selects has a value; `until` if none. */
static enum alm_status find_last(
	struct gather *gather, const struct tail *tail, int64_t until, int64_t *last, struct alm_error *err)
{
	sqlite3_stmt *known = tail->known;
	bool row = true, found = false;
	enum alm_status status = ALM_OK;
	*last = until;
	sqlite3_bind_int64(known, 2, until);
	while (!found && (status = alm_sql_next(gather->db, known, &row, err)) == ALM_OK && row)
		for (int column = 2; column < sqlite3_column_count(known) && !found; column++) {
			found = sqlite3_column_type(known, column) != SQLITE_NULL;
			if (found)
				*last = sqlite3_column_int64(known, 1);
		}
	sqlite3_reset(known);
	return status;
}

/* The rows of the series that is bound. */
static enum alm_status take_tail(struct gather *gather, const struct tail *tail, struct alm_error *err)
{
	int64_t until = bound(gather->dataset, tail->wanted->until_ms), last = until;
	enum alm_status status = tail->known ? find_last(gather, tail, until, &last, err) : ALM_OK;
	if (status != ALM_OK)
		return status;
	sqlite3_bind_int64(tail->rows, 2, last);
	sqlite3_bind_int64(tail->rows, 3, (int64_t)tail->wanted->n_rows);
	status = take_rows(gather, tail->rows, err);
	sqlite3_reset(tail->rows);
	if (status != ALM_OK || !tail->ahead)
		return status;
	sqlite3_bind_int64(tail->ahead, 2, last);
	sqlite3_bind_int64(tail->ahead, 3, (int64_t)tail->wanted->n_ahead);
	status = take_rows(gather, tail->ahead, err);
	sqlite3_reset(tail->ahead);
	return status;
}

static enum alm_status take_tails(struct gather *gather, const struct tail *tail, struct alm_error *err)
{
	sqlite3_stmt *const of_series[] = {tail->next, tail->known, tail->rows, tail->ahead};
	for (sqlite3_stmt *which = tail->first;; which = tail->next) {
		bool row = false;
		enum alm_status status = alm_sql_next(gather->db, which, &row, err);
		if (status != ALM_OK || !row || sqlite3_column_type(which, 0) == SQLITE_NULL)
			return status;
		sqlite3_value *series = sqlite3_value_dup(sqlite3_column_value(which, 0));
		if (!series)
			return alm_fail_memory(err, 1);
		sqlite3_reset(which);
		for (size_t i = 0; i < sizeof of_series / sizeof *of_series; i++)
			if (of_series[i])
				sqlite3_bind_value(of_series[i], 1, series);
		sqlite3_value_free(series);
		status = take_tail(gather, tail, err);
		if (status != ALM_OK)
			return status;
	}
}

enum alm_status alm_dataset_read_tail(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_dataset_tail *wanted, struct alm_dataset_rows *out, struct alm_error *err)
{
	if (alm_dataset_in_place(dataset))
		return alm_place_read(db, dataset, wanted, out, err);
	struct gather gather = {.db = db,
		.dataset = dataset,
		.columns = wanted->columns,
		.rows = {.n_channels = wanted->n_columns}};
	struct tail tail = {.wanted = wanted};
	enum alm_status status = alm_sql_exec(db, "BEGIN", err); /* one snapshot for all statements */
	if (status == ALM_OK)
		status = prepare_series(&gather, &tail, err);
	if (status == ALM_OK)
		status = prepare_rows(&gather, &tail, err);
	if (status == ALM_OK)
		status = prepare_ahead(&gather, &tail, err);
	if (status == ALM_OK)
		status = take_tails(&gather, &tail, err);
	sqlite3_finalize(tail.first);
	sqlite3_finalize(tail.next);
	sqlite3_finalize(tail.known);
	sqlite3_finalize(tail.rows);
	sqlite3_finalize(tail.ahead);
	alm_db_rollback(db);
	return finish(&gather, status, out, err);
}

void alm_dataset_rows_release(struct alm_dataset_rows *rows)
{
	for (int i = 0; i < rows->n_series; i++)
		free(rows->names[i]);
	free(rows->names);
	free(rows->first);
	free(rows->times_ms);
	free(rows->values);
	*rows = (struct alm_dataset_rows){0};
}
