/* The policy of a model: given once and kept, and no reason to write when it is given again. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdlib.h>
#include "store/dataset.h"
#include "store/model.h"
#include "store/policy.h"
#include "support/make.h"

static struct alm_db *db;
static sqlite3 *other;
static int64_t model_id;
static struct alm_error err;

static void ok(enum alm_status status)
{
	cr_assert_eq(status, ALM_OK, "%s", err.text);
}

static void open_db(void)
{
	static const char *const channels[] = {"a"};
	struct alm_db_options options = {.mode = ALM_DB_CREATE};
	struct alm_dataset dataset;
	struct alm_pairs spec = {0};
	char *folder = make_folder(), *path = make_path(folder, "test.db");
	ok(alm_db_open(path, &options, &db, &err));
	ok(alm_dataset_create(
		db, "d", ALM_UNIT_S, &(struct alm_dataset_columns){1, channels, NULL}, &dataset, &err));
	ok(alm_model_put(db, "m", dataset.id, &spec, &model_id, &err));
	alm_dataset_release(&dataset);
	cr_assert_eq(sqlite3_open(path, &other), SQLITE_OK);
	free(path);
	free(folder);
}

static void close_db(void)
{
	sqlite3_close(other);
	alm_db_close(db);
}

TestSuite(kept_policy, .init = open_db, .fini = close_db);

static void store(const char *key, const char *value)
{
	struct alm_pairs given = {0};
	ok(alm_pairs_add(&given, key, value, &err));
	ok(alm_policy_store(db, model_id, &given, &err));
	alm_pairs_release(&given);
}

/* Another number when somebody has written: https://www.sqlite.org/pragma.html#pragma_data_version */
static int writes(void)
{
	sqlite3_stmt *stmt;
	cr_assert_eq(sqlite3_prepare_v2(other, "PRAGMA data_version", -1, &stmt, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	int version = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return version;
}

Test(kept_policy, what_is_given_again_is_not_written_again)
{
	store("every", "7d");
	store("keep", "3");
	int before = writes();
	store("every", "7d");
	store("keep", "3");
	cr_assert_eq(writes(), before);
	store("every", "8d");
	cr_assert_neq(writes(), before);
	before = writes();
	store("after-rows", "5");
	cr_assert_neq(writes(), before);
	struct alm_pairs all = {0};
	ok(alm_policy_load(db, model_id, &all, &err));
	cr_assert_eq(all.n, 3);
	cr_assert_str_eq(alm_pairs_get(&all, "every"), "8d");
	cr_assert_str_eq(alm_pairs_get(&all, "keep"), "3");
	alm_pairs_release(&all);
}
