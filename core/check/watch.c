#include "check/watch.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check/child.h"
#include "check/trap.h"

#define HELPER       "almanac-cellcheck"
#define OUTPUT_SHOWN 80
#define POLL_MS      50 /* how often the wish to stop is looked at, should no signal wake us */

enum { RECORDS, OUTPUT, N_PIPES };

/* The running process and what has come from it. */
struct watch {
	const struct alm_watch_options *options;
	struct alm_check_results *results;
	pid_t pid;
	int pipes[N_PIPES]; /* the ends we read; -1 = it has closed its own */
	double deadline_s;
	struct alm_check_record partial; /* the first n_partial bytes of a record */
	size_t n_partial;
	struct alm_check_record last;                                /* the last whole one that is no phase */
	char phase[sizeof(((struct alm_check_record *)NULL)->name)]; /* the last that began */
	char output[OUTPUT_SHOWN];                                   /* the first it printed */
	size_t n_output;                                             /* of all it printed */
	bool ended, timed_out, malformed;
};

/* ---- starting it */

static enum alm_status find_helper(char path[static PATH_MAX], struct alm_error *err)
{
	static const char *const places[] = {HELPER, "../lib/almanac/" HELPER};
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	program[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(program, '/');
	for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
		int length = snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - program), program, places[i]);
		if (length < PATH_MAX && access(path, X_OK) == 0)
			return ALM_OK;
	}
	return alm_fail(err, ALM_UNAVAILABLE,
		"cannot find " HELPER " beside the program or in ../lib/almanac; install Almanac again");
}

/* Above all numbers that the process gives a meaning to, so that none is overwritten before it is copied. */
static int lifted(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, ALM_CHILD_PEER + 1);
}

/* What goes to which number; -1 = stays closed. */
struct handed {
	int fd, as;
};

static int spawn(const char *path, char *const argv[], const struct handed *handed, int n, pid_t *pid)
{
	static char *no_environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	int code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	for (int i = 0; i < n && code == 0; i++)
		code = handed[i].fd >= 0
			       ? posix_spawn_file_actions_adddup2(&actions, handed[i].fd, handed[i].as)
			       : posix_spawn_file_actions_addclose(&actions, handed[i].as);
	if (code == 0)
		code = posix_spawn_file_actions_addclosefrom_np(&actions, ALM_CHILD_PEER + 1);
	if (code == 0)
		code = posix_spawn(pid, path, &actions, &attributes, argv, no_environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return code;
}

static enum alm_status start_with(
	struct watch *watch, const char *path, const int written[static N_PIPES], struct alm_error *err)
{
	const struct alm_watch_options *options = watch->options;
	char shown[NAME_MAX + 1], seed[24], seeds[16], seconds[16];
	char name[] = HELPER, *argv[] = {name, shown, seed, seeds, seconds, NULL};
	snprintf(shown, sizeof shown, "%s", options->shown);
	snprintf(seed, sizeof seed, "%llu", (unsigned long long)options->seed);
	snprintf(seeds, sizeof seeds, "%d", options->n_seeds);
	/* On processor time, of two threads: a backstop, should we die before the time is over. */
	snprintf(seconds, sizeof seconds, "%d", 2 * (options->timeout_ms / 1000 + 1));
	struct handed handed[] = {{lifted(written[OUTPUT]), STDOUT_FILENO},
		{lifted(written[OUTPUT]), STDERR_FILENO}, {lifted(written[RECORDS]), ALM_CHILD_LOG},
		{lifted(options->cell->fd), ALM_CHILD_CELL},
		{options->peer ? lifted(options->peer->fd) : -1, ALM_CHILD_PEER}};
	int n = (int)(sizeof handed / sizeof *handed);
	int code = spawn(path, argv, handed, n, &watch->pid);
	for (int i = 0; i < n; i++)
		if (handed[i].fd >= 0)
			close(handed[i].fd);
	if (code != 0)
		return alm_fail(err, ALM_NO_MEMORY, "cannot start '%s': %s", path, strerror(code));
	return ALM_OK;
}

static void close_all(int *fds, int n)
{
	for (int i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static enum alm_status start(struct watch *watch, struct alm_error *err)
{
	char path[PATH_MAX];
	int written[N_PIPES] = {-1, -1};
	enum alm_status status = find_helper(path, err);
	for (int i = 0; i < N_PIPES && status == ALM_OK; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) != 0) {
			status = alm_fail(err, ALM_NO_MEMORY, "cannot make a pipe: %s", strerror(errno));
			break;
		}
		watch->pipes[i] = ends[0];
		written[i] = ends[1];
	}
	if (status == ALM_OK)
		status = start_with(watch, path, written, err);
	close_all(written, N_PIPES);
	if (status != ALM_OK)
		close_all(watch->pipes, N_PIPES);
	return status;
}

/* ---- reading what it says */

/* Nothing in a record is trusted: not its kind, not that its texts end, not what is in them. */
static bool is_well_formed(struct alm_check_record *record)
{
	char *const texts[] = {record->name, record->detail, record->advice};
	const size_t sizes[] = {sizeof record->name, sizeof record->detail, sizeof record->advice};
	if (record->kind < ALM_CHECK_PHASE || record->kind > ALM_CHECK_END)
		return false;
	for (int i = 0; i < 3; i++) {
		size_t length = strnlen(texts[i], sizes[i]);
		if (length == sizes[i])
			return false;
		for (size_t at = 0; at < length; at++)
			if ((unsigned char)texts[i][at] < ' ' || texts[i][at] == 127)
				texts[i][at] = '?';
	}
	return true;
}

static enum alm_status take_record(
	struct watch *watch, struct alm_check_record *record, struct alm_error *err)
{
	if (!is_well_formed(record) || watch->ended) {
		watch->malformed = true;
		return ALM_OK;
	}
	watch->ended = record->kind == ALM_CHECK_END;
	if (record->kind == ALM_CHECK_PHASE)
		snprintf(watch->phase, sizeof watch->phase, "%s", record->name);
	if (record->kind == ALM_CHECK_PHASE || record->kind == ALM_CHECK_END)
		return ALM_OK;
	watch->last = *record;
	enum alm_status status = alm_check_results_add(watch->results, record, err);
	/* Too many findings: a process that keeps to the form has not. */
	watch->malformed |= status == ALM_BAD_DATA;
	return status == ALM_BAD_DATA ? ALM_OK : status;
}

/* One read of at most the rest of a record. */
static enum alm_status read_records(struct watch *watch, struct alm_error *err)
{
	char *to = (char *)&watch->partial + watch->n_partial;
	ssize_t n = read(watch->pipes[RECORDS], to, sizeof watch->partial - watch->n_partial);
	if (n < 0 && errno == EINTR)
		return ALM_OK;
	if (n <= 0) {
		watch->malformed |= watch->n_partial > 0;
		close_all(&watch->pipes[RECORDS], 1);
		return ALM_OK;
	}
	watch->n_partial += (size_t)n;
	if (watch->n_partial < sizeof watch->partial)
		return ALM_OK;
	watch->n_partial = 0;
	return take_record(watch, &watch->partial, err);
}

/* The first bytes are kept, the others only counted. */
static void read_output(struct watch *watch)
{
	char block[4096];
	ssize_t n = read(watch->pipes[OUTPUT], block, sizeof block);
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close_all(&watch->pipes[OUTPUT], 1);
		return;
	}
	for (ssize_t i = 0; i < n && watch->n_output + (size_t)i < sizeof watch->output - 1; i++)
		watch->output[watch->n_output + (size_t)i] =
			(unsigned char)block[i] < ' ' || block[i] == 127 ? ' ' : block[i];
	watch->n_output += (size_t)n;
}

/* Until both pipes are closed, which is when the process has ended. */
static enum alm_status listen_to(struct watch *watch, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && !watch->malformed &&
		(watch->pipes[RECORDS] >= 0 || watch->pipes[OUTPUT] >= 0)) {
		struct pollfd polled[N_PIPES] = {{.fd = watch->pipes[RECORDS], .events = POLLIN},
			{.fd = watch->pipes[OUTPUT], .events = POLLIN}};
		if (alm_stopped(watch->options->reporter))
			return alm_fail(err, ALM_INTERRUPTED, "stopped by a signal");
		if (alm_monotonic_s() > watch->deadline_s) {
			watch->timed_out = true;
			return ALM_OK;
		}
		if (poll(polled, N_PIPES, POLL_MS) <= 0)
			continue;
		if (polled[RECORDS].revents)
			status = read_records(watch, err);
		if (polled[OUTPUT].revents)
			read_output(watch);
	}
	return status;
}

/* ---- how it ended */

static int end(struct watch *watch)
{
	int status = 0;
	kill(-watch->pid, SIGKILL);
	while (waitpid(watch->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	close_all(watch->pipes, N_PIPES);
	return status;
}

static const char *phase(const struct watch *watch)
{
	return watch->phase[0] ? watch->phase : "starting";
}

/* Ends that no handler of the process could tell of. */
static const struct {
	int signal;
	const char *finding, *words, *advice;
} deaths[] = {
	{SIGXCPU, "time", "used up its processor time", "an endless loop?"},
	{SIGSYS, "system calls", "made a system call in the manner of another processor",
		"a cell computes and does nothing else"},
	{SIGKILL, "memory", "killed by the system, which had no memory left", "a cell allocates nothing"},
};

static enum alm_status died(struct watch *watch, int status, struct alm_error *err)
{
	char detail[sizeof watch->last.detail];
	int code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (!WIFSIGNALED(status)) {
		snprintf(detail, sizeof detail, "in %s: ended the process with exit code %d", phase(watch),
			code);
		return alm_check_results_fail(
			watch->results, "exit", detail, "a cell must not call exit()", err);
	}
	for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
		if (deaths[i].signal != code)
			continue;
		snprintf(detail, sizeof detail, "in %s: %s", phase(watch), deaths[i].words);
		return alm_check_results_fail(
			watch->results, deaths[i].finding, detail, deaths[i].advice, err);
	}
	snprintf(
		detail, sizeof detail, "in %s: ended by signal %d (%s)", phase(watch), code, strsignal(code));
	return alm_check_results_fail(watch->results, "crash", detail, "", err);
}

static enum alm_status judge_end(struct watch *watch, int status, struct alm_error *err)
{
	char detail[sizeof watch->last.detail];
	bool reported = watch->last.kind == ALM_CHECK_FAILED;
	if (watch->malformed)
		return alm_check_results_fail(watch->results, "report",
			"something else than the check wrote to where it reports", "", err);
	if (watch->timed_out) {
		snprintf(detail, sizeof detail, "in %s: did not return within %g s", phase(watch),
			watch->options->timeout_ms / 1000.0);
		return alm_check_results_fail(
			watch->results, "time", detail, "an endless loop? --timeout gives more time", err);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && watch->ended)
		return ALM_OK;
	if (reported && WIFEXITED(status) && WEXITSTATUS(status) == ALM_TRAP_EXIT)
		return ALM_OK;
	return died(watch, status, err);
}

static enum alm_status judge_output(struct watch *watch, struct alm_error *err)
{
	char detail[sizeof watch->last.detail];
	if (watch->n_output == 0)
		return ALM_OK;
	snprintf(detail, sizeof detail, "prints %zu bytes to standard output or error: '%s'", watch->n_output,
		watch->output);
	return alm_check_results_fail(watch->results, "output", detail, "leave the printing to others", err);
}

static enum alm_status pass(struct watch *watch, const char *name, const char *detail, struct alm_error *err)
{
	struct alm_check_record record = {.kind = ALM_CHECK_PASSED};
	snprintf(record.name, sizeof record.name, "%s", name);
	snprintf(record.detail, sizeof record.detail, "%s", detail);
	return alm_check_results_add(watch->results, &record, err);
}

static enum alm_status judge(struct watch *watch, int status, struct alm_error *err)
{
	if (!watch->ended && WIFEXITED(status) && WEXITSTATUS(status) == ALM_CHILD_NO_SANDBOX &&
		watch->phase[0] == '\0' && watch->last.kind == ALM_CHECK_FAILED)
		return alm_fail(
			err, ALM_NO_SANDBOX, "no cell is run without a sandbox: %s", watch->last.detail);
	enum alm_status done = judge_end(watch, status, err);
	if (done == ALM_OK && watch->ended)
		done = pass(watch, "process", "ran to its end", err);
	if (done == ALM_OK && watch->ended && watch->n_output == 0)
		done = pass(watch, "output", "prints nothing", err);
	if (done == ALM_OK)
		done = judge_output(watch, err);
	return done;
}

enum alm_status alm_check_watch(
	const struct alm_watch_options *options, struct alm_check_results *results, struct alm_error *err)
{
	struct watch watch = {.options = options,
		.results = results,
		.pipes = {-1, -1},
		.deadline_s = alm_monotonic_s() + options->timeout_ms / 1000.0};
	enum alm_status status = start(&watch, err);
	if (status != ALM_OK)
		return status;
	status = listen_to(&watch, err);
	int ended = end(&watch);
	return status == ALM_OK ? judge(&watch, ended, err) : status;
}
