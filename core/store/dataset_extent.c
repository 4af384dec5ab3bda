#include <stdio.h>
#include "store/dataset.h"
#include "store/sql.h"

/* Runs a statement about the dataset's table: `format` has a %s for the condition and a %w for the table's name. */
static enum alm_status ask(struct alm_db *db, const struct alm_dataset *dataset, const char *format,
	const char *series, sqlite3_stmt **stmt, struct alm_error *err)
{
	char *sql = sqlite3_mprintf(format, dataset->name, series ? "WHERE series = ?" : "");
	if (!sql)
		return alm_fail_memory(err, 1);
	enum alm_status status = series ? alm_sql_query(db, stmt, err, sql, "s", series)
					: alm_sql_query(db, stmt, err, sql, "");
	sqlite3_free(sql);
	return status;
}

static int64_t in_ms(const struct alm_dataset *dataset, int64_t time)
{
	return dataset->unit == ALM_UNIT_MS ? time : time * 1000;
}

/* Takes in a series. */
static void add(struct alm_dataset_extent *extent, const char *series, int64_t n, int64_t first_ms,
	int64_t last_ms, int64_t *most)
{
	if (extent->n_rows == 0 || first_ms < extent->first_ms)
		extent->first_ms = first_ms;
	if (extent->n_rows == 0 || last_ms > extent->last_ms)
		extent->last_ms = last_ms;
	extent->n_series++;
	extent->n_rows += n;
	if (n <= *most)
		return;
	*most = n;
	snprintf(extent->longest, sizeof extent->longest, "%s", series);
}

/* Without a key of our own the rows have to be read. */
static enum alm_status measure_in_place(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, struct alm_dataset_extent *out, struct alm_error *err)
{
	struct alm_dataset_reader *reader = NULL;
	const struct alm_dataset_rows *rows = NULL;
	struct alm_dataset_extent made = {0};
	int64_t most = 0;
	enum alm_status status = alm_dataset_reader_open(db, dataset, series, &reader, err);
	while (status == ALM_OK && (status = alm_dataset_reader_next(reader, &rows, err)) == ALM_OK && rows)
		if (rows->n_rows > 0)
			add(&made, rows->names[0], (int64_t)rows->n_rows, rows->times_ms[0],
				rows->times_ms[rows->n_rows - 1], &most);
	alm_dataset_reader_close(reader);
	if (status == ALM_OK)
		*out = made;
	return status;
}

enum alm_status alm_dataset_measure(struct alm_db *db, const struct alm_dataset *dataset, const char *series,
	struct alm_dataset_extent *out, struct alm_error *err)
{
	struct alm_dataset_extent made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	int64_t most = 0;
	if (alm_dataset_in_place(dataset))
		return measure_in_place(db, dataset, series, out, err);
	enum alm_status status = ask(db, dataset,
		"SELECT series, count(*), min(time), max(time) FROM \"%w\" %s GROUP BY series", series, &stmt,
		err);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		add(&made, alm_sql_text(stmt, 0), sqlite3_column_int64(stmt, 1),
			in_ms(dataset, sqlite3_column_int64(stmt, 2)),
			in_ms(dataset, sqlite3_column_int64(stmt, 3)), &most);
	sqlite3_finalize(stmt);
	if (status != ALM_OK)
		return status;
	*out = made;
	return ALM_OK;
}
