/* Many series under one model: those too short to take part, and those that came after the training. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "time/timestamp.h"

#define END 300

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(panel, .init = setup);

/* The last n_rows rows up to END of each of n series "<prefix>00" ..., the first at `level`, each next one higher. */
static void ingest(const char *prefix, int n, int n_rows, double level)
{
	FILE *file = fopen(cli_path(&cli, "panel.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "id,time,load\n");
	for (int which = 0; which < n; which++)
		for (int row = END - n_rows; row < END; row++) {
			char time[ALM_TIME_TEXT];
			fprintf(file, "%s%02d,%s,%.3f\n", prefix, which,
				alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time),
				(level + which) * (1 + 0.2 * sin(row * 0.2618)));
		}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "panel.csv", "--dataset", "panel", "--series", "id", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define TRAIN(...)                                                                                           \
	cli_run(&cli, "train", "m", "--dataset", "panel", "--lookback", "24", "--horizon", "6", "--units",   \
		"6", "--epochs", "1", "--batch", "64", "--json", __VA_ARGS__, NULL)

Test(panel, series_too_short_for_a_window_are_listed_and_take_no_part)
{
	ingest("long", 2, 200, 10);
	ingest("short", 5, 29, 10);
	struct cli_result result = TRAIN("--seed", "2");
	cli_expect(&result, 0,
		"5 of 7 series are too short for a window, which spans 30 rows without a long gap, and take "
		"no part: 'short00', 'short01', 'short02' and 2 more");
	struct cli_result forecast = cli_run(&cli, "forecast", "m", NULL);
	cr_assert_eq(forecast.code, 0, "%s", forecast.err);
	/* The inputs alone are 24 rows: these have them. */
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(DISTINCT series) FROM almanac_forecast_latest"), "7");
	ingest("tiny", 1, 23, 10);
	forecast = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&forecast, 0,
		"1 of 8 series is left out, with fewer than the 24 rows without a long gap up to the cutoff "
		"that the lookback needs: 'tiny00'");
}

Test(panel, that_is_too_short_altogether_is_refused)
{
	ingest("short", 3, 29, 10);
	struct cli_result result = TRAIN("--seed", "2");
	cli_expect(&result, 64, "holds no window");
}

static const char *forecast_of(const char *series)
{
	char sql[256];
	snprintf(sql, sizeof sql,
		"SELECT group_concat(printf('%%.9g', value)) FROM (SELECT value FROM almanac_forecast_latest "
		"WHERE series = '%s' ORDER BY time)",
		series);
	return cli_sql(&cli, sql);
}

static void forecast(void)
{
	struct cli_result result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* Trains on twelve series, lets another come, and expects forecasts of it from the same version. */
static void expect_forecast_of_newcomer(const char *scale_by)
{
	ingest("old", 12, 200, 10);
	struct cli_result result = TRAIN("--scale-by", scale_by, "--quiet");
	cli_expect(&result, 0, NULL);
	forecast();
	const char *before = forecast_of("old11");
	ingest("new", 1, 60, 15);
	forecast();
	cr_assert_str_eq(forecast_of("old11"), before, "a newcomer moved the others");
	cr_assert_str_eq(cli_sql(&cli, "SELECT max(number) FROM almanac_version"), "1");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest WHERE series = 'new00'"), "6");
	double first = atof(forecast_of("new00"));
	cr_assert(first > 7 && first < 23, "%g is far from what a series around 15 does", first);
}

Test(panel, a_series_that_was_not_there_in_training_is_forecast)
{
	expect_forecast_of_newcomer("all");
}

Test(panel, a_series_that_was_not_there_in_training_is_forecast_with_the_scale_of_all)
{
	expect_forecast_of_newcomer("series");
}

/* ---- a learned vector for each series */

Test(panel, series_have_vectors_of_their_own)
{
	ingest("old", 4, 200, 10);
	ingest("short", 1, 40, 10);
	struct cli_result result = TRAIN("--series-embedding", "3", "--quiet", "--threads", "1");
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_sql(&cli, "SELECT shape FROM almanac_tensor WHERE name = 'series'"), "[4,3]",
		"short00 has no window in the training part");
	cr_assert_str_eq(
		cli_sql(&cli,
			"SELECT group_concat(value) FROM almanac_version_fact WHERE key LIKE 'vector.%'"),
		"old00,old01,old02,old03");
	const char *one = cli_json(result.out, "$.weights_sha256");
	result = TRAIN("--quiet", "--threads", "2");
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.weights_sha256"), one, "two threads gave other weights");
	struct cli_result scores = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL);
	cli_expect(&scores, 0, NULL);
}

/* The same rows under another name are forecast otherwise; under a new name, by the mean of all vectors. */
Test(panel, a_series_is_known_by_its_vector_and_a_new_one_by_their_mean)
{
	ingest("old", 4, 200, 10);
	struct cli_result result = TRAIN("--series-embedding", "3", "--epochs", "4", "--quiet");
	cli_expect(&result, 0, NULL);
	forecast();
	const char *before = forecast_of("old01");
	cli_sql(&cli, "UPDATE panel SET series = 'x' WHERE series = 'old01'");
	cli_sql(&cli, "UPDATE panel SET series = 'old01' WHERE series = 'old02'");
	cli_sql(&cli, "UPDATE panel SET series = 'old02' WHERE series = 'x'");
	forecast();
	cr_assert_str_neq(forecast_of("old02"), before, "the name of a series has no effect");
	cli_sql(&cli, "UPDATE panel SET series = 'new' WHERE series = 'old02'");
	result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&result, 0, "1 series had no window in training: their vector is the mean of all");
	const char *mean = forecast_of("new");
	cr_assert_str_neq(mean, before);
	cli_sql(&cli, "UPDATE panel SET series = 'other' WHERE series = 'new'");
	forecast();
	cr_assert_str_eq(forecast_of("other"), mean, "one new series is as another");
	result = TRAIN("--segment", "6", "--past", "none");
	cli_expect(&result, 64, "--series-embedding");
}
