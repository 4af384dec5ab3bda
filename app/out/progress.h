/*
 * The reporter of the command line, on standard error: on a terminal one line with a bar that is redrawn at most ten
 * times a second; elsewhere notes, and a line of progress every few seconds; nothing when quiet.
 */
#ifndef APP_OUT_PROGRESS_H
#define APP_OUT_PROGRESS_H
#include <signal.h>
#include <stdbool.h>
#include "base/reporter.h"
#include "out/log.h"

struct progress {
	struct alm_reporter reporter; /* the first member: a reporter is handed back as one of these */
	const struct log *log;        /* not owned */
	bool terminal, colour, drawn; /* drawn: there is a bar to be wiped off */
	bool utf8;
	double last_s; /* when something was last printed */
};

/* `stop` is handed on to the rooms. Standard error is asked what it is. The log outlives the reporter. */
void progress_init(
	struct progress *progress, bool quiet, const volatile sig_atomic_t *stop, const struct log *log);

/* From now on nothing is told. */
void progress_quiet(struct progress *progress);

/* Wipes the bar off, before anything else is printed. */
void progress_end(struct progress *progress);

#endif
