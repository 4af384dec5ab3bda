/* Datasets that are read in place from a real PostgreSQL server: whatever reads them asks the server. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"
#include "cli/server.h"

#define HOURS "timestamptz '2020-01-01 00:00+00' + n * interval '1 hour'"

static struct cli cli;
static const char *url;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(place_postgres, .init = setup, .timeout = 120);

/* 300 hours of two stores, the newest first. */
static void serve(void)
{
	url = server_start();
	server_sql(
		"CREATE TABLE load (at timestamptz, store text, qty numeric); INSERT INTO load SELECT " HOURS
		", store, 100 + n % 24 + n % 5 FROM generate_series(0, 299) AS n, (VALUES ('north'), "
		"('south')) AS s (store) ORDER BY n DESC");
}

static struct cli_result attach(const char *name, const char *copy)
{
	return cli_run(&cli, "attach", name, "--from", url, "--table", "load", "--series", "store",
		"--target", "qty", "--json", copy ? copy : "--quiet", NULL);
}

static void train(const char *model, const char *dataset)
{
	struct cli_result result = cli_run(&cli, "train", model, "--dataset", dataset, "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "2", "--seed", "7", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

static void forecast(const char *model)
{
	struct cli_result result = cli_run(&cli, "forecast", model, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(place_postgres, a_model_forecasts_from_the_server_as_from_a_copy)
{
	serve();
	struct cli_result place = attach("load", NULL), copy = attach("copied", "--copy");
	cli_expect(&place, 0, NULL);
	cli_expect(&copy, 0, NULL);
	cli_expect_json(place.out, "$.copied", "0");
	cli_expect_json(place.out, "$.rows", "600");
	cli_expect_json(place.out, "$.series", "2");
	cli_expect_sql(&cli, "SELECT count(*) FROM sqlite_schema WHERE name = 'load'", "0");
	train("near", "load");
	train("far", "copied");
	forecast("near");
	forecast("far");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest", "24");
	cli_expect_sql(&cli,
		"SELECT count(*) FROM almanac_forecast_latest AS a JOIN almanac_forecast_latest AS b ON "
		"a.model = 'near' AND b.model = "
		"'far' AND a.series = b.series AND a.time = b.time AND a.value = b.value",
		"12");
}

Test(place_postgres, what_is_new_on_the_server_is_seen_at_once)
{
	serve();
	struct cli_result place = attach("load", NULL);
	cli_expect(&place, 0, NULL);
	train("m", "load");
	server_sql("INSERT INTO load SELECT " HOURS ", 'north', 5 FROM generate_series(300, 309) AS n");
	forecast("m");
	cli_expect_sql(&cli, "SELECT min(time) FROM almanac_forecast_latest WHERE series = 'north'",
		"2020-01-13 22:00:00");
	struct cli_result told =
		cli_run(&cli, "attach", "more", "--from", url, "--table", "load", "--series", "store", NULL);
	cli_expect(&told, 0, "fetches all of it from the server");
	struct cli_result described = cli_run(&cli, "describe", "load", "--json", NULL);
	cli_expect(&described, 0, NULL);
	cli_expect_json(described.out, "$.rows", "610");
	struct cli_result exported = cli_run(&cli, "export", "load", NULL);
	cli_expect(&exported, 0, NULL);
	cr_assert_not_null(strstr(exported.out, "2020-01-13T21:00:00Z"), "%s", exported.out);
	struct cli_result refresh = cli_run(&cli, "refresh", "load", NULL);
	cli_expect(&refresh, 64, "is read in place");
	cr_assert_str_eq(server_sql("SELECT count(*) FROM load"), "610");
}

Test(place_postgres, a_server_that_is_gone_is_told_and_nothing_is_lost)
{
	serve();
	struct cli_result place = attach("load", NULL);
	cli_expect(&place, 0, NULL);
	train("m", "load");
	forecast("m");
	server_sql("ALTER TABLE load RENAME TO elsewhere");
	struct cli_result gone = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&gone, 66, "dataset 'load': table 'load' in 'postgresql://");
	cli_sql(&cli, "UPDATE almanac_source SET location = 'postgresql://almanac@/postgres?host=/nowhere'");
	gone = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&gone, 69, "/nowhere");
	gone = cli_run(&cli, "retrain", "--all", "--always", NULL);
	cli_expect(&gone, 69, "/nowhere");
	struct cli_result shown = cli_run(&cli, "show", "datasets", NULL);
	cli_expect(&shown, 0, NULL);
	cr_assert_not_null(strstr(shown.out, "/nowhere"), "%s", shown.out);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest", "12");
	cli_expect_sql(
		&cli, "SELECT count(*) FROM almanac_run WHERE status = 'failed' AND kind = 'forecast'", "2");
}

Test(place_postgres, the_password_of_the_url_reaches_no_later_run)
{
	char with[4096];
	serve();
	snprintf(with, sizeof with, "postgresql://almanac:s3cret@/postgres%s", strchr(url, '?'));
	url = with;
	struct cli_result place = attach("load", NULL);
	cli_expect(&place, 0, NULL);
	cr_assert_null(strstr(place.out, "s3cret"), "%s", place.out);
	const char *n = cli_sql(&cli, "SELECT count(*) FROM almanac_source WHERE instr(location, 's3cret')");
	cr_assert_str_eq(n, "0");
}

Test(place_postgres, control_c_ends_a_forecast_that_waits_for_the_server)
{
	serve();
	struct cli_result place = attach("load", NULL);
	cli_expect(&place, 0, NULL);
	train("m", "load");
	server_sql(
		"ALTER TABLE load RENAME TO rows; CREATE VIEW load AS SELECT at, store, qty FROM rows WHERE "
		"pg_sleep(0.1) IS NOT NULL");
	pid_t pid = cli_start(&cli, "forecast", "m", NULL);
	server_wait_for_query();
	kill(pid, SIGINT);
	struct cli_result stopped = cli_wait(&cli, pid);
	cli_expect(&stopped, 128 + SIGINT, "was stopped");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest", "0");
}
