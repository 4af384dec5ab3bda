#include "options.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "nearest.h"
#include "time/freq.h"

enum {
	KEY_DB = 1,
	KEY_JSON,
	KEY_QUIET,
	KEY_LOG_FORMAT,
	KEY_LOG_LEVEL,
	KEY_TIMEOUT,
	KEY_HELP,
	KEY_VERSION,
	KEY_THREADS,
	KEY_CELL_PATH,
	KEY_FORMAT
};
#define KEY(key) (OPTIONS_KEY + (key))

error_t options_status(enum alm_status status)
{
	return status == ALM_OK ? 0 : EINVAL;
}

error_t options_count(const struct options *options, const char *option, const char *text, int64_t least,
	int64_t most, int64_t *out)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	bool number = isdigit((unsigned char)*text) && *end == '\0' && errno == 0;
	if (!number || value < least || value > most)
		return options_status(alm_fail(options->err, ALM_USAGE,
			"%s: expected a whole number in %lld..%lld, found '%s'", option, (long long)least,
			(long long)most, text));
	*out = value;
	return 0;
}

error_t options_time(const struct options *options, const char *option, const char *text, int64_t *out_ms)
{
	struct alm_duration duration;
	enum alm_status status = alm_duration_parse(option, text, &duration, NULL);
	if (status != ALM_OK || duration.kind != ALM_DURATION_MS)
		status = alm_fail(options->err, ALM_USAGE,
			"%s: expected a length of time such as 90s, 30min or 2d, found '%s'", option, text);
	if (status == ALM_OK)
		*out_ms = duration.count;
	return options_status(status);
}

error_t options_seconds(const struct options *options, const char *option, const char *text, double *out_s)
{
	int64_t time_ms = 0;
	error_t failed = options_time(options, option, text, &time_ms);
	if (!failed)
		*out_s = (double)time_ms / 1000;
	return failed;
}

/* ---- options of every verb */

static error_t take_argument(struct options *options, int place, const char *text)
{
	if (place >= options->verb->most)
		return options_status(alm_fail(options->err, ALM_USAGE, "unexpected argument '%s'", text));
	options->args[place] = text;
	options->n_args = place + 1;
	return 0;
}

static error_t check_arguments(struct options *options, int n)
{
	if (n >= options->verb->least || options->answered)
		return 0;
	return options_status(alm_fail(options->err, ALM_USAGE, "expected %s; see almanac %s --help",
		options->verb->args_doc, options->verb->name));
}

static error_t show_help(struct options *options, const struct argp *argp)
{
	char name[64];
	snprintf(name, sizeof name, "almanac %s", options->verb->name);
	argp_help(argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	options->answered = true;
	return 0;
}

static void describe_bad(struct options *options, const struct argp_state *state);

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int64_t number = 0;
	switch (key) {
	case KEY(KEY_DB):
		options->context.db_path = arg;
		return *arg ? 0
			    : options_status(
				      alm_fail(options->err, ALM_USAGE, "--db: expected a file, found ''"));
	case KEY(KEY_JSON):
		options->json = true;
		return 0;
	case KEY(KEY_QUIET):
		options->quiet = true;
		return 0;
	case KEY(KEY_TIMEOUT):
		if (options_count(options, "--busy-timeout", arg, 1, 86400000, &number) != 0)
			return EINVAL;
		options->context.timeout_ms = (int)number;
		return 0;
	case KEY(KEY_LOG_FORMAT):
		return options_status(log_form_parse(arg, &options->session->log.form, options->err));
	case KEY(KEY_LOG_LEVEL):
		return options_status(log_level_parse(arg, &options->session->log.least, options->err));
	case KEY(KEY_HELP):
		/* Anything after it does not matter. */
		state->next = state->argc;
		return show_help(options, state->root_argp);
	case KEY(KEY_VERSION):
		printf("almanac %s\n", ALM_VERSION);
		options->answered = true;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(options, (int)state->arg_num, arg);
	case ARGP_KEY_END:
		return check_arguments(options, (int)state->arg_num);
	case ARGP_KEY_ERROR:
		if (options->err->status == ALM_OK)
			describe_bad(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option common_options[] = {
	{0, 0, 0, 0, "Everywhere:", 100},
	{"db", KEY(KEY_DB), "FILE", 0, "database (default: $ALMANAC_DB, else almanac.db)", 100},
	{"json", KEY(KEY_JSON), 0, 0, "one JSON object on standard output", 100},
	{"quiet", KEY(KEY_QUIET), 0, 0, "no progress, notes or summary", 100},
	{"log-format", KEY(KEY_LOG_FORMAT), "FORM", 0,
		"errors and notes as text, journal or json lines [text]", 100},
	{"log-level", KEY(KEY_LOG_LEVEL), "LEVEL", 0, "the least told: error, warning, notice or info [info]",
		100},
	{"busy-timeout", KEY(KEY_TIMEOUT), "MS", 0, "wait for the database's lock [10000]", 100},
	{"help", KEY(KEY_HELP), 0, 0, "this text", 101},
	{"version", KEY(KEY_VERSION), 0, 0, "name and version of the program", 101},
	{0},
};

static const struct argp common = {common_options, parse_common, 0, 0, 0, 0, 0};

/* ---- options of verbs that run a network, and of those that print rows */

/* The type is argp's. */
// NOLINTNEXTLINE(readability-non-const-parameter)
static error_t parse_cells(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	if (key != KEY(KEY_CELL_PATH))
		return ARGP_ERR_UNKNOWN;
	options->context.cell_path = arg;
	return 0;
}

static const struct argp_option cells_options[] = {
	{0, 0, 0, 0, "Engine:", 90},
	{"cell-path", KEY(KEY_CELL_PATH), "DIRS", 0, "folders with cells, separated by ':', searched first",
		90},
	{0},
};

static const struct argp cells = {cells_options, parse_cells, 0, 0, 0, 0, 0};

static error_t parse_threads(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	int64_t number = 0;
	if (key != KEY(KEY_THREADS))
		return ARGP_ERR_UNKNOWN;
	if (options_count(options, "--threads", arg, 1, 256, &number) != 0)
		return EINVAL;
	options->context.threads = (int)number;
	return 0;
}

static const struct argp_option threads_options[] = {
	{"threads", KEY(KEY_THREADS), "N", 0, "threads; they do not change a result [one a processor]", 90},
	{0},
};

static const struct argp threads = {threads_options, parse_threads, 0, 0, 0, 0, 0};

static error_t parse_format(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	if (key != KEY(KEY_FORMAT))
		return ARGP_ERR_UNKNOWN;
	options->has_format = true;
	return options_status(out_format_parse(arg, &options->format, options->err));
}

static const struct argp_option format_options[] = {
	{"format", KEY(KEY_FORMAT), "FORM", 0, "table, csv or json [table]", 0},
	{0},
};

static const struct argp format = {format_options, parse_format, 0, 0, 0, 0, 0};

/* ---- what getopt refused: it only says that it did, so find out which option and why */

static const struct argp_option *each_option(const struct argp *argp, int *place)
{
	for (const struct argp_option *option = argp->options; option && (option->name || option->doc);
		option++)
		if (option->name && (*place)-- == 0)
			return option;
	for (const struct argp_child *child = argp->children; child && child->argp; child++) {
		const struct argp_option *option = each_option(child->argp, place);
		if (option)
			return option;
	}
	return NULL;
}

static const struct argp_option *option_at(const struct argp *argp, int place)
{
	return each_option(argp, &place);
}

/* The argument at which getopt stopped: the last it took, unless it is still in the middle of a bundle "-xyz". */
static const char *refused(const struct argp_state *state)
{
	const char *next = state->next < state->argc ? state->argv[state->next] : "";
	const char *last = state->next > 0 ? state->argv[state->next - 1] : "";
	bool bundle = next[0] == '-' && next[1] != '-' && next[1] != '\0' && next[2] != '\0';
	return bundle && strncmp(last, "--", 2) != 0 ? next : last;
}

static void describe_bad(struct options *options, const struct argp_state *state)
{
	const char *text = refused(state), *verb = options->verb->name;
	char word[64];
	snprintf(word, sizeof word, "%.*s", (int)strcspn(text, "="), text);
	size_t length = strlen(word);
	struct nearest nearest;
	nearest_begin(&nearest, word + (length > 2 ? 2 : 0));
	const struct argp_option *option, *exact = NULL, *first = NULL, *second = NULL;
	for (int i = 0; strncmp(word, "--", 2) == 0 && (option = option_at(state->root_argp, i)); i++) {
		nearest_try(&nearest, option->name);
		if (strcmp(option->name, word + 2) == 0)
			exact = option;
		if (strncmp(option->name, word + 2, length - 2) == 0)
			*(first ? &second : &first) = option;
	}
	if (!exact && !second)
		exact = first;
	if (exact && strchr(text, '='))
		alm_fail(options->err, ALM_USAGE, "--%s: takes no value", exact->name);
	else if (exact)
		alm_fail(options->err, ALM_USAGE, "--%s: expected %s after it", exact->name,
			exact->arg ? exact->arg : "nothing");
	else if (second)
		alm_fail(
			options->err, ALM_USAGE, "'%s' may be --%s or --%s", word, first->name, second->name);
	else if (nearest.found)
		alm_fail(options->err, ALM_USAGE, "no option '%s'; is it --%s?", word, nearest.found);
	else
		alm_fail(options->err, ALM_USAGE, "no option '%s'; see almanac %s --help", word, verb);
}

/* ---- putting it together */

/* The type is argp's. */
// NOLINTNEXTLINE(readability-non-const-parameter)
static error_t parse_root(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	for (int i = 0; state->root_argp->children[i].argp; i++)
		state->child_inputs[i] = state->input;
	return 0;
}

static enum alm_status settle(struct options *options, struct alm_error *err)
{
	if (options->json && options->has_format && options->format != OUT_json)
		return alm_fail(err, ALM_USAGE, "%s: --json and another --format exclude each other",
			options->verb->name);
	if (options->json)
		options->format = OUT_json;
	options->json = options->format == OUT_json;
	return ALM_OK;
}

enum alm_status options_parse(struct options *options, const struct verb *verb, struct session *session,
	int argc, char **argv, struct alm_error *err)
{
	const char *db = getenv("ALMANAC_DB");
	options->verb = verb;
	options->session = session;
	session->log.verb = verb->name;
	options->err = err;
	/* Not given ones are NULL, also beyond those of the command line: verbs look at most at two. */
	options->args = calloc((size_t)argc + 2, sizeof *options->args);
	if (!options->args)
		return alm_fail_memory(err, (size_t)argc * sizeof *options->args);
	options->context.db_path = db && *db ? db : "almanac.db";
	const struct argp own = {verb->options, verb->parse, 0, 0, 0, 0, 0};
	const struct {
		enum verb_takes takes;
		const struct argp *argp;
	} groups[] = {{VERB_FORMAT, &format}, {VERB_SETTINGS, &options_settings}, {VERB_CELLS, &cells},
		{VERB_THREADS, &threads}};
	struct argp_child children[3 + sizeof groups / sizeof *groups] = {{&own, 0, 0, 0}};
	int n = 1;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (verb->takes & groups[i].takes)
			children[n++] = (struct argp_child){groups[i].argp, 0, 0, 0};
	children[n] = (struct argp_child){&common, 0, 0, 0};
	const struct argp root = {NULL, parse_root, verb->args_doc, verb->doc, children, 0, 0};
	err->status = ALM_OK;
	error_t failed =
		argp_parse(&root, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, NULL, options);
	if (failed && !options->answered) {
		if (err->status == ALM_OK)
			alm_fail(err, failed == ENOMEM ? ALM_NO_MEMORY : ALM_USAGE,
				"cannot read the options: %s", strerror(failed));
		return alm_fail_in(err, "%s", verb->name);
	}
	progress_init(&options->progress, options->quiet, session->stop, &session->log);
	options->context.reporter = &options->progress.reporter;
	if (verb->of_model)
		alm_about_model(options->context.reporter, options->args[0]);
	return settle(options, err);
}

void options_release(struct options *options)
{
	if (options->context.reporter) {
		progress_end(&options->progress);
		options->session->log.about = options->context.reporter->about;
	}
	alm_pairs_release(&options->settings);
	free(options->args);
}

bool options_prints(const struct options *options)
{
	return !options->quiet || options->json || options->has_format;
}
