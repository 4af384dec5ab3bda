/* What a user can get wrong, each on the real program: the exit code, the line it prints, and what it leaves as it was. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/hash.h"
#include "cli/program.h"

#define GOOD  "time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n"
#define SMALL "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(bad_input, .init = setup);

/* Ingest of a file with this text ends so. */
static void expect_refused(const char *text, int code, const char *error)
{
	cli_file(&cli, "in.csv", text);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&result, code, error);
}

static bool exists(const char *name)
{
	const char *path = cli_path(&cli, name);
	bool there = access(path, F_OK) == 0;
	return there;
}

static void change_mode(const char *name, mode_t mode)
{
	const char *path = cli_path(&cli, name);
	cr_assert_eq(chmod(path, mode), 0);
}

/* SHA-256 of a file of the folder, to see that it stayed byte for byte. */
static void hash_file(const char *name, char out[static ALM_HASH_TEXT])
{
	const char *path = cli_path(&cli, name);
	FILE *file = fopen(path, "r");
	struct alm_error err;
	cr_assert_not_null(file);
	cr_assert_eq(alm_hash_file(fileno(file), path, out, &err), ALM_OK);
	fclose(file);
}

/* Copies the built cell file `from` (a folder's variable and a name) to cells/<to> in the test's folder. */
static void copy_cell(const char *folder_variable, const char *from, const char *to)
{
	const char *cells = cli_path(&cli, "cells");
	char path[4096], buffer[65536];
	cr_assert_not_null(getenv(folder_variable));
	mkdir(cells, 0755);
	snprintf(path, sizeof path, "%s/%s", getenv(folder_variable), from);
	FILE *in = fopen(path, "r");
	cr_assert_not_null(in, "%s", path);
	snprintf(path, sizeof path, "%s/%s", cells, to);
	FILE *out = fopen(path, "w");
	cr_assert_not_null(out, "%s", path);
	for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
		cr_assert_eq(fwrite(buffer, 1, n, out), n);
	fclose(in);
	cr_assert_eq(fclose(out), 0);
	cr_assert_eq(chmod(path, 0644), 0);
}

/* Training with a cell of the folder cells/ ends so, and no model is made. */
static void expect_cell_refused(const char *cell, int code, const char *error)
{
	const char *cells = cli_path(&cli, "cells");
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(
		&cli, "train", "m", "--dataset", "wave", SMALL, "--cell", cell, "--cell-path", cells, NULL);
	cli_expect(&result, code, error);
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_model", "0");
}

/* ---- files */

Test(bad_input, a_file_that_is_not_there)
{
	struct cli_result result = cli_run(&cli, "ingest", "none.csv", "--dataset", "d", NULL);
	cli_expect(&result, 66, "almanac: cannot open 'none.csv': No such file or directory\n");
	cr_assert_not(exists("t.db"));
}

Test(bad_input, a_folder)
{
	struct cli_result result = cli_run(&cli, "ingest", ".", "--dataset", "d", NULL);
	cli_expect(&result, 65, "'.' is a folder, not a file");
}

Test(bad_input, an_empty_file)
{
	expect_refused("", 65, "'in.csv' is empty");
	cr_assert_not(exists("t.db"));
}

Test(bad_input, nothing_on_standard_input)
{
	struct cli_result result = cli_run(&cli, "ingest", "-", "--dataset", "d", NULL);
	cli_expect(&result, 65, "'stdin' is empty");
}

Test(bad_input, a_header_and_nothing_else)
{
	expect_refused("time,load\n", 65, "'in.csv' has a header and no rows");
	cr_assert_not(exists("t.db"));
}

Test(bad_input, a_column_that_is_not_there)
{
	cli_file(&cli, "in.csv", GOOD);
	struct cli_result time = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--time", "when", NULL);
	cli_expect(&time, 64, "--time: 'in.csv' has no column 'when'; it has time, load");
	struct cli_result channel =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--channels", "load,heat", NULL);
	cli_expect(&channel, 64, "'heat'");
	cr_assert_not(exists("t.db"));
}

Test(bad_input, text_in_a_column_of_numbers)
{
	expect_refused("time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,n/a\n", 65,
		"almanac: in.csv:3: load: 'n/a' is not a number (use --null n/a to read it as missing)\n");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_dataset", "0");
}

Test(bad_input, a_bad_row_leaves_a_dataset_as_it_was)
{
	cli_file(&cli, "good.csv", GOOD);
	struct cli_result first = cli_run(&cli, "ingest", "good.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&first, 0, NULL);
	expect_refused("time,load\n2020-01-01 00:00,7\n2020-01-01 01:00,x\n", 65, "in.csv:3: load: 'x'");
	cli_expect_sql(&cli, "SELECT group_concat(load) FROM d", "1.0,2.0");
}

Test(bad_input, a_date_that_is_none)
{
	expect_refused("time,load\n2020-01-01 00:00,1\n2020-02-30 00:00,2\n", 65,
		"in.csv:3: time: '2020-02-30 00:00' is no time of the calendar");
}

Test(bad_input, a_date_that_reads_two_ways_shows_the_flag)
{
	expect_refused("time,load\n03/04/2020 00:00,1\n05/06/2020 00:00,2\n", 65,
		"--time-format '%m/%d/%Y %H:%M' or --time-format '%d/%m/%Y %H:%M'");
}

Test(bad_input, a_row_with_too_few_fields)
{
	expect_refused("time,load\n2020-01-01 00:00,1\n2020-01-01 01:00\n", 65,
		"in.csv:3: expected 2 fields, found 1");
}

Test(bad_input, a_line_of_ten_megabytes)
{
	const char *path = cli_path(&cli, "in.csv");
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs("time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,", file);
	for (int i = 0; i < 10000000; i++)
		putc('1', file);
	fputs("\n", file);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&result, 65, "in.csv:3: the row is longer than 1 MiB");
}

Test(bad_input, more_bad_rows_than_are_allowed)
{
	cli_file(&cli, "in.csv", "time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,x\n2020-01-01 02:00,y\n");
	struct cli_result one = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--skip-bad", "1", NULL);
	cr_assert_eq(one.code, 65, "%s", one.err);
	struct cli_result two = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--skip-bad", "2", NULL);
	cli_expect(&two, 0, "skipped in.csv:4: load: 'y' is not a number");
	cli_expect_sql(&cli, "SELECT count(*) FROM d", "1");
}

Test(bad_input, a_time_twice_when_that_is_an_error)
{
	cli_file(&cli, "in.csv", "time,load\n2020-01-01 00:00,1\n2020-01-01 00:00,2\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--on-duplicate", "error", NULL);
	cli_expect(&result, 65, "in.csv:3");
}

/* ---- databases */

Test(bad_input, a_file_that_is_no_database)
{
	char before[ALM_HASH_TEXT], after[ALM_HASH_TEXT];
	cli_file(&cli, "t.db", "This is a text of some length, and certainly not a database of SQLite.\n");
	cli_file(&cli, "in.csv", GOOD);
	hash_file("t.db", before);
	struct cli_result write = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&write, 65, "almanac: 't.db' is not an SQLite database\n");
	struct cli_result read = cli_run(&cli, "show", "models", NULL);
	cli_expect(&read, 65, "'t.db' is not an SQLite database");
	hash_file("t.db", after);
	cr_assert_str_eq(before, after);
}

Test(bad_input, a_database_of_a_newer_almanac)
{
	char before[ALM_HASH_TEXT], after[ALM_HASH_TEXT];
	cli_ingest_wave(&cli);
	cli_sql(&cli, "INSERT INTO almanac_migration SELECT 9999, 'from_the_future', sha256, applied "
		      "FROM almanac_migration LIMIT 1");
	hash_file("t.db", before);
	struct cli_result write = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cli_expect(&write, 78, "9999");
	struct cli_result read = cli_run(&cli, "show", "models", NULL);
	cli_expect(&read, 78, "9999");
	hash_file("t.db", after);
	cr_assert_str_eq(before, after);
}

Test(bad_input, a_database_that_may_only_be_read)
{
	cli_ingest_wave(&cli);
	change_mode("t.db", 0444);
	change_mode(".", 0777);
	cli.nobody = true;
	cli.output = "/dev/null";
	change_mode("wave.csv", 0444);
	change_mode("err.txt", 0666);
	struct cli_result write = cli_run(&cli, "ingest", "wave.csv", "--dataset", "wave", NULL);
	cr_assert_eq(write.code, 77, "%d %s", write.code, write.err);
	cr_assert_not_null(strstr(write.err, "almanac: "), "%s", write.err);
	struct cli_result read = cli_run(&cli, "show", "datasets", NULL);
	cli_expect(&read, 0, NULL);
}

Test(bad_input, a_folder_where_no_database_can_be)
{
	cli_file(&cli, "in.csv", GOOD);
	struct cli_result result =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--db", "no/t.db", NULL);
	cli_expect(&result, 73, "cannot create 'no/t.db'");
}

Test(bad_input, a_database_that_is_locked)
{
	cli_ingest_wave(&cli);
	const char *path = cli_path(&cli, "t.db");
	sqlite3 *db;
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	struct cli_result result =
		cli_run(&cli, "ingest", "wave.csv", "--dataset", "wave", "--busy-timeout", "50", NULL);
	cli_expect(&result, 75, "t.db");
	sqlite3_close(db);
	struct cli_result again = cli_run(&cli, "ingest", "wave.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&again, 0, NULL);
}

Test(bad_input, no_database_yet)
{
	struct cli_result result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&result, 66, "there is no database 't.db'");
	cr_assert_not(exists("t.db"));
}

/* ---- names */

Test(bad_input, a_dataset_that_is_not_there)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "waves", NULL);
	cli_expect(&result, 66, "there is no dataset 'waves' in 't.db'; there is wave");
}

Test(bad_input, a_model_that_is_not_there)
{
	cli_train_small(&cli);
	static const char *const verbs[] = {"backtest", "forecast"};
	for (size_t i = 0; i < 2; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "smell", NULL);
		cli_expect(&result, 66, "there is no model 'smell' in 't.db'; there is small");
	}
	struct cli_result windows = cli_run(&cli, "windows", "smell", NULL);
	cli_expect(&windows, 66, "there is neither a model nor a dataset 'smell'");
}

Test(bad_input, a_new_model_without_its_data)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", NULL);
	cli_expect(&result, 64, "there is no model 'm' yet: name its data with --dataset");
}

Test(bad_input, a_version_that_is_not_there)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--model-version", "7", NULL);
	cli_expect(&result, 66, "7");
}

Test(bad_input, a_target_that_is_no_channel)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", "--target", "heat", NULL);
	cli_expect(&result, 64, "--target: dataset 'wave' has no channel 'heat'; it has load");
}

Test(bad_input, names_that_cannot_be)
{
	cli_file(&cli, "in.csv", GOOD);
	static const char *const names[] = {"almanac_x", "sqlite_x", "", "a\nb"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", names[i], NULL);
		cr_assert_eq(result.code, 64, "'%s': %d %s", names[i], result.code, result.err);
	}
}

/* ---- cells */

Test(bad_input, a_cell_that_is_not_there)
{
	const char *cells = cli_path(&cli, "cells");
	mkdir(cells, 0755);
	expect_cell_refused("tree", 69, "no cell 'tree' (there are: gru, lstm, simple); put tree.so");
}

Test(bad_input, a_cell_of_another_contract)
{
	copy_cell("ALMANAC_TEST_CELLS", "future.so", "future.so");
	expect_cell_refused("future", 78, "cells/future.so");
}

Test(bad_input, a_cell_that_is_no_library)
{
	const char *cells = cli_path(&cli, "cells");
	mkdir(cells, 0755);
	cli_file(&cli, "cells/text.so", "no library at all\n");
	expect_cell_refused("text", 69, "cells/text.so");
}

Test(bad_input, a_cell_that_anybody_may_change)
{
	copy_cell("ALMANAC_CELL_PATH", "gru.so", "gru.so");
	change_mode("cells/gru.so", 0666);
	expect_cell_refused("gru", 77, "cells/gru.so");
}

Test(bad_input, a_cell_in_a_folder_that_anybody_may_change)
{
	copy_cell("ALMANAC_CELL_PATH", "gru.so", "gru.so");
	change_mode("cells", 0777);
	expect_cell_refused("gru", 77, "cells");
}

/* ---- data that a model cannot be made of, or only just */

Test(bad_input, a_horizon_longer_than_the_data)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(
		&cli, "train", "m", "--dataset", "wave", "--lookback", "24", "--horizon", "900", NULL);
	cli_expect(&result, 64, "lookback and horizon span 924 rows");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_model", "0");
}

Test(bad_input, a_length_that_is_no_whole_number_of_rows)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(
		&cli, "train", "m", "--dataset", "wave", "--lookback", "90min", "--horizon", "6", NULL);
	cli_expect(&result, 64, "--lookback");
}

/* The wave's times with the values that `value` gives, channels load and other. */
static void write_pairs(const char *load, const char *other)
{
	const char *path = cli_path(&cli, "in.csv");
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs("time,load,other\n", file);
	for (int row = 0; row < 600; row++)
		fprintf(file, "2020-01-%02d %02d:00,%s%d,%s\n", 1 + row / 24, row % 24, load, row % 24,
			other);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(
		&cli, "ingest", "in.csv", "--dataset", "d", "--channels", "load,other", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(bad_input, a_constant_channel_is_told_and_survived)
{
	write_pairs("1", "7");
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "d", SMALL, NULL);
	cli_expect(&train, 0, "channel 'other' is constant (7) in the training part");
	struct cli_result target = cli_run(&cli, "train", "flat", "--dataset", "d", "--target", "other",
		"--past", "none", SMALL, "--quiet", NULL);
	cli_expect(&target, 0, NULL);
	struct cli_result backtest = cli_run(&cli, "backtest", "flat", NULL);
	cli_expect(&backtest, 0, NULL);
	cr_assert_not_null(strstr(backtest.out, "skill undefined"), "%s", backtest.out);
	struct cli_result forecast = cli_run(&cli, "forecast", "flat", "--json", NULL);
	cli_expect(&forecast, 0, NULL);
	const char *value = cli_json(forecast.out, "$.forecasts[0].points[5].value");
	cr_assert_str_eq(value, "7.0");
}

Test(bad_input, a_channel_without_any_value)
{
	write_pairs("1", "");
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "d", SMALL, NULL);
	cli_expect(&result, 65, "channel 'other' has no value at all");
	struct cli_result without =
		cli_run(&cli, "train", "m", "--dataset", "d", SMALL, "--past", "none", "--quiet", NULL);
	cli_expect(&without, 0, NULL);
}

Test(bad_input, a_cutoff_before_the_data)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "small", "--cutoff", "2019-01-01", NULL);
	cli_expect(&result, 66, "dataset 'wave' has no rows up to 2019-01-01 00:00:00");
}

Test(bad_input, a_part_of_a_backtest_without_windows)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "backtest", "small", "--from", "2021-01-01", NULL);
	cli_expect(&result, 64, "holds no window");
}

Test(bad_input, parts_that_leave_no_room_for_training)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", "--valid-fraction", "0.6",
		"--test-fraction", "0.5", NULL);
	cli_expect(&result, 64, "must leave room for training");
}
