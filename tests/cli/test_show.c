/* What show and windows print. */
#include <criterion/criterion.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(show, .init = setup);

static int count_lines(const char *text)
{
	int n = 0;
	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

Test(show, windows_explains_what_goes_in_and_what_comes_out)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "windows", "wave", "--lookback", "24", "--horizon", "6",
		"--delay", "2", "--explain", "2", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_in(result.out, "24 rows in, every 1; 2 rows between; 6 rows out; 32 rows in all");
	cli_expect_in(result.out,
		"2020-01-01 00:00:00  2020-01-01 23:00:00  2020-01-02 02:00:00  2020-01-02 07:00:00\n");
}

Test(show, windows_in_json_counts_by_the_formula)
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

Test(show, show_has_a_table_for_every_word)
{
	cli_train_small(&cli);
	static const char *const words[] = {"datasets", "channels", "models", "versions", "runs", "cells"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct cli_result result = cli_run(&cli, "show", words[i], NULL);
		cli_expect(&result, 0, NULL);
		cr_expect_geq(count_lines(result.out), 2, "%s: %s", words[i], result.out);
	}
}

Test(show, the_runs_of_a_dataset_have_those_that_brought_its_rows)
{
	cli_ingest_wave(&cli);
	cli_expect_sql(&cli, "SELECT kind || ' ' || dataset FROM almanac_runs", "ingest wave");
	struct cli_result result = cli_run(&cli, "show", "runs", "wave", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_eq(count_lines(result.out), 2, "%s", result.out);
}

Test(show, a_name_that_is_nothing_is_told_and_one_without_rows_is_not)
{
	cli_train_small(&cli);
	static const char *const words[] = {"datasets", "channels", "models", "versions", "scores", "live",
		"drift", "promotions", "policies", "forecasts", "words", "runs", "sources"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct cli_result result = cli_run(&cli, "show", words[i], "nope", NULL);
		cli_expect(&result, 66, "'nope'");
	}
	struct cli_result result = cli_run(&cli, "show", "live", "small", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "show", "sources", "wave", NULL);
	cli_expect(&result, 0, NULL);
}

Test(show, show_in_json_keeps_numbers_and_nulls)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "show", "runs", "--json", NULL);
	cli_expect(&result, 0, NULL);
	const char *types = cli_json(result.out, "$.runs[1].exit_code");
	cr_assert_str_eq(types, "0");
	cli_expect_json(result.out, "$.runs[1].message", "");
	cli_expect_json(result.out, "$.runs[1].status", "ok");
}

Test(show, show_in_csv_quotes_what_needs_it)
{
	cli_file(&cli, "in.csv", "time,\"a,\"\"b\"\"\"\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result result = cli_run(&cli, "show", "channels", "--format", "csv", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(result.out, "dataset,position,channel,kind\nd,0,\"a,\"\"b\"\"\",number\n");
}

Test(show, show_keeps_the_newest_rows_of_a_limit)
{
	cli_train_small(&cli);
	struct cli_result result = cli_run(&cli, "show", "runs", "--limit", "1", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.runs[0].kind", "train");
	cli_expect_json(result.out, "$.runs[1]", "");
}

Test(show, wide_characters_keep_the_columns_in_line)
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
