/*
 * Starts the process that runs a cell (almanac-cellcheck), reads what it finds, and ends it with all it may have started:
 * when it is done, when its time is over, or when it does not keep to the form. Every way in which it can end is a finding.
 */
#ifndef ALM_CHECK_WATCH_H
#define ALM_CHECK_WATCH_H
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "check/image.h"
#include "check/results.h"

struct alm_watch_options {
	const char *shown;                   /* the file's own name, "gru.so" */
	const struct alm_image *cell, *peer; /* peer: to compare the speed with, NULL = none */
	uint64_t seed;
	int n_seeds;
	int timeout_ms;                      /* on the clock, for all of it */
	const struct alm_reporter *reporter; /* whether to stop */
};

/*
 * Adds what was found. ALM_UNAVAILABLE: the program almanac-cellcheck is neither beside this one nor in ../lib/almanac.
 * ALM_NO_SANDBOX: this system has nothing to close the process off with; the cell was not loaded. ALM_INTERRUPTED.
 */
ALM_MUST_CHECK enum alm_status alm_check_watch(
	const struct alm_watch_options *options, struct alm_check_results *results, struct alm_error *err);

#endif
