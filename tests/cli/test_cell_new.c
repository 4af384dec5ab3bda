/* A new cell, from nothing to a trained model, and all that `almanac cell new` must refuse. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(cell_new, .init = setup, .timeout = 300);

/* Whether there is such a file in the test's folder. */
static bool has(const char *name)
{
	return access(cli_path(&cli, name), F_OK) == 0;
}

/* Runs a command in the test's folder, as a user would in a shell of their own; it must succeed. */
static void shell(const char *command)
{
	char line[1024];
	snprintf(line, sizeof line,
		"cd '%s' && unset MAKEFLAGS MFLAGS MAKELEVEL ASAN_OPTIONS UBSAN_OPTIONS && "
		"export XDG_DATA_HOME='%s/data' && { %s; } > shell.txt 2>&1 || { cat shell.txt; exit 1; }",
		cli.folder, cli.folder, command);
	cr_assert_eq(system(line), 0, "%s", command); // NOLINT(cert-env33-c)
}

Test(cell_new, says_what_to_do_next_and_that_is_all_there_is_to_do)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(result.out, "wrote     mine: mine.c, Makefile, README.md\n"
				     "check it  make -C mine check\n"
				     "install   make -C mine install\n"
				     "train     almanac train MODEL --dataset DATASET --cell mine\n");
	shell("make -C mine install");
	char data[256];
	snprintf(data, sizeof data, "XDG_DATA_HOME=%s/data", cli.folder);
	cli.env[0] = data;
	struct cli_result train = cli_run(&cli, "train", "m", "--dataset", "wave", "--cell", "mine",
		"--lookback", "24", "--horizon", "6", "--units", "8", "--epochs", "2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	cr_assert_str_eq(cli_sql(&cli, "SELECT value FROM almanac_version_fact WHERE key = 'cell'"), "mine");
	struct cli_result score = cli_run(&cli, "backtest", "m", "--quiet", NULL);
	cli_expect(&score, 0, NULL);
}

Test(cell_new, installs_a_file_that_others_may_not_write)
{
	struct stat about;
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
	shell("umask 0; make -C mine install");
	cr_assert_eq(stat(cli_path(&cli, "data/almanac/cells/mine.so"), &about), 0);
	cr_assert_eq(about.st_mode & 0777, 0644);
	cr_assert_eq(stat(cli_path(&cli, "data/almanac/cells"), &about), 0);
	cr_assert_eq(about.st_mode & 0777, 0755);
	shell("make -C mine clean && test ! -e mine/mine.so");
}

Test(cell_new, compiles_without_a_warning)
{
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", NULL);
	cli_expect(&result, 0, NULL);
	shell("make -C mine CFLAGS='-std=c11 -Wall -Wextra -Werror'");
	shell("! command -v g++ || g++ -x c++ -std=c++17 $(pkg-config --cflags almanac) -Wall -Wextra "
	      "-Werror "
	      "-shared mine/mine.c -o mine/cxx.so");
}

Test(cell_new, without_pkg_config_knowing_almanac_says_what_to_set)
{
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", NULL);
	cli_expect(&result, 0, NULL);
	shell("! PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nowhere make -C mine");
	shell("PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nowhere make -C mine 2>&1 | grep 'set PKG_CONFIG_PATH'");
}

Test(cell_new, goes_into_a_folder_that_is_there_and_one_that_is_given)
{
	mkdir(cli_path(&cli, "old"), 0755);
	cli_file(&cli, "old/notes", "mine");
	struct cli_result old = cli_run(&cli, "cell", "new", "mine", "old", NULL);
	cli_expect(&old, 0, NULL);
	cr_assert(has("old/mine.c") && has("old/Makefile") && has("old/README.md") && has("old/notes"));
	struct cli_result odd = cli_run(&cli, "cell", "new", "mine", "it's new", "--json", NULL);
	cli_expect(&odd, 0, NULL);
	cr_assert_str_eq(cli_json(odd.out, "$.folder"), "it's new");
	cr_assert_str_eq(cli_json(odd.out, "$.files[0]"), "mine.c");
	shell(cli_json(odd.out, "$.next[1]"));
	cr_assert(has("data/almanac/cells/mine.so"));
}

Test(cell_new, replaces_its_name_everywhere)
{
	struct cli_result result =
		cli_run(&cli, "cell", "new", "a234567890123456789012345678901", "new", NULL);
	cli_expect(&result, 0, NULL);
	shell("! grep -r @ new/*.c new/Makefile new/README.md | grep NAME");
	shell("test $(grep -c a234567890123456789012345678901 new/Makefile) -gt 3");
	shell("make -C new && test -e new/a234567890123456789012345678901.so");
}

Test(cell_new, refuses_what_cannot_be_a_name)
{
	static const char *const wrong[] = {"", "Mine", "9lives", "my-cell", "../mine", "a/b", "mine.c", "_x",
		"a2345678901234567890123456789012", "caf\xc3\xa9", "a b"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct cli_result result = cli_run(&cli, "cell", "new", wrong[i], "new", NULL);
		cli_expect(&result, 64, "cannot be a cell's name");
		cr_assert_not(has("new"), "%s", wrong[i]);
	}
	struct cli_result none = cli_run(&cli, "cell", "new", NULL);
	cli_expect(&none, 64, "cell new: expected NAME [FOLDER]");
	struct cli_result empty = cli_run(&cli, "cell", "new", "mine", "", NULL);
	cli_expect(&empty, 64, "expected a folder, found ''");
	struct cli_result many = cli_run(&cli, "cell", "new", "mine", "new", "newer", NULL);
	cli_expect(&many, 64, "unexpected argument 'newer'");
}

Test(cell_new, overwrites_nothing_and_leaves_nothing_half_done)
{
	mkdir(cli_path(&cli, "mine"), 0755);
	cli_file(&cli, "mine/README.md", "my own");
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", NULL);
	cli_expect(&result, 73, "'mine/README.md' is there already");
	cr_assert_not(has("mine/mine.c"));
	cr_assert_not(has("mine/Makefile"));
	shell("test \"$(cat mine/README.md)\" = 'my own'");
}

Test(cell_new, does_not_follow_a_link_that_stands_in_its_way)
{
	mkdir(cli_path(&cli, "mine"), 0755);
	cr_assert_eq(symlink("../elsewhere", cli_path(&cli, "mine/mine.c")), 0);
	struct cli_result result = cli_run(&cli, "cell", "new", "mine", NULL);
	cli_expect(&result, 73, "'mine/mine.c' is there already");
	cr_assert_not(has("elsewhere"));
}

Test(cell_new, where_no_folder_can_be)
{
	cli_file(&cli, "file", "text");
	struct cli_result deep = cli_run(&cli, "cell", "new", "mine", "no/such/folder", NULL);
	cli_expect(&deep, 73, "cannot create 'no/such/folder': No such file or directory");
	struct cli_result file = cli_run(&cli, "cell", "new", "mine", "file", NULL);
	cli_expect(&file, 73, "cannot open 'file': Not a directory");
	/* Nobody may make folders there, not even root. */
	struct cli_result system = cli_run(&cli, "cell", "new", "mine", "/sys/mine", NULL);
	cli_expect(&system, 77, "cannot create '/sys/mine'");
}

/* A limit on the size of files stands for a disk that is full. */
Test(cell_new, on_a_full_disk_leaves_no_folder)
{
	char line[512];
	snprintf(line, sizeof line, "ulimit -f 1; '%s' cell new mine; test $? -eq 74",
		getenv("ALMANAC_PROGRAM"));
	shell(line);
	cr_assert_not(has("mine"));
}
