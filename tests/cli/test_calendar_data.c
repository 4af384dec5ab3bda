/* Data of days, business days, months, quarters and years, from file to forecast, and of times before 1970. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"
#include "time/calendar.h"
#include "time/freq.h"
#include "time/timestamp.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(calendar_data, .init = setup);

/* How a date is written. */
enum form { DAY, SLASHES, MONTH, QUARTER, YEAR };

static void print_date(FILE *file, int64_t time_ms, enum form form)
{
	struct alm_civil civil;
	alm_civil_of(time_ms, &civil);
	int year = (int)civil.year;
	switch (form) {
	case DAY:
		fprintf(file, "%04d-%02d-%02d", year, civil.month, civil.day);
		return;
	case SLASHES:
		fprintf(file, "%02d/%02d/%04d", civil.month, civil.day, year);
		return;
	case MONTH:
		fprintf(file, "%04d-%02d", year, civil.month);
		return;
	case QUARTER:
		fprintf(file, "%04d-Q%d", year, (civil.month + 2) / 3);
		return;
	case YEAR:
		fprintf(file, "%04d", year);
		return;
	}
}

/* n dates of a grid from `start` on as dataset d; the value is a wave of `season` steps. */
static void ingest_dates(const char *start, const struct alm_freq *freq, int n, int season, enum form form)
{
	int64_t start_ms;
	FILE *file = fopen(cli_path(&cli, "in.csv"), "w");
	cr_assert_not_null(file);
	cr_assert_eq(alm_time_option("start", start, &start_ms, NULL), ALM_OK);
	fprintf(file, "date,v\n");
	for (int i = 0; i < n; i++) {
		print_date(file, alm_freq_add(freq, start_ms, i), form);
		fprintf(file, ",%.4f\n", 50 + 10 * sin(6.28318530717958 * i / season));
	}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* Trains a small model and forecasts two steps. */
static void forecast_two(const char *lookback)
{
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "d", "--lookback", lookback,
		"--horizon", "2", "--units", "4", "--epochs", "1", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
}

#define LANDED "SELECT group_concat(substr(time, 1, 10), ' ') FROM almanac_forecast_latest"

/* 2020-01-01 was a Wednesday; 102 business days later, Friday 22 May, the data ends. */
Test(calendar_data, business_days_have_no_gaps_and_forecasts_land_on_them)
{
	ingest_dates("2020-01-01", &(struct alm_freq){.business_days = 1}, 103, 5, DAY);
	struct cli_result described = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&described, 0, NULL);
	cli_expect_in(
		described.out, "2020-01-01 00:00:00 to 2020-05-22 00:00:00, a row every 1bd (inferred)\n");
	cli_expect_in(described.out, "gaps      none\noff grid  none\n");
	cli_expect_in(described.out, "5 rows, 5bd, a week (");
	forecast_two("10");
	cli_expect_sql(&cli, LANDED, "2020-05-25 2020-05-26");
	cli_expect_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'freq'", "1bd");
}

Test(calendar_data, windows_of_business_days_are_counted_in_rows)
{
	ingest_dates("2020-01-01", &(struct alm_freq){.business_days = 1}, 103, 5, DAY);
	struct cli_result windows =
		cli_run(&cli, "windows", "d", "--lookback", "10bd", "--horizon", "5", "--json", NULL);
	cli_expect(&windows, 0, NULL);
	cr_assert_str_eq(cli_json(windows.out, "$.freq"), "1bd");
	cr_assert_str_eq(cli_json(windows.out, "$.lookback"), "10");
	cr_assert_str_eq(cli_json(windows.out, "$.gaps"), "0");
	struct cli_result weeks = cli_run(&cli, "windows", "d", "--lookback", "2w", NULL);
	cli_expect(&weeks, 64, "--lookback: 2w is no whole number of steps of 1bd; give a number of steps");
}

Test(calendar_data, a_saturday_among_given_business_days_is_an_error_that_names_it)
{
	cli_file(&cli, "in.csv",
		"date,v\n2020-01-02,1\n2020-01-03,2\n2020-01-04,3\n2020-01-06,4\n2020-01-07,5\n2020-01-08,"
		"6\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result windows = cli_run(&cli, "windows", "d", "--freq", "1bd", NULL);
	cli_expect(&windows, 65, "2020-01-04 00:00:00 is not on the grid of 1bd");
}

Test(calendar_data, days_across_a_leap_day)
{
	ingest_dates("2019-12-01", &(struct alm_freq){.step_ms = 86400000}, 90, 7, SLASHES);
	forecast_two("14");
	cli_expect_sql(&cli, LANDED, "2020-02-29 2020-03-01");
}

Test(calendar_data, ends_of_months_stay_ends_of_months)
{
	ingest_dates("2010-01-31", &(struct alm_freq){.months = 1}, 109, 12, DAY);
	struct cli_result described = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&described, 0, NULL);
	cli_expect_in(described.out, "a row every 1mo (inferred)\n");
	cli_expect_in(described.out, "gaps      none\noff grid  none\n");
	cli_expect_in(described.out, "12 rows, 1y, a year (");
	forecast_two("12");
	cli_expect_sql(&cli, LANDED, "2019-02-28 2019-03-31");
}

Test(calendar_data, months_may_be_written_without_a_day)
{
	ingest_dates("2010-01-01", &(struct alm_freq){.months = 1}, 96, 12, MONTH);
	forecast_two("12");
	cli_expect_sql(&cli, LANDED, "2018-01-01 2018-02-01");
}

Test(calendar_data, quarters_are_written_with_a_q)
{
	ingest_dates("1960-01-01", &(struct alm_freq){.months = 3}, 80, 4, QUARTER);
	cli_expect_sql(&cli, "SELECT min(datetime(time, 'unixepoch')) FROM d", "1960-01-01 00:00:00");
	forecast_two("8");
	cli_expect_sql(&cli, LANDED, "1980-01-01 1980-04-01");
	cli_expect_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'freq'", "3mo");
}

Test(calendar_data, years_are_four_digits)
{
	ingest_dates("1871-01-01", &(struct alm_freq){.months = 12}, 98, 9, YEAR);
	cli_expect_sql(&cli, "SELECT min(datetime(time, 'unixepoch')) FROM d", "1871-01-01 00:00:00");
	forecast_two("10");
	cli_expect_sql(&cli, LANDED, "1969-01-01 1970-01-01");
	cli_expect_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'freq'", "1y");
}
