/* Forecasts against what was observed since: by hand, in parts, and never twice. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(score, .init = setup);

static double number(const char *sql)
{
	return strtod(cli_sql(&cli, sql), NULL);
}

static void grow(int n_rows)
{
	cli_wave(&cli, "more.csv", n_rows);
	struct cli_result result = cli_run(&cli, "ingest", "more.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* The small model forecasts rows 600..605 of the wave. */
static void forecast(void)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

static struct cli_result score(void)
{
	struct cli_result result = cli_run(&cli, "score", "small", "--json", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	return result;
}

Test(score, before_anything_is_observed_there_is_nothing_to_tell)
{
	forecast();
	struct cli_result result = score();
	cr_assert_str_eq(cli_json(result.out, "$.scored[0].forecasts"), "0");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_run WHERE kind = 'score'", "0");
}

Test(score, is_what_sql_makes_of_the_same_rows)
{
	forecast();
	grow(700);
	score();
	double mae = number("SELECT avg(abs(p.value - w.load)) FROM almanac_forecast_point AS p "
			    "JOIN wave AS w ON w.time * 1000 = p.time");
	double square =
		number("SELECT avg((p.value - w.load) * (p.value - w.load)) FROM almanac_forecast_point "
		       "AS p JOIN wave AS w ON w.time * 1000 = p.time");
	double bias = number("SELECT avg(p.value - w.load) FROM almanac_forecast_point AS p "
			     "JOIN wave AS w ON w.time * 1000 = p.time");
	/* A season is a day: what was 24 rows before, all of it known at the cutoff. */
	double naive =
		number("SELECT avg(abs(b.load - w.load)) FROM almanac_forecast_point AS p "
		       "JOIN wave AS w ON w.time * 1000 = p.time JOIN wave AS b ON b.time = w.time - 86400");
	cr_assert_float_eq(number("SELECT mae FROM almanac_live_scores"), mae, 1e-5);
	cr_assert_float_eq(number("SELECT rmse FROM almanac_live_scores"), sqrt(square), 1e-5);
	cr_assert_float_eq(number("SELECT bias FROM almanac_live_scores"), bias, 1e-5);
	cr_assert_float_eq(number("SELECT baseline_mae FROM almanac_live_scores"), naive, 1e-5);
	cli_expect_sql(&cli, "SELECT n_points || ' ' || complete || ' ' || baseline FROM almanac_live_scores",
		"6 1 seasonal_naive");
	struct cli_result check = cli_run(&cli, "check", NULL);
	cli_expect(&check, 0, NULL);
}

Test(score, a_forecast_is_scored_in_parts_until_its_horizon_is_over)
{
	forecast();
	grow(602);
	score();
	cli_expect_sql(&cli, "SELECT n_points || ' ' || complete FROM almanac_live_scores", "2 0");
	grow(606);
	score();
	cli_expect_sql(&cli, "SELECT n_points || ' ' || complete FROM almanac_live_scores", "6 1");
	grow(650);
	struct cli_result again = score();
	cr_assert_str_eq(cli_json(again.out, "$.scored[0].forecasts"), "0");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_run WHERE kind = 'score'", "2");
}

Test(score, observations_that_are_missing_take_no_part)
{
	forecast();
	grow(700);
	cli_sql(&cli, "UPDATE wave SET load = NULL WHERE time = unixepoch('2020-01-26 02:00')");
	cli_sql(&cli, "DELETE FROM wave WHERE time = unixepoch('2020-01-26 04:00')");
	score();
	cli_expect_sql(&cli, "SELECT n_points || ' ' || complete FROM almanac_live_scores", "4 1");
}

Test(score, is_part_of_every_retraining)
{
	forecast();
	grow(606);
	struct cli_result result = cli_run(&cli, "retrain", "--all", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT n_points FROM almanac_live_scores", "6");
	struct cli_result all = cli_run(&cli, "score", "--all", "--json", NULL);
	cli_expect(&all, 0, NULL);
	cr_assert_str_eq(cli_json(all.out, "$.scored[0].forecasts"), "0");
	struct cli_result none = cli_run(&cli, "score", NULL);
	cli_expect(&none, 64, "expected MODEL or --all");
	struct cli_result missing = cli_run(&cli, "score", "other", NULL);
	cli_expect(&missing, 66, "other");
}
