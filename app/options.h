/*
 * The command line of a verb, read by argp: its own options, those every verb has, those of verbs that run a
 * network, and the settings of a model out of spec.def. Errors become the one line that main prints.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H
#include <argp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "out/out.h"
#include "out/progress.h"
#include "session.h"
#include "store/model.h"

/* What is special to a verb. Static. */
struct verb {
	const char *name;
	const char *args_doc, *doc;        /* as argp takes them */
	int least, most;                   /* arguments */
	bool of_model;                     /* the first argument is a model */
	const struct argp_option *options; /* its own; keys from OPTIONS_KEY on; NULL = none */
	argp_parser_t parse;               /* of those; NULL = none */
	enum verb_takes {
		VERB_CELLS = 1,    /* takes --cell-path */
		VERB_THREADS = 2,  /* takes --threads */
		VERB_SETTINGS = 4, /* takes the settings of a model */
		VERB_FORMAT = 8,   /* takes --format */
	} takes;                   /* or'ed */
};

#define OPTIONS_KEY 256 /* above every character: no option has a short name */

/* The first member of every verb's options, which a parser gets as state->input. */
struct options {
	const struct verb *verb;
	struct alm_error *err;
	struct session *session;
	struct alm_context context; /* for the verb's function */
	struct progress progress;
	const char **args; /* [n_args], then at least two NULL; owned, the texts are argv's */
	int n_args;
	bool json, quiet;
	bool has_format;
	enum out_format format;    /* OUT_json too when --json is given */
	bool answered;             /* --help or --version: there is nothing more to do */
	struct alm_pairs settings; /* of the model, as given; owned */
};

/*
 * Reads argv (argv[0] is the verb) into options, whose other members the caller has set to their defaults. ALM_USAGE
 * "verb: ...". Release options also after an error.
 */
ALM_MUST_CHECK enum alm_status options_parse(struct options *options, const struct verb *verb,
	struct session *session, int argc, char **argv, struct alm_error *err);
void options_release(struct options *options);

/* Whether a verb that has written its result into the database should print it too. */
bool options_prints(const struct options *options);

/* For parsers: a whole number in least..most into *out, or EINVAL with the error made. */
error_t options_count(const struct options *options, const char *option, const char *text, int64_t least,
	int64_t most, int64_t *out);

/* For parsers: a length of time such as 36h, which is no number of rows or months, into *out_ms, or EINVAL. */
error_t options_time(const struct options *options, const char *option, const char *text, int64_t *out_ms);

/* The same in seconds. */
error_t options_seconds(const struct options *options, const char *option, const char *text, double *out_s);

/* For parsers: EINVAL when there is an error. */
error_t options_status(enum alm_status status);

/* The settings of a model as options; the pairs go into options->settings. */
extern const struct argp options_settings;

#endif
