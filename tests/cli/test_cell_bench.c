/* almanac cell bench: what it prints, and what it refuses. How fast anything is, is not asserted. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(cell_bench, .init = setup);

#define BRIEFLY "--seconds", "1", "--batch", "8", "--steps", "4", "--json"

Test(cell_bench, times_cells_beside_each_other_at_each_width)
{
	struct cli_result result =
		cli_run(&cli, "cell", "bench", "gru", "simple", "--units", "3,8", BRIEFLY, NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].cell"), "gru");
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].units"), "3");
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].ratio"), "1.0");
	cr_assert_str_eq(cli_json(result.out, "$.cells[3].cell"), "simple");
	cr_assert_str_eq(cli_json(result.out, "$.cells[3].units"), "8");
	cr_assert_str_eq(cli_json(result.out, "$.cells[4]"), "");
	for (int i = 0; i < 4; i++) {
		char path[32];
		snprintf(path, sizeof path, "$.cells[%d].step_ms", i);
		cr_assert_gt(atof(cli_json(result.out, path)), 0);
		snprintf(path, sizeof path, "$.cells[%d].forecast_us", i);
		cr_assert_gt(atof(cli_json(result.out, path)), 0);
	}
	/* 8 inputs, 8 units, one gate: W 64, b 8, U 64; head of 24: 8 * 24 + 24 */
	cr_assert_str_eq(cli_json(result.out, "$.cells[3].weights"), "352");
}

Test(cell_bench, without_names_takes_every_cell_on_the_path)
{
	struct cli_result result = cli_run(&cli, "cell", "bench", "--units", "2", BRIEFLY, NULL);
	cli_expect(&result, 0, NULL);
	cr_assert(strstr(result.out, "\"gru\"") && strstr(result.out, "\"lstm\"") &&
		  strstr(result.out, "\"simple\""));
}

Test(cell_bench, takes_a_file_that_is_named)
{
	char path[512];
	snprintf(path, sizeof path, "%s/peephole.so", getenv("ALMANAC_EXAMPLE_CELLS"));
	struct cli_result result = cli_run(&cli, "cell", "bench", path, "--units", "2", BRIEFLY, NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.cells[0].cell"), "peephole");
}

Test(cell_bench, what_makes_no_sense_is_refused)
{
	struct cli_result result = cli_run(&cli, "cell", "bench", "gru", "--units", "8,", NULL);
	cli_expect(&result, 64, "--units: expected a whole number");
	result = cli_run(&cli, "cell", "bench", "gru", "--batch", "0", NULL);
	cli_expect(&result, 64, "--batch: expected a whole number in 1..65536, found '0'");
	result = cli_run(&cli, "cell", "bench", "tree", NULL);
	cli_expect(&result, 69, "no cell 'tree'");
	result = cli_run(&cli, "cell", "bench", "./t.db", NULL);
	cli_expect(&result, 64, "'./t.db' is no file of a cell");
	result = cli_run(&cli, "cell", "bench", "./tree.so", NULL);
	cli_expect(&result, 69, "./tree.so");
}
