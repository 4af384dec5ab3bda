#include "cli/program.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "support/make.h"
#include "time/timestamp.h"

#define ARGS_MAX  40
#define TIMEOUT_S 120
#define NOBODY    65534
#define START_MS  INT64_C(1577836800000) /* 2020-01-01 */

/* Texts that have been handed out. */
struct kept {
	struct kept *next;
	char *text;
};

static struct kept *all_kept;

static void free_kept(void)
{
	for (struct kept *next; all_kept; all_kept = next) {
		next = all_kept->next;
		free(all_kept->text);
		free(all_kept);
	}
}

static const char *keep(char *text)
{
	struct kept *kept = malloc(sizeof *kept);
	cr_assert(kept && text);
	*kept = (struct kept){.next = all_kept, .text = text};
	if (!all_kept)
		atexit(free_kept);
	all_kept = kept;
	return text;
}

void cli_init(struct cli *cli)
{
	*cli = (struct cli){.folder = keep(make_folder())};
	cr_assert_not_null(
		getenv("ALMANAC_PROGRAM"), "run the tests with make test: ALMANAC_PROGRAM is not set");
}

const char *cli_path(const struct cli *cli, const char *name)
{
	return keep(make_path(cli->folder, name));
}

static void redirect(int fd, const char *path, int flags)
{
	int opened = open(path, flags, 0600);
	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(127);
	if (opened != fd)
		close(opened);
}

/* In the child: never returns. The program is opened first: without rights its folder may be out of reach. */
static void become(struct cli *cli, char **args)
{
	int program = open(getenv("ALMANAC_PROGRAM"), O_RDONLY | O_CLOEXEC);
	if (program < 0 || chdir(cli->folder) != 0)
		_exit(127);
	redirect(STDIN_FILENO, cli->input ? cli->input : "/dev/null", O_RDONLY);
	redirect(STDOUT_FILENO, cli->output && *cli->output ? cli->output : "out.txt",
		O_WRONLY | O_CREAT | O_TRUNC);
	redirect(STDERR_FILENO, cli->terminal ? ptsname(cli->master) : "err.txt",
		O_WRONLY | O_CREAT | O_TRUNC);
	if (cli->output && *cli->output == '\0')
		close(STDOUT_FILENO);
	setenv("ALMANAC_DB", "t.db", 1);
	for (int i = 0; i < CLI_ENV_MAX && cli->env[i]; i++)
		putenv((char *)cli->env[i]);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	if (cli->nobody && geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		_exit(127);
	fexecve(program, args, environ);
	_exit(127);
}

static void open_terminal(struct cli *cli)
{
	struct winsize size = {.ws_row = 24, .ws_col = 100};
	cli->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	cr_assert_geq(cli->master, 0);
	cr_assert(grantpt(cli->master) == 0 && unlockpt(cli->master) == 0);
	cr_assert_eq(ioctl(cli->master, TIOCSWINSZ, &size), 0);
}

static pid_t start(struct cli *cli, va_list list)
{
	char *args[ARGS_MAX + 2] = {"almanac"};
	for (int i = 1; i <= ARGS_MAX; i++)
		if (!(args[i] = va_arg(list, char *)))
			break;
	if (cli->terminal)
		open_terminal(cli);
	pid_t pid = fork();
	if (pid == 0)
		become(cli, args);
	cr_assert_gt(pid, 0);
	return pid;
}

/* A whole file of the folder, "" when there is none. */
static const char *read_text(const struct cli *cli, const char *name)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(cli_path(cli, name), "r");
	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	if (file)
		fclose(file);
	return keep(text);
}

/* What has been written to the terminal since the last time goes to err.txt. */
static void drain_terminal(const struct cli *cli)
{
	char text[4096];
	FILE *file = fopen(cli_path(cli, "err.txt"), "a");
	cr_assert_not_null(file);
	for (ssize_t n; (n = read(cli->master, text, sizeof text)) > 0;)
		fwrite(text, 1, (size_t)n, file);
	cr_assert_eq(fclose(file), 0);
}

struct cli_result cli_wait(struct cli *cli, pid_t pid)
{
	int status = 0;
	struct timespec nap = {.tv_nsec = 2000000};
	for (long naps = 0; waitpid(pid, &status, WNOHANG) == 0; naps++) {
		if (naps * nap.tv_nsec / 1000000000 > TIMEOUT_S) {
			kill(pid, SIGKILL);
			cr_assert_fail("the program did not end in %d s", TIMEOUT_S);
		}
		nanosleep(&nap, NULL);
		if (cli->terminal)
			drain_terminal(cli);
	}
	if (cli->terminal) {
		drain_terminal(cli);
		close(cli->master);
	}
	return (struct cli_result){.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
		.out = read_text(cli, "out.txt"),
		.err = read_text(cli, "err.txt")};
}

pid_t cli_start(struct cli *cli, ...)
{
	va_list list;
	va_start(list, cli);
	pid_t pid = start(cli, list);
	va_end(list);
	return pid;
}

struct cli_result cli_run(struct cli *cli, ...)
{
	va_list list;
	va_start(list, cli);
	pid_t pid = start(cli, list);
	va_end(list);
	return cli_wait(cli, pid);
}

void cli_expect(const struct cli_result *result, int code, const char *text)
{
	cr_assert_eq(result->code, code, "exit code %d instead of %d; it said: %s", result->code, code,
		result->err);
	if (!text)
		cr_assert_str_empty(result->err, "%s", result->err);
	else
		cr_assert_not_null(strstr(result->err, text), "expected '%s' in: %s", text, result->err);
	if (code == 0)
		return;
	cr_assert_not_null(strstr(result->err, "almanac: "), "%s", result->err);
	if (code != 10) /* done but for a part, which is printed */
		cr_assert_str_empty(result->out, "%s", result->out);
}

void cli_expect_in(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "expected '%s' in:\n%s", part, text);
}

void cli_expect_sql(const struct cli *cli, const char *sql, const char *expected)
{
	const char *found = cli_sql(cli, sql);
	cr_assert_str_eq(found, expected, "%s gives '%s'", sql, found);
}

void cli_expect_json(const char *text, const char *path, const char *expected)
{
	const char *found = cli_json(text, path);
	cr_assert_str_eq(found, expected, "%s is '%s' in %s", path, found, text);
}

void cli_file(struct cli *cli, const char *name, const char *text)
{
	make_file(cli_path(cli, name), text);
}

void cli_wave(struct cli *cli, const char *name, int n_rows)
{
	char time[ALM_TIME_TEXT];
	FILE *file = fopen(cli_path(cli, name), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,load\n");
	for (int row = 0; row < n_rows; row++)
		fprintf(file, "%s,%.3f\n", alm_time_print(START_MS + row * HOUR_MS, time),
			100 + 10 * sin(row * 2 * 3.14159265358979 / 24) + row * 7 % 5);
	cr_assert_eq(fclose(file), 0);
}

void cli_ingest_wave(struct cli *cli)
{
	cli_wave(cli, "wave.csv", 600);
	struct cli_result result = cli_run(cli, "ingest", "wave.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

void cli_train_small(struct cli *cli)
{
	cli_ingest_wave(cli);
	struct cli_result result = cli_run(cli, "train", "small", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "2", "--batch", "64", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
}

static const char *first_value(const char *path, const char *sql, const char *text, const char *text2)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char *value = NULL;
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	if (text)
		sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
	if (text2)
		sqlite3_bind_text(stmt, 2, text2, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
		value = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return keep(value ? value : strdup(""));
}

const char *cli_sql(const struct cli *cli, const char *sql)
{
	return first_value(cli_path(cli, "t.db"), sql, NULL, NULL);
}

const char *cli_newest(const struct cli *cli, const char *table, const char *key)
{
	char sql[256];
	snprintf(sql, sizeof sql, "SELECT value FROM %s WHERE key = '%s' ORDER BY version_id DESC LIMIT 1",
		table, key);
	return cli_sql(cli, sql);
}

const char *cli_json(const char *text, const char *path)
{
	const char *end = strchr(text, '\n');
	cr_assert(end && end[1] == '\0', "expected one line: %s", text);
	const char *valid =
		first_value(":memory:", "SELECT json_valid(?1) AND json_type(?1) = 'object'", text, NULL);
	cr_assert_str_eq(valid, "1", "no JSON object: %s", text);
	return first_value(":memory:", "SELECT json_extract(?1, ?2)", text, path);
}
