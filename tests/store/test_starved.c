/* SQLite is refused memory while the ends of series are read: no series may be left out for it. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include "store/dataset.h"
#include "support/make.h"

static sqlite3_mem_methods real;
static long n_allocations, refuse_at; /* 0 = none */

static bool refuse(void)
{
	return ++n_allocations == refuse_at;
}

static void *starved_malloc(int n)
{
	return refuse() ? NULL : real.xMalloc(n);
}

static void *starved_realloc(void *block, int n)
{
	return refuse() ? NULL : real.xRealloc(block, n);
}

/* Without SQLite's own small blocks, so that each of its allocations is one that can be refused. */
static void starve(void)
{
	cr_assert_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
	sqlite3_mem_methods ours = real;
	ours.xMalloc = starved_malloc;
	ours.xRealloc = starved_realloc;
	cr_assert_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
	cr_assert_eq(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

TestSuite(starved, .init = starve);

static struct alm_db *db;
static struct alm_dataset dataset;
static struct alm_error err;

static void ok(enum alm_status status)
{
	cr_assert_eq(status, ALM_OK, "%s", err.text);
}

/* Three series of five rows. */
static void make_dataset(void)
{
	static const char *const channels[] = {"a"}, *const series[] = {"east", "north", "west"};
	struct alm_db_options options = {.mode = ALM_DB_CREATE};
	struct alm_dataset_writer *writer;
	char *folder = make_folder(), *path = make_path(folder, "test.db");
	ok(alm_db_open(path, &options, &db, &err));
	ok(alm_db_begin(db, &err));
	ok(alm_dataset_create(
		db, "d", ALM_UNIT_S, &(struct alm_dataset_columns){1, channels, NULL}, &dataset, &err));
	ok(alm_dataset_writer_open(db, &dataset, NULL, &writer, &err));
	for (int i = 0; i < 3; i++)
		for (int row = 0; row < 5; row++)
			ok(alm_dataset_append(writer, series[i], row * HOUR_MS, &(double){row}, &err));
	ok(alm_dataset_flush(writer, &err));
	alm_dataset_writer_close(writer);
	ok(alm_db_commit(db, &err));
	free(path);
	free(folder);
}

Test(starved, the_end_of_every_series_is_read_or_there_is_no_memory)
{
	static const int column[] = {0};
	struct alm_dataset_tail tail = {
		.columns = column, .n_columns = 1, .n_past = 1, .n_rows = 2, .until_ms = INT64_MAX};
	int n_refused = 0;
	make_dataset();
	for (bool done = false; !done;) {
		struct alm_dataset_rows rows = {0};
		n_allocations = 0;
		refuse_at = n_refused + 1;
		enum alm_status status = alm_dataset_read_tail(db, &dataset, &tail, &rows, &err);
		done = n_allocations < refuse_at;
		refuse_at = 0;
		/* SQLite may do without some of them: then all is there. */
		cr_assert(status == ALM_NO_MEMORY ||
				  (status == ALM_OK && rows.n_series == 3 && rows.n_rows == 6),
			"allocation %d: status %d, %d series, %zu rows: %s", n_refused + 1, status,
			rows.n_series, rows.n_rows, status == ALM_OK ? "" : err.text);
		cr_assert(!done || status == ALM_OK);
		alm_dataset_rows_release(&rows);
		n_refused++;
	}
	cr_assert_gt(n_refused, 50, "%d allocations were refused", n_refused);
	alm_dataset_release(&dataset);
	alm_db_close(db);
}
