/* What runs every night: lines that cron and units that systemd take as they are printed. */
#include <criterion/criterion.h>
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

TestSuite(nightly, .init = setup);

#define TEXT 8192
#define DB   "/var/lib/almanac/almanac.db"

/* Copies text with every `what` as `with`. */
static void replace(const char *text, const char *what, const char *with, char out[static TEXT])
{
	size_t used = 0;
	while (*text != '\0' && used < TEXT - PATH_MAX) {
		bool found = strncmp(text, what, strlen(what)) == 0;
		used += (size_t)snprintf(
			out + used, TEXT - used, "%.*s", found ? PATH_MAX : 1, found ? with : text);
		text += found ? strlen(what) : 1;
	}
	out[used] = '\0';
}

static const char *program(void)
{
	static char path[PATH_MAX];
	cr_assert_not_null(realpath(getenv("ALMANAC_PROGRAM"), path));
	return path;
}

/* Runs a shell's command, whose output is thrown away; its exit code. */
static int run_shell(const char *command)
{
	int status = system(command);
	cr_assert(WIFEXITED(status), "%s", command);
	return WEXITSTATUS(status);
}

static void expect_example(const char *name, const char *units)
{
	char path[PATH_MAX], expected[TEXT] = "", found[TEXT];
	snprintf(path, sizeof path, "%s/examples/%s", getenv("ALMANAC_SOURCE_DIR"), name);
	FILE *file = fopen(path, "r");
	cr_assert_not_null(file, "%s", path);
	expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
	fclose(file);
	struct cli_result result = cli_run(&cli, "schedule", "--user", "almanac", "--db", DB, units, NULL);
	cli_expect(&result, 0, NULL);
	replace(result.out, program(), "/usr/local/bin/almanac", found);
	cr_assert_str_eq(found, expected, "%s is not what is printed:\n%s", path, found);
}

Test(nightly, the_examples_are_what_is_printed)
{
	expect_example("almanac.cron", NULL);
	expect_example("almanac-retrain.service", "--systemd=service");
	expect_example("almanac-retrain.timer", "--systemd=timer");
}

Test(nightly, a_line_runs_in_an_empty_environment_and_any_folder)
{
	char command[TEXT], shell[TEXT + PATH_MAX];
	cli_train_small(&cli);
	cr_assert_eq(rename(cli_path(&cli, "t.db"), cli_path(&cli, "it's 5% of $all.db")), 0);
	/* A relative path, and a time of day that is the data's own. */
	struct cli_result result = cli_run(&cli, "schedule", "--db", "./it's 5% of $all.db", "--", "small",
		"--cutoff", "2020-01-25 23:00", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_eq(strncmp(result.out, "0 3 * * * /", 11), 0, "%s", result.out);
	cr_assert_eq(
		strchr(result.out, '\n'), result.out + strlen(result.out) - 1, "one line: %s", result.out);
	/* As cron does: a '%' with a backslash before it is a '%', and the command is for sh. */
	replace(result.out + strlen("0 3 * * * "), "\\%", "%", command);
	cli_file(&cli, "command.sh", command);
	snprintf(shell, sizeof shell, "cd / && env -i /bin/sh '%s' > '%s' 2>&1", cli_path(&cli, "command.sh"),
		cli_path(&cli, "said.txt"));
	cr_assert_eq(run_shell(shell), 0, "%s", command);
	cr_assert_eq(rename(cli_path(&cli, "it's 5% of $all.db"), cli_path(&cli, "t.db")), 0);
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_forecast"), "1", "%s", command);
	snprintf(shell, sizeof shell, "test ! -s '%s'", cli_path(&cli, "said.txt"));
	cr_assert_eq(run_shell(shell), 0, "it is silent when all is well");
}

Test(nightly, systemd_finds_nothing_wrong_with_the_units)
{
	char shell[TEXT];
	if (run_shell("command -v systemd-analyze > /dev/null") != 0)
		cr_skip_test("there is no systemd-analyze");
	struct cli_result service = cli_run(&cli, "schedule", "--systemd=service", "--db",
		"/var/lib/my 5% of $all/it.db", "--", "--all", "--time-budget", "2h", NULL);
	cli_expect(&service, 0, NULL);
	cli_file(&cli, "almanac-retrain.service", service.out);
	struct cli_result timer = cli_run(&cli, "schedule", "--systemd=timer", "--cron", "5 4 * * *", NULL);
	cli_expect(&timer, 64, "temporary folder");
	timer = cli_run(&cli, "schedule", "--systemd=timer", "--cron", "5 4 * * *", "--db", DB, NULL);
	cli_expect(&timer, 0, NULL);
	cr_assert_not_null(
		strstr(timer.out, "\nOnCalendar=*-*-* 04:05:00\nPersistent=true\n"), "%s", timer.out);
	cli_file(&cli, "almanac-retrain.timer", timer.out);
	snprintf(shell, sizeof shell,
		"systemd-analyze verify --man=no '%s' '%s' > '%s' 2>&1 && test ! -s '%s' || { cat '%s' >&2; "
		"false; }",
		cli_path(&cli, "almanac-retrain.service"), cli_path(&cli, "almanac-retrain.timer"),
		cli_path(&cli, "said.txt"), cli_path(&cli, "said.txt"), cli_path(&cli, "said.txt"));
	cr_assert_eq(run_shell(shell), 0);
}

Test(nightly, a_service_is_quoted_for_systemd_and_hardened)
{
	struct cli_result result = cli_run(&cli, "schedule", "--systemd", "--user", "me", "--db",
		"/srv/5% \"of\" $all\\x/it.db", "--", "my model", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_not_null(
		strstr(result.out, " retrain --db \"/srv/5%% \\\"of\\\" $$all\\\\x/it.db\" \"my model\"\n"),
		"%s", result.out);
	cr_assert_not_null(
		strstr(result.out, "\nReadWritePaths=\"/srv/5%% \\\"of\\\" $all\\\\x\"\n"), "%s", result.out);
	static const char *const lines[] = {"\nUser=me\n", "\nProtectSystem=strict\n",
		"\nNoNewPrivileges=yes\n", "\nPrivateTmp=yes\n", "\nPersistent=true\n",
		"\nOnCalendar=*-*-* 03:00:00\n", "\nNice=10\n"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_assert_not_null(strstr(result.out, lines[i]), "%s is not in %s", lines[i], result.out);
}

Test(nightly, what_would_fail_at_night_is_refused_by_day)
{
	static const struct {
		const char *args[4], *text;
	} bad[] = {
		{{"--cron", "0 25 * * *"}, "--cron: '0 25 * * *' has no hour of 0..23"},
		{{"--cron", "0 3 * *"}, "has no day of the week of 0..7"},
		{{"--cron", "0 3 * * * *"}, "has more than five fields"},
		{{"--cron", "0 3 31-1 * *"}, "has no day of the month of 1..31"},
		{{"--cron", "0 3 * smarch *"}, "has no month of 1..12"},
		{{"--cron", "0 3 * * *\n* * * * * x"}, "has no day of the week"},
		{{"--", "--evry", "7d"}, "no option '--evry'; is it --every?"},
		{{"--", "small", "--all"}, "--all and a MODEL exclude each other"},
		{{"--", "small\n"}, "an argument has a control character"},
		{{"--", "--db=x"}, "--db goes before the --"},
		{{"--calendar", "daily"}, "--calendar is for --systemd"},
		{{"--user", "a b"}, "--user: expected the name of a user, found 'a b'"},
		{{"--json"}, "--json: a schedule has no other form"},
		{{"--systemd=timer", "--db=/x/y", "--cron=0 3 * * 1"}, "is no time of every day"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cli_result result =
			cli_run(&cli, "schedule", bad[i].args[0], bad[i].args[1], bad[i].args[2], NULL);
		cli_expect(&result, 64, bad[i].text);
	}
	struct cli_result fine = cli_run(&cli, "schedule", "--cron", "*/5 1-3,5 1 jan-mar/2 mon-fri", NULL);
	cli_expect(&fine, 0, NULL);
}
