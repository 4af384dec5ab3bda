/* Every night: what makes a model due, and who becomes champion. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/night.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(retrain, .init = setup);

static struct cli_result retrain_json(const char *option, const char *value)
{
	struct cli_result result = cli_run(&cli, "retrain", "small", "--json", option, value, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result;
}

Test(retrain, without_a_new_row_there_is_a_forecast_and_then_nothing_to_do)
{
	night_train_good(&cli);
	struct cli_result first = cli_run(&cli, "retrain", "small", NULL);
	cli_expect(&first, 0, NULL);
	cr_assert_str_empty(first.out, "nobody looks: nothing is said");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast", "1");
	const char *before = cli_sql(&cli, "SELECT count(*) FROM almanac_run WHERE kind = 'forecast'");
	struct cli_result second = cli_run(&cli, "retrain", "--all", NULL);
	cli_expect(&second, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_run WHERE kind = 'forecast'", before);
	cli_expect_sql(&cli, "SELECT status || ': ' || message FROM almanac_run ORDER BY id DESC LIMIT 1",
		"skipped: no new row");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "1");
}

Test(retrain, new_rows_are_taken_in_one_go_and_make_a_challenger)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	struct cli_result result = retrain_json("--verbose", NULL);
	cli_expect_json(result.out, "$.models[0].new_rows", "100");
	cli_expect_json(result.out, "$.models[0].challenger", "2");
	cli_expect_json(result.out, "$.models[0].warm_from", "1");
	cli_expect_json(result.out, "$.models[0].forecast", "1");
	cli_expect_sql(&cli, "SELECT value FROM almanac_run_fact WHERE key = 'new_rows'", "100");
	cli_expect_sql(&cli, "SELECT warm_from || ' ' || data_to FROM almanac_versions WHERE version = 2",
		"1 2020-01-30 03:00:00");
	/* The holdout is the newest part: 28 horizons are more than a fifth of 700 rows, which is 140. */
	cli_expect_sql(&cli, "SELECT value FROM almanac_run_fact WHERE key = 'holdout_windows'", "135");
	struct cli_result again = retrain_json("--verbose", NULL);
	cli_expect_json(again.out, "$.models[0].outcome", "skipped");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "2");
}

Test(retrain, a_challenger_that_has_learned_nothing_never_replaces_the_champion)
{
	night_train_good(&cli);
	night_train_bad(&cli);
	struct cli_result promoted = cli_run(&cli, "promote", "small", "1", "--quiet", NULL);
	cli_expect(&promoted, 0, NULL);
	for (int rows = 610; rows <= 640; rows += 10) {
		night_grow(&cli, rows);
		struct cli_result result = retrain_json("--start", "cold");
		cli_expect_json(result.out, "$.models[0].outcome", "kept");
		cli_expect_json(result.out, "$.models[0].champion", "1");
	}
	cli_expect_sql(&cli, "SELECT champion FROM almanac_models", "1");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_promotion", "3");
	struct cli_result strict = cli_run(&cli, "retrain", "small", "--strict", NULL);
	cli_expect(&strict, 1, "no model has a new champion");
}

Test(retrain, a_better_challenger_is_champion_and_the_row_says_what_that_rests_on)
{
	night_train_good(&cli);
	night_train_bad(&cli);
	struct cli_result good =
		cli_run(&cli, "train", "small", "--rate", "0.01", "--epochs", "40", "--quiet", NULL);
	cli_expect(&good, 0, NULL);
	struct cli_result promoted = cli_run(&cli, "promote", "small", "2", "--quiet", NULL);
	cli_expect(&promoted, 0, NULL);
	night_grow(&cli, 700);
	struct cli_result result = retrain_json("--start", "cold");
	cli_expect_json(result.out, "$.models[0].outcome", "promoted");
	cli_expect_json(result.out, "$.models[0].champion", "4");
	cli_expect_sql(&cli, "SELECT champion FROM almanac_models", "4");
	cli_expect_sql(&cli,
		"SELECT reason, challenger_error < champion_error AND challenger_error < baseline_error "
		"FROM almanac_promotion ORDER BY id DESC LIMIT 1",
		"retrained");
	cli_expect_sql(&cli,
		"SELECT challenger_error < 0.99 * champion_error AND challenger_error < baseline_error "
		"FROM almanac_promotion ORDER BY id DESC LIMIT 1",
		"1");
	cli_expect_sql(&cli, "SELECT version FROM almanac_forecast_latest LIMIT 1", "4");
}

Test(retrain, a_policy_is_kept_with_the_model_and_too_few_rows_only_give_a_forecast)
{
	night_train_good(&cli);
	night_grow(&cli, 630);
	struct cli_result result = retrain_json("--after-rows", "50");
	cli_expect_json(result.out, "$.models[0].outcome", "forecast");
	cli_expect_json(result.out, "$.models[0].what", "30 new rows are not enough");
	night_grow(&cli, 650);
	struct cli_result all = cli_run(&cli, "retrain", "--all", "--json", NULL);
	cr_assert_eq(all.code, 0, "%s", all.err);
	cli_expect_json(all.out, "$.models[0].challenger", "2");
	cli_expect_sql(&cli, "SELECT option || '=' || value FROM almanac_policies", "after-rows=50");
}

Test(retrain, every_so_often_goes_by_the_clock_of_the_data)
{
	night_train_good(&cli);
	night_grow(&cli, 623);
	struct cli_result early = retrain_json("--every", "1d");
	cli_expect_json(early.out, "$.models[0].outcome", "forecast");
	night_grow(&cli, 624);
	struct cli_result due = retrain_json("--verbose", NULL);
	cli_expect_json(due.out, "$.models[0].challenger", "2");
}

Test(retrain, a_champion_that_got_worse_is_due)
{
	night_train_good(&cli);
	night_grow(&cli, 660);
	struct cli_result fine = retrain_json("--if-worse", "50%");
	cli_expect_json(fine.out, "$.models[0].outcome", "forecast");
	cr_assert(strstr(cli_json(fine.out, "$.models[0].what"), "not worse enough"), "%s", fine.out);
	/* From here on the wave is ten times as high. */
	FILE *file = fopen(cli_path(&cli, "drift.csv"), "w");
	fprintf(file, "time,load\n");
	for (int row = 0; row < 48; row++)
		fprintf(file, "2020-01-%02d %02d:00:00,%d\n", 29 + row / 24, row % 24,
			row % 24 < 12 ? 500 : 1500);
	fclose(file);
	struct cli_result drift = cli_run(&cli, "ingest", "drift.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&drift, 0, NULL);
	struct cli_result worse = retrain_json("--verbose", NULL);
	cli_expect_json(worse.out, "$.models[0].challenger", "2");
}

Test(retrain, the_fourth_training_in_a_row_is_cold)
{
	night_train_good(&cli);
	for (int rows = 610; rows <= 640; rows += 10) {
		night_grow(&cli, rows);
		struct cli_result result = retrain_json("--verbose", NULL);
		bool cold = strcmp(cli_json(result.out, "$.models[0].warm_from"), "0") == 0;
		cr_assert_eq(cold, rows == 640, "%s", result.out);
	}
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version WHERE parent_id IS NULL", "2");
}

Test(retrain, an_optimiser_that_kept_no_average_is_no_beginning_for_one_that_does)
{
	night_train_good(&cli);
	struct cli_result average =
		cli_run(&cli, "train", "small", "--average", "0.9", "--epochs", "2", "--quiet", NULL);
	cli_expect(&average, 0, NULL);
	night_grow(&cli, 650);
	struct cli_result same = retrain_json("--start", "warm");
	cli_expect_json(same.out, "$.models[0].warm_from", "2");
	struct cli_result back = cli_run(&cli, "promote", "small", "1", "--quiet", NULL);
	cli_expect(&back, 0, NULL);
	night_grow(&cli, 700);
	struct cli_result other = retrain_json("--start", "warm");
	cli_expect_json(other.out, "$.models[0].warm_from", "1");
}

Test(retrain, a_dry_run_says_what_it_would_do_and_writes_nothing)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	const char *before = cli_sql(&cli, "SELECT count(*) FROM almanac_run");
	struct cli_result result = cli_run(&cli, "retrain", "small", "--dry-run", "--every", "1d", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert(strstr(result.out, "small: would train; 100 new rows, --every 1d"), "%s", result.out);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_run", before);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_policy", "0");
}

Test(retrain, a_cutoff_gives_the_answer_of_then)
{
	static const char hashes[] = "SELECT group_concat(sha256) FROM almanac_tensor WHERE version_id = 2";
	night_train_good(&cli);
	night_grow(&cli, 700);
	retrain_json("--verbose", NULL);
	const char *then = cli_sql(&cli, hashes),
		   *forecast = cli_sql(&cli, "SELECT group_concat(value) FROM almanac_forecast_latest");
	cli_init(&cli);
	night_train_good(&cli);
	night_grow(&cli, 900);
	retrain_json("--cutoff", "2020-01-30 03:00");
	cli_expect_sql(&cli, hashes, then);
	cli_expect_sql(&cli, "SELECT group_concat(value) FROM almanac_forecast_latest", forecast);
	cli_expect_sql(&cli, "SELECT max(cutoff) FROM almanac_forecasts", "2020-01-30 03:00:00");
}

Test(retrain, only_the_newest_history_is_trained_on_when_that_is_asked_for)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	retrain_json("--start", "cold");
	retrain_json("--always", NULL);
	struct cli_result part =
		cli_run(&cli, "retrain", "small", "--train-window", "20d", "--holdout", "2d", "--json", NULL);
	cr_assert_eq(part.code, 0, "%s", part.err);
	/* The 20 days are 480 rows; two for the holdout and two for validation leave 16 to train on. */
	cli_expect_sql(
		&cli, "SELECT count(DISTINCT sha256) FROM almanac_tensor WHERE name = 'scaler.center'", "3");
	struct cli_result empty = cli_run(&cli, "retrain", "small", "--holdout", "15d", NULL);
	cli_expect(&empty, 64, "--holdout: twice its length leaves nothing to train on");
}

/* Hours 0..n-1 of three channels, the first a wave. */
static void ingest_three(int n)
{
	FILE *file = fopen(cli_path(&cli, "three.csv"), "w");
	cr_assert_not_null(file);
	fputs("time,x,y,z\n", file);
	for (int i = 0; i < n; i++)
		fprintf(file, "%d,%.3f,%d,%d\n", 1577836800 + 3600 * i, sin(i * 0.2618) + i * 7 % 5 * 0.01,
			i % 7, i % 11);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "three.csv", "--dataset", "three", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(retrain, a_model_of_several_channels_goes_on_from_its_weights)
{
	ingest_three(600);
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "three", "--target", "x",
		"--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	ingest_three(760);
	struct cli_result result =
		cli_run(&cli, "retrain", "m", "--always", "--start", "warm", "--json", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	cli_expect_json(result.out, "$.models[0].warm_from", "1");
	cli_expect_json(result.out, "$.models[0].challenger", "2");
}

Test(retrain, what_makes_no_sense_is_refused_before_anything_is_written)
{
	struct cli_result none = cli_run(&cli, "retrain", NULL);
	cli_expect(&none, 64, "expected MODEL or --all");
	struct cli_result both = cli_run(&cli, "retrain", "small", "--all", NULL);
	cli_expect(&both, 64, "--all and a MODEL exclude each other");
	struct cli_result value = cli_run(&cli, "retrain", "small", "--if-worse", "ten", NULL);
	cli_expect(&value, 64, "--if-worse: expected a percentage such as 10%, found 'ten'");
	struct cli_result no_db = cli_run(&cli, "retrain", "--all", NULL);
	cli_expect(&no_db, 66, "there is no database");
	cli_ingest_wave(&cli);
	struct cli_result no_model = cli_run(&cli, "retrain", "small", NULL);
	cli_expect(&no_model, 66, "small");
	struct cli_result empty = cli_run(&cli, "retrain", "--all", "--json", NULL);
	cli_expect(&empty, 0, NULL);
	cli_expect_json(empty.out, "$.models", "[]");
}
