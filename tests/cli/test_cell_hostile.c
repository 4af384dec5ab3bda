/*
 * Cells that nobody should run, checked by the real program: each is refused with a finding that names what it did, and
 * nothing of it is left: no file changed, no process alive.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/program.h"
#include "support/make.h"

static const struct hostile {
	const char *place, *finding, *text, *code;
} hostiles[] = {
#define HOSTILE(place, finding, text, ...) {#place, finding, text, #__VA_ARGS__},
#include "check/hostile.def"
#undef HOSTILE
};

#define N_HOSTILES (sizeof hostiles / sizeof *hostiles)

static struct cli cli;

/* What the program starts and leaves behind becomes a child of this process, where it is found. */
static void setup(void)
{
	cli_init(&cli);
	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	cli_sql(&cli, "CREATE TABLE kept(x)");
	cli_file(&cli, "sentinel", "still here");
}

TestSuite(cell_hostile, .init = setup);

static void build(const char *source)
{
	char command[4096];
	cli_file(&cli, "hostile.c", source);
	snprintf(command, sizeof command,
		"cd '%s' && cc -std=gnu11 -D_GNU_SOURCE -O1 -w -shared -fPIC -I'%s/plugins' -I'%s/tests' "
		"hostile.c -o "
		"hostile.so -lm 2> cc.txt || { cat cc.txt; false; }",
		cli.folder, getenv("ALMANAC_SOURCE_DIR"), getenv("ALMANAC_SOURCE_DIR"));
	cr_assert_eq(system(command), 0, "%s", source); /* NOLINT(cert-env33-c): a test */
}

static void build_hostile(const struct hostile *hostile)
{
	char source[2048];
	snprintf(source, sizeof source, "#define %s %s\n#include \"check/hostile.h\"\n", hostile->place,
		hostile->code);
	build(source);
}

/* Everything in the folder but what the run itself writes there: names, modes, sizes, times. */
static void look_around(char *out, size_t size)
{
	struct dirent **entries;
	int n = scandir(cli.folder, &entries, NULL, alphasort);
	cr_assert_gt(n, 0);
	*out = '\0';
	for (int i = 0; i < n; i++) {
		struct stat about;
		const char *name = entries[i]->d_name;
		size_t used = strlen(out);
		cr_assert_eq(lstat(cli_path(&cli, name), &about), 0);
		if (name[0] != '.' && strcmp(name, "out.txt") != 0 && strcmp(name, "err.txt") != 0)
			snprintf(out + used, size - used, "%s %o %lld %lld.%09ld %lld.%09ld\n", name,
				about.st_mode, (long long)about.st_size, (long long)about.st_mtim.tv_sec,
				about.st_mtim.tv_nsec, (long long)about.st_ctim.tv_sec,
				about.st_ctim.tv_nsec);
		free(entries[i]);
	}
	free(entries);
}

/* Checks a file of the folder, which must be refused with this finding, and be unable to do anything else. */
static void refused(const char *file, const char *finding, const char *text, const char *about)
{
	char path[64], before[4096], after[4096], begin[128];
	snprintf(path, sizeof path, "./%s", file);
	look_around(before, sizeof before);
	struct cli_result result = cli_run(&cli, "cell", "check", path, "--json", "--timeout", "1s",
		"--cell-path", getenv("ALMANAC_PLAIN_CELLS"), NULL);
	look_around(after, sizeof after);
	cr_expect_str_eq(after, before, "%s", about);
	cr_assert_eq(result.code, 65, "%s: exit code %d: %s%s", about, result.code, result.err, result.out);
	cr_expect_not_null(strstr(result.err, "almanac: cell check: './"), "%s", result.err);
	snprintf(begin, sizeof begin, "{\"name\":\"%s\",\"status\":\"failed\",\"detail\":\"", finding);
	const char *found = strstr(result.out, begin), *where = found ? strstr(found, text) : NULL;
	cr_expect(where && where < strchr(found, '}'), "%s: expected '%s' to fail with '%s' in: %s", about,
		finding, text, result.out);
	cr_expect_str_neq(cli_json(result.out, "$.failed"), "0");
	cr_expect(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "%s: left a process behind", about);
}

ParameterizedTestParameters(cell_hostile, is_refused_by_name_and_leaves_nothing)
{
	static size_t rows[N_HOSTILES];
	for (size_t i = 0; i < N_HOSTILES; i++)
		rows[i] = i;
	return cr_make_param_array(size_t, rows, N_HOSTILES);
}

ParameterizedTest(size_t *row, cell_hostile, is_refused_by_name_and_leaves_nothing)
{
	const struct hostile *hostile = &hostiles[*row];
	build_hostile(hostile);
	refused("hostile.so", hostile->finding, hostile->text, hostile->code);
}

Test(cell_hostile, what_they_have_in_common_is_a_good_cell)
{
	build("#include \"check/hostile.h\"\n");
	struct cli_result result = cli_run(&cli, "cell", "check", "./hostile.so", NULL);
	cr_assert_eq(result.code, 0, "%s%s", result.out, result.err);
}

Test(cell_hostile, a_text_is_no_library)
{
	cli_file(&cli, "text.so", "# not a library\n");
	refused("text.so", "loads", "is no library that can be loaded: ", "a text");
}

Test(cell_hostile, an_empty_file_is_no_library)
{
	cli_file(&cli, "empty.so", "");
	refused("empty.so", "loads", "file too short", "an empty file");
}

Test(cell_hostile, a_truncated_library_is_refused)
{
	build("#include \"check/hostile.h\"\n");
	for (int size = 12000; size > 100; size /= 3) {
		cr_assert_eq(truncate(cli_path(&cli, "hostile.so"), size), 0);
		refused("hostile.so", "loads", "", "a truncated library");
	}
}

Test(cell_hostile, a_folder_is_no_library)
{
	cr_assert_eq(mkdir(cli_path(&cli, "folder.so"), 0700), 0);
	refused("folder.so", "file", "is a folder, no regular file", "a folder");
}

Test(cell_hostile, a_pipe_is_no_library_and_nobody_waits_for_it)
{
	cr_assert_eq(mkfifo(cli_path(&cli, "pipe.so"), 0600), 0);
	refused("pipe.so", "file", "is a pipe, no regular file", "a pipe");
}

Test(cell_hostile, a_library_without_the_symbol_is_refused)
{
	build("int something_else(void) { return 1; }\n");
	refused("hostile.so", "loads", "expected almanac_cell_v1, found none", "no symbol");
}

Test(cell_hostile, an_undefined_function_is_named)
{
	build("#define AT_FORWARD int nobody_has_this(void); nobody_has_this()\n#include "
	      "\"check/hostile.h\"\n");
	refused("hostile.so", "loads", "undefined symbol: nobody_has_this", "an undefined function");
}

Test(cell_hostile, a_missing_library_is_named)
{
	char command[2048];
	build("int gone(void) { return 1; }\n");
	cr_assert_eq(rename(cli_path(&cli, "hostile.so"), cli_path(&cli, "libgone.so")), 0);
	cli_file(&cli, "needy.c",
		"#define AT_FORWARD int gone(void); sink = gone()\n#include \"check/hostile.h\"\n");
	snprintf(command, sizeof command,
		"cd '%s' && cc -std=gnu11 -D_GNU_SOURCE -w -shared -fPIC -I'%s/plugins' -I'%s/tests' needy.c "
		"-L. -lgone -o "
		"hostile.so -lm",
		cli.folder, getenv("ALMANAC_SOURCE_DIR"), getenv("ALMANAC_SOURCE_DIR"));
	cr_assert_eq(system(command), 0); /* NOLINT(cert-env33-c): a test */
	refused("hostile.so", "loads", "libgone.so: cannot open shared object file", "a missing library");
}

/* Linked with -ffast-math, gcc adds a constructor that makes small numbers zero in the whole process. */
Test(cell_hostile, fast_maths_at_the_link_is_named)
{
	char command[2048];
	cli_file(&cli, "fast.c", "#include \"check/hostile.h\"\n");
	snprintf(command, sizeof command,
		"cd '%s' && gcc -std=gnu11 -D_GNU_SOURCE -w -Ofast -shared -fPIC -I'%s/plugins' -I'%s/tests' "
		"fast.c -o "
		"hostile.so -lm",
		cli.folder, getenv("ALMANAC_SOURCE_DIR"), getenv("ALMANAC_SOURCE_DIR"));
	cr_assert_eq(system(command), 0); /* NOLINT(cert-env33-c): a test */
	refused("hostile.so", "floating-point mode", "small numbers become zero", "-Ofast");
}

/* Starts a check of a cell that never returns and waits until it runs: then its helper has taken the cell's place. */
static pid_t start_endless(void)
{
	build("#define AT_LOAD for (;;) sink = 1\n#include \"check/hostile.h\"\n");
	pid_t pid = cli_start(&cli, "cell", "check", "./hostile.so", NULL);
	usleep(300000);
	return pid;
}

/* Every process that is still there is a child of ours by now. False: one lives on. */
static bool all_are_gone(void)
{
	for (int naps = 0; naps < 250; naps++) {
		pid_t gone = waitpid(-1, NULL, WNOHANG);
		if (gone < 0 && errno == ECHILD)
			return true;
		if (gone == 0)
			usleep(20000);
	}
	return false;
}

Test(cell_hostile, control_c_on_a_check_ends_the_cell_too)
{
	pid_t pid = start_endless();
	cr_assert_eq(kill(pid, SIGINT), 0);
	struct cli_result result = cli_wait(&cli, pid);
	cr_assert_eq(result.code, 128 + SIGINT, "%s%s", result.out, result.err);
	cr_assert(all_are_gone());
}

Test(cell_hostile, a_cell_does_not_outlive_a_check_that_was_killed)
{
	pid_t pid = start_endless();
	cr_assert_eq(kill(pid, SIGKILL), 0);
	cr_assert(all_are_gone());
}
