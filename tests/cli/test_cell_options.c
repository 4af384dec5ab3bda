/* Options of a cell, the changed cell and the missing one, as a user of the program meets them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"

static struct cli cli;
static char cells[512]; /* a folder of our own with the cell that has options */

static void copy_cell(void)
{
	char command[1200];
	snprintf(command, sizeof command, "mkdir -p '%s' && chmod 755 '%s' && cp '%s/tuned.so' '%s'", cells,
		cells, getenv("ALMANAC_TEST_CELLS"), cells);
	cr_assert_eq(system(command), 0); /* NOLINT(cert-env33-c): a test */
}

static void setup(void)
{
	cli_init(&cli);
	snprintf(cells, sizeof cells, "%s", cli_path(&cli, "cells"));
	copy_cell();
	cli_ingest_wave(&cli);
}

TestSuite(cell_options, .init = setup);

#define SMALL                                                                                                \
	"--dataset", "wave", "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "1",          \
		"--quiet", "--cell-path", cells

static const char *fact(const char *key)
{
	return cli_newest(&cli, "almanac_version_fact", key);
}

Test(cell_options, are_kept_with_the_version_whether_set_or_not)
{
	struct cli_result result =
		cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", "--cell-option", "gain=2.5", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(fact("cell_option.0.gain"), "2.5");
	cr_assert_str_eq(fact("cell_option.0.spread"), "0.25");
}

Test(cell_options, are_part_of_the_spec_and_trained_with_again)
{
	struct cli_result result = cli_run(
		&cli, "train", "m", SMALL, "--cell", "tuned", "--cell-option", "gain=2.5", "--json", NULL);
	const char *first = cli_json(result.out, "$.weights_sha256");
	result = cli_run(&cli, "train", "m", "--cell-path", cells, "--quiet", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.weights_sha256"), first, "the same spec");
	result = cli_run(&cli, "train", "m", "--cell-option", "gain=1", "--cell-path", cells, "--quiet",
		"--json", NULL);
	cr_assert_str_neq(cli_json(result.out, "$.weights_sha256"), first, "another gain");
	cr_assert_str_eq(fact("cell_option.0.gain"), "1");
}

Test(cell_options, of_another_cell_are_forgotten_with_it)
{
	struct cli_result result =
		cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", "--cell-option", "gain=2.5", NULL);
	result = cli_run(&cli, "train", "m", "--cell", "gru", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

Test(cell_options, may_be_a_layers_own)
{
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--epochs", "1", "--quiet", "--cell-path", cells, "--layer",
		"tuned:4,gain=3", "--layer", "tuned:4", "--cell-option", "gain=2", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(fact("cell_option.0.gain"), "3");
	cr_assert_str_eq(fact("cell_option.1.gain"), "2");
}

Test(cell_options, out_of_range_or_unknown_are_refused_before_anything_is_written)
{
	struct cli_result result =
		cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", "--cell-option", "gain=9", NULL);
	cli_expect(&result, 64, "--cell-option gain: expected 0.5..4, found 9");
	result = cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", "--cell-option", "pain=1", NULL);
	cli_expect(&result, 64, "cell 'tuned' has no such option; it has spread, gain");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_model"), "0");
}

Test(cell_options, are_shown_with_their_range)
{
	struct cli_result result =
		cli_run(&cli, "show", "cells", "tuned", "--json", "--cell-path", cells, NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].options"), "spread=0.25 (0..1), gain=1 (0.5..4)");
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].contract"), "2");
}

Test(cell_options, a_cell_that_changed_is_a_warning_with_both_hashes)
{
	struct cli_result result = cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", NULL);
	cli_expect(&result, 0, NULL);
	FILE *file = fopen(cli_path(&cli, "cells/tuned.so"), "a");
	cr_assert_not_null(file);
	fputc('x', file);
	cr_assert_eq(fclose(file), 0);
	result = cli_run(&cli, "forecast", "m", "--cell-path", cells, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	cr_assert(strstr(result.err, "warning: cell 'tuned'") && strstr(result.err, "sha256 was"), "%s",
		result.err);
	char hash[13];
	snprintf(hash, sizeof hash, "%s", fact("cell_sha256"));
	cr_assert(strstr(result.err, hash), "%s lacks %s", result.err, hash);
}

Test(cell_options, a_cell_that_is_gone_is_an_error_that_says_where_to_put_it)
{
	struct cli_result result = cli_run(&cli, "train", "m", SMALL, "--cell", "tuned", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(&result, 69, "version 1 needs a cell that is not here: no cell 'tuned'");
	cr_assert(strstr(result.err, "put tuned.so into ~/.local/share/almanac/cells"), "%s", result.err);
}

Test(cell_options, a_cell_in_the_working_directory_is_not_found_unless_it_is_named)
{
	char command[1200];
	snprintf(command, sizeof command, "cp '%s/tuned.so' '%s'", cells, cli.folder);
	cr_assert_eq(system(command), 0); /* NOLINT(cert-env33-c): a test */
	struct cli_result result = cli_run(&cli, "show", "cells", "tuned", "--json", NULL);
	cr_assert_str_eq(cli_json(result.out, "$.cells[0]"), "");
	result = cli_run(&cli, "train", "m", "--dataset", "wave", "--cell", "tuned", NULL);
	cli_expect(&result, 69, "no cell 'tuned'");
	result = cli_run(&cli, "train", "m", "--dataset", "wave", "--cell", "./tuned.so", NULL);
	cli_expect(&result, 64, "never a path");
}
