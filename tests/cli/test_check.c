/*
 * `almanac check` on real databases: what it says, in which form, with which exit code, and that it changes nothing. That it
 * finds every kind of damage is shown by tests/torture, beside a second checker.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(check_verb, .init = setup);

static void expect_violation(const struct cli_result *result, const char *line)
{
	cr_assert_eq(result->code, 65, "%d %s", result->code, result->err);
	cli_expect_in(result->out, line);
	cli_expect_in(result->err, "almanac: check: ");
}

Test(check_verb, says_what_it_has_looked_at_when_all_is_well)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "check", "--deep", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out,
		"1 datasets, 1 models, 1 versions, 0 forecasts, 1 champions loaded: all as it must be");
	result = cli_run(&cli, "check", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
}

Test(check_verb, tells_every_violation_by_its_rule)
{
	cli_train_small(&cli);
	cli_sql(&cli, "UPDATE almanac_run SET exit_code = 74 WHERE kind = 'train'");
	cli_sql(&cli, "UPDATE almanac_model SET champion_id = NULL");
	struct cli_result result = cli_run(&cli, "check", NULL);
	expect_violation(&result, "VIOLATION R2 run 2 is ok with exit code 74\n");
	expect_violation(&result, "VIOLATION C1 model 'small' had champions and has none\n");
	cli_expect_in(result.err, "violates 3 rules");
	result = cli_run(&cli, "check", "--json", NULL);
	cr_assert_eq(result.code, 65);
	cr_assert_str_eq(cli_json(result.out, "$.n_violations"), "3");
	cr_assert_str_eq(cli_json(result.out, "$.violations[0].id"), "R2");
	cr_assert_str_eq(cli_json(result.out, "$.violations[0].detail"), "run 2 is ok with exit code 74");
}

Test(check_verb, lists_twenty_of_a_rule_and_counts_the_others)
{
	cli_ingest_wave(&cli);
	cli_sql(&cli, "UPDATE wave SET load = 'x' WHERE time < (SELECT min(time) + 30 * 3600 FROM wave)");
	struct cli_result result = cli_run(&cli, "check", NULL);
	expect_violation(&result, "VIOLATION I4 dataset 'wave', series '', time 1577836800: load is 'x'\n");
	cli_expect_in(result.out, "10 more of these\n");
	cli_expect_in(result.err, "violates 30 rules");
}

Test(check_verb, loads_a_champion_in_a_process_of_its_own)
{
	cli_train_small(&cli);
	cli.env[0] = "ALMANAC_CELL_PATH=/nowhere";
	cli.env[1] = "XDG_DATA_HOME=/nowhere";
	cli_sql(&cli, "UPDATE almanac_version_fact SET value = 'missing' WHERE key = 'cell'");
	cli_sql(&cli, "UPDATE almanac_version_setting SET value = 'missing' WHERE key = 'cell'");
	struct cli_result result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "check", "--deep", NULL);
	expect_violation(&result, "VIOLATION C3 the champion of model 'small' cannot be loaded: ");
	cli_expect_in(result.out, "'missing'");
	result = cli_run(&cli, "check", "--load", "small", NULL);
	cli_expect(&result, 69, "'missing'");
	result = cli_run(&cli, "check", "--load", "other", NULL);
	cli_expect(&result, 66, "'other'");
	result = cli_run(&cli, "check", "--load", "small", "--deep", NULL);
	cli_expect(&result, 64, "--load is of one champion");
}

Test(check_verb, leaves_a_guest_s_tables_alone_and_changes_no_byte)
{
	cli_sql(&cli, "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
	cli_sql(&cli, "CREATE TABLE child (id REFERENCES parent (id), size INTEGER CHECK (size > 0))");
	cli_train_small(&cli);
	cli_sql(&cli, "CREATE VIEW tomorrow AS SELECT * FROM almanac_forecast_latest");
	cli_sql(&cli,
		"CREATE TRIGGER watch AFTER INSERT ON wave BEGIN INSERT INTO child VALUES (NULL, 1); END");
	cli_sql(&cli, "INSERT INTO child VALUES (99, 1)");
	const char *sum = "cksum t.db > before";
	char command[4096];
	snprintf(command, sizeof command, "cd '%s' && %s && ls > files", cli.folder, sum);
	cr_assert_eq(system(command), 0);
	struct cli_result result = cli_run(&cli, "check", "--deep", NULL);
	cli_expect(&result, 0, NULL);
	snprintf(command, sizeof command, "cd '%s' && cksum t.db | cmp - before && ls | cmp - files",
		cli.folder);
	cr_assert_eq(system(command), 0);
}

Test(check_verb, says_nothing_of_a_run_that_is_running)
{
	cli_ingest_wave(&cli);
	pid_t pid = cli_start(&cli, "train", "m", "--dataset", "wave", "--lookback", "24", "--horizon", "6",
		"--units", "4", "--epochs", "1000000", "--patience", "0", NULL);
	for (int i = 0; i < 1000; i++) {
		if (*cli_sql(&cli, "SELECT 1 FROM almanac_run WHERE status = 'running'"))
			break;
		usleep(10000);
	}
	cli.output = "check.txt";
	struct cli_result result = cli_run(&cli, "check", NULL);
	cli.output = NULL;
	kill(pid, SIGKILL);
	cli_wait(&cli, pid);
	cr_assert_eq(result.code, 0, "%s", result.err);
	result = cli_run(&cli, "check", NULL);
	expect_violation(&result, "VIOLATION R1 run 2 is running, but its process is gone");
}

/* The files as a process leaves them that is killed in the middle of a commit: half of it written, the journal beside it. */
static void break_off_a_commit(void)
{
	sqlite3 *db;
	char command[4096];
	cr_assert_eq(sqlite3_open(cli_path(&cli, "t.db"), &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db,
			     "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE wave SET load = 0;"
			     "CREATE TABLE big AS SELECT a.load FROM wave AS a, wave AS b",
			     NULL, NULL, NULL),
		SQLITE_OK);
	snprintf(command, sizeof command, "cd '%s' && cp t.db u.db && cp t.db-journal u.db-journal",
		cli.folder);
	cr_assert_eq(system(command), 0);
	sqlite3_close(db);
	snprintf(command, sizeof command, "cd '%s' && mv u.db t.db && mv u.db-journal t.db-journal",
		cli.folder);
	cr_assert_eq(system(command), 0);
}

Test(check_verb, and_whatever_only_reads_first_mends_what_a_killed_process_left)
{
	cli_train_small(&cli);
	break_off_a_commit();
	struct cli_result result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 0, NULL);
	break_off_a_commit();
	result = cli_run(&cli, "forecast", "small", "--dry-run", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM wave WHERE load = 0"), "0");
}

Test(check_verb, of_a_file_without_our_tables_finds_nothing)
{
	cli_sql(&cli, "CREATE TABLE mine (x)");
	struct cli_result result = cli_run(&cli, "check", "--deep", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "0 datasets, 0 models");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM sqlite_schema"), "1");
}

Test(check_verb, tells_what_it_cannot_check_from_what_is_wrong)
{
	struct cli_result result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 66, "there is no database");
	cli_file(
		&cli, "t.db", "this is no database at all, though it is long enough to be looked at closely");
	result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 65, "is not an SQLite database");
	cr_assert_eq(unlink(cli_path(&cli, "t.db")), 0);
	cli_ingest_wave(&cli);
	cli_sql(&cli, "INSERT INTO almanac_migration VALUES (999, 'later', '', 0)");
	result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 78, "newer Almanac");
}

Test(check_verb, goes_on_where_tables_of_ours_are_missing)
{
	cli_train_small(&cli);
	cli_sql(&cli, "DROP TABLE almanac_tensor");
	cli_sql(&cli, "UPDATE almanac_run SET exit_code = 74 WHERE kind = 'train'");
	struct cli_result result = cli_run(&cli, "check", "--deep", NULL);
	expect_violation(&result, "VIOLATION F4 table 'almanac_tensor' on 'almanac_tensor' is missing\n");
	expect_violation(&result, "VIOLATION R2 run 2 is ok with exit code 74\n");
}
