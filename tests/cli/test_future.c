/* Channels that are known ahead, the whole way through the real program: from the dataset or from a file, never from what is
 * not known yet. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "time/timestamp.h"

#define N_ROWS  400
#define N_AHEAD 30

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(future, .init = setup);

static double price_at(int row)
{
	return 10 + 5 * sin(row * 0.7) + row % 4;
}

/* One row of a series: its load follows the price; behind the end only the price is known. */
static void print_row(FILE *file, const char *id, int row, double level)
{
	char time[ALM_TIME_TEXT];
	alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time);
	if (row < N_ROWS)
		fprintf(file, "%s,%s,%.3f,%.3f,%.3f\n", id, time, level - 3 * price_at(row), row % 7 * 0.5,
			price_at(row));
	else
		fprintf(file, "%s,%s,,,%.3f\n", id, time, price_at(row));
}

static void write_panel(const char *name, int n_rows)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fprintf(file, "id,time,load,wind,price\n");
	for (int row = 0; row < n_rows; row++) {
		print_row(file, "a", row, 100);
		print_row(file, "b", row, 300);
	}
	cr_assert_eq(fclose(file), 0);
}

static void ingest(const char *name)
{
	struct cli_result result =
		cli_run(&cli, "ingest", name, "--dataset", "sales", "--series", "id", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define TRAIN(...)                                                                                           \
	cli_run(&cli, "train", "m", "--dataset", "sales", "--lookback", "24", "--horizon", "6", "--units",   \
		"8", "--epochs", "2", "--batch", "64", "--json", "--quiet", __VA_ARGS__, NULL)

static void train(void)
{
	struct cli_result result = TRAIN("--future", "price");
	cr_assert_eq(result.code, 0, "%s", result.err);
}

static const char *forecast(const char *cutoff)
{
	struct cli_result result =
		cli_run(&cli, "forecast", "m", "--cutoff", cutoff, "--dry-run", "--format", "csv", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

/* Rows that hold nothing but the price are what is known ahead, and no end of the series. */
Test(future, channels_of_the_dataset_reach_over_the_horizon)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	train();
	struct cli_result result = cli_run(&cli, "forecast", "m", "--json", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.forecasts[0].cutoff"), "2020-01-17 15:00:00");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest"), "12");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'future'"), "price");
	struct cli_result scores = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL);
	cli_expect(&scores, 0, NULL);
	cr_assert(isfinite(atof(cli_json(scores.out, "$.scores[0].mae"))));
}

static void expect_no_leak(void)
{
	static const char *const cutoff = "2020-01-12 07:00";
	const char *before = forecast(cutoff);
	cli_sql(&cli, "UPDATE sales SET load = 1e6, wind = -1e6 WHERE time > unixepoch('2020-01-12 07:00')");
	cr_assert_str_eq(forecast(cutoff), before, "a later value moved a forecast");
	cli_sql(&cli, "UPDATE sales SET load = NULL, wind = NULL WHERE time > unixepoch('2020-01-12 07:00')");
	cr_assert_str_eq(forecast(cutoff), before, "a later gap moved a forecast");
	cli_sql(&cli, "UPDATE sales SET price = price + 5 WHERE time > unixepoch('2020-01-12 13:00')");
	cr_assert_str_eq(forecast(cutoff), before, "what comes after the horizon moved a forecast");
	cli_sql(&cli, "UPDATE sales SET price = price + 5 WHERE time = unixepoch('2020-01-12 12:00')");
	cr_assert_str_neq(forecast(cutoff), before, "what is known ahead has no effect");
}

Test(future, values_move_a_forecast_and_later_past_values_do_not)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	train();
	expect_no_leak();
}

Test(future, channels_go_with_a_recursive_head_a_mask_and_the_calendar)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	struct cli_result result = TRAIN(
		"--future", "price", "--target", "load,wind", "--head", "recursive", "--mask", "--calendar");
	cr_assert_eq(result.code, 0, "%s", result.err);
	expect_no_leak();
}

Test(future, channels_go_with_targets_at_every_step)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	struct cli_result result = TRAIN("--future", "price", "--return", "sequences", "--delay", "2");
	cr_assert_eq(result.code, 0, "%s", result.err);
	const char *before = forecast("2020-01-12 07:00");
	cli_sql(&cli, "UPDATE sales SET load = 1e6, wind = -1e6 WHERE time > unixepoch('2020-01-12 07:00')");
	cr_assert_str_eq(forecast("2020-01-12 07:00"), before, "a later value moved a forecast");
}

Test(future, values_that_are_missing_are_listed_and_nothing_is_stored)
{
	write_panel("short.csv", N_ROWS + 2);
	ingest("short.csv");
	train();
	struct cli_result result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&result, 66, "'price' is not known for the whole horizon");
	cr_assert(strstr(result.err, "4 times of series 'a' (2020-01-17 18:00:00 to 2020-01-17 21:00:00), 4 "
				     "times of series "
				     "'b' ("),
		"%s", result.err);
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast"), "0");
}

/* The file's prices in the place of the dataset's: the same forecast to the last bit, and with others another. */
Test(future, values_come_from_a_file)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	train();
	struct cli_result whole = cli_run(&cli, "forecast", "m", "--dry-run", "--format", "csv", NULL);
	cli_expect(&whole, 0, NULL);
	cli_sql(&cli, "DELETE FROM sales WHERE load IS NULL");
	FILE *file = fopen(cli_path(&cli, "plan.csv"), "w"), *other = fopen(cli_path(&cli, "other.csv"), "w");
	cr_assert(file && other);
	fprintf(file, "price,time,series\n");
	fprintf(other, "price,time,series\n");
	for (int row = N_ROWS - 3; row < N_ROWS + N_AHEAD; row++)
		for (int which = 0; which < 3; which++) {
			char time[ALM_TIME_TEXT];
			alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time);
			fprintf(file, "%.3f,%s,%c\n", price_at(row), time, "abz"[which]);
			fprintf(other, "%.3f,%s,%c\n", price_at(row) + 4, time, "abz"[which]);
		}
	cr_assert(fclose(file) == 0 && fclose(other) == 0);
	struct cli_result planned =
		cli_run(&cli, "forecast", "m", "--future", "plan.csv", "--dry-run", "--format", "csv", NULL);
	cli_expect(&planned, 0, "1 series of 'plan.csv' is not forecast, the first is 'z'");
	cr_assert_str_eq(planned.out, whole.out);
	struct cli_result moved = cli_run(&cli, "forecast", "m", "--future", "other.csv", "--dry-run",
		"--format", "csv", "--quiet", NULL);
	cli_expect(&moved, 0, NULL);
	cr_assert_str_neq(moved.out, whole.out);
	cr_assert_str_eq(cli_sql(&cli, "SELECT max(time) < unixepoch('2020-01-17 16:00') FROM sales"), "1");
}

/* "time,price" of n rows from `first` on, the prices higher by `more`. */
static void write_plan(const char *name, int first, int n, double more)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,price\n");
	for (int row = first; row < first + n; row++) {
		char time[ALM_TIME_TEXT];
		alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time);
		fprintf(file, "%s,%.3f\n", time, price_at(row) + more);
	}
	cr_assert_eq(fclose(file), 0);
}

/* Row 271 is 2020-01-12 07:00: the plan stands over what the dataset has of the six hours after it. */
Test(future, of_one_series_without_a_name_needs_no_column_for_it)
{
	write_panel("all.csv", N_ROWS);
	struct cli_result result = cli_run(
		&cli, "ingest", "all.csv", "--dataset", "sales", "--on-duplicate", "first", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	train();
	result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&result, 66, "it lacks 6 times (2020-01-17 16:00:00 to 2020-01-17 21:00:00); ingest");
	write_plan("plan.csv", N_ROWS, 6, 0);
	result = cli_run(&cli, "forecast", "m", "--future", "plan.csv", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest"), "6");
	const char *before = forecast("2020-01-12 07:00");
	write_plan("same.csv", 266, 12, 0);
	write_plan("other.csv", 272, 6, 3);
	result = cli_run(&cli, "forecast", "m", "--cutoff", "2020-01-12 07:00", "--future", "same.csv",
		"--dry-run", "--format", "csv", NULL);
	cr_assert_str_eq(result.out, before);
	result = cli_run(&cli, "forecast", "m", "--cutoff", "2020-01-12 07:00", "--future", "other.csv",
		"--dry-run", "--format", "csv", NULL);
	cr_assert_str_neq(result.out, before);
}

static void expect_refused(const char *file, int code, const char *said)
{
	struct cli_result result = cli_run(&cli, "forecast", "m", "--future", file, NULL);
	cli_expect(&result, code, said);
}

Test(future, files_that_cannot_be_used_are_refused_by_name)
{
	write_panel("some.csv", N_ROWS);
	ingest("some.csv");
	train();
	cli_file(&cli, "other.csv", "series,time,cost\na,2020-01-17 16:00,1\n");
	cli_file(&cli, "nameless.csv", "time,price\n2020-01-17 16:00,1\n");
	cli_file(&cli, "between.csv", "series,time,price\na,2020-01-17 16:30,1\n");
	cli_file(&cli, "twice.csv", "series,time,price\na,2020-01-17 16:00,1\na,2020-01-17 16:00,2\n");
	cli_file(&cli, "part.csv", "series,time,price\na,2020-01-17 16:00,1\na,2020-01-17 21:00,2\n");
	expect_refused("none.csv", 66, "none.csv");
	expect_refused("other.csv", 65, "'other.csv' has no column of numbers 'price'");
	expect_refused("nameless.csv", 64, "'nameless.csv' has no column 'series'");
	expect_refused("between.csv", 65, "2020-01-17 16:30:00 is not on the grid of 1h");
	expect_refused("twice.csv", 65, "twice.csv");
	expect_refused("part.csv", 66, "4 times of series 'a' (2020-01-17 17:00:00 to 2020-01-17 20:00:00)");
	struct cli_result plain = TRAIN("--future", "");
	cr_assert_eq(plain.code, 0, "%s", plain.err);
	expect_refused("part.csv", 64, "--future CHANNEL");
}

Test(future, settings_that_do_not_go_with_it_are_refused)
{
	write_panel("some.csv", N_ROWS);
	ingest("some.csv");
	struct cli_result twice = TRAIN("--future", "load");
	cli_expect(&twice, 64, "--future: channel 'load' is named twice");
	struct cli_result segments = TRAIN("--future", "price", "--past", "none", "--segment", "4");
	cli_expect(&segments, 64, "--future");
}

/* Series a knows its prices, b does not: a is forecast as if b were not there. */
Test(future, values_that_one_series_lacks_do_not_keep_the_others_from_being_forecast)
{
	write_panel("all.csv", N_ROWS + N_AHEAD);
	ingest("all.csv");
	train();
	struct cli_result whole = cli_run(&cli, "forecast", "m", "--json", "--dry-run", "--quiet", NULL);
	cli_expect(&whole, 0, NULL);
	const char *of_a = cli_json(whole.out, "$.forecasts[0]");
	cli_sql(&cli, "DELETE FROM sales WHERE series = 'b' AND time > unixepoch('2020-01-17 18:00')");
	struct cli_result result = cli_run(&cli, "forecast", "m", "--json", NULL);
	cli_expect(&result, 10,
		"1 of 2 series is not forecast: future channel 'price' is not known for the whole horizon: "
		"it lacks 3 "
		"times of series 'b' (2020-01-17 19:00:00 to 2020-01-17 21:00:00)");
	cr_assert_str_eq(cli_json(result.out, "$.forecasts[0]"), of_a);
	cr_assert(strstr(cli_json(result.out, "$.degraded"), "series 'b'"));
	cr_assert_str_eq(cli_sql(&cli, "SELECT group_concat(DISTINCT series) FROM almanac_forecast"), "a");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT status || ' ' || exit_code FROM almanac_run WHERE kind = 'forecast'"),
		"degraded 10");
	struct cli_result check = cli_run(&cli, "check", NULL);
	cli_expect(&check, 0, NULL);
}

/* Berlin is an hour ahead of UTC in January: the data end at 15:00 there, 14:00 UTC. */
Test(future, times_of_a_file_are_of_the_datasets_zone)
{
	write_panel("all.csv", N_ROWS);
	struct cli_result result = cli_run(&cli, "ingest", "all.csv", "--dataset", "sales", "--series", "id",
		"--tz", "Europe/Berlin", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	train();
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT datetime(max(time), 'unixepoch') FROM sales"), "2020-01-17 14:00:00");
	cli_file(&cli, "local.csv",
		"series,time,price\na,2020-01-17 16:00,1\na,2020-01-17 17:00,2\na,2020-01-17 "
		"18:00,3\na,2020-01-17 "
		"19:00,4\na,2020-01-17 20:00,5\na,2020-01-17 21:00,6\n");
	cli_file(&cli, "utc.csv",
		"series,time,price\na,2020-01-17T15:00:00Z,1\na,2020-01-17T16:00:00Z,2\na,2020-01-17T17:00:"
		"00Z,3\n"
		"a,2020-01-17T18:00:00Z,4\na,2020-01-17T19:00:00Z,5\na,2020-01-17T20:00:00Z,6\n");
	struct cli_result local =
		cli_run(&cli, "forecast", "m", "--future", "local.csv", "--format", "csv", "--dry-run", NULL);
	cli_expect(&local, 10, "1 of 2 series is not forecast");
	struct cli_result utc =
		cli_run(&cli, "forecast", "m", "--future", "utc.csv", "--format", "csv", "--dry-run", NULL);
	cli_expect(&utc, 10, "6 times of series 'b' (2020-01-17 15:00:00 to 2020-01-17 20:00:00)");
	cr_assert_str_eq(local.out, utc.out);
}
