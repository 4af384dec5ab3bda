#include "store/lineage.h"
#include "store/sql.h"

enum alm_status alm_lineage_find(
	struct alm_db *db, int64_t model_id, struct alm_lineage *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	if (alm_db_schema(db) < ALM_SCHEMA_RETRAIN) {
		*out = (struct alm_lineage){.data_to_ms = INT64_MIN};
		return ALM_OK;
	}
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT count(*), coalesce(max(data_to), ?2), count(*) FILTER (WHERE number > (SELECT "
		"coalesce(max(number), 0) FROM almanac_version WHERE model_id = ?1 AND parent_id IS NULL)) "
		"FROM almanac_version WHERE model_id = ?1",
		"ii", model_id, INT64_MIN);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK)
		*out = (struct alm_lineage){.n_versions = sqlite3_column_int(stmt, 0),
			.data_to_ms = sqlite3_column_int64(stmt, 1),
			.n_warm = sqlite3_column_int(stmt, 2)};
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_lineage_forecast(
	struct alm_db *db, int64_t model_id, int *version, int64_t *data_to_ms, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT (SELECT CAST(value AS INTEGER) FROM almanac_run_fact WHERE run_id = r.id AND key = "
		"'version'), "
		"(SELECT CAST(value AS INTEGER) FROM almanac_run_fact WHERE run_id = r.id AND key = "
		"'data_to') "
		"FROM almanac_run AS r WHERE model_id = ? AND kind = 'forecast' AND status IN ('ok', "
		"'degraded') "
		"ORDER BY id DESC LIMIT 1",
		"i", model_id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK) {
		bool known = row && sqlite3_column_type(stmt, 1) != SQLITE_NULL;
		*version = known ? sqlite3_column_int(stmt, 0) : 0;
		*data_to_ms = known ? sqlite3_column_int64(stmt, 1) : INT64_MIN;
	}
	sqlite3_finalize(stmt);
	return status;
}
