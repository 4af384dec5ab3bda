#include "cli/server.h"
#include <criterion/criterion.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534

static char folder[] = "/tmp/almanac-pg-XXXXXX", programs[PATH_MAX], url[PATH_MAX], answer[4096];
static pid_t server;

/* The newest version's programs; "" when there are none. */
static void find_programs(void)
{
	glob_t found;
	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0)
		snprintf(programs, sizeof programs, "%.*s",
			(int)(strlen(found.gl_pathv[found.gl_pathc - 1]) - strlen("/postgres")),
			found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
}

/* In a child: a user without rights, who does not outlive the test. Never returns. */
static void become(char **args)
{
	char program[PATH_MAX + 64];
	snprintf(program, sizeof program, "%s/%s", programs, args[0]);
	if (chdir(folder) != 0 || !freopen("log", "a", stdout) || !freopen("log", "a", stderr))
		_exit(127);
	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		_exit(127);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	execv(program, args);
	_exit(127);
}

static pid_t spawn(char **args)
{
	pid_t pid = fork();
	if (pid == 0)
		become(args);
	cr_assert_gt(pid, 0);
	return pid;
}

static int run(char **args)
{
	int status = 0;
	pid_t pid = spawn(args);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void stop(void)
{
	char command[PATH_MAX];
	if (server > 0) {
		kill(server, SIGQUIT);
		waitpid(server, NULL, 0);
	}
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", folder);
}

static void wait_until_ready(void)
{
	struct timespec nap = {.tv_nsec = 50000000};
	char *ready[] = {"pg_isready", "-q", "-h", folder, NULL};
	for (int i = 0; i < 1200; i++) {
		if (run(ready) == 0)
			return;
		nanosleep(&nap, NULL);
	}
	cr_assert_fail("the server did not start");
}

const char *server_start(void)
{
	find_programs();
	if (*programs == '\0')
		cr_skip_test("no PostgreSQL here: install Debian's package postgresql");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert(geteuid() != 0 || chown(folder, NOBODY, NOBODY) == 0);
	cr_assert_eq(chmod(folder, 0755), 0);
	atexit(stop);
	char *initialise[] = {"initdb", "-D", "data", "-A", "trust", "-U", "almanac", "-E", "UTF8",
		"--locale=C", "--no-sync", NULL};
	cr_assert_eq(run(initialise), 0, "initdb failed, see its log");
	char *serve[] = {"postgres", "-D", "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "shared_buffers=8MB", "-c", "max_connections=10", NULL};
	server = spawn(serve);
	wait_until_ready();
	snprintf(url, sizeof url, "postgresql://almanac@/postgres?host=%s", folder);
	return url;
}

const char *server_sql(const char *sql)
{
	char command[8192];
	snprintf(command, sizeof command, "%s/psql -X -q -A -t -v ON_ERROR_STOP=1 '%s' <<'END'\n%s\nEND",
		programs, url, sql);
	FILE *out = popen(command, "r");
	cr_assert_not_null(out);
	size_t n = fread(answer, 1, sizeof answer - 1, out);
	cr_assert_eq(pclose(out), 0, "%s", sql);
	answer[n > 0 && answer[n - 1] == '\n' ? n - 1 : n] = '\0';
	return answer;
}

void server_wait_for_query(void)
{
	const struct timespec nap = {.tv_nsec = 50000000};
	for (int i = 0; i < 200; i++) {
		const char *n =
			server_sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'almanac' "
				   "AND state = 'active'");
		if (strcmp(n, "1") == 0)
			return;
		nanosleep(&nap, NULL);
	}
	cr_assert_fail("the query did not begin");
}
