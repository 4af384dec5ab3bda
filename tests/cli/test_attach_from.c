/* Datasets over another application's file, which is only read: not a byte of it changes, and nothing appears beside it. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/program.h"
#include "cli/shop.h"

#define ORDERS "--table", "orders", "--time", "placed_at", "--series", "store,product", "--target", "qty"
#define SMALL  "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2", "--batch", "64"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
	shop_make(&cli, "app.db");
}

TestSuite(attach_from, .init = setup);

static void expect_absent(const char *name)
{
	const char *path = cli_path(&cli, name);
	cr_assert_neq(access(path, F_OK), 0, "%s", name);
}

static void attach_other(void)
{
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--from", "app.db", ORDERS, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* Attach, train and forecast from app.db; afterwards the file is the same to the byte. */
static void expect_untouched(void)
{
	const char *before = shop_hash(&cli, "app.db");
	attach_other();
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "sales", SMALL, "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
	const char *after = shop_hash(&cli, "app.db");
	cr_assert_str_eq(before, after);
	expect_absent("app.db-wal");
	expect_absent("app.db-shm");
	expect_absent("app.db-journal");
}

Test(attach_from, another_file_is_read_and_never_changed)
{
	expect_untouched();
	const char *n = cli_sql(&cli, "SELECT count(DISTINCT series) FROM almanac_forecasts");
	cr_assert_str_eq(n, "2");
	const char *own =
		shop_value(&cli, "app.db", "SELECT count(*) FROM sqlite_master WHERE name LIKE 'almanac%'");
	cr_assert_str_eq(own, "0");
}

Test(attach_from, a_file_in_wal_mode_is_left_without_a_log)
{
	shop_sql(&cli, "app.db", "PRAGMA journal_mode = WAL; UPDATE orders SET price = 3");
	expect_absent("app.db-wal");
	expect_untouched();
	const char *mode = shop_value(&cli, "app.db", "PRAGMA journal_mode");
	cr_assert_str_eq(mode, "wal");
}

Test(attach_from, a_log_that_is_in_use_stays_and_its_rows_are_read)
{
	sqlite3 *app;
	const char *path = cli_path(&cli, "app.db");
	cr_assert_eq(sqlite3_open(path, &app), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(app,
			     "PRAGMA journal_mode = WAL; INSERT INTO orders (placed_at, store, product, qty) "
			     "VALUES ('2020-01-13T12:00:00', 'north', 'tea', 1)",
			     NULL, NULL, NULL),
		SQLITE_OK);
	const char *before = shop_hash(&cli, "app.db"), *log = shop_hash(&cli, "app.db-wal");
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--from", "app.db", ORDERS, "--json", NULL);
	cli_expect(&result, 0, NULL);
	const char *rows = cli_json(result.out, "$.rows");
	cr_assert_str_eq(rows, "601");
	const char *after = shop_hash(&cli, "app.db"), *log_after = shop_hash(&cli, "app.db-wal");
	cr_assert_str_eq(before, after);
	cr_assert_str_eq(log, log_after);
	sqlite3_close(app);
}

Test(attach_from, a_folder_that_cannot_be_written_is_no_hindrance)
{
	const char *folder = cli_path(&cli, "theirs"), *moved = cli_path(&cli, "theirs/app.db");
	const char *path = cli_path(&cli, "app.db");
	shop_sql(&cli, "app.db", "PRAGMA journal_mode = WAL");
	cr_assert_eq(mkdir(folder, 0755), 0);
	cr_assert_eq(rename(path, moved), 0);
	cr_assert_eq(chmod(moved, 0444), 0);
	cr_assert_eq(chmod(folder, 0555), 0);
	cr_assert_eq(chmod(cli.folder, 0777), 0);
	cli.nobody = true;
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--from", "theirs/app.db", ORDERS, "--quiet", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	expect_absent("theirs/app.db-shm");
	cr_assert_eq(chmod(folder, 0755), 0);
}

Test(attach_from, the_path_is_kept_absolute)
{
	attach_other();
	const char *kept = cli_sql(&cli, "SELECT file FROM almanac_sources");
	cr_assert_eq(*kept, '/');
	const char *path = cli_path(&cli, "elsewhere"), *db = cli_path(&cli, "t.db");
	cr_assert_eq(mkdir(path, 0755), 0);
	struct cli other = cli;
	other.folder = path;
	struct cli_result result = cli_run(&other, "windows", "sales", "--lookback", "24", "--db", db, NULL);
	cli_expect(&result, 0, NULL);
}

Test(attach_from, the_database_itself_is_no_other_file)
{
	shop_make(&cli, "t.db");
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--from", "./t.db", ORDERS, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	const char *none = cli_sql(&cli, "SELECT count(*) FROM almanac_sources WHERE file IS NULL");
	cr_assert_str_eq(none, "1");
}

Test(attach_from, a_name_of_a_file_with_signs_of_uris_is_a_name)
{
	shop_make(&cli, "a?mode=rwc#%41.db");
	struct cli_result result =
		cli_run(&cli, "attach", "d", "--from", "a?mode=rwc#%41.db", ORDERS, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(attach_from, a_file_that_is_missing_or_no_database_is_told_and_nothing_is_created)
{
	struct cli_result missing = cli_run(&cli, "attach", "d", "--from", "no.db", ORDERS, NULL);
	cli_expect(&missing, 66, "--from: cannot read the database 'no.db': No such file or directory");
	cli_file(&cli, "text.db",
		"this is a text that is long enough not to be taken for an empty database, is it "
		"not? It must be at least as long as the header, which has a hundred bytes.");
	struct cli_result text = cli_run(&cli, "attach", "d", "--from", "text.db", ORDERS, NULL);
	cli_expect(&text, 65, "is not an SQLite database");
	struct cli_result folder = cli_run(&cli, "attach", "d", "--from", ".", ORDERS, NULL);
	cli_expect(&folder, 65, "is a folder");
	struct cli_result table = cli_run(&cli, "attach", "d", "--from", "app.db", "--table", "no", NULL);
	cli_expect(&table, 66, "there is no table or view 'no'");
	expect_absent("no.db");
	expect_absent("t.db");
}

Test(attach_from, a_file_that_is_gone_later_is_told)
{
	attach_other();
	const char *path = cli_path(&cli, "app.db");
	cr_assert_eq(unlink(path), 0);
	struct cli_result result = cli_run(&cli, "windows", "sales", NULL);
	cli_expect(&result, 66, "dataset 'sales': cannot read the database '");
	expect_absent("app.db");
}

Test(attach_from, a_file_that_is_locked_is_waited_for_and_then_told)
{
	sqlite3 *app;
	const char *path = cli_path(&cli, "app.db");
	cr_assert_eq(sqlite3_open(path, &app), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(app, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	struct cli_result result =
		cli_run(&cli, "attach", "d", "--from", "app.db", ORDERS, "--busy-timeout", "50", NULL);
	cli_expect(&result, 75, "is locked by another process");
	sqlite3_close(app);
}
