/* Help, versions and what is wrong with a command line: exit code 64 and one line that says what to do. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/program.h"

static const char *const verbs[] = {"ingest", "attach", "refresh", "detach", "describe", "export", "train",
	"backtest", "forecast", "windows", "show"};

#define N_VERBS (sizeof verbs / sizeof *verbs)

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(usage, .init = setup);

Test(usage, the_program_shows_help_with_every_verb)
{
	struct cli_result result = cli_run(&cli, "--help", NULL);
	cli_expect(&result, 0, NULL);
	for (size_t i = 0; i < N_VERBS; i++)
		cr_expect_not_null(strstr(result.out, verbs[i]), "%s", verbs[i]);
}

Test(usage, every_verb_shows_help_with_an_example)
{
	for (size_t i = 0; i < N_VERBS; i++) {
		char example[64];
		snprintf(example, sizeof example, "  almanac %s ", verbs[i]);
		struct cli_result result = cli_run(&cli, verbs[i], "--help", NULL);
		cli_expect(&result, 0, NULL);
		cr_expect_not_null(strstr(result.out, "Usage: almanac "), "%s", result.out);
		cr_expect_not_null(strstr(result.out, example), "%s", result.out);
		cr_expect_not_null(strstr(result.out, "--busy-timeout"), "%s", result.out);
	}
}

Test(usage, help_can_be_asked_for_as_a_word)
{
	struct cli_result word = cli_run(&cli, "help", "train", NULL);
	struct cli_result option = cli_run(&cli, "train", "--help", NULL);
	cli_expect(&word, 0, NULL);
	cr_assert_str_eq(word.out, option.out);
}

Test(usage, every_setting_of_a_model_is_an_option_with_its_default)
{
	struct cli_result result = cli_run(&cli, "train", "--help", NULL);
	cr_expect_not_null(strstr(result.out, "--lookback=TIME"));
	cr_expect_not_null(strstr(result.out, "recurrent layers, stacked [1]"));
	cr_expect_not_null(strstr(result.out, "--calendar, --no-calendar"));
}

Test(usage, the_version_is_told_everywhere)
{
	struct cli_result top = cli_run(&cli, "--version", NULL);
	cli_expect(&top, 0, NULL);
	cr_assert_eq(strncmp(top.out, "almanac ", 8), 0);
	for (size_t i = 0; i < N_VERBS; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "--version", NULL);
		cli_expect(&result, 0, NULL);
		cr_expect_str_eq(result.out, top.out);
	}
}

Test(usage, no_verb_is_an_error)
{
	struct cli_result result = cli_run(&cli, NULL);
	cli_expect(&result, 64, "almanac: no verb given; see almanac --help\n");
}

Test(usage, an_option_before_the_verb_is_an_error)
{
	struct cli_result result = cli_run(&cli, "--json", "show", NULL);
	cli_expect(&result, 64, "expected a verb, found '--json'");
}

Test(usage, a_mistyped_verb_is_told_the_nearest)
{
	struct cli_result result = cli_run(&cli, "trian", "x", NULL);
	cli_expect(&result, 64, "almanac: no verb 'trian'; is it 'train'?\n");
}

Test(usage, a_verb_like_no_other_is_told_where_to_look)
{
	struct cli_result result = cli_run(&cli, "xylophone", NULL);
	cli_expect(&result, 64, "no verb 'xylophone'; see almanac --help");
}

Test(usage, a_mistyped_option_is_told_the_nearest)
{
	struct cli_result result = cli_run(&cli, "train", "x", "--lokback", "3", NULL);
	cli_expect(&result, 64, "almanac: train: no option '--lokback'; is it --lookback?\n");
}

Test(usage, an_option_like_no_other_is_told_where_to_look)
{
	struct cli_result result = cli_run(&cli, "show", "models", "--xylophone=3", NULL);
	cli_expect(&result, 64, "show: no option '--xylophone'; see almanac show --help");
}

Test(usage, there_are_no_short_options)
{
	struct cli_result one = cli_run(&cli, "show", "models", "-q", NULL);
	cli_expect(&one, 64, "show: no option '-q'");
	struct cli_result bundle = cli_run(&cli, "show", "models", "-qv", NULL);
	cli_expect(&bundle, 64, "show: no option '-qv'");
}

Test(usage, a_short_form_that_fits_two_options_names_them)
{
	struct cli_result result = cli_run(&cli, "train", "x", "--valid", "0.3", NULL);
	cli_expect(&result, 64, "'--valid' may be --valid-from or --valid-fraction");
}

Test(usage, an_option_without_its_value_is_an_error)
{
	struct cli_result result = cli_run(&cli, "train", "x", "--lookback", NULL);
	cli_expect(&result, 64, "train: --lookback: expected TIME after it");
}

Test(usage, a_value_for_an_option_that_takes_none_is_an_error)
{
	struct cli_result result = cli_run(&cli, "show", "models", "--json=yes", NULL);
	cli_expect(&result, 64, "show: --json: takes no value");
}

Test(usage, a_missing_argument_is_named)
{
	struct cli_result train = cli_run(&cli, "train", NULL);
	cli_expect(&train, 64, "train: expected MODEL; see almanac train --help");
	struct cli_result ingest = cli_run(&cli, "ingest", "x.csv", NULL);
	cli_expect(&ingest, 64, "ingest: expected --dataset NAME");
}

Test(usage, an_argument_too_many_is_named)
{
	struct cli_result result = cli_run(&cli, "backtest", "one", "two", NULL);
	cli_expect(&result, 64, "backtest: unexpected argument 'two'");
}

Test(usage, an_empty_database_name_is_an_error)
{
	struct cli_result result = cli_run(&cli, "show", "models", "--db", "", NULL);
	cli_expect(&result, 64, "show: --db: expected a file");
}

Test(usage, numbers_out_of_range_name_the_option)
{
	static const char *const bad[][3] = {{"train", "--threads", "0"}, {"train", "--threads", "257"},
		{"train", "--threads", "2x"}, {"backtest", "--model-version", "0"},
		{"forecast", "--model-version", "-1"}, {"windows", "--explain", "1000001"},
		{"show", "--limit", "many"}, {"ingest", "--skip-bad", "-1"}, {"show", "--busy-timeout", "0"},
		{"show", "--limit", "99999999999999999999"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[80];
		snprintf(text, sizeof text, "%s: expected a whole number in", bad[i][1]);
		struct cli_result result = cli_run(&cli, bad[i][0], "x", bad[i][1], bad[i][2], NULL);
		cli_expect(&result, 64, text);
	}
}

Test(usage, a_bad_setting_is_refused_before_the_database_is_looked_for)
{
	struct cli_result word = cli_run(&cli, "train", "x", "--loss", "rmse", NULL);
	cli_expect(
		&word, 64, "train: --loss: expected mae|mse|huber|quantile|gaussian|student_t, found 'rmse'");
	struct cli_result length = cli_run(&cli, "train", "x", "--lookback", "abc", NULL);
	cli_expect(&length, 64, "train: --lookback: expected");
	struct cli_result number = cli_run(&cli, "train", "x", "--rate", "fast", NULL);
	cli_expect(&number, 64, "train: --rate: expected a number from 0, found 'fast'");
	struct cli_result time = cli_run(&cli, "train", "x", "--test-from", "yesterday", NULL);
	cli_expect(&time, 64, "--test-from");
}

Test(usage, a_time_budget_is_a_length_of_time)
{
	struct cli_result steps = cli_run(&cli, "train", "x", "--time-budget", "60", NULL);
	cli_expect(
		&steps, 64, "--time-budget: expected a length of time such as 90s, 30min or 2d, found '60'");
	struct cli_result text = cli_run(&cli, "train", "x", "--time-budget", "short", NULL);
	cli_expect(&text, 64,
		"--time-budget: expected a length of time such as 90s, 30min or 2d, found 'short'");
	struct cli_result none = cli_run(&cli, "train", "x", "--time-budget", "0s", NULL);
	cli_expect(&none, 64, "--time-budget");
}

Test(usage, times_of_a_backtest_and_a_cutoff_are_checked)
{
	struct cli_result from = cli_run(&cli, "backtest", "x", "--from", "2020-02-30", NULL);
	cli_expect(&from, 64, "--from");
	struct cli_result to = cli_run(&cli, "backtest", "x", "--to", "soon", NULL);
	cli_expect(&to, 64, "--to");
	struct cli_result cutoff = cli_run(&cli, "forecast", "x", "--cutoff", "2020-01-01T25:00", NULL);
	cli_expect(&cutoff, 64, "--cutoff");
}

Test(usage, unknown_words_list_those_there_are)
{
	struct cli_result what = cli_run(&cli, "show", "things", NULL);
	cli_expect(&what, 64,
		"expected datasets, sources, channels, models, versions, runs, forecasts, scores, live, "
		"drift, promotions, policies, words or cells, found 'things'");
	struct cli_result format = cli_run(&cli, "show", "models", "--format", "xml", NULL);
	cli_expect(&format, 64, "--format: expected one of table, csv, json, found 'xml'");
	struct cli_result duplicate =
		cli_run(&cli, "ingest", "x", "--dataset", "d", "--on-duplicate", "all", NULL);
	cli_expect(&duplicate, 64, "--on-duplicate: expected last, first, mean or error, found 'all'");
	struct cli_result delimiter =
		cli_run(&cli, "ingest", "x", "--dataset", "d", "--delimiter", "ab", NULL);
	cli_expect(&delimiter, 64, "--delimiter: expected one character or tab, found 'ab'");
}

Test(usage, two_forms_of_output_exclude_each_other)
{
	struct cli_result result = cli_run(&cli, "show", "models", "--json", "--format", "csv", NULL);
	cli_expect(&result, 64, "--json and another --format exclude each other");
}

Test(usage, a_limit_on_cells_is_refused)
{
	struct cli_result result = cli_run(&cli, "show", "cells", "--limit", "1", NULL);
	cli_expect(&result, 64, "--limit is for rows of the database");
}

Test(usage, a_cell_path_must_be_absolute)
{
	struct cli_result result = cli_run(&cli, "show", "cells", "--cell-path", "cells", NULL);
	cr_assert_eq(result.code, 64, "%s", result.err);
}

Test(usage, an_error_leaves_no_file_behind)
{
	struct cli_result result = cli_run(&cli, "ingest", "none.csv", "--dataset", "d", NULL);
	cli_expect(&result, 66, "none.csv");
	const char *path = cli_path(&cli, "t.db");
	cr_assert_neq(access(path, F_OK), 0);
}

Test(usage, the_error_line_shows_no_control_characters)
{
	struct cli_result result = cli_run(&cli, "show", "\033[31mred\n", NULL);
	cli_expect(&result, 64, "'\\x1b[31mred\\x0a'");
	cr_assert_null(strchr(result.err, '\033'));
}
