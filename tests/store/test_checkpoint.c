/* What an unfinished training, and one that may be gone on with, leave behind: for each network of a model. */
#include "store/checkpoint.h"
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/migrate.h"
#include "store/optimizer_state.h"
#include "store/sql.h"
#include "support/make.h"

#define BEFORE 8 /* the last schema that had one network of each model */

static char *folder, *path;
static struct alm_error err;

static void ok(enum alm_status status)
{
	cr_assert_eq(status, ALM_OK, "%s", err.text);
}

static void run(sqlite3 *file, const char *sql)
{
	cr_assert_eq(sqlite3_exec(file, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(file));
}

/* A file of that schema with a model that has a version. */
static sqlite3 *make_old(int number)
{
	sqlite3 *file;
	char sql[256];
	folder = make_folder();
	path = make_path(folder, "old.db");
	cr_assert_eq(sqlite3_open(path, &file), SQLITE_OK);
	for (int i = 0; i < number; i++) {
		run(file, alm_schemas[i].sql);
		snprintf(sql, sizeof sql, "INSERT INTO almanac_migration VALUES (%d, '%s', '', 0)",
			alm_schemas[i].number, alm_schemas[i].name);
		run(file, sql);
	}
	run(file, "INSERT INTO almanac_dataset (id, name, unit, created) VALUES (1, 'd', 's', 0)");
	run(file, "INSERT INTO almanac_model (id, name, dataset_id, created) VALUES (1, 'm', 1, 0)");
	run(file, "INSERT INTO almanac_run (id, kind, model_id, status, started, ended, host, pid, program) "
		  "VALUES (1, 'train', 1, 'aborted', 1000, 2000, 'h', 1, '0')");
	run(file,
		"INSERT INTO almanac_version (id, model_id, number, run_id, created) VALUES (4, 1, 1, 1, 0)");
	return file;
}

static struct alm_db *open_file(enum alm_db_mode mode)
{
	struct alm_db *db;
	struct alm_db_options options = {.mode = mode};
	ok(alm_db_open(path, &options, &db, &err));
	return db;
}

static void close_file(struct alm_db *db)
{
	alm_db_close(db);
	free(path);
	free(folder);
}

static void put(struct alm_db *db, const char *series, const char *payload)
{
	char copy[32];
	snprintf(copy, sizeof copy, "%s", payload);
	struct alm_checkpoint checkpoint = {.model_id = 1,
		.run_id = 1,
		.series = series,
		.fingerprint = "f",
		.epoch = 1,
		.payload = copy,
		.n_bytes = strlen(payload)};
	ok(alm_checkpoint_put(db, &checkpoint, &err));
}

static void expect(struct alm_db *db, const char *series, const char *payload)
{
	struct alm_checkpoint found;
	ok(alm_checkpoint_find(db, 1, series, &found, &err));
	cr_assert_eq(found.n_bytes, strlen(payload), "of series '%s'", series);
	cr_assert_arr_eq(found.payload ? found.payload : "", payload, found.n_bytes);
	free(found.payload);
}

Test(checkpoint, each_network_of_a_model_has_one_and_they_go_together)
{
	sqlite3_close(make_old(BEFORE));
	struct alm_db *db = open_file(ALM_DB_WRITE);
	ok(alm_db_begin(db, &err));
	put(db, "a", "one");
	put(db, "b", "two");
	put(db, "a", "three");
	ok(alm_db_commit(db, &err));
	expect(db, "a", "three");
	expect(db, "b", "two");
	expect(db, "", "");
	ok(alm_checkpoint_drop(db, 1, &err));
	expect(db, "a", "");
	expect(db, "b", "");
	close_file(db);
}

Test(checkpoint, of_a_version_each_network_has_its_optimizer_s_state)
{
	float slots[] = {1, 2, 3};
	struct alm_optimizer_state state = {
		.version_id = 4, .series = "a", .steps = 7, .n_slots = 3, .slots = slots};
	sqlite3_close(make_old(BEFORE));
	struct alm_db *db = open_file(ALM_DB_WRITE);
	ok(alm_db_begin(db, &err));
	ok(alm_optimizer_state_put(db, &state, &err));
	state.series = "b";
	state.steps = 8;
	ok(alm_optimizer_state_put(db, &state, &err));
	ok(alm_db_commit(db, &err));
	ok(alm_optimizer_state_find(db, 4, "b", &state, &err));
	cr_assert_eq(state.steps, 8);
	cr_assert_eq(state.n_slots, 3);
	cr_assert_arr_eq(state.slots, slots, sizeof slots);
	free(state.slots);
	ok(alm_optimizer_state_find(db, 4, "", &state, &err));
	cr_assert_eq(state.n_slots, 0);
	cr_assert_null(state.slots);
	close_file(db);
}

/* sha256 of the fingerprint with its zero and the payload: printf 'f\0kept' | sha256sum; of steps 3 and one float 1: printf
 * '\3\0\0\0\0\0\0\0\0\0\200\77' | sha256sum. */
#define SHA_KEPT  "7935b08759cb2da20c9c7c1c01fafc20113ca6c51b9208222c2cfe8b0523e580"
#define SHA_STATE "f63d67be3eb8121efb809c2e0447ebab82c1be0ee0ded26765b40ca05c27f15d"

static void fill_old(sqlite3 *file)
{
	run(file, "INSERT INTO almanac_checkpoint VALUES (1, 1, 'f', 2, 0, CAST('kept' AS BLOB), '" SHA_KEPT
		  "')");
	run(file, "INSERT INTO almanac_optimizer_state VALUES (4, 3, x'0000803f', '" SHA_STATE "')");
	sqlite3_close(file);
}

static void expect_old(struct alm_db *db)
{
	struct alm_optimizer_state state;
	expect(db, "", "kept");
	expect(db, "a", "");
	ok(alm_optimizer_state_find(db, 4, "", &state, &err));
	cr_assert_eq(state.steps, 3);
	cr_assert_eq(state.slots[0], 1);
	free(state.slots);
}

Test(checkpoint, of_an_older_schema_is_that_of_the_one_network_before_and_after_it_is_migrated)
{
	fill_old(make_old(BEFORE));
	struct alm_db *db = open_file(ALM_DB_READ);
	cr_assert_eq(alm_db_schema(db), BEFORE);
	expect_old(db);
	alm_db_close(db);
	db = open_file(ALM_DB_WRITE);
	cr_assert_eq(alm_db_schema(db), alm_n_schemas);
	expect_old(db);
	close_file(db);
}

/* Views of those who read our tables with SQL, one of a table that is made anew; and one of the application's own, which has long been broken. */
Test(checkpoint, tables_are_made_anew_under_the_views_of_others)
{
	sqlite3 *file = make_old(BEFORE - 1);
	run(file, "CREATE VIEW my_runs AS SELECT id, message FROM almanac_run");
	run(file, "CREATE VIEW broken AS SELECT * FROM dropped_long_ago");
	sqlite3_close(file);
	struct alm_db *db = open_file(ALM_DB_WRITE);
	int64_t n = 0;
	cr_assert_eq(alm_db_schema(db), alm_n_schemas);
	ok(alm_sql_integer(db, &n, 0, &err, "SELECT count(*) FROM my_runs", ""));
	cr_assert_eq(n, 1);
	ok(alm_sql_integer(
		db, &n, 0, &err, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%anew%'", ""));
	cr_assert_eq(n, 0);
	close_file(db);
}
