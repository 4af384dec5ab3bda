#include "run/check.h"
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "model/plan.h"
#include "prepare/champion.h"
#include "store/audit.h"

#define ARGS_MAX 11
#define MESSAGE  1024

/* What a check holds on to. */
struct checking {
	const struct alm_context *context;
	struct alm_db *db;
	struct alm_check_result result;
};

/* The settings of a version say where its forecasts lie in time. */
static enum alm_status lay_out(
	const struct alm_pairs *pairs, struct alm_layout_in_time *out, struct alm_error *err)
{
	struct alm_spec spec;
	struct alm_freq freq;
	struct alm_plan plan;
	alm_spec_init(&spec);
	enum alm_status status = alm_spec_apply(&spec, pairs, err);
	if (status == ALM_OK)
		status = alm_freq_parse("--freq", spec.freq, &freq, err);
	if (status == ALM_OK)
		status = alm_plan_make(&spec, &freq, &plan, err);
	if (status == ALM_OK)
		*out = (struct alm_layout_in_time){
			.freq = plan.freq, .delay = plan.window.delay, .horizon = plan.window.horizon};
	return status;
}

/* ---- every champion in a fresh process */

/* What the child writes to standard error, cut to the buffer, until it has ended. */
static void take_message(int fd, char text[static MESSAGE])
{
	size_t used = 0;
	char rest[256] = "";
	for (ssize_t n = 1; n > 0;) {
		bool room = used < MESSAGE - 1;
		n = read(fd, room ? text + used : rest, room ? MESSAGE - 1 - used : sizeof rest);
		used += room && n > 0 ? (size_t)n : 0;
	}
	text[used] = '\0';
	char *end = strchr(text, '\n');
	if (end)
		*end = '\0';
}

static int spawn(char *const *args, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	int code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (code == 0)
		code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (code == 0)
		code = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	if (code == 0)
		code = posix_spawn(pid, "/proc/self/exe", &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* Runs `almanac check --load MODEL`; *ended is the exit code, or 128 and the signal. */
static enum alm_status run_loader(const struct alm_context *context, const char *model, int *ended,
	char message[static MESSAGE], struct alm_error *err)
{
	char timeout[16];
	int ends[2], status = 0;
	pid_t pid = 0;
	const char *args[ARGS_MAX] = {"almanac", "check", "--load", model, "--db", context->db_path};
	int n = 6;
	if (context->cell_path) {
		args[n++] = "--cell-path";
		args[n++] = context->cell_path;
	}
	if (context->timeout_ms > 0) {
		snprintf(timeout, sizeof timeout, "%d", context->timeout_ms);
		args[n++] = "--busy-timeout";
		args[n++] = timeout;
	}
	if (pipe2(ends, O_CLOEXEC) != 0)
		return alm_fail(err, ALM_NO_MEMORY, "cannot make a pipe: %m");
	int code = spawn((char *const *)args, ends[1], &pid);
	close(ends[1]);
	if (code == 0) {
		take_message(ends[0], message);
		while (waitpid(pid, &status, 0) < 0)
			;
	}
	close(ends[0]);
	if (code != 0)
		return alm_fail(err, ALM_NO_MEMORY, "cannot start a process: %s", strerror(code));
	*ended = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return ALM_OK;
}

static enum alm_status load_champion(struct checking *checking, const char *model, struct alm_error *err)
{
	static const char begins[] = "almanac: ";
	char message[MESSAGE] = "";
	int ended = 0;
	enum alm_status status = run_loader(checking->context, model, &ended, message, err);
	if (status != ALM_OK)
		return status;
	checking->result.n_loaded += ended == 0;
	const char *said = strncmp(message, begins, strlen(begins)) == 0 ? message + strlen(begins) : message;
	if (ended == 0)
		return ALM_OK;
	if (ended == alm_exit_code(ALM_BUSY))
		return alm_fail(err, ALM_BUSY, "%s", said);
	return alm_violations_add(&checking->result.violations, "C3", err,
		"the champion of model '%s' cannot be loaded: %s (exit code %d)", model,
		*said ? said : "it said nothing", ended);
}

static enum alm_status load_champions(struct checking *checking, struct alm_error *err)
{
	struct alm_names names = {0};
	enum alm_status status = alm_audit_champions(checking->db, &names, err);
	if (status == ALM_BUG && alm_violations_of(&checking->result.violations, "F4") > 0)
		status = ALM_OK; /* there is no such table */
	for (int i = 0; i < names.n && status == ALM_OK; i++)
		status = alm_stopped(checking->context->reporter)
				 ? alm_fail(err, ALM_INTERRUPTED, "the check was stopped")
				 : load_champion(checking, names.name[i], err);
	alm_names_release(&names);
	return status;
}

enum alm_status alm_run_check_load(
	const struct alm_context *context, const char *model, struct alm_error *err)
{
	struct alm_champion champion;
	enum alm_status status = alm_champion_open(&champion, context, model, 0, ALM_DB_READ, 1, err);
	alm_champion_release(&champion);
	return status;
}

/* ---- the whole */

static enum alm_status check(struct checking *checking, bool deep, struct alm_error *err)
{
	struct alm_check_result *result = &checking->result;
	struct alm_audit_size size;
	result->schema = alm_db_schema(checking->db);
	enum alm_status status = alm_audit_measure(checking->db, &size, err);
	if (status == ALM_OK)
		status = alm_audit(checking->db, lay_out, &result->violations, err);
	if (status != ALM_OK)
		return status;
	result->n_datasets = size.n_datasets;
	result->n_models = size.n_models;
	result->n_versions = size.n_versions;
	result->n_forecasts = size.n_forecasts;
	/* A page that cannot be read: the models could not be either. */
	return deep && alm_violations_of(&result->violations, "F1") == 0 ? load_champions(checking, err)
									 : ALM_OK;
}

enum alm_status alm_run_check(const struct alm_context *context, const struct alm_check_request *request,
	struct alm_check_result *out, struct alm_error *err)
{
	struct checking checking = {.context = context};
	double began = alm_monotonic_s();
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &checking.db, err);
	if (status == ALM_OK)
		status = check(&checking, request->deep, err);
	alm_db_close(checking.db);
	checking.result.seconds = alm_monotonic_s() - began;
	if (status == ALM_OK)
		*out = checking.result;
	else
		alm_check_result_release(&checking.result);
	return status;
}

void alm_check_result_release(struct alm_check_result *result)
{
	alm_violations_release(&result->violations);
	*result = (struct alm_check_result){0};
}
