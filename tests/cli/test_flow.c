/* The whole way on small data: what each verb prints, in which form, on which stream, and what it leaves in the database. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "cli/program.h"

#define SMALL "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2", "--batch", "64"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(flow, .init = setup);

static int count_lines(const char *text)
{
	int n = 0;
	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* ---- ingest */

Test(flow, ingest_tells_what_it_did)
{
	cli_wave(&cli, "wave.csv", 600);
	struct cli_result result = cli_run(&cli, "ingest", "wave.csv", "--dataset", "wave", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "wave (new), 1 channel, 1 series");
	cli_expect_in(result.out, "2020-01-01 00:00:00 to 2020-01-25 23:00:00 (column time, iso)");
	cli_expect_in(result.out, "600 new, 0 changed, 0 as they were");
}

Test(flow, the_same_file_twice_changes_nothing)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "ingest", "wave.csv", "--dataset", "wave", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.created", "0");
	cli_expect_json(result.out, "$.inserted", "0");
	cli_expect_json(result.out, "$.updated", "0");
	cli_expect_json(result.out, "$.unchanged", "600");
}

Test(flow, ingest_reads_standard_input_with_every_option)
{
	cli_file(&cli, "in.txt",
		"a|31.01.2020|1,5|-9\na|01.02.2020|2|3\nb|01.02.2020|?|4\na|31.01.2020|7|-9\n");
	cli.input = "in.txt";
	struct cli_result result =
		cli_run(&cli, "ingest", "-", "--dataset", "d", "--no-header", "--delimiter", "|", "--series",
			"c1", "--time", "c2", "--time-format", "%d.%m.%Y", "--channels", "c3,c4", "--null",
			"?", "--on-duplicate", "last", "--skip-bad", "1", "--json", NULL);
	cli_expect(&result, 0, "stdin:1: c3: '1,5' is not a number");
	cli_expect_json(result.out, "$.series", "2");
	cli_expect_json(result.out, "$.skipped", "1");
	cli_expect_json(result.out, "$.nulls", "1");
	cli_expect_sql(&cli, "SELECT group_concat(series || time || ifnull(c3, '-') || c4, ' ') FROM d",
		"a15804288007.0-9.0 a15805152002.03.0 b1580515200-4.0");
}

Test(flow, a_name_with_an_escape_sequence_cannot_reach_the_terminal)
{
	cli_file(&cli, "in.csv", "time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	cli_sql(&cli, "UPDATE almanac_channel SET name = char(27) || '[2J'");
	struct cli_result show = cli_run(&cli, "show", "channels", NULL);
	cli_expect(&show, 0, NULL);
	cli_expect_in(show.out, "\\x1b[2J");
	cr_assert_null(strchr(show.out, '\033'));
}

/* An ingest that waits for its standard input gets a signal; the pipe is closed before or after it. */
static void expect_ingest_stopped(bool ended_first)
{
	struct timespec nap = {.tv_nsec = 200000000};
	const char *pipe = cli_path(&cli, "pipe");
	cr_assert_eq(mkfifo(pipe, 0600), 0);
	cli.input = "pipe";
	pid_t pid = cli_start(&cli, "ingest", "-", "--dataset", "d", NULL);
	FILE *to = fopen(pipe, "w");
	cr_assert_not_null(to);
	fputs("time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n", to);
	fflush(to);
	nanosleep(&nap, NULL);
	if (ended_first)
		kill(pid, SIGSTOP);
	kill(pid, SIGINT);
	fclose(to);
	kill(pid, SIGCONT);
	struct cli_result result = cli_wait(&cli, pid);
	cli_expect(&result, 128 + SIGINT, "was stopped; nothing was written");
	cli_expect_sql(&cli, "SELECT count(*) FROM sqlite_master WHERE name = 'd'", "0");
}

Test(flow, control_c_ends_an_ingest_that_waits_for_its_input)
{
	expect_ingest_stopped(false);
}

Test(flow, control_c_on_a_whole_pipeline_does_not_take_its_end_for_the_data_s)
{
	expect_ingest_stopped(true);
}

/* ---- train */

Test(flow, train_tells_windows_epochs_and_losses)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "m version 1, on dataset wave");
	cli_expect_in(result.out, "(ended by epochs)");
	cli_expect_sql(&cli, "SELECT status FROM almanac_run WHERE kind = 'train'", "ok");
}

Test(flow, training_again_without_options_makes_the_next_version_of_the_same_spec)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "train", "small", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.version", "2");
	cli_expect_json(result.out, "$.ended_by", "epochs");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "2");
	cli_expect_sql(&cli, "SELECT champion FROM almanac_models", "2");
}

Test(flow, the_weights_do_not_depend_on_the_threads)
{
	cli_ingest_wave(&cli);
	struct cli_result one =
		cli_run(&cli, "train", "one", "--dataset", "wave", SMALL, "--threads", "1", "--json", NULL);
	struct cli_result two =
		cli_run(&cli, "train", "two", "--dataset", "wave", SMALL, "--threads", "2", "--json", NULL);
	struct cli_result other =
		cli_run(&cli, "train", "other", "--dataset", "wave", SMALL, "--seed", "2", "--json", NULL);
	const char *first = cli_json(one.out, "$.weights_sha256");
	const char *second = cli_json(two.out, "$.weights_sha256");
	const char *third = cli_json(other.out, "$.weights_sha256");
	cr_assert_eq(strlen(first), 64);
	cr_assert_str_eq(first, second);
	cr_assert_str_neq(first, third);
}

Test(flow, a_flag_can_be_taken_back)
{
	cli_ingest_wave(&cli);
	struct cli_result with =
		cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, "--calendar", "--json", NULL);
	struct cli_result without = cli_run(&cli, "train", "m", "--no-calendar", "--json", NULL);
	const char *more = cli_json(with.out, "$.parameters"), *less = cli_json(without.out, "$.parameters");
	cr_assert_gt(atoi(more), atoi(less));
}

Test(flow, a_time_budget_ends_the_training)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs",
		"100000", "--patience", "0", "--time-budget", "300ms", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.ended_by", "budget");
}

/* Waits until a training has its row. */
static void wait_for_run(void)
{
	struct timespec nap = {.tv_nsec = 20000000};
	for (int i = 0; i < 1000; i++) {
		const char *n = cli_sql(&cli, "SELECT count(*) FROM almanac_run WHERE status = 'running'");
		bool there = strcmp(n, "1") == 0;
		if (there)
			return;
		nanosleep(&nap, NULL);
	}
	cr_assert_fail("no run began");
}

/* A training that would last for ever gets a signal: it closes its run and dies of the same signal. */
static void expect_stopped_by(int number)
{
	cli_ingest_wave(&cli);
	pid_t pid = cli_start(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs", "1000000",
		"--patience", "0", NULL);
	wait_for_run();
	kill(pid, number);
	struct cli_result result = cli_wait(&cli, pid);
	cli_expect(&result, 128 + number, "almanac: ");
	cli_expect_sql(&cli, "SELECT status FROM almanac_run WHERE kind = 'train'", "aborted");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "0");
	cli_expect_sql(&cli, "PRAGMA integrity_check", "ok");
}

Test(flow, control_c_stops_a_training_cleanly)
{
	expect_stopped_by(SIGINT);
}

Test(flow, a_terminate_signal_stops_a_training_cleanly)
{
	expect_stopped_by(SIGTERM);
}

/* Settings of a training that takes a while, so that it can be killed in the middle. */
#define LONG                                                                                                 \
	"--dataset", "wave", "--lookback", "48", "--horizon", "6", "--units", "24", "--epochs", "60",        \
		"--batch", "32", "--patience", "0", "--dropout", "0.1", "--schedule", "plateau",             \
		"--schedule-epochs", "2", "--average", "0.9", "--series-embedding", "2",                     \
		"--checkpoint-every", "0s"

/* Starts the training and kills it when its checkpoint holds some epochs. */
static void kill_training(int number)
{
	pid_t pid = cli_start(&cli, "train", "m", LONG, NULL);
	const struct timespec pause = {.tv_nsec = 2000000};
	for (int i = 0; i < 30000; i++) {
		const char *epoch = cli_sql(&cli, "SELECT epoch FROM almanac_checkpoint");
		if (atoi(epoch) >= 3)
			break;
		nanosleep(&pause, NULL);
	}
	kill(pid, number);
	struct cli_result killed = cli_wait(&cli, pid);
	cr_assert_eq(killed.code, 128 + number, "%d: %s", killed.code, killed.err);
	if (number == SIGTERM)
		cli_expect_in(killed.err, "goes on after epoch");
}

static const char *hash_of(struct cli_result result)
{
	cr_assert_eq(result.code, 0, "%s", result.err);
	return cli_json(result.out, "$.weights_sha256");
}

Test(flow, a_training_that_was_killed_goes_on_to_the_same_bits)
{
	cli_ingest_wave(&cli);
	const char *whole = hash_of(cli_run(&cli, "train", "other", LONG, "--json", NULL));
	kill_training(SIGKILL);
	struct cli_result rest = cli_run(&cli, "train", "m", LONG, "--json", NULL);
	cli_expect_in(rest.err, "going on after epoch");
	cr_assert_str_eq(hash_of(rest), whole);
	cr_assert_geq(atoi(cli_json(rest.out, "$.resumed_after")), 3);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_checkpoint", "0");
	kill_training(SIGTERM);
	rest = cli_run(&cli, "train", "m", LONG, "--json", NULL);
	cr_assert_str_eq(hash_of(rest), whole);
}

Test(flow, a_training_begins_anew_where_the_checkpoint_is_not_its_own)
{
	cli_ingest_wave(&cli);
	const char *whole = hash_of(cli_run(&cli, "train", "other", LONG, "--json", NULL));
	kill_training(SIGKILL);
	cli_sql(&cli, "UPDATE almanac_checkpoint SET payload = zeroblob(length(payload))");
	struct cli_result result = cli_run(&cli, "train", "m", LONG, "--json", NULL);
	cli_expect_in(result.err, "begins anew: its checkpoint is damaged");
	cr_assert_str_eq(hash_of(result), whole);
	kill_training(SIGKILL);
	result = cli_run(&cli, "train", "m", LONG, "--fresh", "--json", NULL);
	cr_assert_str_eq(cli_json(result.out, "$.resumed_after"), "0");
	cr_assert_str_eq(hash_of(result), whole);
	kill_training(SIGKILL);
	cli_sql(&cli, "UPDATE wave SET load = load + 1 WHERE time = (SELECT min(time) FROM wave)");
	result = cli_run(&cli, "train", "m", LONG, "--json", NULL);
	cli_expect_in(result.err, "of other settings or data");
	cr_assert_str_neq(hash_of(result), whole);
}

Test(flow, a_training_that_was_killed_is_closed_by_the_next)
{
	cli_ingest_wave(&cli);
	pid_t pid = cli_start(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs", "1000000",
		"--patience", "0", NULL);
	wait_for_run();
	kill(pid, SIGKILL);
	struct cli_result killed = cli_wait(&cli, pid);
	cr_assert_eq(killed.code, 128 + SIGKILL);
	struct cli_result next = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cli_expect(&next, 0, "closed 1 earlier run of model 'm' whose process had ended");
	cli_expect_sql(
		&cli, "SELECT group_concat(status) FROM almanac_run WHERE kind = 'train'", "aborted,ok");
}

Test(flow, an_ingest_that_was_killed_is_closed_by_the_next_verb_that_writes)
{
	cli_train_small(&cli);
	cr_assert_eq(mkfifo(cli_path(&cli, "pipe.csv"), 0600), 0);
	pid_t pid = cli_start(&cli, "ingest", "pipe.csv", "--dataset", "other", NULL);
	FILE *pipe = fopen(cli_path(&cli, "pipe.csv"), "w");
	cr_assert_not_null(pipe);
	fprintf(pipe, "time,load\n");
	for (int row = 0; row < 100000; row++)
		fprintf(pipe, "%d,1\n", 1577836800 + row * 3600);
	fflush(pipe);
	wait_for_run();
	kill(pid, SIGKILL);
	cli_wait(&cli, pid);
	fclose(pipe);
	struct cli_result next = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cli_expect(&next, 0, NULL);
	cli_expect_sql(&cli, "SELECT group_concat(kind || ' ' || status) FROM almanac_run",
		"ingest ok,train ok,ingest aborted,forecast ok");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_dataset", "1");
}

Test(flow, two_trainings_of_one_model_do_not_run_at_once)
{
	cli_ingest_wave(&cli);
	pid_t pid = cli_start(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs", "1000000",
		"--patience", "0", NULL);
	wait_for_run();
	cli.output = "second.txt";
	struct cli_result second = cli_run(&cli, "train", "m", "--epochs", "1", NULL);
	cr_assert_eq(second.code, 75, "%d %s", second.code, second.err);
	cli_expect_in(second.err, "'m'");
	cli.output = NULL;
	kill(pid, SIGTERM);
	cli_wait(&cli, pid);
}

/* ---- backtest */

Test(flow, a_backtest_prints_the_model_beside_every_baseline)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "backtest", "small", NULL);
	cli_expect(&result, 0, NULL);
	static const char *const words[] = {"MAE", "RMSE", "MAPE %", "MASE", "\nmodel ", "\nrepeat_last ",
		"\nseasonal_naive ", "\ndrift ", "\nskill "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		cli_expect_in(result.out, words[i]);
}

Test(flow, a_backtest_in_json_is_what_the_database_holds)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "backtest", "small", "--stride", "6h", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.scores[0].forecaster", "model");
	cli_expect_json(result.out, "$.scores[2].forecaster", "seasonal_naive");
	const char *mae = cli_json(result.out, "$.scores[0].mae");
	const char *stored =
		cli_sql(&cli, "SELECT value FROM almanac_scores WHERE forecaster = 'model' AND channel = '' "
			      "AND metric = 'mae'");
	cr_assert_float_eq(atof(mae), atof(stored), 1e-9);
	/* 60 rows of test part, windows of 6 targets, one every 6 rows: (60 - 6) / 6 + 1. */
	cli_expect_json(result.out, "$.windows", "10");
	cli_expect_json(result.out, "$.points", "60");
}

Test(flow, a_backtest_can_be_narrowed)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(
		&cli, "backtest", "small", "--from", "2020-01-24", "--to", "2020-01-25", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.first", "2020-01-24 00:00:00");
	cli_expect_json(result.out, "$.last", "2020-01-24 23:00:00");
	cli_expect_json(result.out, "$.windows", "19");
}

/* ---- forecast */

Test(flow, a_forecast_prints_a_curve_and_the_values)
{
	cli_train_small(&cli);
	cli.env[0] = "LC_ALL=C.UTF-8";
	struct cli_result result = cli_run(&cli, "forecast", "small", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "\u2581");
	cli_expect_in(result.out, "\u2588");
	cli_expect_in(result.out, "\n2020-01-26 00:00:00  ");
	cli_expect_in(result.out, "\n2020-01-26 05:00:00  ");
	cli_expect_sql(&cli, "SELECT count(*) || ' ' || min(time) FROM almanac_forecast_latest",
		"6 2020-01-26 00:00:00");
}

Test(flow, a_curve_is_plain_ascii_where_the_locale_is)
{
	cli_train_small(&cli);
	cli.env[0] = "LC_ALL=C";
	struct cli_result result = cli_run(&cli, "forecast", "small", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "|");
	for (const char *at = result.out; *at != '\0'; at++)
		cr_assert((unsigned char)*at < 0x80);
}

Test(flow, a_forecast_as_csv_is_one_row_a_point)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--format", "csv", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_eq(count_lines(result.out), 7);
	cli_expect_in(result.out, "series,channel,cutoff,time,value\n");
	cli_expect_in(result.out, "\"\",load,2020-01-25 23:00:00,2020-01-26 00:00:00,");
}

Test(flow, a_dry_run_prints_and_stores_nothing)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--dry-run", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.stored", "0");
	cli_expect_json(result.out, "$.forecasts[0].points[0].time", "2020-01-26 00:00:00");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast", "0");
}

Test(flow, nothing_after_a_cutoff_moves_its_forecast)
{
	cli_train_small(&cli);
	struct cli_result before = cli_run(
		&cli, "forecast", "small", "--cutoff", "2020-01-20 12:00", "--dry-run", "--json", NULL);
	cli_expect(&before, 0, NULL);
	cli_expect_json(before.out, "$.forecasts[0].cutoff", "2020-01-20 12:00:00");
	cli_sql(&cli, "UPDATE wave SET load = 12345 WHERE time > unixepoch('2020-01-20 12:00')");
	struct cli_result after = cli_run(
		&cli, "forecast", "small", "--cutoff", "2020-01-20 12:00", "--dry-run", "--json", NULL);
	cr_assert_str_eq(before.out, after.out);
}

Test(flow, an_older_version_can_still_forecast)
{
	cli_train_small(&cli);
	struct cli_result again = cli_run(&cli, "train", "small", "--seed", "5", "--quiet", NULL);
	cli_expect(&again, 0, NULL);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--model-version", "1", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.version", "1");
}

/* ---- windows and show */

Test(flow, windows_explains_what_goes_in_and_what_comes_out)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "windows", "wave", "--lookback", "24", "--horizon", "6",
		"--delay", "2", "--explain", "2", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "24 rows in, every 1; 2 rows between; 6 rows out; 32 rows in all");
	cli_expect_in(result.out,
		"2020-01-01 00:00:00  2020-01-01 23:00:00  2020-01-02 02:00:00  2020-01-02 07:00:00\n");
}

Test(flow, windows_in_json_counts_by_the_formula)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "windows", "wave", "--lookback", "24", "--horizon", "6",
		"--valid-from", "2020-01-21", "--test-from", "2020-01-21", "--explain", "1", "--json", NULL);
	cli_expect(&result, 0, NULL);
	/* Targets of training in the first 480 rows: 480 - 30 + 1. Of the test part in the last 120: 120 - 6 + 1. */
	cli_expect_json(result.out, "$.train_windows", "451");
	cli_expect_json(result.out, "$.test_windows", "115");
	cli_expect_json(result.out, "$.test_from", "2020-01-21 00:00:00");
}

Test(flow, show_has_a_table_for_every_word)
{
	cli_train_small(&cli);
	static const char *const words[] = {"datasets", "channels", "models", "versions", "runs", "cells"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct cli_result result = cli_run(&cli, "show", words[i], NULL);
		cli_expect(&result, 0, NULL);
		cr_expect_geq(count_lines(result.out), 2, "%s: %s", words[i], result.out);
	}
}

Test(flow, show_in_json_keeps_numbers_and_nulls)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "show", "runs", "--json", NULL);
	cli_expect(&result, 0, NULL);
	const char *types = cli_json(result.out, "$.runs[1].exit_code");
	cr_assert_str_eq(types, "0");
	cli_expect_json(result.out, "$.runs[1].message", "");
	cli_expect_json(result.out, "$.runs[1].status", "ok");
}

Test(flow, show_in_csv_quotes_what_needs_it)
{
	cli_file(&cli, "in.csv", "time,\"a,\"\"b\"\"\"\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result result = cli_run(&cli, "show", "channels", "--format", "csv", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(result.out, "dataset,position,channel,kind\nd,0,\"a,\"\"b\"\"\",number\n");
}

Test(flow, show_keeps_the_newest_rows_of_a_limit)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "show", "runs", "--limit", "1", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.runs[0].kind", "train");
	cli_expect_json(result.out, "$.runs[1]", "");
}

Test(flow, wide_characters_keep_the_columns_in_line)
{
	cli_file(&cli, "in.csv", "time,\u6e29\u5ea6,t\u00e9mp\n2020-01-01 00:00,1,1\n2020-01-01 01:00,2,2\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	cli_sql(&cli, "ALTER TABLE almanac_channel ADD COLUMN note");
	cli.env[0] = "LC_ALL=C.UTF-8";
	struct cli_result result = cli_run(&cli, "show", "channels", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "d               0  \u6e29\u5ea6     number\n");
	cli_expect_in(result.out, "d               1  t\u00e9mp     number\n");
}

/* ---- streams */

Test(flow, quiet_verbs_that_write_print_nothing_at_all)
{
	cli_train_small(&cli);
	static const char *const verbs[] = {"train", "backtest", "forecast"};
	for (size_t i = 0; i < 3; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "small", "--quiet", NULL);
		cli_expect(&result, 0, NULL);
		cr_assert_str_empty(result.out);
	}
	cli_expect_sql(&cli, "SELECT count(*) > 0 FROM almanac_forecast", "1");
}

Test(flow, quiet_still_prints_what_was_asked_for)
{
	cli_train_small(&cli);
	struct cli_result show = cli_run(&cli, "show", "models", "--quiet", NULL);
	cli_expect_in(show.out, "small");
	struct cli_result json = cli_run(&cli, "forecast", "small", "--quiet", "--json", NULL);
	cli_expect_json(json.out, "$.model", "small");
	struct cli_result dry = cli_run(&cli, "forecast", "small", "--quiet", "--dry-run", NULL);
	cli_expect_in(dry.out, "not stored");
}

Test(flow, there_is_no_escape_sequence_where_there_is_no_terminal)
{
	cli_ingest_wave(&cli);
	cli.env[0] = "TERM=xterm-256color";
	cli.env[1] = "NO_COLOR=1";
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cr_assert_eq(result.code, 0);
	cr_assert_null(strchr(result.err, '\033'));
	cr_assert_null(strchr(result.out, '\033'));
	cr_assert_null(strchr(result.err, '\r'));
}

/* A training of half a second, watched on a terminal. */
static const char *watch_training(const char *variable, const char *more)
{
	cli_ingest_wave(&cli);
	cli.terminal = true;
	cli.env[0] = "TERM=xterm";
	cli.env[1] = variable;
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs",
		"1000000", "--patience", "0", "--time-budget", "500ms", more, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.err;
}

Test(flow, a_terminal_gets_a_bar_that_is_wiped_off_again)
{
	const char *shown = watch_training("NO_COLOR=", NULL);
	cli_expect_in(shown, "train ");
	cli_expect_in(shown, "\033[36m");
	cli_expect_in(shown, "epoch ");
	cli_expect_in(shown, "windows/s");
	cli_expect_in(shown, " left");
	const char wipe[] = "\r\033[K";
	cr_assert_str_eq(shown + strlen(shown) - strlen(wipe), wipe);
}

Test(flow, no_color_leaves_the_bar_without_colour)
{
	const char *shown = watch_training("NO_COLOR=1", NULL);
	cli_expect_in(shown, "train ");
	cr_assert_null(strstr(shown, "\033[36m"));
}

Test(flow, quiet_shows_no_bar_on_a_terminal_either)
{
	cr_assert_str_empty(watch_training("NO_COLOR=", "--quiet"));
}

Test(flow, a_full_disk_under_standard_output_is_an_error)
{
	cli_train_small(&cli);
	cli.output = "/dev/full";
	struct cli_result show = cli_run(&cli, "show", "models", NULL);
	cr_assert_eq(show.code, 74, "%d", show.code);
	cli_expect_in(show.err, "almanac: cannot write to standard output: No space left on device\n");
	struct cli_result help = cli_run(&cli, "--help", NULL);
	cr_assert_eq(help.code, 74);
}

Test(flow, a_closed_standard_output_is_an_error_and_harms_no_database)
{
	cli_train_small(&cli);
	cli.output = "";
	struct cli_result show = cli_run(&cli, "forecast", "small", NULL);
	cr_assert_eq(show.code, 74, "%d %s", show.code, show.err);
	cli_expect_sql(&cli, "PRAGMA integrity_check", "ok");
}

Test(flow, the_database_can_be_named_in_three_ways)
{
	cli_wave(&cli, "wave.csv", 48);
	cli.env[0] = "ALMANAC_DB=other.db";
	struct cli_result variable = cli_run(&cli, "ingest", "wave.csv", "--dataset", "w", "--quiet", NULL);
	cli_expect(&variable, 0, NULL);
	struct cli_result option =
		cli_run(&cli, "ingest", "wave.csv", "--dataset", "w", "--quiet", "--db", "third.db", NULL);
	cli_expect(&option, 0, NULL);
	cli.env[0] = "ALMANAC_DB=";
	struct cli_result standard = cli_run(&cli, "ingest", "wave.csv", "--dataset", "w", "--quiet", NULL);
	cli_expect(&standard, 0, NULL);
	static const char *const names[] = {"other.db", "third.db", "almanac.db"};
	for (size_t i = 0; i < 3; i++) {
		const char *path = cli_path(&cli, names[i]);
		cr_expect_eq(access(path, F_OK), 0, "%s", names[i]);
	}
}
