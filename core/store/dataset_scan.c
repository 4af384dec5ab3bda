#include "store/dataset_scan.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/gather.h"
#include "store/name.h"
#include "time/timestamp.h"

struct alm_scan {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	sqlite3_stmt *stmt;               /* of a table of its own */
	struct alm_origin_cursor *cursor; /* of one that is read in place */
	bool has_series;
	double *values; /* [n_channels] */
	struct alm_names words;
	struct alm_scan_row row;
};

static enum alm_status open_table(struct alm_scan *scan, struct alm_error *err)
{
	const struct alm_dataset *dataset = scan->dataset;
	int64_t named = 0;
	char *ask = sqlite3_mprintf("SELECT EXISTS (SELECT 1 FROM \"%w\" WHERE series <> '')", dataset->name);
	enum alm_status status =
		ask ? alm_sql_integer(scan->db, &named, 0, err, ask, "") : alm_fail_memory(err, 1);
	sqlite3_free(ask);
	scan->has_series = named != 0;
	if (status != ALM_OK)
		return status;
	sqlite3_str *text = sqlite3_str_new(NULL);
	sqlite3_str_appendall(text, "SELECT series, time");
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendf(text, ", \"%w\"", dataset->channels[i]);
	sqlite3_str_appendf(text, " FROM \"%w\" ORDER BY series, time", dataset->name);
	char *sql = sqlite3_str_finish(text);
	status = sql ? alm_sql_prepare(scan->db, sql, &scan->stmt, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status;
}

static enum alm_status open_source(struct alm_scan *scan, struct alm_error *err)
{
	const struct alm_dataset *dataset = scan->dataset;
	size_t n = (size_t)dataset->n_channels;
	const char **names = malloc(n * sizeof *names);
	if (!names)
		return alm_fail_memory(err, n * sizeof *names);
	for (size_t i = 0; i < n; i++)
		names[i] = dataset->channels[i];
	struct alm_origin_columns columns = {dataset->n_channels, names, dataset->category, &scan->words};
	enum alm_status status = alm_origin_open(scan->db, dataset->source, &columns, &scan->cursor, err);
	free(names);
	scan->has_series = dataset->source->n_ids > 0;
	return status;
}

enum alm_status alm_scan_open(
	struct alm_db *db, const struct alm_dataset *dataset, struct alm_scan **out, struct alm_error *err)
{
	size_t n_bytes = (size_t)dataset->n_channels * sizeof(double);
	struct alm_scan *scan = calloc(1, sizeof *scan);
	if (!scan)
		return alm_fail_memory(err, sizeof *scan);
	scan->db = db;
	scan->dataset = dataset;
	scan->values = malloc(n_bytes);
	enum alm_status status = scan->values ? ALM_OK : alm_fail_memory(err, n_bytes);
	if (status == ALM_OK)
		status = alm_dataset_in_place(dataset) ? open_source(scan, err) : open_table(scan, err);
	if (status == ALM_OK)
		*out = scan;
	else
		alm_scan_close(scan);
	return status;
}

void alm_scan_close(struct alm_scan *scan)
{
	if (!scan)
		return;
	sqlite3_finalize(scan->stmt);
	alm_origin_close(scan->cursor);
	alm_names_release(&scan->words);
	free(scan->values);
	free(scan);
}

bool alm_scan_has_series(const struct alm_scan *scan)
{
	return scan->has_series;
}

static enum alm_status take_value(struct alm_scan *scan, int channel, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	sqlite3_stmt *stmt = scan->stmt;
	int type = sqlite3_column_type(stmt, channel + 2);
	double *value = &scan->values[channel];
	*value = NAN;
	if (type == SQLITE_NULL)
		return ALM_OK;
	if (alm_dataset_is_category(scan->dataset, channel))
		return alm_word_number(&scan->words, alm_sql_text(stmt, channel + 2), value, err);
	*value = sqlite3_column_double(stmt, channel + 2);
	if ((type == SQLITE_FLOAT || type == SQLITE_INTEGER) && isfinite(*value))
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"dataset '%s', series '%s', %s: channel '%s' holds no number; correct it with SQL",
		scan->dataset->name, scan->row.series, alm_time_print(scan->row.time_ms, when),
		scan->dataset->channels[channel]);
}

static enum alm_status next_of_table(struct alm_scan *scan, bool *there, struct alm_error *err)
{
	enum alm_status status = alm_sql_next(scan->db, scan->stmt, there, err);
	if (status != ALM_OK || !*there)
		return status;
	int64_t time = sqlite3_column_int64(scan->stmt, 1);
	scan->row.series = alm_sql_text(scan->stmt, 0);
	scan->row.time_ms = scan->dataset->unit == ALM_UNIT_MS ? time : time * 1000;
	scan->row.values = scan->values;
	for (int i = 0; status == ALM_OK && i < scan->dataset->n_channels; i++)
		status = take_value(scan, i, err);
	return status;
}

static enum alm_status next_of_source(struct alm_scan *scan, bool *there, struct alm_error *err)
{
	const struct alm_origin_row *row;
	enum alm_status status = alm_origin_next(scan->cursor, &row, err);
	*there = status == ALM_OK && row;
	if (*there)
		scan->row = (struct alm_scan_row){
			.series = row->series, .time_ms = row->time_ms, .values = row->values};
	return status;
}

enum alm_status alm_scan_next(struct alm_scan *scan, const struct alm_scan_row **row, struct alm_error *err)
{
	bool there = false;
	enum alm_status status =
		scan->cursor ? next_of_source(scan, &there, err) : next_of_table(scan, &there, err);
	scan->row.words = &scan->words;
	if (status == ALM_OK)
		*row = there ? &scan->row : NULL;
	return status;
}
