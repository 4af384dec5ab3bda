/* What a broken model, another process, a budget and a second thought do to a night. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/night.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(retrain_trouble, .init = setup);

Test(retrain_trouble, what_fails_with_one_model_does_not_keep_the_others_from_their_turn)
{
	night_train_good(&cli);
	struct cli_result other = cli_run(&cli, "train", "other", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "2", "--quiet", NULL);
	cli_expect(&other, 0, NULL);
	cli_sql(&cli, "UPDATE almanac_model_setting SET value = 'no_such_cell' WHERE key = 'cell' AND "
		      "model_id = 1");
	night_grow(&cli, 700);
	struct cli_result result = cli_run(&cli, "retrain", "--all", "--jobs", "2", "--json", NULL);
	cr_assert_eq(result.code, 69, "%s", result.err);
	cr_assert(
		strstr(result.err, "model 'small'") && strstr(result.err, "no_such_cell"), "%s", result.err);
	cli_expect_json(result.out, "$.models[0].model", "other");
	cli_expect_json(result.out, "$.models[0].challenger", "2");
	cli_expect_json(result.out, "$.models[1].exit_code", "69");
	/* The champion that stays has still forecast. */
	cli_expect_json(result.out, "$.models[1].forecast", "1");
	cli_expect_sql(
		&cli, "SELECT status FROM almanac_run WHERE kind = 'retrain' AND model_id = 1", "failed");
}

/* A training of the model that lasts for ever, once it has its row. */
static pid_t start_slow(void)
{
	pid_t slow =
		cli_start(&cli, "train", "small", "--epochs", "100000", "--patience", "0", "--quiet", NULL);
	const char *running = "SELECT count(*) FROM almanac_run WHERE status = 'running'";
	for (int i = 0; i < 200 && strcmp(cli_sql(&cli, running), "1") != 0; i++)
		usleep(20000);
	return slow;
}

Test(retrain_trouble, a_model_that_another_process_trains_is_busy_at_once_or_waited_for)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	pid_t slow = start_slow();
	struct cli_result busy = cli_run(&cli, "retrain", "small", NULL);
	cli_expect(&busy, 75, "model 'small' is being trained by another process");
	pid_t waiting = cli_start(&cli, "retrain", "small", "--wait", "1min", "--json", NULL);
	usleep(300000);
	kill(slow, SIGTERM);
	struct cli_result stopped = cli_wait(&cli, slow);
	cr_assert_eq(stopped.code, 128 + SIGTERM);
	struct cli_result waited = cli_wait(&cli, waiting);
	cr_assert_eq(waited.code, 0, "%s", waited.err);
}

Test(retrain_trouble, waiting_for_another_process_uses_the_budget_up)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	pid_t slow = start_slow();
	pid_t waiting =
		cli_start(&cli, "retrain", "small", "--wait", "1min", "--time-budget", "1s", "--json", NULL);
	usleep(2000000);
	kill(slow, SIGTERM);
	struct cli_result stopped = cli_wait(&cli, slow);
	cr_assert_eq(stopped.code, 128 + SIGTERM);
	struct cli_result waited = cli_wait(&cli, waiting);
	cli_expect(&waited, 10, "the time budget is used up");
	cli_expect_json(waited.out, "$.models[0].forecast", "1");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "1");
}

Test(retrain_trouble, a_champion_that_cannot_be_loaded_is_stood_in_for_by_the_one_before)
{
	night_train_good(&cli);
	night_train_bad(&cli);
	cli_sql(&cli,
		"UPDATE almanac_tensor SET payload = zeroblob(length(payload)) WHERE version_id = 2 AND "
		"position = 0");
	struct cli_result result = cli_run(&cli, "forecast", "small", "--json", NULL);
	cr_assert_eq(result.code, 10, "%s", result.err);
	cr_assert(strstr(result.err, "the champion of model 'small' cannot be used, and version 1 before it "
				     "stands in: version 2: tensor"),
		"%s", result.err);
	cli_expect_json(result.out, "$.version", "1");
	cli_expect_sql(&cli, "SELECT status || ' ' || exit_code FROM almanac_run ORDER BY id DESC LIMIT 1",
		"degraded 10");
	struct cli_result night = cli_run(&cli, "retrain", "small", NULL);
	cli_expect(&night, 10, "stands in");
}

Test(retrain_trouble, a_budget_that_is_used_up_leaves_the_training_and_makes_the_forecast)
{
	night_train_good(&cli);
	night_grow(&cli, 700);
	struct cli_result result = cli_run(&cli, "retrain", "--all", "--time-budget", "1ms", "--json", NULL);
	cr_assert_eq(result.code, 10, "%s", result.err);
	cr_assert(strstr(result.err, "the time budget is used up"), "%s", result.err);
	cli_expect_json(result.out, "$.models[0].forecast", "1");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "1");
}

Test(retrain_trouble, a_rollback_goes_back_one_champion_at_a_time)
{
	night_train_good(&cli);
	night_train_bad(&cli);
	struct cli_result third = cli_run(&cli, "train", "small", "--seed", "3", "--quiet", NULL);
	cli_expect(&third, 0, NULL);
	for (int version = 2; version >= 1; version--) {
		char expected[96];
		struct cli_result result = cli_run(&cli, "rollback", "small", NULL);
		cli_expect(&result, 0, NULL);
		snprintf(expected, sizeof expected,
			"model small: version %d is champion, before it was version %d\n", version,
			version + 1);
		cr_assert_str_eq(result.out, expected);
	}
	struct cli_result last = cli_run(&cli, "rollback", "small", NULL);
	cli_expect(&last, 66, "no champion before this one");
	struct cli_result forward = cli_run(&cli, "promote", "small", "3", "--quiet", NULL);
	cli_expect(&forward, 0, NULL);
	struct cli_result back = cli_run(&cli, "rollback", "small", "--json", NULL);
	cli_expect_json(back.out, "$.champion", "1");
	cli_expect_sql(&cli, "SELECT group_concat(version || reason, ' ') FROM almanac_promotions",
		"1trained 2trained 3trained 2rollback 1rollback 3manual 1rollback");
}

Test(retrain_trouble, a_version_that_cannot_be_loaded_is_not_promoted)
{
	night_train_good(&cli);
	night_train_bad(&cli);
	cli_sql(&cli, "UPDATE almanac_tensor SET payload = zeroblob(length(payload)) WHERE version_id = 1");
	struct cli_result result = cli_run(&cli, "promote", "small", "1", NULL);
	cli_expect(&result, 65, "version 1: tensor");
	struct cli_result rollback = cli_run(&cli, "rollback", "small", NULL);
	cli_expect(&rollback, 65, "version 1: tensor");
	struct cli_result missing = cli_run(&cli, "promote", "small", "7", NULL);
	cli_expect(&missing, 66, "model 'small' has no version 7");
	cli_expect_sql(&cli, "SELECT champion FROM almanac_models", "2");
}

Test(retrain_trouble, pruning_keeps_the_newest_versions_and_champions_and_every_forecast)
{
	night_train_good(&cli);
	for (int seed = 2; seed <= 7; seed++) {
		char text[8];
		snprintf(text, sizeof text, "%d", seed);
		struct cli_result next =
			cli_run(&cli, "train", "small", "--seed", text, "--epochs", "1", "--quiet", NULL);
		cli_expect(&next, 0, NULL);
		struct cli_result forecast = cli_run(&cli, "forecast", "small", "--quiet", NULL);
		cli_expect(&forecast, 0, NULL);
	}
	struct cli_result result = cli_run(&cli, "prune", "small", "--keep", "2", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.pruned", "4");
	cli_expect_sql(
		&cli, "SELECT group_concat(version) FROM almanac_versions WHERE pruned IS NULL", "5,6,7");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast", "6");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_optimizer_state", "3");
	struct cli_result old = cli_run(&cli, "forecast", "small", "--model-version", "3", NULL);
	cli_expect(&old, 66, "the weights of version 3 of model 'small' were dropped by almanac prune");
}
