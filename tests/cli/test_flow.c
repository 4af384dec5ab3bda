/* The whole way on small data: what each verb prints, in which form, on which stream, and what it leaves in the database. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The file's change counter (https://www.sqlite.org/fileformat.html, 1.3.7): every commit with a rollback journal adds one. */
static unsigned count_commits(void)
{
	unsigned char bytes[4];
	FILE *file = fopen(cli_path(&cli, "t.db"), "rb");
	cr_assert(file && fseek(file, 24, SEEK_SET) == 0 && fread(bytes, 1, 4, file) == 4);
	fclose(file);
	return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

Test(flow, a_new_file_and_an_ingest_take_few_commits_and_the_rows_come_with_the_end_of_the_run)
{
	cli_ingest_wave(&cli);
	unsigned first = count_commits();
	cr_assert_leq(first, 4, "%u commits: the schema, and those of an ingest", first);
	cli_wave(&cli, "longer.csv", 700);
	struct cli_result result =
		cli_run(&cli, "ingest", "longer.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_eq(count_commits() - first, 2, "the run that begins; its rows with its end");
}

Test(flow, train_tells_windows_epochs_and_losses)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "m version 1, on dataset wave");
	cli_expect_in(result.out, "target    load\n");
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
