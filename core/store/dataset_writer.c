/* Rows into the table of a dataset. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/feed.h"
#include "store/name.h"

/* Between a dataset's own unit and milliseconds. */
static int64_t stored_time(const struct alm_dataset *dataset, int64_t time_ms)
{
	if (dataset->unit == ALM_UNIT_MS)
		return time_ms;
	return time_ms / 1000 - (time_ms % 1000 < 0);
}

struct alm_dataset_writer {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	struct alm_names *words; /* not owned */
	sqlite3_stmt *put, *get;
	struct alm_feed *feed; /* of rows that are new; owned */
};

/* The upsert of a row. The caller frees with sqlite3_free. */
static char *put_sql(const struct alm_dataset *dataset)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql, "INSERT INTO \"%w\" VALUES (?, ?", dataset->name);
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ") ON CONFLICT (series, time) DO UPDATE SET ");
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendf(sql, "%s\"%w\" = excluded.\"%w\"", i ? ", " : "", dataset->channels[i],
			dataset->channels[i]);
	return sqlite3_str_finish(sql);
}

/* Every channel of a row and its time, the last two of a range. The caller frees with sqlite3_free. */
static char *get_sql(const struct alm_dataset *dataset)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "SELECT time");
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendf(sql, ", \"%w\"", dataset->channels[i]);
	sqlite3_str_appendf(sql,
		" FROM \"%w\" WHERE series = ? AND time <= ? AND time > ? ORDER BY time DESC LIMIT 2",
		dataset->name);
	return sqlite3_str_finish(sql);
}

enum alm_status alm_dataset_writer_open(struct alm_db *db, const struct alm_dataset *dataset,
	struct alm_names *words, struct alm_dataset_writer **out, struct alm_error *err)
{
	char text[ALM_ORIGIN_TEXT];
	if (alm_dataset_in_place(dataset))
		return alm_fail(err, ALM_USAGE,
			"dataset '%s' is read in place from %s and has no rows of its own; choose another "
			"name",
			dataset->name, alm_origin_describe(dataset->source, text));
	struct alm_dataset_writer *writer = calloc(1, sizeof *writer);
	char *put = put_sql(dataset), *get = get_sql(dataset);
	enum alm_status status = writer && put && get ? ALM_OK : alm_fail_memory(err, sizeof *writer);
	/* What one transaction changes stays in memory up to here, so that most pages are written once. */
	if (status == ALM_OK)
		status = alm_sql_exec(db, "PRAGMA cache_size = -24576", err);
	if (status == ALM_OK)
		status = alm_sql_prepare(db, put, &writer->put, err);
	if (status == ALM_OK)
		status = alm_sql_prepare(db, get, &writer->get, err);
	if (status == ALM_OK)
		status = alm_feed_open(db, dataset, words, &writer->feed, err);
	sqlite3_free(put);
	sqlite3_free(get);
	if (status != ALM_OK) {
		alm_dataset_writer_close(writer);
		return status;
	}
	writer->db = db;
	writer->dataset = dataset;
	writer->words = words;
	*out = writer;
	return ALM_OK;
}

void alm_dataset_writer_close(struct alm_dataset_writer *writer)
{
	if (!writer)
		return;
	sqlite3_finalize(writer->put);
	sqlite3_finalize(writer->get);
	alm_feed_close(writer->feed);
	free(writer);
}

/* Binds the word of a code, or NULL. */
static int bind_word(const struct alm_dataset_writer *writer, int place, double code)
{
	if (isnan(code))
		return sqlite3_bind_null(writer->put, place);
	return sqlite3_bind_text(writer->put, place, writer->words->name[(int)code], -1, SQLITE_STATIC);
}

/* What a table of the dataset cannot hold. */
static enum alm_status check_row(
	const struct alm_dataset *dataset, int64_t time_ms, const double *values, struct alm_error *err)
{
	if (dataset->unit == ALM_UNIT_S && time_ms % 1000 != 0)
		return alm_fail(err, ALM_BAD_DATA,
			"dataset '%s' keeps whole seconds, found a time with milliseconds; use a new dataset",
			dataset->name);
	for (int i = 0; i < dataset->n_channels; i++)
		if (isinf(values[i]))
			return alm_fail(err, ALM_BAD_DATA, "%s: value is not finite", dataset->channels[i]);
	return ALM_OK;
}

enum alm_status alm_dataset_append(struct alm_dataset_writer *writer, const char *series, int64_t time_ms,
	const double *values, struct alm_error *err)
{
	enum alm_status status = check_row(writer->dataset, time_ms, values, err);
	if (status == ALM_OK && alm_feed_is_full(writer->feed))
		status = alm_feed_flush(writer->feed, err);
	if (status == ALM_OK)
		alm_feed_add(writer->feed, series, stored_time(writer->dataset, time_ms), values);
	return status;
}

enum alm_status alm_dataset_flush(struct alm_dataset_writer *writer, struct alm_error *err)
{
	return alm_feed_flush(writer->feed, err);
}

enum alm_status alm_dataset_put(struct alm_dataset_writer *writer, const char *series, size_t series_length,
	int64_t time_ms, const double *values, struct alm_error *err)
{
	const struct alm_dataset *dataset = writer->dataset;
	enum alm_status status = check_row(dataset, time_ms, values, err);
	if (status == ALM_OK)
		status = alm_feed_flush(writer->feed, err);
	if (status != ALM_OK)
		return status;
	int code = sqlite3_bind_text(writer->put, 1, series, (int)series_length, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(writer->put, 2, stored_time(dataset, time_ms));
	for (int i = 0; i < dataset->n_channels && code == SQLITE_OK; i++)
		code = alm_dataset_is_category(dataset, i)
			       ? bind_word(writer, i + 3, values[i])
			       : sqlite3_bind_double(writer->put, i + 3, values[i]);
	if (code == SQLITE_OK)
		code = sqlite3_step(writer->put);
	sqlite3_reset(writer->put);
	return code == SQLITE_DONE ? ALM_OK : alm_sql_fail(writer->db, code, err);
}

/* The values of the row that was found, after its time. */
static enum alm_status take_row(struct alm_dataset_writer *writer, double *values, struct alm_error *err)
{
	sqlite3_stmt *get = writer->get;
	enum alm_status status = ALM_OK;
	for (int i = 0; status == ALM_OK && i < writer->dataset->n_channels; i++) {
		if (sqlite3_column_type(get, i + 1) == SQLITE_NULL)
			values[i] = NAN;
		else if (alm_dataset_is_category(writer->dataset, i))
			status = alm_word_number(writer->words, alm_sql_text(get, i + 1), &values[i], err);
		else
			values[i] = sqlite3_column_double(get, i + 1);
	}
	return status;
}

enum alm_status alm_dataset_get(struct alm_dataset_writer *writer, const char *series, size_t series_length,
	const struct alm_dataset_place *place, double *values, bool *found, bool *passed,
	struct alm_error *err)
{
	sqlite3_stmt *get = writer->get;
	int64_t time = stored_time(writer->dataset, place->time_ms);
	bool row = false, is_it = false;
	enum alm_status status = alm_feed_flush(writer->feed, err);
	if (status != ALM_OK)
		return status;
	int code = sqlite3_bind_text(get, 1, series, (int)series_length, SQLITE_STATIC);
	if (code != SQLITE_OK) /* in a database of UTF-16 a text is made anew */
		return alm_sql_fail(writer->db, code, err);
	sqlite3_bind_int64(get, 2, time);
	sqlite3_bind_int64(get, 3, stored_time(writer->dataset, place->after_ms));
	status = alm_sql_next(writer->db, get, &row, err);
	if (status == ALM_OK && row && sqlite3_column_int64(get, 0) == time) {
		is_it = true;
		status = take_row(writer, values, err);
		if (status == ALM_OK)
			status = alm_sql_next(writer->db, get, &row, err);
	}
	sqlite3_reset(get);
	if (status == ALM_OK) {
		*found = is_it;
		*passed = row;
	}
	return status;
}
