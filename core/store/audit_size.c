/* How much there is to check. */
#include <string.h>
#include "store/audit.h"
#include "store/sql.h"

enum alm_status alm_audit_measure(struct alm_db *db, struct alm_audit_size *out, struct alm_error *err)
{
	struct alm_audit_size size = {0};
	const struct {
		const char *sql;
		int64_t *n;
	} counts[] = {
		{"SELECT count(*) FROM almanac_dataset", &size.n_datasets},
		{"SELECT count(*) FROM almanac_model", &size.n_models},
		{"SELECT count(*) FROM almanac_version", &size.n_versions},
		{"SELECT count(*) FROM almanac_forecast", &size.n_forecasts},
	};
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof counts / sizeof *counts && status == ALM_OK; i++) {
		status = alm_db_schema(db) > 0 ? alm_sql_integer(db, counts[i].n, 0, err, counts[i].sql, "")
					       : ALM_OK;
		if (status == ALM_BUG || status == ALM_BAD_DATA) /* no such table, or none that can be read */
			status = ALM_OK;
	}
	if (status == ALM_OK)
		*out = size;
	return status;
}

enum alm_status alm_audit_champions(struct alm_db *db, struct alm_names *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true, added;
	int number;
	if (alm_db_schema(db) == 0)
		return ALM_OK;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT name FROM almanac_model WHERE champion_id IS NOT NULL ORDER BY name", "");
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		const char *name = alm_sql_text(stmt, 0);
		status = alm_names_number(out, name, strlen(name), &number, &added, err);
	}
	sqlite3_finalize(stmt);
	return status;
}
