/* docs/operations.md, followed to the letter: its commands do what it says, and what it quotes is what the program says. */
#include <criterion/criterion.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(operations, .init = setup);

#define TEXT 65536

static const char *guide(void)
{
	static char text[TEXT];
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/docs/operations.md", getenv("ALMANAC_SOURCE_DIR"));
	FILE *file = fopen(path, "r");
	cr_assert_not_null(file, "%s", path);
	size_t n = fread(text, 1, sizeof text - 1, file);
	cr_assert_lt(n, sizeof text - 1, "the guide has outgrown its test");
	text[n] = '\0';
	fclose(file);
	return text;
}

/* What comes behind `from`, up to `to`. The caller frees. */
static char *between(const char *text, const char *from, const char *to)
{
	const char *begin = strstr(text, from);
	cr_assert_not_null(begin, "there is no '%s'", from);
	begin += strlen(from);
	const char *end = strstr(begin, to);
	cr_assert_not_null(end, "there is no '%s' after '%s'", to, from);
	return strndup(begin, (size_t)(end - begin));
}

/* Runs the first commands of a section in the folder, where `almanac` is the one that is tested. */
static void follow(const char *heading)
{
	char program[PATH_MAX], shell[3 * PATH_MAX];
	char *section = between(guide(), heading, "\n## ");
	char *commands = between(section, "\n```\n", "```\n");
	snprintf(program, sizeof program, "%s", getenv("ALMANAC_PROGRAM"));
	cli_file(&cli, "commands.sh", commands);
	snprintf(shell, sizeof shell,
		"cd '%s' && PATH='%s':$PATH sh -eu commands.sh > said.txt 2>&1 || { cat said.txt >&2; exit "
		"1; }",
		cli.folder, dirname(program));
	int status = system(shell);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", commands);
	free(commands);
	free(section);
}

/* The same with load.db for t.db, which the other tests' helpers look at. */
static void move(const char *from, const char *to)
{
	char old[PATH_MAX], new[PATH_MAX];
	snprintf(old, sizeof old, "%s", cli_path(&cli, from));
	snprintf(new, sizeof new, "%s", cli_path(&cli, to));
	cr_assert_eq(rename(old, new), 0, "%s", old);
}

Test(operations, what_was_backed_up_is_restored_and_goes_on)
{
	cli_wave(&cli, "aep_hourly.csv", 600);
	struct cli_result ingest =
		cli_run(&cli, "ingest", "aep_hourly.csv", "--dataset", "load", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	struct cli_result train = cli_run(&cli, "train", "aep", "--dataset", "load", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	move("t.db", "load.db");
	follow("\n## Backing up\n");
	/* What came after the backup; then the disk eats the file, and what is left beside it is the journal of a commit. */
	cli_wave(&cli, "aep_hourly.csv", 700);
	char shell[3 * PATH_MAX];
	snprintf(shell, sizeof shell,
		"cd '%s' && cp load.db load.db-journal && dd if=/dev/urandom of=load.db bs=4096 count=3 "
		"conv=notrunc 2> /dev/null",
		cli.folder);
	cr_assert_eq(system(shell), 0);
	struct cli_result broken = cli_run(&cli, "status", "--db", "load.db", NULL);
	cr_assert_eq(broken.code, 65, "%s", broken.err);
	follow("\n## Restoring\n");
	move("load.db", "t.db");
	cli_expect_sql(&cli, "SELECT count(*) FROM load", "700");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "2");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_forecast_latest", "6");
	struct cli_result check = cli_run(&cli, "check", "--deep", NULL);
	cr_assert_eq(check.code, 0, "%s", check.out);
}

Test(operations, every_message_that_is_quoted_is_one_of_the_program)
{
	char shell[PATH_MAX + 1024];
	char *section = between(guide(), "\n## When it says\n", "\n## "), *row = section;
	int n = 0;
	while ((row = strstr(row, "\n| `"))) {
		row += strlen("\n| ");
		char *end = strstr(row, " | ");
		cr_assert_not_null(end);
		/* All that is in backticks in the first cell, but for what is in brackets: codes and verbs. */
		for (char *at = row; at < end && *at != '(';) {
			char *from = strchr(at, '`'), *to = from ? strchr(from + 1, '`') : NULL;
			if (!to || to > end)
				break;
			char *quoted = strndup(from + 1, (size_t)(to - from - 1));
			cli_file(&cli, "quoted.txt", quoted);
			free(quoted);
			snprintf(shell, sizeof shell, "cd '%s' && grep -rqF -f '%s' core app",
				getenv("ALMANAC_SOURCE_DIR"), cli_path(&cli, "quoted.txt"));
			cr_assert_eq(system(shell), 0, "nothing says %.*s", (int)(to - from + 1), from);
			n++;
			at = to + 1;
			at += strspn(at, " .,");
		}
	}
	cr_assert_gt(n, 15, "%d messages were found in the guide", n);
	free(section);
}
