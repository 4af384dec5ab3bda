#include <criterion/criterion.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/dataset.h"
#include "store/forecast.h"
#include "store/model.h"
#include "store/promotion.h"
#include "store/run.h"
#include "store/wal.h"
#include "support/make.h"

static struct alm_db *db;
static char *folder, *path;
static struct alm_dataset dataset;
static struct alm_error err;
static int64_t run_id;

static const float weights[] = {1, -2, 3.5f, 0, 1e-30f, 7};
static struct alm_tensor_row tensors[] = {
	{.name = "layer0.W", .n_dims = 2, .shape = {2, 2}, .values = weights},
	{.name = "head.b", .n_dims = 1, .shape = {2}, .values = weights + 4},
};

static void ok(enum alm_status status)
{
	cr_assert_eq(status, ALM_OK, "%s", err.text);
}

/* A database with a dataset, a model and a run. */
static void open_db(int64_t *model_id)
{
	static const char *const channels[] = {"a"};
	struct alm_db_options options = {.mode = ALM_DB_CREATE};
	struct alm_pairs spec = {0};
	folder = make_folder();
	path = make_path(folder, "test.db");
	ok(alm_db_open(path, &options, &db, &err));
	ok(alm_db_begin(db, &err));
	ok(alm_dataset_create(
		db, "d", ALM_UNIT_S, &(struct alm_dataset_columns){1, channels, NULL}, &dataset, &err));
	ok(alm_pairs_add(&spec, "cell", "gru", &err));
	ok(alm_model_put(db, "m", dataset.id, &spec, model_id, &err));
	struct alm_run_start start = {.kind = "train", .dataset_id = dataset.id, .model_id = *model_id};
	ok(alm_run_begin(db, &start, &run_id, &err));
	ok(alm_db_commit(db, &err));
	alm_pairs_release(&spec);
}

static void close_db(void)
{
	alm_dataset_release(&dataset);
	alm_db_close(db);
	free(path);
	free(folder);
}

static void put_version(int64_t model_id, struct alm_version *version)
{
	*version = (struct alm_version){
		.model_id = model_id, .run_id = run_id, .n_tensors = 2, .tensors = tensors};
	ok(alm_pairs_add(&version->facts, "kernel", "base", &err));
	ok(alm_db_begin(db, &err));
	ok(alm_version_put(db, version, &err));
	struct alm_promotion promotion = {
		.model_id = model_id, .version_id = version->id, .run_id = run_id, .reason = "trained"};
	ok(alm_promote(db, &promotion, &err));
	ok(alm_db_commit(db, &err));
	alm_pairs_release(&version->facts);
}

static void sql(const char *text)
{
	sqlite3 *raw;
	char *message = NULL;
	cr_assert_eq(sqlite3_open(path, &raw), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(raw, text, NULL, NULL, &message), SQLITE_OK, "%s", message);
	sqlite3_close(raw);
}

Test(version, comes_back_as_it_was_and_is_the_champion)
{
	int64_t model_id;
	struct alm_version version, back;
	struct alm_model model;
	open_db(&model_id);
	put_version(model_id, &version);
	put_version(model_id, &version);
	cr_assert_eq(version.number, 2);
	ok(alm_model_find(db, "m", &model, &err));
	cr_assert_eq(model.champion_id, version.id);
	cr_assert_str_eq(alm_pairs_get(&model.spec, "cell"), "gru");
	ok(alm_version_load(db, &model, 0, &back, &err));
	cr_assert_eq(back.number, 2);
	cr_assert_eq(back.n_tensors, 2);
	cr_assert_str_eq(back.tensors[1].name, "head.b");
	cr_assert_arr_eq(back.tensors[0].values, weights, 4 * sizeof(float));
	cr_assert_arr_eq(back.tensors[1].values, weights + 4, 2 * sizeof(float));
	cr_assert_str_eq(alm_pairs_get(&back.facts, "kernel"), "base");
	alm_version_release(&back);
	cr_assert_eq(alm_version_load(db, &model, 9, &back, &err), ALM_NO_INPUT);
	alm_model_release(&model);
	close_db();
}

/* Changes the stored tensor by SQL and expects the load to name it. */
static void damaged(const char *change)
{
	int64_t model_id;
	struct alm_version version, back;
	struct alm_model model;
	open_db(&model_id);
	put_version(model_id, &version);
	sql(change);
	ok(alm_model_find(db, "m", &model, &err));
	cr_assert_eq(alm_version_load(db, &model, 1, &back, &err), ALM_BAD_DATA, "%s", change);
	cr_assert(strstr(err.text, "version 1"), "%s", err.text);
	alm_model_release(&model);
	close_db();
}

Test(version, damage_of_a_tensor_is_found_and_named)
{
	damaged("UPDATE almanac_tensor SET payload = x'0000803f000000c0000060400000803f' WHERE name = "
		"'layer0.W'");
	damaged("UPDATE almanac_tensor SET payload = x'00' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET shape = '[4611686018427387904,4]' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET shape = '[-2,-2]' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET shape = 'nonsense' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET shape = '[2,1,1,1,1,2]' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET name = 'layer0.U' WHERE name = 'layer0.W'");
	damaged("UPDATE almanac_tensor SET sha256 = 'x'");
	damaged("DELETE FROM almanac_tensor");
}

Test(version, a_weight_that_is_not_finite_is_never_stored)
{
	int64_t model_id;
	float bad[] = {1, NAN};
	struct alm_tensor_row tensor = {.name = "head.b", .n_dims = 1, .shape = {2}, .values = bad};
	open_db(&model_id);
	struct alm_version version = {
		.model_id = model_id, .run_id = run_id, .n_tensors = 1, .tensors = &tensor};
	ok(alm_db_begin(db, &err));
	cr_assert_eq(alm_version_put(db, &version, &err), ALM_BUG);
	cr_assert(strstr(err.text, "head.b"), "%s", err.text);
	alm_db_rollback(db);
	close_db();
}

Test(version, the_history_of_promotions_cannot_be_rewritten)
{
	int64_t model_id;
	struct alm_version version;
	sqlite3 *raw;
	open_db(&model_id);
	put_version(model_id, &version);
	cr_assert_eq(sqlite3_open(path, &raw), SQLITE_OK);
	cr_assert_neq(sqlite3_exec(raw, "DELETE FROM almanac_promotion", NULL, NULL, NULL), SQLITE_OK);
	cr_assert_neq(
		sqlite3_exec(raw, "UPDATE almanac_promotion SET reason = ''", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(raw);
	close_db();
}

static int64_t count(const char *text)
{
	sqlite3 *raw;
	sqlite3_stmt *stmt;
	cr_assert_eq(sqlite3_open(path, &raw), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(raw, text, -1, &stmt, NULL), SQLITE_OK, "%s", sqlite3_errmsg(raw));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(raw);
	return n;
}

Test(forecast, written_again_replaces_its_points)
{
	int64_t model_id;
	struct alm_version version;
	open_db(&model_id);
	put_version(model_id, &version);
	struct alm_forecast_row row = {.version_id = version.id,
		.run_id = run_id,
		.series = "",
		.channel = "a",
		.cutoff_ms = 0,
		.n_steps = 3,
		.times_ms = (const int64_t[]){1000, 2000, 3000},
		.values = (const double[]){1, 2, 3}};
	ok(alm_forecast_put(db, &row, &err));
	row.n_steps = 2;
	row.values = (const double[]){5, 6};
	ok(alm_forecast_put(db, &row, &err));
	cr_assert_eq(count("SELECT count(*) FROM almanac_forecast"), 1);
	cr_assert_eq(count("SELECT sum(value) FROM almanac_forecast_latest"), 11);
	row.values = (const double[]){5, INFINITY};
	cr_assert_eq(alm_forecast_put(db, &row, &err), ALM_BUG);
	close_db();
}

Test(forecast, has_quantiles_that_are_replaced_with_it)
{
	int64_t model_id;
	struct alm_version version;
	open_db(&model_id);
	put_version(model_id, &version);
	struct alm_forecast_row row = {.version_id = version.id,
		.run_id = run_id,
		.series = "",
		.channel = "a",
		.cutoff_ms = 0,
		.n_steps = 2,
		.times_ms = (const int64_t[]){1000, 2000},
		.values = (const double[]){1, 2},
		.n_levels = 2,
		.levels = (const double[]){0.1, 0.9},
		.quantiles = (const double[]){0, 2, 1, 3}};
	ok(alm_forecast_put(db, &row, &err));
	cr_assert_eq(count("SELECT sum(value) FROM almanac_quantile_latest WHERE level = 0.9"), 5);
	cr_assert_eq(count("SELECT value FROM almanac_quantiles WHERE step = 2 AND level = 0.1"), 1);
	row.n_levels = 0;
	ok(alm_forecast_put(db, &row, &err));
	cr_assert_eq(count("SELECT count(*) FROM almanac_forecast_quantile"), 0);
	row.n_levels = 2;
	row.quantiles = (const double[]){0, 2, NAN, 3};
	cr_assert_eq(alm_forecast_put(db, &row, &err), ALM_BUG);
	close_db();
}

Test(run, the_lock_of_a_model_is_one_process_s_and_ends_with_its_descriptor)
{
	int64_t model_id;
	int first = -1, second = -1;
	open_db(&model_id);
	ok(alm_run_lock(db, model_id, "m", &first, &err));
	cr_assert_eq(alm_run_lock(db, model_id, "m", &second, &err), ALM_BUSY);
	cr_assert(strstr(err.text, "'m'"), "%s", err.text);
	ok(alm_run_lock(db, model_id + 1, "other", &second, &err));
	alm_run_unlock(second);
	alm_run_unlock(first);
	ok(alm_run_lock(db, model_id, "m", &first, &err));
	int n;
	ok(alm_run_recover(db, model_id, &n, &err));
	cr_assert_eq(n, 1);
	cr_assert_eq(count("SELECT count(*) FROM almanac_run WHERE status = 'aborted'"), 1);
	alm_run_unlock(first);
	close_db();
}

Test(run, that_nobody_holds_any_more_is_closed_by_the_next_that_begins)
{
	int64_t model_id, next;
	struct alm_db *other;
	struct alm_db_options options = {.mode = ALM_DB_WRITE};
	struct alm_run_start start = {.kind = "ingest"};
	open_db(&model_id);
	ok(alm_run_begin(db, &start, &next, &err));
	ok(alm_db_open(path, &options, &other, &err));
	ok(alm_run_begin(other, &start, &next, &err));
	cr_assert_eq(count("SELECT count(*) FROM almanac_run WHERE status = 'running'"), 3);
	alm_db_close(other); /* as the kernel does for a process that was killed */
	ok(alm_run_begin(db, &start, &next, &err));
	cr_assert_eq(count("SELECT count(*) FROM almanac_run WHERE status = 'running'"), 3);
	cr_assert_eq(count("SELECT count(*) FROM almanac_run WHERE status = 'aborted' AND id = 3 "
			   "AND ended IS NOT NULL AND message LIKE 'owner-died%'"),
		1);
	close_db();
}

Test(wal, is_used_only_where_the_library_is_free_of_the_reset_race)
{
	static const struct {
		int number;
		bool safe;
	} releases[] = {{3040001, false}, {3044005, false}, {3044006, true}, {3044999, true},
		{3045000, false}, {3050006, false}, {3050007, true}, {3051000, false}, {3051002, false},
		{3051003, true}, {3052000, true}};
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
		cr_assert_eq(alm_wal_is_safe(releases[i].number), releases[i].safe, "%d", releases[i].number);
}
