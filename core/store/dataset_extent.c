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

enum alm_status alm_dataset_measure(struct alm_db *db, const struct alm_dataset *dataset, const char *series,
	struct alm_dataset_extent *out, struct alm_error *err)
{
	struct alm_dataset_extent made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	int64_t most = 0, first = INT64_MAX, last = INT64_MIN;
	enum alm_status status = ask(db, dataset,
		"SELECT series, count(*), min(time), max(time) FROM \"%w\" %s GROUP BY series", series, &stmt,
		err);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		int64_t n = sqlite3_column_int64(stmt, 1), begin = sqlite3_column_int64(stmt, 2),
			end = sqlite3_column_int64(stmt, 3);
		made.n_series++;
		made.n_rows += n;
		first = begin < first ? begin : first;
		last = end > last ? end : last;
		if (n <= most)
			continue;
		most = n;
		snprintf(made.longest, sizeof made.longest, "%s", alm_sql_text(stmt, 0));
	}
	sqlite3_finalize(stmt);
	if (status != ALM_OK)
		return status;
	if (made.n_rows > 0) {
		made.first_ms = in_ms(dataset, first);
		made.last_ms = in_ms(dataset, last);
	}
	*out = made;
	return ALM_OK;
}
