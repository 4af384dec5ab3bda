/* What is left of a verb that was stopped by a signal, killed, or is run twice at once. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "cli/program.h"

#define SMALL "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2", "--batch", "64"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(stop, .init = setup);

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

Test(stop, control_c_ends_an_ingest_that_waits_for_its_input)
{
	expect_ingest_stopped(false);
}

Test(stop, control_c_on_a_whole_pipeline_does_not_take_its_end_for_the_data_s)
{
	expect_ingest_stopped(true);
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

Test(stop, control_c_stops_a_training_cleanly)
{
	expect_stopped_by(SIGINT);
}

Test(stop, a_terminate_signal_stops_a_training_cleanly)
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

Test(stop, a_training_that_was_killed_goes_on_to_the_same_bits)
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

Test(stop, a_training_begins_anew_where_the_checkpoint_is_not_its_own)
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

Test(stop, a_training_that_was_killed_is_closed_by_the_next)
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

Test(stop, an_ingest_that_was_killed_is_closed_by_the_next_verb_that_writes)
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

Test(stop, two_trainings_of_one_model_do_not_run_at_once)
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
