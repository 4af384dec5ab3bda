/* Datasets that are copied and refreshed from a real PostgreSQL server, which is only read; passwords stay where they are. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "cli/server.h"
#include "cli/shop.h"

#define QUERY "SELECT at, store, qty FROM load WHERE store <> 'closed'"
#define SLOW  "SELECT at, qty, pg_sleep(0.02) FROM load"

static struct cli cli;
static const char *url;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(attach_postgres, .init = setup, .timeout = 120);

/* 300 hours of two stores, in no order, with times in a zone of their own. */
static void serve(void)
{
	url = server_start();
	server_sql("CREATE TABLE load (at timestamptz, store text, qty numeric, open boolean, raw bytea);"
		   "INSERT INTO load SELECT timestamptz '2020-01-01 00:00+00' + (n * 7 % 300) * interval '1 "
		   "hour', store, "
		   "100 + n * 7 % 300 % 24 + n % 5, true, '\\x00' FROM generate_series(0, 299) AS n, "
		   "(VALUES ('north'), ('south')) AS s (store);"
		   "ALTER DATABASE postgres SET timezone = 'Asia/Tokyo'; ALTER DATABASE postgres SET "
		   "datestyle = 'German'");
}

static struct cli_result attach(const char *from, const char *query)
{
	return cli_run(&cli, "attach", "load", "--from", from, "--query", query, "--series", "store",
		"--time", "at", "--channels", "qty", "--copy", "--json", NULL);
}

Test(attach_postgres, rows_are_copied_and_refreshed)
{
	serve();
	struct cli_result result = attach(url, QUERY);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "600");
	cli_expect_json(result.out, "$.series", "2");
	cli_expect_json(result.out, "$.time_format", "iso");
	cli_expect_json(result.out, "$.first", "2020-01-01 00:00:00");
	cli_expect_json(result.out, "$.last", "2020-01-13 11:00:00");
	const char *first =
		server_sql("SELECT qty FROM load WHERE at = '2020-01-01 05:00+00' AND store = 'north'");
	char expected[32];
	snprintf(expected, sizeof expected, "%s.0", first);
	cli_expect_sql(&cli, "SELECT qty FROM load WHERE series = 'north' AND time = 1577854800", expected);
	server_sql("INSERT INTO load VALUES ('2020-01-13 12:00+00', 'north', 7), ('2020-01-13 13:00+00', "
		   "'north', NULL), "
		   "('2020-01-13 14:00+00', 'north', 'NaN'); UPDATE load SET qty = 1 WHERE at = '2020-01-13 "
		   "01:00+00'");
	struct cli_result refresh = cli_run(&cli, "refresh", "--all", "--overlap", "1d", "--json", NULL);
	cli_expect(&refresh, 0, NULL);
	cli_expect_json(refresh.out, "$.refreshed[0].inserted", "3");
	cli_expect_json(refresh.out, "$.refreshed[0].updated", "2");
	cli_expect_json(refresh.out, "$.refreshed[0].nulls", "2");
	cli_expect_sql(&cli, "SELECT count(*) || ' ' || count(qty) FROM load", "603 601");
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "load", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "1", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
}

Test(attach_postgres, a_password_reaches_neither_the_database_nor_a_message)
{
	char with[4096], bad[4096];
	serve();
	const char *host = strchr(url, '?');
	snprintf(with, sizeof with, "postgresql://almanac:s3cret%%21@/postgres%s&pass%%77ord=s3cret", host);
	snprintf(bad, sizeof bad, "postgresql://almanac:s3cret@/nothere%s", host);
	struct cli_result result = attach(with, QUERY);
	cli_expect(&result, 0, NULL);
	cr_assert_null(strstr(result.out, "s3cret"), "%s", result.out);
	struct cli_result sources = cli_run(&cli, "show", "sources", NULL);
	cr_assert_null(strstr(sources.out, "s3cret"), "%s", sources.out);
	cr_assert_not_null(strstr(sources.out, "postgresql://"), "%s", sources.out);
	const char *n = cli_sql(&cli, "SELECT count(*) FROM almanac_source WHERE instr(location, 's3cret')");
	cr_assert_str_eq(n, "0");
	struct cli_result refresh = cli_run(&cli, "refresh", "load", "--quiet", NULL);
	cli_expect(&refresh, 0, NULL);
	struct cli_result missing = attach(bad, QUERY);
	cli_expect(&missing, 69, "database \"nothere\" does not exist");
	cr_assert_null(strstr(missing.err, "s3cret"), "%s", missing.err);
}

Test(attach_postgres, only_a_select_that_changes_nothing_is_taken)
{
	serve();
	static const struct {
		const char *query, *error;
		int code;
	} queries[] = {
		{"DELETE FROM load RETURNING at, store, qty", "only a SELECT", 64},
		{"SELECT at, store, qty FROM load; DELETE FROM load", "multiple commands", 65},
		{"COMMIT", "gives no rows", 65},
		{"SELECT at, store, qty FROM loads", "relation \"loads\" does not exist", 66},
		{"SELECT at, store, qty FORM load", "syntax error", 65},
		{"SELECT at, store, raw AS qty FROM load", "bytes instead of a number", 65},
		{"SELECT 'infinity'::timestamptz AS at, store, qty FROM load", "column 'at'", 65},
	};
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct cli_result result = attach(url, queries[i].query);
		cli_expect(&result, queries[i].code, queries[i].error);
	}
	const char *left = server_sql("SELECT count(*) FROM load");
	cr_assert_str_eq(left, "600");
}

static pid_t start_slow(void)
{
	pid_t pid = cli_start(
		&cli, "attach", "load", "--from", url, "--query", SLOW, "--channels", "qty", "--copy", NULL);
	server_wait_for_query();
	return pid;
}

Test(attach_postgres, a_lost_connection_and_a_cancelled_query_leave_nothing_half_written)
{
	serve();
	struct cli_result ready = attach(url, QUERY);
	cli_expect(&ready, 0, NULL);
	server_sql("CREATE VIEW slow AS SELECT at, store, qty, pg_sleep(0.01) IS NULL AS slept FROM load");
	cli_sql(&cli, "UPDATE almanac_source SET query = 'SELECT * FROM slow'");
	server_sql("INSERT INTO load SELECT at + interval '300 hours', store, qty FROM load");
	pid_t pid = cli_start(&cli, "refresh", "load", NULL);
	server_wait_for_query();
	server_sql(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'almanac'");
	struct cli_result lost = cli_wait(&cli, pid);
	cli_expect(&lost, 69, "terminating connection");
	cli_expect_sql(&cli, "SELECT count(*) FROM load", "600");
	pid = cli_start(&cli, "refresh", "load", NULL);
	server_wait_for_query();
	server_sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'almanac'");
	struct cli_result cancelled = cli_wait(&cli, pid);
	cli_expect(&cancelled, 69, "canceling statement due to user request");
	cli_expect_sql(&cli, "SELECT count(*) FROM load", "600");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_run WHERE status = 'failed'", "2");
}

Test(attach_postgres, control_c_ends_a_query_that_takes_long)
{
	serve();
	pid_t pid = start_slow();
	kill(pid, SIGINT);
	struct cli_result stopped = cli_wait(&cli, pid);
	cli_expect(&stopped, 128 + SIGINT, "was stopped");
	const char *path = cli_path(&cli, "t.db");
	FILE *file = fopen(path, "r");
	cr_assert_null(file, "an attach that failed while it looked created a database");
}

Test(attach_postgres, a_server_that_is_not_there_is_told)
{
	server_start();
	struct cli_result none = attach("postgresql://almanac@/postgres?host=/nowhere", QUERY);
	cli_expect(&none, 69, "/nowhere");
	struct cli_result wrong = attach("postgresql://a:s3cret@[::1/x", QUERY);
	cli_expect(&wrong, 64, "--from: expected a URL such as postgresql://user@host:5432/database");
	cr_assert_null(strstr(wrong.err, "s3cret"));
}

Test(attach_postgres, a_table_is_copied_whatever_its_name)
{
	serve();
	server_sql("CREATE SCHEMA \"my shop\"; CREATE TABLE \"my shop\".\"Odd \"\"name\"\"; x\" AS SELECT "
		   "at, store, qty "
		   "FROM load");
	struct cli_result result =
		cli_run(&cli, "attach", "odd", "--from", url, "--table", "my shop.Odd \"name\"; x", "--time",
			"at", "--series", "store", "--target", "qty", "--copy", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "600");
	server_sql(
		"INSERT INTO \"my shop\".\"Odd \"\"name\"\"; x\" VALUES ('2020-02-01 00:00+00', 'north', 7)");
	result = cli_run(&cli, "refresh", "odd", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM odd", "601");
	result = cli_run(&cli, "attach", "no", "--from", url, "--table", "nothing", "--copy", NULL);
	cli_expect(&result, 66, "table 'nothing'");
}

Test(attach_postgres, a_scheme_without_a_source_is_told)
{
	struct cli_result other = attach("mysql://localhost/x", QUERY);
	cli_expect(&other, 69, "there is no source for mysql://: no sources/mysql.so beside the program");
}
