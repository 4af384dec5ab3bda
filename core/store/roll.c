#include "store/roll.h"
#include <string.h>
#include "store/sql.h"

/* Adds the first column of every row; the statement is finalised. */
static enum alm_status add_all(
	struct alm_db *db, sqlite3_stmt *stmt, struct alm_names *names, struct alm_error *err)
{
	enum alm_status status;
	bool row = true, added;
	int number;
	while ((status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		const char *name = alm_sql_text(stmt, 0);
		status = alm_names_number(names, name, strlen(name), &number, &added, err);
		if (status != ALM_OK)
			break;
	}
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_model_names(struct alm_db *db, struct alm_names *out, struct alm_error *err)
{
	sqlite3_stmt *stmt;
	if (alm_db_schema(db) == 0)
		return ALM_OK;
	enum alm_status status =
		alm_sql_query(db, &stmt, err, "SELECT name FROM almanac_model ORDER BY name", "");
	return status == ALM_OK ? add_all(db, stmt, out, err) : status;
}

enum alm_status alm_model_copies(
	struct alm_db *db, const struct alm_names *models, struct alm_names *out, struct alm_error *err)
{
	sqlite3_stmt *stmt;
	enum alm_status status = ALM_OK;
	for (int i = 0; i < models->n && status == ALM_OK; i++) {
		status = alm_sql_query(db, &stmt, err,
			"SELECT d.name FROM almanac_model AS m JOIN almanac_dataset AS d ON d.id = "
			"m.dataset_id "
			"JOIN almanac_source AS s ON s.dataset_id = d.id AND s.copied WHERE m.name = ?",
			"s", models->name[i]);
		if (status == ALM_OK)
			status = add_all(db, stmt, out, err);
	}
	return status;
}
