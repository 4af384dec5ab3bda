/* The program: finds the verb, prints the one error and gives the exit code. Everything else is the verb's. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "nearest.h"

static const struct cmd {
	const char *name, *summary;
	cmd_function *run;
} cmds[] = {
#define CMD(name, summary) {#name, summary, cmd_##name},
#include "cmd.def"
#undef CMD
};

#define N_CMDS (sizeof cmds / sizeof *cmds)

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};

#define N_STOPS (sizeof stop_signals / sizeof *stop_signals)

static volatile sig_atomic_t stop_signal;

/* The first signal asks for a clean stop; a second one of any of the three has its usual effect. */
static void on_stop(int number)
{
	int saved = errno;
	stop_signal = number;
	for (size_t i = 0; i < N_STOPS; i++)
		signal(stop_signals[i], SIG_DFL);
	errno = saved;
}

/* No SA_RESTART: a read that waits for a terminal or a pipe must come back. What nohup ignores stays ignored. */
static void set_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop}, before;
	sigemptyset(&stop.sa_mask);
	for (size_t i = 0; i < N_STOPS; i++)
		if (sigaction(stop_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(stop_signals[i], &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/*
 * A closed standard stream would hand its number to the database, and a message would be written into it. Standard
 * output becomes one that cannot be written to, so that lost results are an error.
 */
static void fill_standard_streams(void)
{
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
			_exit(alm_exit_code(ALM_IO));
}

static void print_help(void)
{
	printf("Usage: almanac VERB [OPTION...]\n"
	       "Forecasts from a database: trains recurrent networks on time series in SQLite.\n\n");
	for (size_t i = 0; i < N_CMDS; i++)
		printf("  %-10s %s\n", cmds[i].name, cmds[i].summary);
	printf("\n"
	       "almanac VERB --help tells the options of a verb. The database is --db FILE, else\n"
	       "$ALMANAC_DB, else almanac.db in the current folder.\n\n"
	       "  almanac ingest load.csv --dataset load\n"
	       "  almanac train tomorrow --dataset load --lookback 7d --horizon 24h --calendar\n"
	       "  almanac backtest tomorrow\n"
	       "  almanac forecast tomorrow\n");
}

static enum alm_status run_verb(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct nearest nearest;
	nearest_begin(&nearest, argv[0]);
	for (size_t i = 0; i < N_CMDS; i++) {
		if (strcmp(cmds[i].name, argv[0]) == 0)
			return cmds[i].run(session, argc, argv, err);
		nearest_try(&nearest, cmds[i].name);
	}
	if (nearest.found)
		return alm_fail(err, ALM_USAGE, "no verb '%s'; is it '%s'?", argv[0], nearest.found);
	return alm_fail(err, ALM_USAGE, "no verb '%s'; see almanac --help", argv[0]);
}

static enum alm_status run(struct session *session, int argc, char **argv, struct alm_error *err)
{
	if (argc < 2)
		return alm_fail(err, ALM_USAGE, "no verb given; see almanac --help");
	if (strcmp(argv[1], "--version") == 0) {
		printf("almanac %s\n", ALM_VERSION);
		return ALM_OK;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		if (argc == 2) {
			print_help();
			return ALM_OK;
		}
		char help[] = "--help", *asked[] = {argv[2], help, NULL};
		return run_verb(session, 2, asked, err);
	}
	if (argv[1][0] == '-')
		return alm_fail(err, ALM_USAGE, "expected a verb, found '%s'; see almanac --help", argv[1]);
	return run_verb(session, argc - 1, argv + 1, err);
}

/* Results count as delivered only when the last byte has been taken. */
static enum alm_status close_output(struct alm_error *err)
{
	errno = 0;
	bool lost = ferror(stdout) != 0;
	if (fclose(stdout) == 0 && !lost)
		return ALM_OK;
	return alm_fail(err, ALM_IO, "cannot write to standard output: %s",
		errno ? strerror(errno) : "an earlier write failed");
}

int main(int argc, char **argv)
{
	struct alm_error err = {.status = ALM_OK}, lost;
	struct session session = {.stop = &stop_signal};
	fill_standard_streams();
	set_signals();
	setlocale(LC_CTYPE, "");
	log_init(&session.log, argv);
	enum alm_status status = run(&session, argc, argv, &err);
	if (status != ALM_OK)
		log_status(&session.log, status, NULL, err.text);
	if (close_output(&lost) != ALM_OK && status == ALM_OK) {
		status = ALM_IO;
		log_status(&session.log, status, NULL, lost.text);
	}
	if (stop_signal != 0) {
		/* So that whoever started us sees that a signal ended us, and stops as well. */
		signal(stop_signal, SIG_DFL);
		raise(stop_signal);
	}
	return alm_exit_code(status);
}
