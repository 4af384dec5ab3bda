/*
 * What is told on standard error: errors, warnings, notes and progress, a line each, in a form that people read, or journald, or a
 * program. A password that a text holds in a URL or a connection string is never shown.
 */
#ifndef APP_OUT_LOG_H
#define APP_OUT_LOG_H
#include <stddef.h>
#include "base/reporter.h"
#include "base/status.h"

/* The numbers are those of syslog(3), which sd-daemon(3) has before a line: "<3>almanac: ...". */
enum log_level { LEVEL_ERROR = 3, LEVEL_WARNING, LEVEL_NOTICE, LEVEL_INFO };

enum log_form {
	LOG_TEXT,    /* a line as it is */
	LOG_JOURNAL, /* with its level before it */
	LOG_JSON     /* one object a line: time, level, verb, model, run, code, message */
};

/* All zero but for `least`: text, of every level, about nothing. */
struct log {
	enum log_form form;
	enum log_level least;   /* what is graver is told, and what is of this level */
	const char *verb;       /* NULL = none yet; not owned */
	struct alm_about about; /* model and run of a line that has none of its own */
};

/*
 * Text, but for the journal when standard error is connected to it ($JOURNAL_STREAM, systemd.exec(5)), or as the last --log-format of
 * a command line says. That is looked for before any verb has read its options, whose errors are told in this form already; what is
 * no form is left to them.
 */
void log_init(struct log *log, char *const *argv);

/* ALM_USAGE, naming the option and what it takes. */
ALM_MUST_CHECK enum alm_status log_form_parse(const char *text, enum log_form *out, struct alm_error *err);
ALM_MUST_CHECK enum alm_status log_level_parse(const char *text, enum log_level *out, struct alm_error *err);

/* One line about what is given, or NULL = what the log is about. */
void log_write(const struct log *log, enum log_level level, const struct alm_about *about, const char *text);

/* The same of an outcome that is not ALM_OK: "almanac: ..." and the exit code. What was done all the same is a warning. */
void log_status(
	const struct log *log, enum alm_status status, const struct alm_about *about, const char *text);

/* A warning with "almanac: " before it, of a verb that goes on. */
void log_warning(const struct log *log, const struct alm_about *about, const char *text);

/* Copies a text into out (size bytes, always terminated) with *** in the place of every password: of a URL's user, and after password=. */
void log_mask(const char *text, char *out, size_t size);

#endif
