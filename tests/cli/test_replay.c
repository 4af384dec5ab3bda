/* A stored forecast is made again: the same to the bit as long as its rows and its version are, and told apart otherwise. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(replay, .init = setup);

/* The wave as it is after n rows: those that are there already stay as they are. */
static void grow(int n_rows)
{
	cli_wave(&cli, "more.csv", n_rows);
	struct cli_result result = cli_run(&cli, "ingest", "more.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

static void forecast(void)
{
	struct cli_result result = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

static void expect_same(const char *id, const char *text)
{
	struct cli_result result = cli_run(&cli, "replay", id, NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_not_null(strstr(result.out, text), "expected '%s' in: %s", text, result.out);
}

Test(replay, rows_and_versions_that_came_since_change_nothing)
{
	cli_train_small(&cli);
	forecast();
	grow(700);
	struct cli_result next = cli_run(&cli, "train", "small", "--epochs", "3", "--quiet", NULL);
	cli_expect(&next, 0, NULL);
	forecast();
	const char *runs = cli_sql(&cli, "SELECT count(*) FROM almanac_run");
	expect_same("1",
		"forecast 1 is the same: model small version 1, load from 2020-01-25 23:00:00, 6 steps\n");
	expect_same("2", "version 2, load from 2020-01-30 03:00:00, 6 steps\n");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_run"), runs, "it writes nothing");
	struct cli_result json = cli_run(&cli, "replay", "1", "--json", NULL);
	cr_assert_str_eq(cli_json(json.out, "$.same"), "1");
	cr_assert_str_eq(cli_json(json.out, "$.cutoff"), "2020-01-25 23:00:00");
	struct cli_result quiet = cli_run(&cli, "replay", "1", "--quiet", NULL);
	cli_expect(&quiet, 0, NULL);
	cr_assert_str_empty(quiet.out);
}

Test(replay, quantiles_are_compared_too)
{
	cli_ingest_wave(&cli);
	struct cli_result train = cli_run(&cli, "train", "small", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "1", "--loss", "quantile", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	forecast();
	grow(650);
	expect_same("1", " 6 steps and ");
	cli_sql(&cli, "UPDATE almanac_forecast_quantile SET value = value + 0.001 WHERE step = 3 AND level = "
		      "(SELECT max(level) FROM almanac_forecast_quantile)");
	struct cli_result result = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&result, 65, "of step 3 (2020-01-26 02:00:00) was ");
}

Test(replay, what_was_corrected_since_is_told_with_the_first_step_that_differs)
{
	cli_train_small(&cli);
	forecast();
	cli_sql(&cli, "UPDATE wave SET load = load + 1 WHERE time = (SELECT max(time) FROM wave)");
	struct cli_result corrected = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&corrected, 65,
		"forecast 1 of model 'small' comes out otherwise today: step 1 (2020-01-26 00:00:00) was ");
	cr_assert_not_null(
		strstr(corrected.err, "data that was corrected or came late"), "%s", corrected.err);
	cli_sql(&cli, "UPDATE wave SET load = load - 1 WHERE time = (SELECT max(time) FROM wave)");
	expect_same("1", "6 steps");
	cli_sql(&cli, "UPDATE almanac_forecast_point SET value = value * (1 + 1e-15) WHERE step = 4");
	struct cli_result bit = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&bit, 65, "step 4 (2020-01-26 03:00:00) was ");
	cr_assert_null(strstr(bit.err, "made it"), "%s", bit.err);
	cli_sql(&cli, "UPDATE almanac_run SET program = '0.1.9'");
	struct cli_result older = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&older, 65, "another kind of processor, or that Almanac 0.1.9 made it and this is ");
	cli_sql(&cli, "DELETE FROM almanac_forecast_point WHERE step > 4");
	struct cli_result shorter = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&shorter, 65, "it had 4 steps and 0 quantiles, and has 6 and 0");
	cli_sql(&cli, "DELETE FROM wave WHERE time = (SELECT max(time) FROM wave)");
	struct cli_result ends = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&ends, 65, "its series now ends at 2020-01-25 22:00:00");
}

/* Two series of which one ends days before the other; rows from the first hour on. */
static void write_panel(int n_a, int n_b)
{
	FILE *file = fopen(cli_path(&cli, "panel.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "s,time,x\n");
	for (int i = 0; i < n_a + n_b; i++) {
		int hour = i < n_a ? i : i - n_a;
		fprintf(file, "%s,2020-01-%02d %02d:00,%.3f\n", i < n_a ? "a" : "b", 1 + hour / 24, hour % 24,
			(i < n_a ? 10 : 3) + sin(hour * 0.2618));
	}
	fclose(file);
	struct cli_result result =
		cli_run(&cli, "ingest", "panel.csv", "--dataset", "p", "--series", "s", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(replay, of_series_with_ends_of_their_own_and_coarser_rows_each_comes_out_the_same)
{
	write_panel(601, 497);
	struct cli_result train = cli_run(&cli, "train", "small", "--dataset", "p", "--resample", "3h",
		"--lookback", "16", "--horizon", "4", "--units", "4", "--epochs", "1", "--series-embedding",
		"2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	forecast();
	write_panel(670, 530);
	forecast();
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast"), "4");
	for (int id = 1; id <= 4; id++) {
		char text[8];
		snprintf(text, sizeof text, "%d", id);
		expect_same(text, id % 2 ? " is the same: model small version 1, a, x from " : "b, x from ");
	}
}

Test(replay, the_ids_are_shown_with_the_forecasts)
{
	cli_train_small(&cli);
	forecast();
	grow(700);
	forecast();
	struct cli_result shown = cli_run(&cli, "show", "forecasts", "small", "--limit", "1", "--json", NULL);
	cli_expect(&shown, 0, NULL);
	cr_assert_str_eq(cli_json(shown.out, "$.forecasts[0].cutoff"), "2020-01-30 03:00:00");
	const char *id = cli_json(shown.out, "$.forecasts[0].forecast");
	expect_same(id, "load from 2020-01-30 03:00:00, 6 steps\n");
	struct cli_result all = cli_run(&cli, "show", "forecasts", "--json", NULL);
	cr_assert_str_eq(cli_json(all.out, "$.forecasts[0].forecast"), "1");
	cr_assert_str_eq(cli_json(all.out, "$.forecasts[11].forecast"), id);
	cr_assert_str_empty(cli_json(all.out, "$.forecasts[12]"));
}

Test(replay, a_forecast_that_cannot_be_made_again_is_missing_input)
{
	struct cli_result nowhere = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&nowhere, 66, "there is no database");
	cli_train_small(&cli);
	struct cli_result none = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&none, 66, "there is no forecast 1 in 't.db'; see almanac show forecasts");
	struct cli_result word = cli_run(&cli, "replay", "small", NULL);
	cli_expect(&word, 64, "replay: FORECAST: expected a whole number");
	forecast();
	for (int version = 2; version <= 4; version++) {
		struct cli_result next = cli_run(&cli, "train", "small", "--epochs", "1", "--quiet", NULL);
		cli_expect(&next, 0, NULL);
	}
	struct cli_result pruned = cli_run(&cli, "prune", "--keep", "1", "--quiet", NULL);
	cli_expect(&pruned, 0, NULL);
	struct cli_result gone = cli_run(&cli, "replay", "1", NULL);
	cli_expect(&gone, 66, "the weights of version 1 of model 'small' were dropped by almanac prune");
}
