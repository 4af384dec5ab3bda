/*
 * Channels that are known ahead, resampled: hours made into days by --resample give, to the last digit, the forecasts of the
 * days that SQL makes of the same rows.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"
#include "support/make.h"
#include "time/timestamp.h"

#define START_MS INT64_C(1577836800000) /* 2020-01-01, a Wednesday */
#define N_DAYS   60
#define NOW      (N_DAYS * 24 + 10) /* hours: the sixty-first day, 2020-03-01, has come to 10:00 */
#define N_AHEAD  (4 * 24)           /* hours of price and weather behind it */

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(resample_future, .init = setup);

/* In eighths, which are exact however they are added. */
static double price_at(int hour, int which)
{
	return 20 + which + (hour * 7 % 31) / 8.0 + hour / 24 % 5;
}

static void print_hour(FILE *file, int hour, int which)
{
	static const char *const weather[] = {"sun", "rain", "snow"};
	char time[ALM_TIME_TEXT];
	alm_time_print(START_MS + hour * HOUR_MS, time);
	fprintf(file, "%s,%c,", time, "ab"[which]);
	if (hour < NOW)
		fprintf(file, "%.3f,%d", 200 - 4 * price_at(hour, which) + hour % 24, hour % 17);
	else
		fprintf(file, ",");
	fprintf(file, ",%.3f,%s\n", price_at(hour, which), weather[(hour / 24 + hour / 11 + which) % 3]);
}

/* qty and stock are past, price and weather known for n_hours. */
static void ingest_hours(int n_hours)
{
	FILE *file = fopen(cli_path(&cli, "in.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,store,qty,stock,price,weather\n");
	for (int hour = 0; hour < n_hours; hour++)
		for (int which = 0; which < 2; which++)
			print_hour(file, hour, which);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "hours", "--series",
		"store", "--category", "weather", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* The days of hours, by SQL: those that are not whole in qty have neither qty nor stock. */
#define DAYS                                                                                                 \
	"WITH day AS (SELECT series, time / 86400 AS day, count(qty) AS n_qty, count(price) AS n_price, "    \
	"  sum(qty) AS qty, min(stock) AS stock, avg(price) AS price FROM hours GROUP BY 1, 2) "             \
	"SELECT 'time,store,qty,stock,price,weather' || char(10) || group_concat(printf("                    \
	"  '%s,%s,%s,%s,%.17g,%s', datetime((day + 1) * 86400, 'unixepoch'), series, "                       \
	"  iif(n_qty = 24, qty, ''), iif(n_qty = 24, stock, ''), price, "                                    \
	"  (SELECT weather FROM hours h WHERE h.series = day.series AND h.time = day * 86400 + 23 * "        \
	"3600)), "                                                                                           \
	"  char(10)) FROM day WHERE n_price = 24"

static void ingest_days(void)
{
	cli_file(&cli, "days.csv", cli_sql(&cli, DAYS));
	struct cli_result result = cli_run(&cli, "ingest", "days.csv", "--dataset", "days", "--series",
		"store", "--category", "weather", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define TRAIN(model, ...)                                                                                    \
	do {                                                                                                 \
		struct cli_result train =                                                                    \
			cli_run(&cli, "train", model, "--dataset", __VA_ARGS__, "--target", "qty", "--past", \
				"stock", "--future", "price,weather", "--lookback", "7", "--horizon", "3",   \
				"--units", "6", "--epochs", "3", "--seed", "5", "--quiet", NULL);            \
		cli_expect(&train, 0, NULL);                                                                 \
	} while (0)

#define RESAMPLE "--resample", "1d", "--aggregate", "qty=sum,stock=min,price=mean"

static const char *forecast(const char *model, const char *option, const char *value)
{
	struct cli_result result = cli_run(
		&cli, "forecast", model, "--dry-run", "--format", "csv", "--quiet", option, value, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

#define NO_OPTION "--format", "csv"

/* The first day forecast is that which has come to 10:00; it bears the time of its end. */
Test(resample_future, days_of_hours_give_the_forecasts_of_the_same_days_made_by_sql)
{
	ingest_hours(NOW + N_AHEAD);
	ingest_days();
	cli_expect_sql(&cli,
		"SELECT count(*) || ' ' || count(qty) || ' ' || datetime(max(time), 'unixepoch') FROM days",
		"128 120 2020-03-05 00:00:00");
	TRAIN("m", "hours", RESAMPLE);
	TRAIN("d", "days", "--seed", "5");
	const char *out = forecast("m", NO_OPTION);
	cli_expect_in(out, "a,qty,2020-03-01 00:00:00,2020-03-02 00:00:00,");
	cr_assert_str_eq(out, forecast("d", NO_OPTION));
	cr_assert_str_eq(
		forecast("m", "--cutoff", "2020-02-11 09:00"), forecast("d", "--cutoff", "2020-02-11"));
	struct cli_result hours = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL),
			  days = cli_run(&cli, "backtest", "d", "--json", "--quiet", NULL);
	cli_expect(&hours, 0, NULL);
	cr_assert_str_eq(cli_json(hours.out, "$.scores"), cli_json(days.out, "$.scores"));
}

Test(resample_future, past_values_after_the_cutoff_change_nothing_and_prices_ahead_do)
{
	static const char *const cutoff = "2020-02-11 09:00";
	ingest_hours(NOW + N_AHEAD);
	TRAIN("m", "hours", RESAMPLE);
	const char *before = forecast("m", "--cutoff", cutoff);
	cli_expect_in(before, "a,qty,2020-02-11 00:00:00,2020-02-12 00:00:00,");
	cli_sql(&cli, "UPDATE hours SET qty = 1e6, stock = -1e6 WHERE time > unixepoch('2020-02-11 09:00')");
	cr_assert_str_eq(forecast("m", "--cutoff", cutoff), before, "a later value moved a forecast");
	cli_sql(&cli, "UPDATE hours SET qty = NULL, stock = NULL WHERE time > unixepoch('2020-02-11 09:00')");
	cr_assert_str_eq(forecast("m", "--cutoff", cutoff), before, "a later gap moved a forecast");
	cli_sql(&cli, "UPDATE hours SET price = price + 5 WHERE time >= unixepoch('2020-02-14')");
	cr_assert_str_eq(forecast("m", "--cutoff", cutoff), before, "what comes after the horizon moved it");
	cli_sql(&cli, "UPDATE hours SET qty = 1e6, stock = 0 WHERE time BETWEEN unixepoch('2020-02-11') AND "
		      "unixepoch('2020-02-11 09:00')");
	cr_assert_str_eq(forecast("m", "--cutoff", cutoff), before, "a part of a day moved a forecast");
	cli_sql(&cli, "UPDATE hours SET price = price + 5 WHERE time = unixepoch('2020-02-13 23:00')");
	const char *later = forecast("m", "--cutoff", cutoff);
	cr_assert_str_neq(later, before, "the price of the last hour of the horizon has no effect");
	cli_sql(&cli, "UPDATE hours SET price = price + 50 WHERE time = unixepoch('2020-02-11 03:00')");
	cr_assert_str_neq(forecast("m", "--cutoff", cutoff), later, "a price of the day begun has no effect");
}

Test(resample_future, windows_end_with_the_last_whole_day_of_past_values)
{
	ingest_hours(NOW + N_AHEAD);
	TRAIN("m", "hours", RESAMPLE);
	struct cli_result windows = cli_run(&cli, "windows", "hours", RESAMPLE, "--target", "qty", "--past",
		"stock", "--future", "price", "--lookback", "7", "--horizon", "3", "--json", "--quiet", NULL);
	cli_expect(&windows, 0, NULL);
	cli_expect_json(windows.out, "$.first", "2020-01-02 00:00:00");
	cli_expect_json(windows.out, "$.last", "2020-03-01 00:00:00");
}

/* The day that ends then lacks its last hour. */
Test(resample_future, a_day_ahead_that_is_not_whole_is_named_by_its_bucket)
{
	ingest_hours(NOW + 2 * 24 + 13); /* to the third of March, 22:00 */
	TRAIN("m", "hours", RESAMPLE);
	struct cli_result result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 66,
		"future channel 'price' is not known for the whole horizon: it lacks 1 time "
		"of series 'a' (2020-03-04 00:00:00 to 2020-03-04 00:00:00), 1 time of series 'b'");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast", "0");
}

/* Prices of the hours [first, end) of both stores, and of one that the dataset has not. */
static void write_plan(const char *name, int first, int end, double more)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fprintf(file, "series,time,weather,price\n");
	for (int hour = first; hour < end; hour++)
		for (int which = 0; which < 3; which++) {
			static const char *const weather[] = {"sun", "rain", "snow"};
			char time[ALM_TIME_TEXT];
			alm_time_print(START_MS + hour * HOUR_MS, time);
			fprintf(file, "%c,%s,%s,%.3f\n", "abz"[which], time,
				weather[(hour / 24 + hour / 11 + which) % 3], price_at(hour, which) + more);
		}
	cr_assert_eq(fclose(file), 0);
}

/*
 * What is behind 2020-03-01 10:00 is taken out of the dataset and comes from a file: alone or with hours that both have, which
 * changes nothing, and over other prices of the dataset.
 */
Test(resample_future, a_file_of_hours_takes_the_place_of_those_of_the_dataset)
{
	ingest_hours(NOW + N_AHEAD);
	TRAIN("m", "hours", RESAMPLE);
	const char *whole = forecast("m", NO_OPTION);
	write_plan("ahead.csv", NOW, NOW + N_AHEAD, 0);
	write_plan("more.csv", N_DAYS * 24, NOW + N_AHEAD, 0);
	write_plan("other.csv", NOW + 30, NOW + 31, 40);
	write_plan("before.csv", 0, N_DAYS * 24, 40);
	cr_assert_str_neq(forecast("m", "--future", "other.csv"), whole);
	cr_assert_str_eq(forecast("m", "--future", "before.csv"), whole, "the file moved what is past");
	cli_sql(&cli, "UPDATE hours SET price = price + 9, weather = 'snow' WHERE qty IS NULL");
	cr_assert_str_neq(forecast("m", NO_OPTION), whole);
	cr_assert_str_eq(forecast("m", "--future", "ahead.csv"), whole);
	cli_sql(&cli, "DELETE FROM hours WHERE qty IS NULL");
	cr_assert_str_eq(forecast("m", "--future", "ahead.csv"), whole);
	cli_sql(&cli, "UPDATE hours SET price = NULL WHERE time >= unixepoch('2020-03-01')");
	cr_assert_str_eq(forecast("m", "--future", "more.csv"), whole);
	struct cli_result part = cli_run(&cli, "forecast", "m", "--future", "ahead.csv", "--quiet", NULL);
	cli_expect(&part, 66, "it lacks 1 time of series 'a' (2020-03-02 00:00:00 to 2020-03-02 00:00:00)");
	part = cli_run(&cli, "forecast", "m", "--future", "more.csv", NULL);
	cli_expect(&part, 0, "1 series of 'more.csv' is not forecast, the first is 'z'");
	write_plan("short.csv", N_DAYS * 24, (N_DAYS + 2) * 24 + 23, 0);
	part = cli_run(&cli, "forecast", "m", "--future", "short.csv", "--quiet", NULL);
	cli_expect(&part, 66, "it lacks 1 time of series 'a' (2020-03-04 00:00:00 to 2020-03-04 00:00:00)");
}

/* The rows of the table in another order, read where they are. */
Test(resample_future, rows_that_are_read_in_place_give_the_same)
{
	ingest_hours(NOW + N_AHEAD);
	cli_sql(&cli, "CREATE TABLE sale AS SELECT datetime(time, 'unixepoch') AS at, series AS store, qty, "
		      "stock, price, weather FROM hours ORDER BY qty, price");
	struct cli_result attach = cli_run(&cli, "attach", "place", "--table", "sale", "--time", "at",
		"--series", "store", "--category", "weather", "--quiet", NULL);
	cli_expect(&attach, 0, NULL);
	TRAIN("m", "hours", RESAMPLE);
	TRAIN("p", "place", RESAMPLE);
	cr_assert_str_eq(forecast("p", NO_OPTION), forecast("m", NO_OPTION));
	cr_assert_str_eq(
		forecast("p", "--cutoff", "2020-02-11 09:00"), forecast("m", "--cutoff", "2020-02-11 09:00"));
}

Test(resample_future, each_series_may_have_a_network_and_an_end_of_its_own)
{
	ingest_hours(NOW + N_AHEAD);
	cli_sql(&cli, "UPDATE hours SET qty = NULL, stock = NULL "
		      "WHERE series = 'b' AND time > unixepoch('2020-02-29 20:00')");
	TRAIN("m", "hours", "--per-series", RESAMPLE);
	const char *out = forecast("m", NO_OPTION);
	cli_expect_in(out, "a,qty,2020-03-01 00:00:00,2020-03-02 00:00:00,");
	cli_expect_in(out, "b,qty,2020-02-29 00:00:00,2020-03-01 00:00:00,");
}

/* Stored, scored, looked at for drift and replayed as of any model. */
Test(resample_future, forecasts_are_scored_and_replayed)
{
	ingest_hours(NOW + N_AHEAD);
	TRAIN("m", "hours", RESAMPLE);
	struct cli_result result =
		cli_run(&cli, "forecast", "m", "--cutoff", "2020-02-20 09:00", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "score", "m", "--json", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "replay", "1", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
}

#define CUTOFF "--cutoff", "2020-02-28 09:00", "--quiet"

/* Trains a challenger on what was known at the cutoff. Returns its forecast from there. */
static const char *retrain(const char *model)
{
	struct cli_result result = cli_run(&cli, "retrain", model, "--always", "--cold", CUTOFF, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	result = cli_run(
		&cli, "forecast", model, "--version", "2", "--dry-run", "--format", "csv", CUTOFF, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

/* Of the second model all that comes after the last whole day before the cutoff is other: its challenger is the same to the last bit. */
Test(resample_future, a_retrain_up_to_a_cutoff_learns_nothing_of_later_past_values)
{
	ingest_hours(NOW + N_AHEAD);
	TRAIN("m", "hours", RESAMPLE);
	TRAIN("n", "hours", RESAMPLE);
	const char *expected = retrain("m");
	cli_sql(&cli, "UPDATE hours SET qty = 1e6, stock = 0 "
		      "WHERE qty NOT NULL AND time >= unixepoch('2020-02-28')");
	cr_assert_str_eq(retrain("n"), expected);
}

/* Prices of every third hour, whose days end at 21:00; without those of 21:00 the last day ahead is not known. */
Test(resample_future, a_channel_with_a_step_of_its_own_is_whole_by_it)
{
	ingest_hours((N_DAYS + 3) * 24);
	cli_sql(&cli, "UPDATE hours SET price = NULL, weather = NULL WHERE time / 3600 % 3 <> 0");
	TRAIN("m", "hours", RESAMPLE);
	cli_expect_in(forecast("m", NO_OPTION), "a,qty,2020-03-01 00:00:00,2020-03-04 00:00:00,");
	cli_sql(&cli, "UPDATE hours SET price = NULL WHERE time >= unixepoch('2020-03-03 21:00')");
	struct cli_result result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 66, "it lacks 1 time of series 'a' (2020-03-04 00:00:00 to 2020-03-04 00:00:00)");
}

/* A day that is not whole does not contradict what never changes; drift is looked at up to the last whole day. */
Test(resample_future, static_channels_and_drift_go_with_it)
{
	ingest_hours(NOW + N_AHEAD);
	cli_sql(&cli, "UPDATE hours SET stock = iif(series = 'a', 10, 20)");
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "hours", "--resample", "1d",
		"--aggregate", "sum", "--target", "qty", "--past", "none", "--static", "stock", "--future",
		"price,weather", "--lookback", "7", "--horizon", "3", "--units", "4", "--epochs", "1",
		"--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(forecast("m", NO_OPTION), "b,qty,2020-03-01 00:00:00,2020-03-02 00:00:00,");
	result = cli_run(&cli, "score", "m", "--quiet", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
}
