/* Holidays joined by country and local date, seen through the windows that hold them. Dates and instants are worked by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "time/timestamp.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(holidays, .init = setup);

/* n rows of a step from a local time on; two series, "north" in DE and "south" in US. */
static void write_shops(const char *name, const char *begin, int64_t step_ms, int n)
{
	int64_t first_ms;
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	cr_assert_eq(alm_time_option("begin", begin, &first_ms, NULL), ALM_OK);
	fputs("id,time,load,land\n", file);
	for (int row = 0; row < n; row++)
		for (int which = 0; which < 2; which++) {
			char time[ALM_TIME_TEXT];
			alm_time_print(first_ms + row * step_ms, time);
			fprintf(file, "%s,%s,%d,%s\n", which ? "south" : "north", time, 10 + row % 24 + which,
				which ? "US" : "DE");
		}
	cr_assert_eq(fclose(file), 0);
}

/* The loads as dataset "load", with times in a zone; the dates as "days". */
static void ingest(const char *shops, const char *zone, const char *dates)
{
	struct cli_result result = cli_run(&cli, "ingest", shops, "--dataset", "load", "--series", "id",
		"--category", "land", "--tz", zone, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_file(&cli, "days.csv", dates);
	result = cli_run(&cli, "ingest", "days.csv", "--dataset", "days", "--series", "country", "--category",
		"name", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* The holidays of the one window that holds all rows of a series: the lookback is all but one. */
#define EXPLAIN(...)                                                                                         \
	cli_run(&cli, "windows", "load", "--holidays", "days", "--horizon", "1", "--valid-fraction", "0.05", \
		"--test-fraction", "0.05", "--past", "none", "--explain", "1", "--json", "--quiet",          \
		__VA_ARGS__, NULL)

static void expect_holidays(const struct cli_result *result, const char *expected)
{
	cr_assert_eq(result->code, 0, "%s", result->err);
	cr_assert_str_eq(cli_json(result->out, "$.explained[0].holidays"), expected, "%s", result->out);
}

#define DATES "country,date,name\nUS,2020-07-04,Independence Day\nDE,2020-10-03,Unity\nUS,2020-11-01,none\n"

/* New York is four hours behind UTC until 2 o'clock of 1 November 2020, and five after it: that day has 25 hours. */
Test(holidays, are_the_rows_of_a_local_date_also_where_clocks_change)
{
	write_shops("shops.csv", "2020-07-03 00:00", 3600000, 72);
	ingest("shops.csv", "America/New_York", DATES);
	struct cli_result result = EXPLAIN("--country", "US", "--lookback", "71");
	expect_holidays(&result, "2020-07-04 04:00:00 to 2020-07-05 03:00:00");
	cli_sql(&cli, "DELETE FROM load");
	write_shops("autumn.csv", "2020-10-31 00:00", 3600000, 96);
	ingest("autumn.csv", "America/New_York", DATES);
	result = EXPLAIN("--country", "US", "--lookback", "96");
	expect_holidays(&result, "2020-11-01 04:00:00 to 2020-11-02 04:00:00");
}

Test(holidays, of_a_dataset_without_a_zone_are_days_of_utc)
{
	write_shops("shops.csv", "2020-07-03 00:00", 3600000, 72);
	ingest("shops.csv", "UTC", DATES);
	struct cli_result result = EXPLAIN("--country", "US", "--lookback", "71");
	expect_holidays(&result, "2020-07-04 00:00:00 to 2020-07-04 23:00:00");
}

/* Local midnights of Berlin are at 22:00 UTC of the day before; a bucket of a day bears the midnight at its end. */
Test(holidays, of_daily_rows_and_of_buckets_are_their_own_dates)
{
	write_shops("shops.csv", "2020-06-20 00:00", 86400000, 40);
	ingest("shops.csv", "Europe/Berlin", DATES);
	struct cli_result result = EXPLAIN("--country", "US", "--lookback", "39");
	expect_holidays(&result, "2020-07-03 22:00:00 to 2020-07-03 22:00:00");
	cli_sql(&cli, "DELETE FROM load");
	write_shops("hourly.csv", "2020-06-20 00:00", 3600000, 24 * 40);
	ingest("hourly.csv", "UTC", DATES);
	result = EXPLAIN("--country", "US", "--resample", "1d", "--lookback", "39");
	expect_holidays(&result, "2020-07-05 00:00:00 to 2020-07-05 00:00:00");
}

/* Weeks that begin on Mondays: 4 July 2020 is the Saturday of the one from 29 June. */
Test(holidays, of_weekly_rows_are_those_of_any_of_their_days)
{
	write_shops("shops.csv", "2020-01-06 00:00", INT64_C(604800000), 50);
	ingest("shops.csv", "UTC", DATES);
	struct cli_result result = EXPLAIN("--country", "US", "--lookback", "49");
	expect_holidays(&result,
		"2020-06-29 00:00:00 to 2020-06-29 00:00:00, 2020-10-26 00:00:00 to 2020-10-26 00:00:00");
}

/* Each series has the holidays of the country that its static category names. */
Test(holidays, are_those_of_each_series_country)
{
	write_shops("shops.csv", "2020-10-01 00:00", 3600000, 96);
	ingest("shops.csv", "UTC", DATES);
	struct cli_result result = EXPLAIN("--country", "land", "--static", "land", "--lookback", "95");
	expect_holidays(&result, "");
	cr_assert_str_eq(cli_json(result.out, "$.explained[0].series"), "south");
	cli_sql(&cli, "DELETE FROM load WHERE series = 'south'");
	result = EXPLAIN("--country", "land", "--static", "land", "--lookback", "95");
	expect_holidays(&result, "2020-10-03 00:00:00 to 2020-10-03 23:00:00");
	cli_sql(&cli, "UPDATE load SET land = 'FR'");
	result = EXPLAIN("--country", "land", "--static", "land", "--lookback", "95");
	cli_expect(&result, 64,
		"series 'north': --country: 'FR' is neither a country of dataset 'days' (DE, US)");
}

static void train(const char *more, const char *value)
{
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "load", "--past", "none",
		"--holidays", "days", "--country", "US", "--lookback", "24", "--horizon", "24", "--units",
		"4", "--epochs", "1", "--calendar", "--quiet", more, value, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
}

static const char *forecast(const char *cutoff)
{
	struct cli_result result = cli_run(
		&cli, "forecast", "m", "--cutoff", cutoff, "--dry-run", "--format", "csv", "--quiet", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

/* One that is far behind the horizon has no effect, one in it has. */
Test(holidays, are_known_over_the_horizon)
{
	write_shops("shops.csv", "2020-06-20 00:00", 3600000, 24 * 20);
	ingest("shops.csv", "UTC", DATES);
	train(NULL, NULL);
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT value FROM almanac_version_fact WHERE key = 'joined.0'"), "days");
	const char *before = forecast("2020-07-06 00:00");
	cli_sql(&cli, "INSERT INTO days (series, time, name) VALUES ('US', unixepoch('2020-07-09'), 'x')");
	cr_assert_str_eq(forecast("2020-07-06 00:00"), before);
	cli_sql(&cli, "INSERT INTO days (series, time, name) VALUES ('US', unixepoch('2020-07-06'), 'x')");
	cr_assert_str_neq(forecast("2020-07-06 00:00"), before, "a holiday has no effect");
	struct cli_result scores = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL);
	cli_expect(&scores, 0, NULL);
	cr_assert(isfinite(atof(cli_json(scores.out, "$.scores[0].mae"))));
	struct cli_result segments = cli_run(&cli, "train", "m", "--no-calendar", "--segment", "4", NULL);
	cli_expect(&segments, 64, "--holidays");
}

/* A list of 2020 says nothing of 2021, and a forecast that needs it is told so; rows of 2019 are noted. */
Test(holidays, of_years_that_are_not_listed_are_told)
{
	write_shops("shops.csv", "2019-12-15 00:00", 3600000, 24 * 383);
	ingest("shops.csv", "UTC", DATES);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "load", "--past", "none",
		"--holidays", "days", "--country", "US", "--lookback", "24", "--horizon", "24", "--units",
		"4", "--epochs", "1", "--epoch-windows", "256", NULL);
	cli_expect(&result, 0,
		"dataset 'days' lists holidays for 2020: 816 rows of other years, the first 2019-12-15 "
		"00:00:00, have "
		"none");
	result = cli_run(&cli, "forecast", "m", "--cutoff", "2020-12-31 00:00", NULL);
	cli_expect(&result, 66,
		"--holidays: dataset 'days' lists holidays of US for 2020 and not for 2021-01-01 00:00:00, "
		"which is to "
		"be forecast; ingest those of that year");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast"), "0");
	forecast("2020-12-30 00:00");
}

/* Channels of numbers are kinds of holidays: a half day is half of one. */
Test(holidays, may_be_of_kinds)
{
	write_shops("shops.csv", "2020-06-20 00:00", 3600000, 24 * 20);
	ingest("shops.csv", "UTC", DATES);
	cli_file(&cli, "kinds.csv", "date,bank,school\n2020-07-03,0.5,\n2020-07-04,1,1\n2020-12-24,0.5,1\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "kinds.csv", "--dataset", "kinds", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	train(NULL, NULL);
	result = cli_run(&cli, "train", "m", "--holidays", "kinds", "--country", "", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT group_concat(value) FROM almanac_version_fact WHERE key LIKE 'joined.%'"
			      " AND version_id = (SELECT max(id) FROM almanac_version)"),
		"kinds.bank,kinds.school");
	forecast("2020-07-06 00:00");
}

Test(holidays, that_cannot_be_joined_are_refused)
{
	write_shops("shops.csv", "2020-07-03 00:00", 3600000, 72);
	ingest("shops.csv", "UTC", DATES);
	struct cli_result result = EXPLAIN("--lookback", "24");
	cli_expect(&result, 64, "--country: dataset 'days' has holidays of 2 countries (DE, US); name one");
	result = EXPLAIN("--lookback", "24", "--country", "land");
	cli_expect(&result, 64,
		"--country: 'land' is neither a country of dataset 'days' (DE, US) nor a static category");
	result = cli_run(&cli, "windows", "load", "--holidays", "dayz", NULL);
	cli_expect(&result, 66, "--holidays: there is no dataset 'dayz'");
	result = cli_run(&cli, "windows", "load", "--country", "US", NULL);
	cli_expect(&result, 64, "--country: says whose --holidays are meant");
}
