/* almanac describe: what it tells of data whose irregularities are known, and that it changes nothing. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/program.h"
#include "support/make.h"
#include "time/timestamp.h"

#define START_MS INT64_C(1577836800000) /* 2020-01-01 */

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
	cli.env[0] = "LC_ALL=C.UTF-8";
}

TestSuite(describe, .init = setup);

/*
 * 960 hours of a daily wave as dataset d: hours 100 to 109 are not there, 200 has no value, 300 is ten minutes late, and
 * 400 is a thousand.
 */
static void ingest_odd(void)
{
	char time[ALM_TIME_TEXT];
	FILE *file = fopen(cli_path(&cli, "odd.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,load\n");
	for (int row = 0; row < 960; row++) {
		int64_t time_ms = START_MS + row * HOUR_MS + (row == 300 ? 600000 : 0);
		double value = row == 400 ? 1000 : 20 + 10 * sin(row * 2 * 3.14159265358979 / 24);
		if (row >= 100 && row < 110)
			continue;
		fprintf(file, "%s,", alm_time_print(time_ms, time));
		if (row != 200)
			fprintf(file, "%.3f", value);
		fputc('\n', file);
	}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "odd.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(describe, regular_data_has_nothing_to_report)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "describe", "wave", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "dataset   wave, 1 channel, 1 series, 600 rows\n");
	cli_expect_in(result.out, "2020-01-01 00:00:00 to 2020-01-25 23:00:00, a row every 1h (inferred)\n");
	cli_expect_in(result.out, "gaps      none\noff grid  none\nmissing   none\noutliers  none\n");
	cli_expect_in(result.out, "[\u2588\u2588\u2588");
}

Test(describe, every_irregularity_is_counted_with_its_first_and_last)
{
	ingest_odd();
	struct cli_result result = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(
		result.out, "gaps      2, 11 rows in all, the longest 10 rows from 2020-01-05 04:00:00\n");
	cli_expect_in(result.out, "first 2020-01-05 04:00:00 (10), last 2020-01-13 12:00:00 (1)\n");
	cli_expect_in(result.out, "off grid  1 row, at 2020-01-13 12:10:00\n");
	cli_expect_in(result.out, "missing   load: 1, at 2020-01-09 08:00:00\n");
	cli_expect_in(result.out, "outliers  load: 1, at 2020-01-17 16:00:00 (1000)\n");
}

Test(describe, the_same_is_told_as_json)
{
	ingest_odd();
	struct cli_result result = cli_run(&cli, "describe", "d", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "950");
	cli_expect_json(result.out, "$.freq", "1h");
	cli_expect_json(result.out, "$.freq_inferred", "1");
	cli_expect_json(result.out, "$.gaps.count", "2");
	cli_expect_json(result.out, "$.longest_gap.rows", "10.0");
	cli_expect_json(result.out, "$.off_grid.first.time", "2020-01-13 12:10:00");
	cli_expect_json(result.out, "$.channels[0].missing.count", "1");
	cli_expect_json(result.out, "$.channels[0].outliers.last.value", "1000.0");
	cli_expect_json(result.out, "$.channels[0].max", "1000.0");
	cli_expect_json(result.out, "$.strips[0].share[0]", "1.0");
}

Test(describe, a_daily_wave_has_a_season_of_a_day)
{
	char time[ALM_TIME_TEXT];
	FILE *file = fopen(cli_path(&cli, "day.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,load\n");
	for (int row = 0; row < 500; row++)
		fprintf(file, "%s,%.3f\n", alm_time_print(START_MS + row * HOUR_MS, time),
			10 * sin(row * 2 * 3.14159265358979 / 24) + row * row % 11 * 0.05);
	cr_assert_eq(fclose(file), 0);
	struct cli_result ingest = cli_run(&cli, "ingest", "day.csv", "--dataset", "day", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result result = cli_run(&cli, "describe", "day", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "seasons   load: 24 rows, 1d, a day (0.9");
}

/* Series s0 begins at hour 0, s1 at hour 1 ...: forty of them, ten rows each. */
static void ingest_panel(void)
{
	char time[ALM_TIME_TEXT];
	FILE *file = fopen(cli_path(&cli, "panel.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "shop,time,sold\n");
	for (int series = 0; series < 40; series++)
		for (int row = 0; row < 10 + (series == 7); row++)
			fprintf(file, "s%d,%s,%d\n", series,
				alm_time_print(START_MS + (series + row) * HOUR_MS, time), row);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "panel.csv", "--dataset", "p", "--series", "shop",
		"--time", "time", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(describe, of_many_series_a_few_strips_are_drawn_and_the_rest_counted)
{
	ingest_panel();
	struct cli_result result = cli_run(&cli, "describe", "p", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "dataset   p, 1 channel, 40 series, 401 rows\n");
	cli_expect_in(result.out, "series    10 rows in 's0' to 11 rows in 's7'\n");
	cli_expect_in(result.out, "and 28 more series\n");
	cli_expect_in(result.out, "s0   [\u2588");
}

Test(describe, one_series_is_looked_at_by_its_name)
{
	ingest_panel();
	struct cli_result result = cli_run(&cli, "describe", "p", "--series", "s7", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.rows", "11");
	cli_expect_json(result.out, "$.series", "1");
	cli_expect_json(result.out, "$.channels[0].median", "5.0");
	struct cli_result other = cli_run(&cli, "describe", "p", "--series", "s99", NULL);
	cli_expect(&other, 66, "--series: dataset 'p' has no series 's99'");
}

Test(describe, data_that_fits_no_grid_is_described_without_one)
{
	cli_file(&cli, "in.csv",
		"time,v\n2020-01-01 00:00:00,1\n2020-01-01 00:00:07,2\n2020-01-01 00:00:20,3\n"
		"2020-01-01 00:00:33,4\n2020-01-01 00:00:51,5\n2020-01-01 00:01:00,6\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result result = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "no grid step: the most frequent distance of times is ");
	struct cli_result given = cli_run(&cli, "describe", "d", "--freq", "1s", NULL);
	cli_expect(&given, 0, NULL);
	cli_expect_in(given.out, "a row every 1s (as given)\n");
	cli_expect_in(given.out, "gaps      5, 55 rows in all");
}

Test(describe, a_table_of_an_application_is_described_where_it_is)
{
	cli_sql(&cli, "CREATE TABLE sold (shop TEXT, at TEXT, qty REAL)");
	cli_sql(&cli, "INSERT INTO sold VALUES ('a', '2020-01-01', 1), ('a', '2020-01-02', 2), ('a', "
		      "'2020-01-04', 3), "
		      "('a', '2020-01-05', 3), ('b', '2020-01-01', 4), ('b', '2020-01-02', 5)");
	struct cli_result attach = cli_run(&cli, "attach", "d", "--table", "sold", "--time", "at", "--series",
		"shop", "--target", "qty", "--quiet", NULL);
	cli_expect(&attach, 0, NULL);
	struct cli_result result = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "dataset   d, 1 channel, 2 series, 6 rows\n");
	cli_expect_in(
		result.out, "gaps      1, 1 row in all, the longest 1 row from 2020-01-03 00:00:00 in 'a'\n");
	struct cli_result one =
		cli_run(&cli, "describe", "d", "--series", "b", "--freq", "1d", "--json", NULL);
	cli_expect(&one, 0, NULL);
	cli_expect_json(one.out, "$.rows", "2");
}

Test(describe, what_is_not_there_is_an_error_and_nothing_is_created)
{
	struct cli_result none = cli_run(&cli, "describe", "x", NULL);
	cli_expect(&none, 66, "t.db");
	cr_assert_neq(access(cli_path(&cli, "t.db"), F_OK), 0);
	cli_ingest_wave(&cli);
	struct cli_result other = cli_run(&cli, "describe", "x", NULL);
	cli_expect(&other, 66, "dataset 'x'");
	struct cli_result freq = cli_run(&cli, "describe", "wave", "--freq", "5", NULL);
	cli_expect(&freq, 64, "--freq: expected a step of time");
}
