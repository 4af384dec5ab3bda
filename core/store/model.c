#include "store/model.h"
#include <stdio.h>
#include "store/name.h"
#include "store/pairs.h"
#include "store/sql.h"

enum alm_status alm_model_find(
	struct alm_db *db, const char *name, struct alm_model *out, struct alm_error *err)
{
	struct alm_model made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	if (alm_db_schema(db) == 0)
		return alm_fail(err, ALM_NO_INPUT, "'%s' has no models yet; begin with almanac ingest",
			alm_db_path(db));
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT m.id, m.name, m.dataset_id, d.name, m.champion_id FROM almanac_model AS m "
		"JOIN almanac_dataset AS d ON d.id = m.dataset_id WHERE m.name = ?",
		"s", name);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row) {
		made.id = sqlite3_column_int64(stmt, 0);
		snprintf(made.name, sizeof made.name, "%s", alm_sql_text(stmt, 1));
		made.dataset_id = sqlite3_column_int64(stmt, 2);
		snprintf(made.dataset, sizeof made.dataset, "%s", alm_sql_text(stmt, 3));
		made.champion_id = sqlite3_column_int64(stmt, 4);
		status = alm_pairs_read(db, &alm_model_settings, made.id, &made.spec, err);
	}
	sqlite3_finalize(stmt);
	if (status == ALM_OK && !row)
		return alm_name_missing(db, "model", "almanac_model", name, err);
	if (status == ALM_OK)
		*out = made;
	return status;
}

void alm_model_release(struct alm_model *model)
{
	alm_pairs_release(&model->spec);
	*model = (struct alm_model){0};
}

enum alm_status alm_model_put(struct alm_db *db, const char *name, int64_t dataset_id,
	const struct alm_pairs *spec, int64_t *id, struct alm_error *err)
{
	enum alm_status status = alm_name_check("model", name, err);
	if (status == ALM_OK)
		status = alm_sql_run(db, err,
			"INSERT INTO almanac_model (name, dataset_id, created) VALUES (?1, ?2, ?3) "
			"ON CONFLICT (name) DO UPDATE SET dataset_id = ?2",
			"sii", name, dataset_id, alm_sql_now_ms());
	if (status == ALM_OK)
		status = alm_sql_integer(
			db, id, 0, err, "SELECT id FROM almanac_model WHERE name = ?", "s", name);
	return status == ALM_OK ? alm_pairs_put(db, &alm_model_settings, *id, spec, err) : status;
}
