/* A dataset series after series. */
#include <stdlib.h>
#include <string.h>
#include "store/gather.h"

struct alm_dataset_reader {
	struct alm_dataset_rows whole,
		one;        /* of a dataset that is read in place: all of it, and the series given last */
	int at;             /* the next series of `whole` */
	const char *series; /* the one wanted; NULL = all */
	struct alm_gather gather;
	int *column; /* [n_channels] of every channel; owned */
	sqlite3_stmt *stmt;
	bool row; /* the statement stands on a row that has not been taken */
};

/* The next series of those that were read at once: a view of its rows, without `first`. */
static const struct alm_dataset_rows *next_view(struct alm_dataset_reader *reader)
{
	const struct alm_dataset_rows *whole = &reader->whole;
	for (; reader->at < whole->n_series; reader->at++) {
		size_t first = whole->first[reader->at];
		char **name = &whole->names[reader->at];
		if (reader->series && strcmp(*name, reader->series) != 0)
			continue;
		reader->one = (struct alm_dataset_rows){.n_series = 1,
			.n_channels = whole->n_channels,
			.n_rows = whole->first[reader->at + 1] - first,
			.names = name,
			.times_ms = whole->times_ms + first,
			.values = whole->values + first * (size_t)whole->n_channels,
			.words = whole->words};
		reader->at++;
		return &reader->one;
	}
	return NULL;
}

static enum alm_status begin_reading(
	struct alm_dataset_reader *reader, const char *series, struct alm_error *err)
{
	const struct alm_dataset *dataset = reader->gather.dataset;
	struct alm_db *db = reader->gather.db;
	if (alm_dataset_in_place(dataset))
		return alm_dataset_read(
			db, dataset, reader->column, dataset->n_channels, INT64_MAX, &reader->whole, err);
	sqlite3_str *text = alm_gather_select(dataset, reader->column, dataset->n_channels, 0);
	sqlite3_str_appendf(text, "%s ORDER BY series, time", series ? " WHERE series = ?" : "");
	char *sql = sqlite3_str_finish(text);
	enum alm_status status = sql ? ALM_OK : alm_fail_memory(err, 1);
	if (status == ALM_OK)
		status = series ? alm_sql_query(db, &reader->stmt, err, sql, "s", series)
				: alm_sql_query(db, &reader->stmt, err, sql, "");
	sqlite3_free(sql);
	return status == ALM_OK ? alm_sql_next(db, reader->stmt, &reader->row, err) : status;
}

enum alm_status alm_dataset_reader_open(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, struct alm_dataset_reader **out, struct alm_error *err)
{
	size_t n_channels = (size_t)dataset->n_channels;
	struct alm_dataset_reader *reader = calloc(1, sizeof *reader);
	int *column = calloc(n_channels, sizeof *column);
	if (!reader || !column) {
		free(reader);
		free(column);
		return alm_fail_memory(err, n_channels * sizeof *column);
	}
	for (int i = 0; i < dataset->n_channels; i++)
		column[i] = i;
	reader->column = column;
	reader->series = series;
	reader->gather = (struct alm_gather){
		.db = db, .dataset = dataset, .columns = column, .rows = {.n_channels = dataset->n_channels}};
	enum alm_status status = begin_reading(reader, series, err);
	if (status == ALM_OK)
		*out = reader;
	else
		alm_dataset_reader_close(reader);
	return status;
}

enum alm_status alm_dataset_reader_next(
	struct alm_dataset_reader *reader, const struct alm_dataset_rows **rows, struct alm_error *err)
{
	struct alm_dataset_rows *own = &reader->gather.rows;
	if (alm_dataset_in_place(reader->gather.dataset)) {
		*rows = next_view(reader);
		return ALM_OK;
	}
	if (own->n_series > 0)
		free(own->names[0]);
	own->n_series = 0;
	own->n_rows = 0;
	while (reader->row &&
		(own->n_series == 0 || strcmp(alm_sql_text(reader->stmt, 0), own->names[0]) == 0)) {
		enum alm_status status = alm_gather_row(&reader->gather, reader->stmt, err);
		if (status == ALM_OK)
			status = alm_sql_next(reader->gather.db, reader->stmt, &reader->row, err);
		if (status != ALM_OK)
			return status;
	}
	if (own->n_series > 0)
		own->first[1] = own->n_rows;
	*rows = own->n_series > 0 ? own : NULL;
	return ALM_OK;
}

struct alm_names alm_dataset_reader_words(struct alm_dataset_reader *reader)
{
	struct alm_dataset_rows *rows =
		alm_dataset_in_place(reader->gather.dataset) ? &reader->whole : &reader->gather.rows;
	struct alm_names words = rows->words;
	rows->words = (struct alm_names){0};
	return words;
}

void alm_dataset_reader_close(struct alm_dataset_reader *reader)
{
	if (!reader)
		return;
	sqlite3_finalize(reader->stmt);
	alm_dataset_rows_release(&reader->gather.rows);
	alm_dataset_rows_release(&reader->whole);
	free(reader->column);
	free(reader);
}
