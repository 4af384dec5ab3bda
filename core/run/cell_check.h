#ifndef ALM_RUN_CELL_CHECK_H
#define ALM_RUN_CELL_CHECK_H
#include <limits.h>
#include <stdint.h>
#include "base/context.h"
#include "base/hash.h"
#include "base/status.h"
#include "check/results.h"

/* almanac cell check: everything that can be found out about a cell before it is trusted. Needs no database. */
struct alm_cell_check_request {
	const char *cell; /* a file when it has a slash, else the name of a cell on the path */
	uint64_t seed;    /* of the first round */
	int n_seeds;      /* rounds, >= 1 */
	int timeout_ms;
};
struct alm_cell_check {
	char path[PATH_MAX];        /* of the file */
	char sha256[ALM_HASH_TEXT]; /* "" when it could not be read */
	double seconds;
	struct alm_check_results results; /* release with alm_check_results_release */
};

/*
 * ALM_OK also when checks failed: see results.n_failed. ALM_NO_INPUT: no such file. ALM_UNAVAILABLE: no such cell, or no
 * almanac-cellcheck. ALM_NO_SANDBOX: the cell was not run, as there is nothing to shut it in with.
 */
ALM_MUST_CHECK enum alm_status alm_run_cell_check(const struct alm_context *context,
	const struct alm_cell_check_request *request, struct alm_cell_check *out, struct alm_error *err);

#endif
