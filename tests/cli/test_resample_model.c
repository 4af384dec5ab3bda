/* --resample and --aggregate: settings of a model that forecasts days of hourly data. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"
#include "support/make.h"
#include "time/timestamp.h"

#define START_MS INT64_C(1577836800000) /* 2020-01-01 */

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(resample_model, .init = setup);

/* n hours from 2020-01-01 as dataset d: qty is 1 to 7 from day to day, price twice the hour. */
static void ingest_hours(int n)
{
	char time[ALM_TIME_TEXT];
	FILE *file = fopen(cli_path(&cli, "in.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,qty,price\n");
	for (int row = 0; row < n; row++)
		fprintf(file, "%s,%d,%d\n", alm_time_print(START_MS + row * HOUR_MS, time), 1 + row / 24 % 7,
			2 * (row % 24));
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define DAYS "--resample", "1d", "--aggregate", "qty=sum,price=max"

static void train_days(void)
{
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "d", DAYS, "--target", "qty",
		"--lookback", "7", "--horizon", "3", "--units", "4", "--epochs", "2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
}

/* 60 days and 13 hours: the sixty-first is not whole. A day bears the time of its end. */
Test(resample_model, windows_are_of_whole_days)
{
	ingest_hours(60 * 24 + 13);
	struct cli_result windows =
		cli_run(&cli, "windows", "d", DAYS, "--lookback", "7d", "--horizon", "3d", "--json", NULL);
	cli_expect(&windows, 0, NULL);
	cli_expect_json(windows.out, "$.freq", "1d");
	cli_expect_json(windows.out, "$.first", "2020-01-02 00:00:00");
	cli_expect_json(windows.out, "$.last", "2020-03-01 00:00:00");
	cli_expect_json(windows.out, "$.lookback", "7");
}

Test(resample_model, the_setting_stays_with_the_model_and_forecasts_are_of_days)
{
	ingest_hours(60 * 24 + 13);
	train_days();
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--json", NULL);
	cli_expect(&forecast, 0, NULL);
	cli_expect_sql(&cli, "SELECT group_concat(time, ' ') FROM almanac_forecast_latest",
		"2020-03-02 00:00:00 2020-03-03 00:00:00 2020-03-04 00:00:00");
	cli_expect_sql(&cli,
		"SELECT group_concat(key || '=' || value, ' ') FROM almanac_version_setting "
		"WHERE key IN ('aggregate', 'freq', 'resample')",
		"aggregate=qty=sum,price=max freq=1d resample=1d");
	struct cli_result again = cli_run(&cli, "train", "m", "--fresh", "--quiet", NULL);
	cli_expect(&again, 0, NULL);
	struct cli_result backtest = cli_run(&cli, "backtest", "m", "--quiet", NULL);
	cli_expect(&backtest, 0, NULL);
}

/* The history before the forecast is sums of whole days: 24 times 1 .. 7. */
Test(resample_model, what_is_forecast_are_sums_of_days)
{
	ingest_hours(60 * 24);
	train_days();
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--json", NULL);
	cli_expect(&forecast, 0, NULL);
	double value = 0;
	cr_assert_eq(
		sscanf(cli_sql(&cli, "SELECT avg(value) FROM almanac_forecast_latest"), "%lf", &value), 1);
	cr_assert(value > 10 && value < 240, "%g", value);
}

/* At 22:00 of the 20th of February the day is not whole, with the row of 23:00 it is; what comes after the cutoff changes nothing. */
Test(resample_model, a_forecast_sees_nothing_after_its_cutoff)
{
	ingest_hours(60 * 24);
	train_days();
	struct cli_result before = cli_run(
		&cli, "forecast", "m", "--cutoff", "2020-02-20 22:00", "--dry-run", "--format", "csv", NULL);
	cli_expect(&before, 0, NULL);
	cr_assert_not_null(
		strstr(before.out, "qty,2020-02-20 00:00:00,2020-02-21 00:00:00,"), "%s", before.out);
	cli_sql(&cli, "UPDATE d SET qty = 1000, price = 1000 WHERE time > unixepoch('2020-02-20 22:00')");
	struct cli_result after = cli_run(
		&cli, "forecast", "m", "--cutoff", "2020-02-20 22:00", "--dry-run", "--format", "csv", NULL);
	cli_expect(&after, 0, NULL);
	cr_assert_str_eq(before.out, after.out);
	struct cli_result whole = cli_run(
		&cli, "forecast", "m", "--cutoff", "2020-02-20 23:00", "--dry-run", "--format", "csv", NULL);
	cli_expect(&whole, 0, NULL);
	cr_assert_not_null(
		strstr(whole.out, "qty,2020-02-21 00:00:00,2020-02-22 00:00:00,"), "%s", whole.out);
}

Test(resample_model, what_does_not_fit_is_an_error_that_says_what_to_do)
{
	static const struct {
		const char *option, *value, *option2, *value2;
		int code;
		const char *said;
	} bad[] = {
		{"--resample", "5", "--seed", "1", 64, "--resample: expected a step of time"},
		{"--resample", "1bd", "--seed", "1", 64,
			"--resample: expected a step of time or of months, found 1bd"},
		{"--resample", "15min", "--seed", "1", 64,
			"--resample: 15min is finer than the step of the data, 1h"},
		{"--resample", "1d", "--freq", "1h", 64,
			"--freq: with --resample the step is 1d, found 1h; leave it out"},
		{"--resample", "1d", "--aggregate", "cost=sum", 64,
			"--aggregate: the model has no channel 'cost'"},
		{"--aggregate", "sum", "--seed", "1", 64,
			"--aggregate: takes part in --resample only; give its step, too"},
		{"--resample", "1y", "--seed", "1", 65,
			"--resample: in no series are all rows of one 1y there"},
	};
	ingest_hours(200);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cli_result result = cli_run(&cli, "windows", "d", bad[i].option, bad[i].value,
			bad[i].option2, bad[i].value2, NULL);
		cli_expect(&result, bad[i].code, bad[i].said);
	}
}
