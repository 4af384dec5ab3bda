#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "cron.h"
#include "options.h"
#include "out/schedule.h"
#include "retrain.h"

struct own {
	struct options common;
	struct schedule schedule;
	bool service, timer; /* units; none = a crontab line */
	char program[PATH_MAX], db[PATH_MAX], folder[PATH_MAX], calendar[32];
	const char **words; /* of the command; owned, the texts are not */
};

enum { KEY_CRON = OPTIONS_KEY + 100, KEY_SYSTEMD, KEY_CALENDAR, KEY_USER };

static const struct argp_option own_options[] = {
	{"cron", KEY_CRON, "TIME", 0, "minute, hour, day, month, day of the week [0 3 * * *]", 1},
	{"systemd", KEY_SYSTEMD, "UNIT", OPTION_ARG_OPTIONAL,
		"units instead of a crontab line; only the service or the timer when that is named", 1},
	{"calendar", KEY_CALENDAR, "TIME", 0, "of the timer, as in systemd.time(7) (default: from --cron)",
		1},
	{"user", KEY_USER, "NAME", 0,
		"runs it: in a line for /etc/cron.d, or in the service (default there: almanac)", 1},
	{0},
};

/* A line is a line, and a unit's setting too. */
static enum alm_status check_text(const char *what, const char *text, struct alm_error *err)
{
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
		if (iscntrl(*at))
			return alm_fail(err, ALM_USAGE,
				"schedule: %s has a control character, which no schedule can hold", what);
	return *text ? ALM_OK : alm_fail(err, ALM_USAGE, "schedule: %s is empty", what);
}

static error_t take_units(struct own *own, const char *unit)
{
	own->service = !unit || strcmp(unit, "service") == 0;
	own->timer = !unit || strcmp(unit, "timer") == 0;
	if (own->service || own->timer)
		return 0;
	return options_status(alm_fail(own->common.err, ALM_USAGE,
		"--systemd: expected service, timer or nothing, found '%s'", unit));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct own *own = state->input;
	struct alm_error *err = own->common.err;
	switch (key) {
	case KEY_CRON:
		own->schedule.cron = arg;
		return options_status(cron_check(arg, err));
	case KEY_SYSTEMD:
		return take_units(own, arg);
	case KEY_CALENDAR:
		own->schedule.calendar = arg;
		return options_status(check_text("--calendar", arg, err));
	case KEY_USER:
		own->schedule.user = arg;
		if (*arg == '\0' || strpbrk(arg, " \t%"))
			return options_status(alm_fail(
				err, ALM_USAGE, "--user: expected the name of a user, found '%s'", arg));
		return options_status(check_text("--user", arg, err));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "schedule",
	.args_doc = "[-- ARGS OF RETRAIN]",
	.doc = "Prints what has almanac retrain run every night: a line for crontab, or with --systemd a "
	       "service and its timer. Changes nothing itself.\v"
	       "ARGS are those of almanac retrain [--all]. Paths are absolute, and neither PATH, HOME nor TZ "
	       "is needed. What is run is silent unless something is wrong.\n\n"
	       "  (crontab -l; almanac schedule) | crontab -\n"
	       "  almanac schedule --systemd=timer > /etc/systemd/system/almanac-retrain.timer\n"
	       "  almanac schedule --cron '30 4 * * *' -- --all --time-budget 2h",
	.least = 0,
	.most = INT_MAX - 1,
	.options = own_options,
	.parse = parse};

/* The command's paths, which hold in any folder. */
static enum alm_status find_paths(struct own *own, struct alm_error *err)
{
	const char *db = own->common.context.db_path;
	char here[PATH_MAX] = "";
	ssize_t length = readlink("/proc/self/exe", own->program, sizeof own->program - 1);
	if (length < 0)
		return alm_fail(
			err, ALM_IO, "schedule: cannot find the program's own file: %s", strerror(errno));
	own->program[length] = '\0';
	if (*db != '/' && !getcwd(here, sizeof here))
		return alm_fail(err, ALM_IO, "schedule: cannot tell the current folder: %s", strerror(errno));
	while (strncmp(db, "./", 2) == 0)
		db += 2;
	bool below = *db != '/' && strcmp(here, "/") != 0;
	int n = snprintf(own->db, sizeof own->db, "%s%s%s", below ? here : "", *db == '/' ? "" : "/", db);
	if (n >= (int)sizeof own->db)
		return alm_fail(err, ALM_USAGE, "schedule: the path of the database is too long");
	size_t folder = (size_t)(strrchr(own->db, '/') - own->db);
	snprintf(own->folder, sizeof own->folder, "%.*s", folder > 0 ? (int)folder : 1, own->db);
	own->schedule.folder = own->folder;
	enum alm_status status = check_text("the program's path", own->program, err);
	return status == ALM_OK ? check_text("the database's path", own->db, err) : status;
}

/* The command. A bad one is told now, and not every night. */
static enum alm_status make_command(struct own *own, struct alm_error *err)
{
	static const char all[] = "--all";
	int n_args = own->common.n_args, n = 0;
	own->words = calloc((size_t)n_args + 6, sizeof *own->words);
	if (!own->words)
		return alm_fail_memory(err, ((size_t)n_args + 6) * sizeof *own->words);
	own->words[n++] = own->program;
	own->words[n++] = "retrain";
	own->words[n++] = "--db";
	own->words[n++] = own->db;
	for (int i = 0; i < n_args; i++) {
		enum alm_status status = check_text("an argument", own->common.args[i], err);
		if (status == ALM_OK && strncmp(own->common.args[i], "--db", 4) == 0)
			status = alm_fail(err, ALM_USAGE, "schedule: --db goes before the --");
		if (status != ALM_OK)
			return status;
		own->words[n++] = own->common.args[i];
	}
	if (n_args == 0)
		own->words[n++] = all;
	own->schedule.words = own->words;
	own->schedule.n_words = n;
	/* argp may put options before arguments in what it reads: that is a list of its own. */
	char **argv = calloc((size_t)n + 1, sizeof *argv);
	if (!argv)
		return alm_fail_memory(err, ((size_t)n + 1) * sizeof *argv);
	for (int i = 1; i < n; i++)
		argv[i - 1] = (char *)own->words[i];
	enum alm_status status = retrain_check(n - 1, argv, err);
	free(argv);
	return status;
}

/* What units need beyond a line. */
static enum alm_status settle_units(struct own *own, struct alm_error *err)
{
	int hour = 0, minute = 0;
	if (!own->service && !own->timer)
		return own->schedule.calendar
			       ? alm_fail(err, ALM_USAGE, "schedule: --calendar is for --systemd")
			       : ALM_OK;
	if (strncmp(own->db, "/tmp/", 5) == 0 || strncmp(own->db, "/var/tmp/", 9) == 0)
		return alm_fail(err, ALM_USAGE,
			"schedule: '%s' is in a temporary folder, of which a service has its own", own->db);
	if (!own->schedule.user)
		own->schedule.user = "almanac";
	if (own->schedule.calendar)
		return ALM_OK;
	if (!cron_daily(own->schedule.cron, &hour, &minute))
		return alm_fail(err, ALM_USAGE,
			"schedule: '%s' is no time of every day; say it for systemd with --calendar, such as "
			"'Mon..Fri 03:00'",
			own->schedule.cron);
	snprintf(own->calendar, sizeof own->calendar, "*-*-* %02d:%02d:00", hour, minute);
	own->schedule.calendar = own->calendar;
	return ALM_OK;
}

enum alm_status cmd_schedule(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct own own = {.schedule = {.cron = "0 3 * * *"}};
	enum alm_status status = options_parse(&own.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || own.common.answered)
		goto done;
	if (own.common.json)
		status = alm_fail(err, ALM_USAGE, "schedule: --json: a schedule has no other form");
	if (status == ALM_OK)
		status = find_paths(&own, err);
	if (status == ALM_OK)
		status = make_command(&own, err);
	if (status == ALM_OK)
		status = settle_units(&own, err);
	if (status != ALM_OK)
		goto done;
	if (own.service)
		out_schedule_service(stdout, &own.schedule);
	if (own.service && own.timer)
		fputc('\n', stdout);
	if (own.timer)
		out_schedule_timer(stdout, &own.schedule);
	if (!own.service && !own.timer)
		out_schedule_crontab(stdout, &own.schedule);
done:
	free(own.words);
	options_release(&own.common);
	return status;
}
