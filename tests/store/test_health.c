/* How models are is told of every schema there has been. */
#include "store/health.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include "store/migrate.h"
#include "store/sql.h"
#include "support/make.h"

static void run_sql(struct alm_db *db, const char *sql)
{
	struct alm_error err;
	cr_assert_eq(alm_sql_exec(db, sql, &err), ALM_OK, "%s", err.text);
}

/* The same as a file, which is opened as the verb does. */
static void open_as_file(struct alm_db **db)
{
	struct alm_error err;
	struct alm_db_options options = {.mode = ALM_DB_READ};
	char *folder = make_folder(), *path = make_path(folder, "old.db");
	sqlite3 *file;
	cr_assert_eq(sqlite3_open(path, &file), SQLITE_OK);
	sqlite3_backup *backup = sqlite3_backup_init(file, "main", alm_sql_raw(*db), "main");
	cr_assert_not_null(backup);
	cr_assert_eq(sqlite3_backup_step(backup, -1), SQLITE_DONE);
	cr_assert_eq(sqlite3_backup_finish(backup), SQLITE_OK);
	cr_assert_eq(sqlite3_close(file), SQLITE_OK);
	alm_db_close(*db);
	cr_assert_eq(alm_db_open(path, &options, db, &err), ALM_OK, "%s", err.text);
	free(path);
	free(folder);
}

Test(health, every_schema_there_has_been_can_be_read)
{
	for (int number = 1; number <= alm_n_schemas; number++) {
		struct alm_db *db;
		struct alm_error err;
		struct alm_health health;
		cr_assert_eq(alm_db_open_fresh(number, &db, &err), ALM_OK, "%s", err.text);
		run_sql(db, "INSERT INTO almanac_dataset (id, name, unit, created) VALUES (1, 'd', 's', 0)");
		run_sql(db,
			"INSERT INTO almanac_model (id, name, dataset_id, created) VALUES (1, 'm', 1, 0)");
		run_sql(db, "INSERT INTO almanac_run (id, kind, model_id, status, started, ended, host, pid, "
			    "program) "
			    "VALUES (1, 'train', 1, 'ok', 1000, 2000, 'h', 1, '0')");
		run_sql(db, "INSERT INTO almanac_version (id, model_id, number, run_id, created) VALUES (1, "
			    "1, 4, 1, 2000)");
		run_sql(db, "UPDATE almanac_model SET champion_id = 1");
		run_sql(db, "INSERT INTO almanac_forecast (version_id, run_id, series, channel, cutoff) "
			    "VALUES (1, 1, '', 'x', 500)");
		open_as_file(&db);
		cr_assert_eq(
			alm_health_read(db, NULL, &health, &err), ALM_OK, "schema %d: %s", number, err.text);
		cr_assert_eq(health.n, 1, "schema %d", number);
		cr_assert_eq(health.models[0].champion, 4);
		cr_assert_eq(health.models[0].champion_ms, 2000);
		cr_assert_eq(health.models[0].cutoff_ms, 500);
		cr_assert_eq(health.models[0].forecast_to_ms, 2000);
		cr_assert_eq(health.models[0].training.id, 1);
		cr_assert(alm_health_run_well(&health.models[0].training));
		cr_assert_eq(health.models[0].forecasting.id, 0);
		cr_assert_eq(health.n_errors, 0);
		alm_health_release(&health);
		alm_db_close(db);
	}
}
