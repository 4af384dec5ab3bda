#include "store/dataset_zone.h"
#include <stdio.h>
#include "store/sql.h"

enum alm_status alm_dataset_zone_set(
	struct alm_db *db, const struct alm_dataset *dataset, const char *zone, struct alm_error *err)
{
	return alm_sql_run(db, err,
		"INSERT INTO almanac_dataset_zone (dataset_id, zone) VALUES (?, ?) "
		"ON CONFLICT (dataset_id) DO UPDATE SET zone = excluded.zone",
		"is", dataset->id, zone);
}

enum alm_status alm_dataset_zone_get(struct alm_db *db, const struct alm_dataset *dataset,
	char out[static ALM_ZONE_NAME], struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	int64_t there = 0;
	char zone[ALM_ZONE_NAME] = "";
	/* A file that is only read may be older than the table. */
	enum alm_status status = alm_sql_integer(db, &there, 0, err,
		"SELECT count(*) FROM sqlite_schema WHERE name = 'almanac_dataset_zone'", "");
	if (status == ALM_OK && there > 0)
		status = alm_sql_query(db, &stmt, err,
			"SELECT zone FROM almanac_dataset_zone WHERE dataset_id = ?", "i", dataset->id);
	if (status == ALM_OK && there > 0)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row)
		snprintf(zone, sizeof zone, "%s", alm_sql_text(stmt, 0));
	sqlite3_finalize(stmt);
	if (status == ALM_OK)
		snprintf(out, ALM_ZONE_NAME, "%s", zone);
	return status;
}
