/* Copies of an application's rows, and what comes later: only newer rows, late corrections with --overlap, all or nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/program.h"
#include "cli/shop.h"

#define ORDERS "--table", "orders", "--time", "placed_at", "--series", "store", "--target", "qty"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
	shop_make(&cli, "app.db");
}

TestSuite(refresh, .init = setup);

static void copy(const char *name)
{
	struct cli_result result =
		cli_run(&cli, "attach", name, "--from", "app.db", ORDERS, "--copy", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* Refreshes sales: counts as "taken new changed unchanged". */
static const char *counts(const char *overlap)
{
	static char text[128];
	struct cli_result result = cli_run(&cli, "refresh", "sales", "--overlap", overlap, "--json", NULL);
	cli_expect(&result, 0, NULL);
	const char *taken = cli_json(result.out, "$.refreshed[0].rows");
	const char *new = cli_json(result.out, "$.refreshed[0].inserted");
	const char *changed = cli_json(result.out, "$.refreshed[0].updated");
	const char *same = cli_json(result.out, "$.refreshed[0].unchanged");
	snprintf(text, sizeof text, "%s %s %s %s", taken, new, changed, same);
	return text;
}

static void expect_counts(const char *overlap, const char *expected)
{
	const char *found = counts(overlap);
	cr_assert_str_eq(found, expected, "--overlap %s: %s", overlap, found);
}

Test(refresh, a_copy_holds_every_row_in_a_table_of_its_own)
{
	const char *before = shop_hash(&cli, "app.db");
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--from", "app.db", ORDERS, "--copy", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.copied", "1");
	cli_expect_json(result.out, "$.rows", "600");
	cli_expect_sql(&cli, "SELECT count(*) FROM sales", "600");
	cli_expect_sql(&cli, "SELECT group_concat(DISTINCT series) FROM sales", "north,south");
	cli_expect_sql(&cli, "SELECT rows FROM almanac_sources", "copied");
	const char *first =
		shop_value(&cli, "app.db", "SELECT qty FROM orders WHERE placed_at = '2020-01-01T05:00:00'");
	cli_expect_sql(&cli, "SELECT qty FROM sales WHERE time = 1577854800", first);
	const char *after = shop_hash(&cli, "app.db");
	cr_assert_str_eq(before, after);
}

Test(refresh, only_rows_newer_than_the_last_of_their_series_are_taken)
{
	copy("sales");
	expect_counts("0s", "0 0 0 0");
	shop_sql(&cli, "app.db",
		"INSERT INTO orders (placed_at, store, qty) VALUES ('2020-01-13T12:00:00', 'north', 7), "
		"('2020-01-13T13:00:00', 'north', 8), ('2019-12-31T00:00:00', 'north', 9), "
		"('2019-06-01T00:00:00', 'west', 5)");
	expect_counts("0s", "3 3 0 0");
	cli_expect_sql(&cli, "SELECT count(*) FROM sales", "603");
	cli_expect_sql(&cli, "SELECT qty FROM sales WHERE series = 'west'", "5.0");
	shop_sql(&cli, "app.db",
		"INSERT INTO orders (placed_at, store, qty) VALUES ('2020-01-13T12:00:00', 'south', 4)");
	expect_counts("0s", "1 1 0 0");
}

Test(refresh, an_overlap_finds_late_corrections_and_late_rows)
{
	copy("sales");
	shop_sql(&cli, "app.db",
		"UPDATE orders SET qty = 1 WHERE placed_at = '2020-01-12T12:00:00' AND store = 'north';"
		"UPDATE orders SET qty = 1 WHERE placed_at = '2020-01-02T12:00:00' AND store = 'north';"
		"INSERT INTO orders (placed_at, store, qty) VALUES ('2020-01-13T10:30:00', 'south', 2)");
	expect_counts("0s", "0 0 0 0");
	expect_counts("2d", "97 1 1 95");
	expect_counts("2d", "97 0 0 97");
	cli_expect_sql(&cli, "SELECT qty FROM sales WHERE series = 'north' AND time = 1578830400", "1.0");
	expect_counts("60d", "601 0 1 600");
}

Test(refresh, tells_its_counts_and_leaves_a_run)
{
	copy("sales");
	shop_sql(&cli, "app.db",
		"INSERT INTO orders (placed_at, store, qty) VALUES ('2020-01-13T12:00:00', 'north', 7)");
	struct cli_result result = cli_run(&cli, "refresh", "sales", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_not_null(strstr(result.out, "sales, 1 of 601 rows taken in "), "%s", result.out);
	cr_assert_not_null(strstr(result.out, "1 new, 0 changed, 0 as they were"), "%s", result.out);
	cli_expect_sql(&cli,
		"SELECT group_concat(kind || status || dataset) FROM (SELECT * FROM almanac_runs "
		"WHERE dataset IS NOT NULL)",
		"ingestoksales");
	cli_expect_sql(&cli, "SELECT value FROM almanac_run_fact WHERE key = 'new'", "1");
}

Test(refresh, a_bad_row_leaves_the_copy_as_it_was)
{
	copy("sales");
	shop_sql(&cli, "app.db",
		"INSERT INTO orders (placed_at, store, qty) VALUES ('2020-01-13T12:00:00', 'north', 7), "
		"('2020-01-13T13:00:00', 'north', 'seven')");
	struct cli_result result = cli_run(&cli, "refresh", "sales", NULL);
	cli_expect(&result, 65, "2020-01-13 13:00:00, series 'north': column 'qty' holds 'seven'");
	cli_expect_sql(&cli, "SELECT count(*) FROM sales", "600");
	cli_expect_sql(&cli, "SELECT status FROM almanac_runs WHERE dataset = 'sales'", "failed");
}

Test(refresh, all_copies_are_refreshed_also_when_one_fails)
{
	copy("a");
	shop_sql(&cli, "other.db", "CREATE TABLE t (time, x); INSERT INTO t VALUES ('2020-01-01', 1)");
	struct cli_result attach =
		cli_run(&cli, "attach", "b", "--from", "other.db", "--table", "t", "--copy", "--quiet", NULL);
	cli_expect(&attach, 0, NULL);
	shop_sql(&cli, "app.db", "DROP TABLE orders");
	shop_sql(&cli, "other.db", "INSERT INTO t VALUES ('2020-01-02', 2)");
	struct cli_result result = cli_run(&cli, "refresh", "--all", "--json", NULL);
	cr_assert_eq(result.code, 66, "%d %s", result.code, result.err);
	cr_assert_not_null(strstr(result.err, "there is no table or view 'orders'"), "%s", result.err);
	cli_expect_json(result.out, "$.refreshed[0].dataset", "b");
	cli_expect_json(result.out, "$.refreshed[0].inserted", "1");
	cli_expect_sql(&cli, "SELECT count(*) FROM a", "600");
}

Test(refresh, what_is_read_in_place_or_came_from_files_has_nothing_to_refresh)
{
	struct cli_result attach =
		cli_run(&cli, "attach", "place", "--from", "app.db", ORDERS, "--quiet", NULL);
	cli_expect(&attach, 0, NULL);
	struct cli_result place = cli_run(&cli, "refresh", "place", NULL);
	cli_expect(&place, 64, "dataset 'place' is read in place from table 'orders'");
	cli_ingest_wave(&cli);
	struct cli_result files = cli_run(&cli, "refresh", "wave", NULL);
	cli_expect(&files, 64, "dataset 'wave' came from files");
	struct cli_result none = cli_run(&cli, "refresh", "nobody", NULL);
	cli_expect(&none, 66, "there is no dataset 'nobody'");
	struct cli_result all = cli_run(&cli, "refresh", "--all", "--json", NULL);
	cli_expect(&all, 0, NULL);
	cli_expect_json(all.out, "$.refreshed", "[]");
}

Test(refresh, options_that_do_not_fit_say_what_would)
{
	struct cli_result neither = cli_run(&cli, "refresh", NULL);
	cli_expect(&neither, 64, "refresh: expected NAME or --all");
	struct cli_result both = cli_run(&cli, "refresh", "x", "--all", NULL);
	cli_expect(&both, 64, "refresh: --all and a NAME exclude each other");
	struct cli_result steps = cli_run(&cli, "refresh", "x", "--overlap", "3", NULL);
	cli_expect(&steps, 64, "--overlap: expected a length of time such as 90s, 30min or 2d, found '3'");
}

Test(refresh, a_copy_of_a_table_in_the_same_file_leaves_that_table_as_it_was)
{
	shop_make(&cli, "t.db");
	const char *rows = "SELECT count(*) || ' ' || sum(qty) FROM orders";
	const char *before = cli_sql(&cli, rows);
	struct cli_result result = cli_run(&cli, "attach", "sales", ORDERS, "--copy", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	expect_counts("60d", "600 0 0 600");
	cli_expect_sql(&cli, rows, before);
}
