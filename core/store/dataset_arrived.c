#include <math.h>
#include "store/dataset.h"
#include "store/gather.h"
#include "store/sql.h"

/*
 * The names of the series one by one, each a step in the primary key (SQLite has no skip scan of its own without statistics),
 * and of each series the rows behind a time.
 */
static const char of_all_series[] =
	"WITH RECURSIVE one(name) AS (SELECT min(series) FROM main.\"%w\" UNION ALL "
	"SELECT (SELECT min(series) FROM main.\"%w\" WHERE series > one.name) FROM one WHERE one.name NOT "
	"NULL) "
	"SELECT sum((SELECT count(*) FROM main.\"%w\" WHERE series = one.name AND time > ?1 AND time <= ?2 "
	"AND \"%w\" NOT NULL)), "
	"max((SELECT max(time) FROM main.\"%w\" WHERE series = one.name AND time <= ?2 AND \"%w\" NOT NULL)) "
	"FROM one WHERE one.name NOT NULL";

static enum alm_status count_own(struct alm_db *db, const struct alm_dataset *dataset, int channel,
	int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	char *sql = sqlite3_mprintf(of_all_series, dataset->name, dataset->name, dataset->name,
		dataset->channels[channel], dataset->name, dataset->channels[channel]);
	enum alm_status status =
		sql ? alm_sql_query(db, &stmt, err, sql, "ii", alm_gather_bound(dataset, after_ms),
			      alm_gather_bound(dataset, until_ms))
		    : alm_fail_memory(err, sizeof of_all_series);
	sqlite3_free(sql);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK) {
		int64_t scale = dataset->unit == ALM_UNIT_MS ? 1 : 1000;
		out->n_rows = sqlite3_column_int64(stmt, 0);
		out->last_ms = sqlite3_column_type(stmt, 1) == SQLITE_NULL
				       ? INT64_MIN
				       : sqlite3_column_int64(stmt, 1) * scale;
	}
	sqlite3_finalize(stmt);
	return status;
}

/* Without a key of our own the rows have to be read. */
static enum alm_status count_in_place(struct alm_db *db, const struct alm_dataset *dataset, int channel,
	int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out, struct alm_error *err)
{
	struct alm_dataset_rows rows = {0};
	enum alm_status status = alm_dataset_read(db, dataset, &channel, 1, until_ms, &rows, err);
	if (status != ALM_OK)
		return status;
	*out = (struct alm_dataset_arrivals){.last_ms = INT64_MIN};
	for (size_t i = 0; i < rows.n_rows; i++) {
		if (isnan(rows.values[i]))
			continue;
		out->n_rows += rows.times_ms[i] > after_ms;
		out->last_ms = rows.times_ms[i] > out->last_ms ? rows.times_ms[i] : out->last_ms;
	}
	alm_dataset_rows_release(&rows);
	return ALM_OK;
}

enum alm_status alm_dataset_arrived(struct alm_db *db, const struct alm_dataset *dataset, int channel,
	int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out, struct alm_error *err)
{
	return alm_dataset_in_place(dataset)
		       ? count_in_place(db, dataset, channel, after_ms, until_ms, out, err)
		       : count_own(db, dataset, channel, after_ms, until_ms, out, err);
}
