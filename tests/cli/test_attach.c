/* Datasets over tables, views and queries of an application's database, which stays as it was to the last row. */
#include <criterion/criterion.h>
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
	shop_make(&cli, "t.db");
}

TestSuite(attach, .init = setup);

static void attach_orders(void)
{
	struct cli_result result = cli_run(&cli, "attach", "sales", ORDERS, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
}

/* A table t (at, x) of these rows; attached as d with --json. */
static struct cli_result attach_rows(const char *rows)
{
	char sql[1024];
	snprintf(sql, sizeof sql, "CREATE TABLE t (at, x); INSERT INTO t VALUES %s", rows);
	shop_sql(&cli, "t.db", sql);
	return cli_run(&cli, "attach", "d", "--table", "t", "--time", "at", "--json", NULL);
}

Test(attach, tells_what_was_recognised)
{
	struct cli_result result = cli_run(&cli, "attach", "sales", ORDERS, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "sales (new, read in place), 1 channel, 2 series");
	cli_expect_in(result.out, "table 'orders'");
	cli_expect_in(result.out, "column placed_at, ISO 8601, recognised; --time-format says otherwise");
	cli_expect_in(result.out, "2020-01-01 00:00:00 to 2020-01-13 11:00:00");
	cli_expect_in(result.out, "600, 0 of a time seen before, 0 values missing");
}

Test(attach, finds_time_and_channels_by_itself)
{
	struct cli_result result =
		cli_run(&cli, "attach", "sales", "--table", "orders", "--series", "store", "--json", NULL);
	cli_expect(&result, 0,
		"left out, because they hold no numbers or are the table's key: id, product, note");
	cli_expect_json(result.out, "$.time_column", "placed_at");
	cli_expect_json(result.out, "$.time_format", "iso");
	cli_expect_json(result.out, "$.channels", "2");
	cli_expect_json(result.out, "$.series", "2");
}

Test(attach, the_whole_way_works_in_place_and_the_application_s_data_stay_as_they_were)
{
	const char *before = shop_dump(&cli, "t.db");
	attach_orders();
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "sales", SMALL, "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	struct cli_result backtest = cli_run(&cli, "backtest", "m", "--quiet", NULL);
	cli_expect(&backtest, 0, NULL);
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
	struct cli_result windows = cli_run(&cli, "windows", "sales", "--lookback", "24", "--json", NULL);
	cli_expect(&windows, 0, NULL);
	cli_expect_json(windows.out, "$.series", "2");
	const char *after = shop_dump(&cli, "t.db");
	cr_assert_str_eq(before, after);
	const char *series = cli_sql(&cli, "SELECT group_concat(DISTINCT series) FROM almanac_forecasts");
	cr_assert_str_eq(series, "north/tea,south/tea");
	const char *cutoff = cli_sql(&cli, "SELECT DISTINCT cutoff FROM almanac_forecasts");
	cr_assert_str_eq(cutoff, "2020-01-13 11:00:00");
}

Test(attach, in_place_or_ingested_the_same_rows_train_the_same_weights)
{
	attach_orders();
	shop_sql(&cli, "t.db",
		"CREATE TABLE plain AS SELECT store || '/' || product AS series, placed_at AS time, qty "
		"FROM orders");
	const char *rows = shop_value(&cli, "t.db",
		"SELECT 'series,time,qty' || char(10) || group_concat(series || ',' || time || ',' || qty, "
		"char(10)) || char(10) FROM plain");
	cli_file(&cli, "in.csv", rows);
	struct cli_result ingest =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "own", "--series", "series", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result a = cli_run(&cli, "train", "a", "--dataset", "sales", SMALL, "--json", NULL);
	struct cli_result b = cli_run(&cli, "train", "b", "--dataset", "own", SMALL, "--json", NULL);
	const char *first = cli_json(a.out, "$.weights_sha256"),
		   *second = cli_json(b.out, "$.weights_sha256");
	cr_assert_eq(strlen(first), 64);
	cr_assert_str_eq(first, second);
}

Test(attach, rows_that_come_later_are_seen_at_once)
{
	attach_orders();
	shop_sql(&cli, "t.db",
		"INSERT INTO orders (placed_at, store, product, qty) VALUES ('2020-01-13T12:00:00', 'north', "
		"'tea', 1)");
	struct cli_result show = cli_run(&cli, "show", "datasets", "--json", NULL);
	cli_expect(&show, 0, NULL);
	cli_expect_json(show.out, "$.datasets[0].rows", "601");
	cli_expect_json(show.out, "$.datasets[0].last", "2020-01-13 12:00:00");
	cli_expect_json(show.out, "$.datasets[0].source", "table 'orders'");
}

Test(attach, a_view_and_a_query_are_attached_like_a_table)
{
	shop_sql(
		&cli, "t.db", "CREATE VIEW north AS SELECT placed_at, qty FROM orders WHERE store = 'north'");
	struct cli_result view = cli_run(&cli, "attach", "v", "--table", "north", "--json", NULL);
	cli_expect(&view, 0, NULL);
	cli_expect_json(view.out, "$.rows", "300");
	struct cli_result query = cli_run(&cli, "attach", "q", "--query",
		"WITH s AS (SELECT * FROM orders) SELECT date(placed_at) AS day, store, sum(qty) AS qty FROM "
		"s "
		"GROUP BY 1, 2; -- by day",
		"--series", "store", "--json", NULL);
	cli_expect(&query, 0, NULL);
	cli_expect_json(query.out, "$.time_column", "day");
	cli_expect_json(query.out, "$.rows", "26");
	struct cli_result sources = cli_run(&cli, "show", "sources", "--json", NULL);
	cli_expect(&sources, 0, NULL);
	cli_expect_json(sources.out, "$.sources[0].series", "store");
	cli_expect_json(sources.out, "$.sources[1].table", "north");
}

Test(attach, a_dataset_may_be_called_as_its_table)
{
	struct cli_result result = cli_run(&cli, "attach", "orders", ORDERS, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(attach, every_encoding_of_time_is_recognised)
{
	static const char *const rows[][2] = {
		{"('2020-01-01', 1), ('2020-01-02', 2)", "iso"},
		{"(1577836800, 1), (1577923200, 2)", "s"},
		{"(1577836800000, 1), (1577923200000, 2)", "ms"},
		{"(1577836800000000, 1), (1577923200000000, 2)", "us"},
		{"(2458849.5, 1), (2458850.5, 2)", "julian"},
		{"(20200101, 1), (20200102, 2)", "%Y%m%d"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cli_result result = attach_rows(rows[i][0]);
		cli_expect(&result, 0, NULL);
		cli_expect_json(result.out, "$.time_format", rows[i][1]);
		cli_expect_json(result.out, "$.first", "2020-01-01 00:00:00");
		cli_expect_json(result.out, "$.last", "2020-01-02 00:00:00");
		shop_sql(&cli, "t.db",
			"DROP TABLE t; DELETE FROM almanac_channel; DELETE FROM almanac_source_id;"
			"DELETE FROM almanac_source; DELETE FROM almanac_dataset");
	}
}

Test(attach, the_format_of_time_can_be_told)
{
	shop_sql(&cli, "t.db", "CREATE TABLE t (at INTEGER, x); INSERT INTO t VALUES (86400000, 1)");
	struct cli_result found =
		cli_run(&cli, "attach", "a", "--table", "t", "--time", "at", "--json", NULL);
	cli_expect_json(found.out, "$.first", "1972-09-27 00:00:00");
	struct cli_result told = cli_run(
		&cli, "attach", "b", "--table", "t", "--time", "at", "--time-format", "ms", "--json", NULL);
	cli_expect_json(told.out, "$.first", "1970-01-02 00:00:00");
	cli_expect_json(told.out, "$.recognised", "0");
}

Test(attach, of_rows_with_one_time_the_last_counts_and_null_is_missing)
{
	struct cli_result result =
		attach_rows("('2020-01-02', 5), ('2020-01-01', 1), ('2020-01-02', NULL), ('2020-01-01', 3)");
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "4");
	cli_expect_json(result.out, "$.duplicates", "2");
	cli_expect_json(result.out, "$.nulls", "1");
}

Test(attach, repeated_rows_are_counted_whenever_they_are_read)
{
	attach_orders();
	shop_sql(&cli, "t.db",
		"INSERT INTO orders SELECT NULL, placed_at, store, product, qty, price, note "
		"FROM orders WHERE store = 'north'");
	struct cli_result result = cli_run(&cli, "windows", "sales", "--lookback", "24", NULL);
	cli_expect(&result, 0, "300 rows have the series and time of a later one, which counts");
}

Test(attach, names_of_several_ids_stay_apart_when_they_hold_the_separator)
{
	shop_sql(&cli, "t.db",
		"CREATE TABLE t (at, a, b, x); INSERT INTO t VALUES ('2020-01-01', 'p/q', 'r', 1), "
		"('2020-01-01', 'p', 'q/r', 2), ('2020-01-01', 'p%2Fq', 'r', 3), ('2020-01-01', NULL, 7, 4)");
	struct cli_result result =
		cli_run(&cli, "attach", "d", "--table", "t", "--series", "a,b", "--copy", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.series", "4");
	const char *names = cli_sql(&cli, "SELECT group_concat(series || '=' || x) FROM d");
	cr_assert_str_eq(names, "/7=4.0,p%252Fq/r=3.0,p%2Fq/r=1.0,p/q%2Fr=2.0");
}

Test(attach, text_in_a_numeric_column_is_named_with_its_time)
{
	shop_sql(&cli, "t.db", "UPDATE orders SET qty = 'n/a' WHERE placed_at = '2020-01-02T00:00:00'");
	struct cli_result result = cli_run(&cli, "attach", "sales", ORDERS, NULL);
	cli_expect(&result, 65,
		"table 'orders': 2020-01-02 00:00:00, series 'north/tea': column 'qty' holds 'n/a', which is "
		"text");
	const char *n = cli_sql(&cli, "SELECT count(*) FROM almanac_dataset");
	cr_assert_str_eq(n, "0");
}

Test(attach, a_time_that_is_none_is_named_with_its_row)
{
	shop_sql(&cli, "t.db",
		"CREATE TABLE t (at, x);"
		"WITH RECURSIVE h (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM h WHERE n < 1499)"
		"INSERT INTO t SELECT date('2020-01-01', n || ' days'), n FROM h;"
		"UPDATE t SET at = '2020-02-30' WHERE x = 1200");
	struct cli_result bad = cli_run(&cli, "attach", "d", "--table", "t", NULL);
	cli_expect(&bad, 65,
		"row 1201: column 'at' holds '2020-02-30', which is no time in the format ISO 8601");
	shop_sql(&cli, "t.db", "UPDATE t SET at = NULL WHERE x = 1200");
	struct cli_result null = cli_run(&cli, "attach", "d", "--table", "t", NULL);
	cli_expect(&null, 65, "row 1201: column 'at' holds 'NULL', which is no time; leave such rows out");
}

Test(attach, only_one_select_that_changes_nothing_is_taken)
{
	static const char *const queries[][2] = {
		{"DELETE FROM orders RETURNING placed_at, qty", "only a SELECT"},
		{"UPDATE orders SET qty = 0", "only a SELECT"},
		{"SELECT placed_at, qty FROM orders; DROP TABLE orders", "one statement"},
		{"PRAGMA user_version = 3", "only a SELECT"},
		{"ATTACH 'x.db' AS x", "only a SELECT"},
		{"EXPLAIN SELECT placed_at, qty FROM orders", "only a SELECT"},
		{"SELECT load_extension('x'), placed_at, qty FROM orders", "only a SELECT"},
		{"SELECT placed_at, qty FROM orders WHERE store = ?", "parameters"},
		{"VACUUM", "only a SELECT"},
		{"BEGIN", "only a SELECT"},
		{"  ; -- nothing", "found nothing"},
	};
	const char *before = shop_hash(&cli, "t.db");
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct cli_result result = cli_run(&cli, "attach", "d", "--query", queries[i][0], NULL);
		cli_expect(&result, 64, queries[i][1]);
	}
	struct cli_result wrong = cli_run(&cli, "attach", "d", "--query", "SELEC 1", NULL);
	cli_expect(&wrong, 65, "query 'SELEC 1' cannot be read: near \"SELEC\": syntax error");
	const char *after = shop_hash(&cli, "t.db");
	cr_assert_str_eq(before, after);
	const char *other = cli_path(&cli, "x.db");
	cr_assert_neq(access(other, F_OK), 0);
}

Test(attach, a_name_that_exists_is_refused)
{
	attach_orders();
	struct cli_result again = cli_run(&cli, "attach", "SALES", ORDERS, NULL);
	cli_expect(&again, 64, "there is a dataset 'SALES' already");
	struct cli_result copy = cli_run(&cli, "attach", "orders", ORDERS, "--copy", NULL);
	cli_expect(&copy, 64, "already has a table, view or index of that name");
}

Test(attach, a_csv_cannot_be_ingested_into_a_dataset_that_is_read_in_place)
{
	const char *before = shop_dump(&cli, "t.db");
	attach_orders();
	cli_file(&cli, "in.csv", "time,qty\n2020-01-01,1\n2020-01-02,2\n");
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "sales", NULL);
	cli_expect(&result, 64, "dataset 'sales' is read in place from table 'orders'");
	const char *after = shop_dump(&cli, "t.db");
	cr_assert_str_eq(before, after);
}

Test(attach, a_table_that_is_gone_or_has_another_shape_later_is_told)
{
	attach_orders();
	shop_sql(&cli, "t.db", "ALTER TABLE orders RENAME COLUMN qty TO pieces");
	struct cli_result shape = cli_run(&cli, "train", "m", "--dataset", "sales", SMALL, NULL);
	cli_expect(&shape, 65,
		"dataset 'sales': table 'orders' has no column 'qty'; it has id, placed_at, store, product, "
		"pieces, price, note");
	shop_sql(&cli, "t.db", "DROP TABLE orders");
	struct cli_result gone = cli_run(&cli, "windows", "sales", NULL);
	cli_expect(&gone, 66, "dataset 'sales': there is no table or view 'orders'");
	struct cli_result show = cli_run(&cli, "show", "datasets", "--json", NULL);
	cli_expect(&show, 0, NULL);
	cli_expect_json(show.out, "$.datasets[0].rows", "");
	cli_expect_in(show.out, "there is no table or view 'orders'");
}

Test(attach, a_query_over_a_table_that_is_gone_later_is_told)
{
	struct cli_result attach = cli_run(&cli, "attach", "q", "--query",
		"SELECT placed_at, avg(qty) AS qty FROM orders GROUP BY 1", "--quiet", NULL);
	cli_expect(&attach, 0, NULL);
	shop_sql(&cli, "t.db", "DROP TABLE orders");
	struct cli_result gone = cli_run(&cli, "windows", "q", NULL);
	cli_expect(&gone, 66, "cannot be read: no such table: orders");
}

Test(attach, names_with_quotes_and_blanks_are_names)
{
	shop_sql(&cli, "t.db",
		"CREATE TABLE \"my \"\" table; --\" (\"at \"\"it\" TEXT, \"a b\" REAL);"
		"INSERT INTO \"my \"\" table; --\" VALUES ('2020-01-01', 1), ('2020-01-02', 2)");
	struct cli_result result = cli_run(&cli, "attach", "odd", "--table", "my \" table; --", "--time",
		"at \"it", "--channels", "a b", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "2");
}

Test(attach, options_that_do_not_fit_say_what_would)
{
	struct cli_result none = cli_run(&cli, "attach", "d", NULL);
	cli_expect(&none, 64, "expected --table NAME or --query SELECT");
	struct cli_result both =
		cli_run(&cli, "attach", "d", "--table", "orders", "--query", "SELECT 1", NULL);
	cli_expect(&both, 64, "--table and --query exclude each other");
	struct cli_result lists = cli_run(
		&cli, "attach", "d", "--table", "orders", "--target", "qty", "--channels", "qty", NULL);
	cli_expect(&lists, 64, "--target and --channels exclude each other");
	struct cli_result table = cli_run(&cli, "attach", "d", "--table", "order", NULL);
	cli_expect(&table, 66, "there is no table or view 'order' in 't.db'; there is orders");
	struct cli_result column =
		cli_run(&cli, "attach", "d", "--table", "orders", "--series", "shop", NULL);
	cli_expect(&column, 64, "--series: table 'orders' has no column 'shop'; it has id, placed_at");
	struct cli_result twice =
		cli_run(&cli, "attach", "d", "--table", "orders", "--series", "store,store", NULL);
	cli_expect(&twice, 64, "--series: 'store' is named twice");
	struct cli_result taken = cli_run(
		&cli, "attach", "d", "--table", "orders", "--series", "store", "--channels", "store", NULL);
	cli_expect(&taken, 64, "--channels: 'store' is the column of an id already");
	struct cli_result format =
		cli_run(&cli, "attach", "d", "--table", "orders", "--time-format", "sec", NULL);
	cli_expect(&format, 64, "--time-format: expected iso, s, ms, us, julian or a strptime format");
	struct cli_result time = cli_run(&cli, "attach", "d", "--query", "SELECT id, qty FROM orders", NULL);
	cli_expect(&time, 64, "has no column that reads as times; name one with --time");
}

Test(attach, an_empty_table_says_that_its_times_cannot_be_recognised)
{
	shop_sql(&cli, "t.db", "CREATE TABLE t (time TEXT, x REAL)");
	struct cli_result result = cli_run(&cli, "attach", "d", "--table", "t", NULL);
	cli_expect(&result, 65, "there is no time to recognise the format by; give --time-format");
}

Test(attach, a_database_from_before_there_were_sources_can_still_be_looked_at)
{
	cli_ingest_wave(&cli);
	shop_sql(&cli, "t.db",
		"DROP VIEW almanac_sources; DROP TABLE almanac_source_id; DROP TABLE almanac_source;"
		"DELETE FROM almanac_migration WHERE number >= (SELECT number FROM almanac_migration "
		"WHERE name LIKE '%source')");
	struct cli_result datasets = cli_run(&cli, "show", "datasets", "--json", NULL);
	cli_expect(&datasets, 0, NULL);
	cli_expect_json(datasets.out, "$.datasets[0].rows", "600");
	struct cli_result sources = cli_run(&cli, "show", "sources", "--json", NULL);
	cli_expect(&sources, 0, NULL);
	struct cli_result windows = cli_run(&cli, "windows", "wave", "--lookback", "24", "--json", NULL);
	cli_expect(&windows, 0, NULL);
}

/* Trains on a dataset with a channel that is known ahead and forecasts; the forecast as one text. */
static const char *forecast_with_future(const char *dataset)
{
	char sql[256];
	struct cli_result train = cli_run(&cli, "train", dataset, "--dataset", dataset, "--target", "y",
		"--future", "z", SMALL, "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	struct cli_result forecast = cli_run(&cli, "forecast", dataset, "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
	snprintf(sql, sizeof sql,
		"SELECT group_concat(series || cutoff || value) FROM almanac_forecasts WHERE model = '%s'",
		dataset);
	return cli_sql(&cli, sql);
}

Test(attach, what_is_known_ahead_is_read_in_place_as_from_a_table_of_its_own)
{
	shop_sql(&cli, "t.db",
		"CREATE TABLE t (at INTEGER, s TEXT, y REAL, z REAL);"
		"WITH RECURSIVE h (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM h WHERE n < 309)"
		"INSERT INTO t SELECT 1577836800 + 3600 * (n * 7 % 310), s, CASE WHEN n * 7 % 310 < 300 THEN "
		"n % 24 END, "
		"n * 7 % 310 % 5 FROM h, (SELECT 'a' AS s UNION ALL SELECT 'b')");
	static const char *const how[][2] = {{"place", "--quiet"}, {"own", "--copy"}};
	for (int i = 0; i < 2; i++) {
		struct cli_result attach = cli_run(&cli, "attach", how[i][0], "--table", "t", "--time", "at",
			"--series", "s", "--channels", "y,z", "--quiet", how[i][1], NULL);
		cli_expect(&attach, 0, NULL);
	}
	const char *place = forecast_with_future("place"), *own = forecast_with_future("own");
	cli_expect_in(place, "a2020-01-13 11:00:00");
	cli_expect_in(place, "b2020-01-13 11:00:00");
	cr_assert_str_eq(place, own);
}

Test(attach, a_dataset_can_be_detached_and_its_table_stays)
{
	cli_sql(&cli, "CREATE TABLE mine (time TEXT, x REAL)");
	cli_sql(&cli, "INSERT INTO mine VALUES ('2020-01-01', 1), ('2020-01-02', 2)");
	struct cli_result result = cli_run(&cli, "attach", "d", "--table", "mine", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "attach", "copy", "--table", "mine", "--copy", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "detach", "d", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert(strstr(result.out, "detached  d from table 'mine'"), "%s", result.out);
	result = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&result, 66, "there is no dataset 'd'");
	result = cli_run(&cli, "detach", "copy", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.kept"), "1");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM copy"), "2");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM mine"), "2");
	result = cli_run(&cli, "refresh", "copy", NULL);
	cr_assert_neq(result.code, 0);
	result = cli_run(&cli, "detach", "copy", NULL);
	cli_expect(&result, 64, "dataset 'copy' was not attached");
	cr_assert_str_eq(cli_sql(&cli, "PRAGMA foreign_key_check"), "");
}

Test(attach, a_dataset_that_a_model_needs_stays_attached)
{
	cli_ingest_wave(&cli);
	cli_sql(&cli, "CREATE VIEW seen AS SELECT time, load FROM wave");
	struct cli_result result = cli_run(&cli, "attach", "d", "--table", "seen", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "train", "m", "--dataset", "d", "--lookback", "24", "--horizon", "4",
		"--units", "4", "--epochs", "1", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "detach", "d", NULL);
	cli_expect(&result, 64, "models are trained on it and need it to forecast: m");
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}
