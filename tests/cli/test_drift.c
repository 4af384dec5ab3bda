/* Drift through the program: what is told where, for how long, and what it takes to be told nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "cli/program.h"

#define DAYS 100

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(drift_told, .init = setup);

/* Hours of a day that repeats, with noise; what is planted comes on top of it. */
static void ingest(const char *file, int first_day, int end_day, double factor, double add)
{
	FILE *out = fopen(cli_path(&cli, file), "w");
	cr_assert_not_null(out);
	fprintf(out, "time,load\n");
	for (int hour = 24 * first_day; hour < 24 * end_day; hour++)
		fprintf(out, "%lld,%.4f\n", 1577836800LL + 3600LL * hour,
			factor * (100 + (hour % 24 < 12 ? 20 : -20) +
					 3 * alm_rng_normal(1, 0, (uint64_t)hour)) +
				add);
	cr_assert_eq(fclose(out), 0);
	struct cli_result result = cli_run(&cli, "ingest", file, "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* A model of the first days, which is not due again; its champion is version 1. */
static void train(int days)
{
	ingest("history.csv", 0, days, 1, 0);
	struct cli_result trained = cli_run(&cli, "train", "m", "--dataset", "d", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "3", "--batch", "256", "--test-fraction", "0.2",
		"--valid-fraction", "0.05", "--quiet", NULL);
	cli_expect(&trained, 0, NULL);
	struct cli_result policy = cli_run(&cli, "retrain", "m", "--after-rows", "1000000", NULL);
	cli_expect(&policy, 0, NULL);
}

static const char *metrics(void)
{
	static char text[8192];
	struct cli_result result = cli_run(&cli, "status", "--metrics-file", "a.prom", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	FILE *file = fopen(cli_path(&cli, "a.prom"), "r");
	cr_assert_not_null(file);
	size_t n = fread(text, 1, sizeof text - 1, file);
	cr_assert_lt(n, sizeof text - 1);
	fclose(file);
	return text;
}

Test(drift_told, is_nothing_where_rows_are_as_before)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 3, 1, 0);
	struct cli_result result = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli,
		"SELECT status || ': ' || message FROM almanac_run WHERE kind = 'drift' ORDER BY id DESC",
		"ok: no drift");
	cli_expect_sql(&cli,
		"SELECT group_concat(kind || drifted) FROM (SELECT * FROM almanac_drifts ORDER BY kind)",
		"error0,missing0,psi0,range0");
	cli_expect_sql(&cli, "SELECT max(until) FROM almanac_drifts", "2020-04-12 23:00:00");
	struct cli_result status = cli_run(&cli, "status", "--fail-on", "drift", "--quiet", NULL);
	cli_expect(&status, 0, NULL);
	struct cli_result check = cli_run(&cli, "check", NULL);
	cli_expect(&check, 0, NULL);
}

Test(drift_told, is_told_in_every_place_and_by_the_exit_code_where_that_is_asked_for)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 2, 2, 0);
	struct cli_result warned = cli_run(&cli, "retrain", "m", "--verbose", NULL);
	cr_assert_eq(warned.code, 0);
	cli_expect_in(warned.err, "almanac: model 'm' drifts: range of load 0.6");
	cli_expect_in(warned.out, "; DRIFT: range of load 0.6");
	cli_expect_sql(&cli,
		"SELECT substr(message, 1, 27) FROM almanac_run WHERE kind = 'drift' ORDER BY id DESC",
		"drift: range of load 0.667,");
	cli_expect_sql(&cli,
		"SELECT value FROM almanac_run_fact WHERE key = 'drift.range.load' ORDER BY run_id DESC",
		"0.666667 of 0.05");
	struct cli_result status = cli_run(&cli, "status", "--fail-on", "drift", NULL);
	cr_assert_eq(status.code, 12);
	cli_expect_in(status.err, "almanac: model 'm' drifts: range of load");
	cli_expect_in(status.out, "; DRIFT: range of load");
	struct cli_result calm = cli_run(&cli, "status", "--json", NULL);
	cli_expect(&calm, 0, NULL);
	cli_expect_in(cli_json(calm.out, "$.models[0].drift"), "range of load");
	cli_expect_in(metrics(), "almanac_drift_ratio{model=\"m\",kind=\"range\",channel=\"load\"} 13.3333");
	struct cli_result shown = cli_run(&cli, "show", "drift", "m", "--format", "csv", NULL);
	cli_expect_in(shown.out, "m,1,range,load,0.6667,0.05,1");
	struct cli_result scored = cli_run(&cli, "score", "m", "--fail-on", "drift", NULL);
	cr_assert_eq(scored.code, 12);
	cli_expect_in(scored.err, "almanac: model 'm' drifts: range of load");
	cli_expect_in(scored.out, "measures drift: range of load");
}

Test(drift_told, lasts_until_rows_are_as_before_and_says_since_when)
{
	static const char since[] = "SELECT coalesce(since, 'none') FROM almanac_drifts WHERE kind = 'range'";
	train(DAYS);
	ingest("two.csv", DAYS, DAYS + 2, 2, 0);
	struct cli_result first = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&first, 12, "range of load");
	ingest("three.csv", DAYS + 2, DAYS + 3, 2, 0);
	struct cli_result second = cli_run(&cli, "retrain", "--all", "--fail-on", "drift", "--json", NULL);
	cr_assert_eq(second.code, 12);
	cli_expect_json(second.out, "$.models[0].exit_code", "0");
	cr_assert_gt(atoi(cli_json(second.out, "$.models[0].drifts")), 0);
	cli_expect_sql(&cli, since, "2020-04-11 23:00:00");
	ingest("six.csv", DAYS + 3, DAYS + 6, 1, 0);
	struct cli_result after = cli_run(&cli, "retrain", "m", NULL);
	cr_assert_eq(after.code, 0);
	cli_expect_sql(&cli, since, "none");
}

Test(drift_told, a_second_look_at_the_same_rows_writes_nothing)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 2, 2, 0);
	struct cli_result first = cli_run(&cli, "score", "m", "--quiet", NULL);
	cli_expect_in(first.err, "almanac: model 'm' drifts");
	const char *before = cli_sql(&cli, "SELECT count(*) || ' ' || max(id) FROM almanac_run");
	struct cli_result second = cli_run(&cli, "score", "m", "--fail-on", "drift", "--quiet", NULL);
	cli_expect(&second, 12, "model 'm' drifts");
	cli_expect_sql(&cli, "SELECT count(*) || ' ' || max(id) FROM almanac_run", before);
}

Test(drift_told, a_new_champion_begins_without_any)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 3, 1, 12);
	struct cli_result first = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&first, 12, "drifts");
	struct cli_result trained = cli_run(&cli, "train", "m", "--quiet", NULL);
	cli_expect(&trained, 0, NULL);
	struct cli_result status = cli_run(&cli, "status", "--fail-on", "drift", "--quiet", NULL);
	cli_expect(&status, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_drift_reference", "2");
}

Test(drift_told, missing_rows_are_told_but_not_those_that_are_a_day_late)
{
	static const char missing[] =
		"SELECT value || ' ' || drifted FROM almanac_drifts WHERE kind = 'missing'";
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 4, 1, 0);
	cli_sql(&cli, "UPDATE d SET load = NULL WHERE time >= unixepoch('2020-04-13 12:00')");
	struct cli_result late = cli_run(&cli, "retrain", "m", NULL);
	cli_expect(&late, 0, NULL);
	cli_expect_sql(&cli, missing, "0.0 0");
	cli_sql(&cli, "UPDATE d SET load = NULL WHERE time % 10800 = 0 AND time >= unixepoch('2020-04-10')");
	ingest("five.csv", DAYS + 4, DAYS + 5, 1, 0);
	struct cli_result lost = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&lost, 12, "missing of load");
}

Test(drift_told, a_short_training_and_one_of_an_earlier_almanac_tell_nothing)
{
	train(30);
	ingest("more.csv", 30, 33, 5, 0);
	struct cli_result brief = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&brief, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_drifts WHERE kind <> 'error'", "0");
	cli_sql(&cli, "DELETE FROM almanac_drift_reference");
	cli_sql(&cli, "DELETE FROM almanac_drift_error");
	ingest("later.csv", 33, 35, 5, 0);
	struct cli_result none = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&none, 0, NULL);
}

Test(drift_told, limits_are_policy_and_can_be_taken_back)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 2, 2, 0);
	struct cli_result off = cli_run(&cli, "retrain", "m", "--fail-on", "drift", "--drift-range", "",
		"--drift-psi", "", "--drift-missing", "", "--drift-error", "", NULL);
	cli_expect(&off, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_policies WHERE option LIKE 'drift-%'", "4");
	struct cli_result still = cli_run(&cli, "score", "m", "--fail-on", "drift", "--quiet", NULL);
	cli_expect(&still, 0, NULL);
	struct cli_result on = cli_run(&cli, "retrain", "m", "--fail-on", "drift", "--drift-range", "70%",
		"--drift-psi", "99", NULL);
	cli_expect(&on, 0, NULL);
	cli_expect_sql(&cli, "SELECT most FROM almanac_drifts WHERE kind = 'range'", "0.7");
	struct cli_result low =
		cli_run(&cli, "retrain", "m", "--fail-on", "drift", "--drift-range", "60%", NULL);
	cli_expect(&low, 12, "range of load");
}

Test(drift_told, what_is_not_looked_at_any_more_is_not_told_any_more)
{
	train(DAYS);
	ingest("more.csv", DAYS, DAYS + 2, 2, 0);
	struct cli_result drifts = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&drifts, 12, "range of load");
	ingest("later.csv", DAYS + 2, DAYS + 3, 2, 0);
	struct cli_result off = cli_run(&cli, "retrain", "m", "--fail-on", "drift", "--drift-range", "",
		"--drift-psi", "", "--drift-missing", "", "--drift-error", "", NULL);
	cli_expect(&off, 0, NULL);
	struct cli_result status = cli_run(&cli, "status", "--fail-on", "drift", "--quiet", NULL);
	cli_expect(&status, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_drift", "0");
}

Test(drift_told, what_makes_no_sense_is_refused)
{
	static const char *const verbs[] = {"retrain", "score", "status"};
	for (int i = 0; i < 3; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "m", "--fail-on", "rain", NULL);
		cli_expect(&result, 64, "--fail-on: expected drift, found 'rain'");
	}
	struct cli_result psi = cli_run(&cli, "retrain", "m", "--drift-psi", "low", NULL);
	cli_expect(&psi, 64, "--drift-psi: expected a number from 0 such as 0.25, found 'low'");
	struct cli_result window = cli_run(&cli, "retrain", "m", "--drift-window", "72", NULL);
	cli_expect(&window, 64, "--drift-window: expected a length of time");
	struct cli_result share = cli_run(&cli, "retrain", "m", "--drift-range", "5", NULL);
	cli_expect(&share, 64, "--drift-range: expected a percentage");
}

Test(drift_told, what_pruned_versions_were_trained_on_goes_with_their_weights)
{
	train(DAYS);
	for (int i = 0; i < 4; i++) {
		struct cli_result next =
			cli_run(&cli, "train", "m", "--epochs", "1", "--fresh", "--quiet", NULL);
		cli_expect(&next, 0, NULL);
	}
	struct cli_result pruned = cli_run(&cli, "prune", "m", "--keep", "1", "--quiet", NULL);
	cli_expect(&pruned, 0, NULL);
	cli_expect_sql(&cli, "SELECT group_concat(version_id) FROM almanac_drift_reference", "3,4,5");
}

/* Two shops, one of ten times the other's size; from last_day on the large one is closed. */
static void ingest_shops(const char *file, int first_day, int end_day, int last_day, double factor)
{
	FILE *out = fopen(cli_path(&cli, file), "w");
	cr_assert_not_null(out);
	fprintf(out, "shop,time,load\n");
	for (int shop = 0; shop < 2; shop++)
		for (int hour = 24 * first_day; hour < 24 * (shop ? last_day : end_day); hour++)
			fprintf(out, "s%d,%lld,%.4f\n", shop, 1577836800LL + 3600LL * hour,
				(shop ? 10 : factor) *
					(100 + (hour % 24 < 12 ? 20 : -20) +
						3 * alm_rng_normal(2, (uint64_t)shop, (uint64_t)hour)));
	cr_assert_eq(fclose(out), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", file, "--dataset", "d", "--series", "shop", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(drift_told, each_series_is_read_in_its_own_scale_and_one_that_ended_is_not_missing)
{
	ingest_shops("history.csv", 0, DAYS, DAYS, 1);
	struct cli_result trained = cli_run(&cli, "train", "m", "--dataset", "d", "--scale-by", "series",
		"--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "3", "--batch", "256",
		"--test-fraction", "0.2", "--valid-fraction", "0.05", "--quiet", NULL);
	cli_expect(&trained, 0, NULL);
	struct cli_result policy = cli_run(&cli, "retrain", "m", "--after-rows", "1000000", NULL);
	cli_expect(&policy, 0, NULL);
	ingest_shops("more.csv", DAYS, DAYS + 5, DAYS + 1, 1);
	struct cli_result closed = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&closed, 0, NULL);
	cli_expect_sql(&cli, "SELECT value FROM almanac_drifts WHERE kind = 'missing'", "0.0");
	/* In the scale of both together, half as much again of the small one would be nothing. */
	ingest_shops("again.csv", DAYS + 2, DAYS + 5, DAYS + 1, 1.5);
	struct cli_result grown = cli_run(&cli, "retrain", "m", "--fail-on", "drift", NULL);
	cli_expect(&grown, 12, "of load");
}
