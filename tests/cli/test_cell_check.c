/* almanac cell check: what it says of good cells, and of arguments that it cannot work with. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/program.h"
#include "support/make.h"

static struct cli cli;
static const char *cells;

static void setup(void)
{
	cli_init(&cli);
	cells = getenv("ALMANAC_PLAIN_CELLS");
	cr_assert_not_null(cells);
}

TestSuite(cell_check, .init = setup);

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
	char command[8192];
	va_list args;
	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	cr_assert_eq(system(command), 0, "%s", command); /* NOLINT(cert-env33-c): a test */
}

/* A copy of a cell in the folder, as its owner alone may change it. */
static void install(const char *cell, const char *as)
{
	shell("install -m 644 '%s/%s' '%s'", cells, cell, cli_path(&cli, as));
	cr_assert_eq(chmod(cli.folder, 0755), 0);
}

Test(cell_check, every_built_in_cell_passes)
{
	static const char *const names[] = {"gru", "lstm", "simple"};
	for (int i = 0; i < 3; i++) {
		struct cli_result result =
			cli_run(&cli, "cell", "check", names[i], "--cell-path", cells, NULL);
		cr_assert_eq(result.code, 0, "%s%s", result.out, result.err);
		cr_expect_str_empty(result.err);
		cr_expect_not_null(strstr(result.out, " checks passed, in "), "%s", result.out);
		cr_expect_null(strstr(result.out, "FAIL"), "%s", result.out);
	}
}

Test(cell_check, the_report_says_what_was_checked_and_how)
{
	struct cli_result result = cli_run(&cli, "cell", "check", "gru", "--cell-path", cells, NULL);
	cr_assert_eq(result.code, 0, "%s%s", result.out, result.err);
	cr_expect_eq(strncmp(result.out, "cell      gru 1.", 16), 0, "%s", result.out);
	cr_expect_not_null(strstr(result.out, "\nsha256    "), "%s", result.out);
	cr_expect_not_null(strstr(result.out, "\ngates     3"), "%s", result.out);
	cr_expect_not_null(strstr(result.out, "\nsandbox   seccomp"), "%s", result.out);
	cr_expect_not_null(strstr(result.out, "\nforward\n  ok    "), "%s", result.out);
	cr_expect_not_null(strstr(result.out, "\nbackward\n  ok    "), "%s", result.out);
	cr_expect_null(strchr(result.out, '\033'), "%s", result.out);
}

Test(cell_check, json_has_checks_and_facts_under_stable_names)
{
	struct cli_result result =
		cli_run(&cli, "cell", "check", "lstm", "--cell-path", cells, "--json", NULL);
	cr_assert_eq(result.code, 0, "%s%s", result.out, result.err);
	cr_expect_str_eq(cli_json(result.out, "$.cell"), "lstm");
	cr_expect_str_eq(cli_json(result.out, "$.failed"), "0");
	cr_expect_str_eq(cli_json(result.out, "$.checks[0].name"), "trust");
	cr_expect_str_eq(cli_json(result.out, "$.checks[0].status"), "passed");
	cr_expect_str_eq(cli_json(result.out, "$.facts.gates"), "4");
	cr_expect_eq(strlen(cli_json(result.out, "$.sha256")), 64);
	cr_expect_not_null(strstr(cli_json(result.out, "$.file"), "/lstm.so"));
	cr_expect_gt(atoi(cli_json(result.out, "$.passed")), 20);
}

/* Standard output is a terminal of our own. */
static const char *on_terminal(const char *variable)
{
	static char text[65536];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	cli.output = ptsname(master);
	cli.env[0] = "TERM=xterm";
	cli.env[1] = variable;
	struct cli_result result = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	ssize_t n, used = 0;
	while ((n = read(master, text + used, sizeof text - 1 - (size_t)used)) > 0)
		used += n;
	text[used] = '\0';
	close(master);
	cr_assert_not_null(strstr(text, "trust"), "%s", text);
	return text;
}

Test(cell_check, colour_is_for_terminals_of_those_who_want_it)
{
	cr_expect_not_null(strstr(on_terminal(NULL), "\033[32mok"));
	cr_expect_null(strchr(on_terminal("NO_COLOR=1"), '\033'));
}

Test(cell_check, a_path_is_a_file_wherever_it_is)
{
	install("gru.so", "gru.so");
	struct cli_result relative = cli_run(&cli, "cell", "check", "./gru.so", NULL);
	cr_expect_eq(relative.code, 0, "%s%s", relative.out, relative.err);
	struct cli_result absolute = cli_run(&cli, "cell", "check", cli_path(&cli, "gru.so"), NULL);
	cr_expect_eq(absolute.code, 0, "%s%s", absolute.out, absolute.err);
}

Test(cell_check, no_database_is_looked_for_or_made)
{
	struct cli_result result = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	cr_assert_neq(access(cli_path(&cli, "t.db"), F_OK), 0);
}

Test(cell_check, rounds_with_several_seeds_are_one_report)
{
	struct cli_result one =
		cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, "--json", "--seed", "7", NULL);
	struct cli_result many = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, "--json",
		"--seed", "7", "--seeds", "3", NULL);
	cr_assert_eq(one.code, 0, "%s%s", one.out, one.err);
	cr_assert_eq(many.code, 0, "%s%s", many.out, many.err);
	cr_expect_str_eq(cli_json(one.out, "$.passed"), cli_json(many.out, "$.passed"));
}

Test(cell_check, quiet_says_nothing_of_a_good_cell)
{
	struct cli_result result =
		cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
}

Test(cell_check, a_file_that_others_may_change_fails_but_is_checked)
{
	install("gru.so", "gru.so");
	cr_assert_eq(chmod(cli_path(&cli, "gru.so"), 0666), 0);
	struct cli_result result = cli_run(&cli, "cell", "check", "./gru.so", "--json", NULL);
	cr_assert_eq(result.code, 65, "%s%s", result.out, result.err);
	cr_expect_str_eq(cli_json(result.out, "$.failed"), "1");
	cr_expect_str_eq(cli_json(result.out, "$.checks[0].status"), "failed");
	cr_expect_not_null(strstr(cli_json(result.out, "$.checks[0].detail"), "can be written by others"),
		"%s", result.out);
	cr_expect_gt(atoi(cli_json(result.out, "$.passed")), 20);
	cr_expect_not_null(
		strstr(result.err, "almanac: cell check: './gru.so' fails 1 of "), "%s", result.err);
}

Test(cell_check, a_cell_in_a_file_of_another_name_fails)
{
	install("gru.so", "mine.so");
	struct cli_result result = cli_run(&cli, "cell", "check", "./mine.so", NULL);
	cr_assert_eq(result.code, 65, "%s%s", result.out, result.err);
	cr_expect_not_null(strstr(result.out, "the cell 'gru' must be in a file 'gru.so', found 'mine.so'"),
		"%s", result.out);
}

Test(cell_check, a_missing_file_and_an_unknown_cell_have_codes_of_their_own)
{
	struct cli_result file = cli_run(&cli, "cell", "check", "./none.so", NULL);
	cli_expect(&file, 66, "cell check: cannot open cell './none.so': No such file or directory");
	struct cli_result name = cli_run(&cli, "cell", "check", "none", "--cell-path", cells, NULL);
	cli_expect(&name, 69, "cell check: no cell 'none'; see almanac show cells");
}

Test(cell_check, a_file_that_may_not_be_read_is_not_permitted)
{
	install("gru.so", "gru.so");
	cr_assert_eq(chmod(cli_path(&cli, "gru.so"), 0), 0);
	cr_assert_eq(chmod(cli.folder, 0777), 0);
	cli.nobody = true;
	struct cli_result result = cli_run(&cli, "cell", "check", "./gru.so", NULL);
	cli_expect(&result, 77, "cell check: cannot open cell './gru.so': Permission denied");
}

Test(cell_check, wrong_usage_says_what_is_expected)
{
	static const char *const bad[][3] = {{"--seeds", "0", "--seeds: expected a whole number in 1..1000"},
		{"--seed", "-1", "--seed: expected a whole number"},
		{"--timeout", "5", "--timeout: expected a length of time such as 30s or 10min, found '5'"},
		{"--timeout", "0s", "--timeout: expected a length of time"},
		{"--timeout", "9999d", "--timeout: expected a length of time"},
		{"--cell-path", "here", "--cell-path"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cli_result result = cli_run(&cli, "cell", "check", "gru", bad[i][0], bad[i][1], NULL);
		cli_expect(&result, 64, bad[i][2]);
	}
	struct cli_result none = cli_run(&cli, "cell", "check", NULL);
	cli_expect(&none, 64, "cell check: expected FILE|NAME; see almanac cell check --help");
	struct cli_result two = cli_run(&cli, "cell", "check", "a", "b", NULL);
	cli_expect(&two, 64, "cell check: unexpected argument 'b'");
	struct cli_result name = cli_run(&cli, "cell", "check", "Gru", NULL);
	cli_expect(&name, 64, "'Gru' cannot be a cell's name");
	char longer[5000] = "/";
	memset(longer + 1, 'x', sizeof longer - 2);
	struct cli_result path = cli_run(&cli, "cell", "check", longer, NULL);
	cli_expect(&path, 64, "the path of a cell has at most");
}

Test(cell_check, the_verbs_of_cell_are_listed_and_a_mistyped_one_is_told_the_nearest)
{
	struct cli_result help = cli_run(&cli, "cell", "--help", NULL);
	cli_expect(&help, 0, NULL);
	cr_expect_not_null(strstr(help.out, "\n  check "), "%s", help.out);
	struct cli_result version = cli_run(&cli, "cell", "--version", NULL);
	cli_expect(&version, 0, NULL);
	struct cli_result own = cli_run(&cli, "cell", "check", "--help", NULL);
	cli_expect(&own, 0, NULL);
	cr_expect_not_null(strstr(own.out, "Usage: almanac cell check "), "%s", own.out);
	struct cli_result none = cli_run(&cli, "cell", NULL);
	cli_expect(&none, 64, "cell: no verb given; see almanac cell --help");
	struct cli_result near = cli_run(&cli, "cell", "chekc", "x", NULL);
	cli_expect(&near, 64, "cell: no verb 'chekc'; is it 'check'?");
	struct cli_result far = cli_run(&cli, "cell", "xylophone", NULL);
	cli_expect(&far, 64, "cell: no verb 'xylophone'; see almanac cell --help");
}

/* A filter of this test's own, inherited by the program: seccomp is a call that the system does not know. */
Test(cell_check, no_cell_is_run_where_there_is_no_sandbox)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	cr_assert_not_null(filter);
	cr_assert_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0), 0);
	struct scmp_arg_cmp is_seccomp = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_SECCOMP};
	cr_assert_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, is_seccomp), 0);
	cr_assert_eq(seccomp_load(filter), 0);
	seccomp_release(filter);
	struct cli_result result = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, NULL);
	cli_expect(&result, 71, "cell check: no cell is run without a sandbox: ");
}

/* The program and its helper in folders of our own, without sources around them. */
static void install_program(const char *bin, const char *helper)
{
	const char *program = getenv("ALMANAC_PROGRAM");
	shell("mkdir -p '%s' '%s'", cli_path(&cli, "bin"), cli_path(&cli, "lib/almanac"));
	shell("cp -L '%s' '%s'", program, cli_path(&cli, bin));
	if (helper)
		shell("cp -L '%s-cellcheck' '%s'", program, cli_path(&cli, helper));
	cr_assert_eq(setenv("ALMANAC_PROGRAM", cli_path(&cli, bin), 1), 0);
}

Test(cell_check, the_helper_is_found_where_it_is_installed)
{
	install_program("bin/almanac", "lib/almanac/almanac-cellcheck");
	struct cli_result result = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, NULL);
	cr_assert_eq(result.code, 0, "%s%s", result.out, result.err);
}

Test(cell_check, a_missing_helper_is_an_error_that_says_so)
{
	install_program("bin/almanac", NULL);
	struct cli_result result = cli_run(&cli, "cell", "check", "simple", "--cell-path", cells, NULL);
	cli_expect(&result, 69, "cannot find almanac-cellcheck beside the program or in ../lib/almanac");
}

Test(cell_check, a_user_without_rights_can_check_a_cell)
{
	install_program("bin/almanac", "bin/almanac-cellcheck");
	install("gru.so", "gru.so");
	cr_assert_eq(chmod(cli.folder, 0777), 0);
	cli.nobody = true;
	struct cli_result result = cli_run(&cli, "cell", "check", "./gru.so", "--json", NULL);
	cr_assert_eq(result.code, 65, "%s%s", result.out, result.err);
	/* Others may write to the folder: that alone is wrong. */
	cr_expect_str_eq(cli_json(result.out, "$.failed"), "1");
	cr_expect_str_eq(cli_json(result.out, "$.checks[0].name"), "trust");
	cr_expect_str_eq(cli_json(result.out, "$.checks[0].status"), "failed");
}

Test(cell_check, the_helper_started_by_hand_says_whose_part_it_is)
{
	shell("'%s-cellcheck' a 1 1 1 3>&- 2> '%s'; test $? = 64", getenv("ALMANAC_PROGRAM"),
		cli_path(&cli, "said.txt"));
	shell("grep -q 'a part of almanac cell check' '%s'", cli_path(&cli, "said.txt"));
}
