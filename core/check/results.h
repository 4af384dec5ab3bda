/*
 * What was found about a cell, each thing once by its name: what failed in one round of checks prevails over what passed
 * in the others.
 */
#ifndef ALM_CHECK_RESULTS_H
#define ALM_CHECK_RESULTS_H
#include "base/status.h"
#include "probe/log.h"

#define ALM_RESULTS_MAX 4096 /* more is refused: what comes in is not trusted */

struct alm_check_results {
	int n, n_failed, n_passed;
	struct alm_check_record
		*items; /* [n], passed, failed and facts, in the order of their coming; owned */
};

/* Takes a record that passed, failed or is a fact; what was there with that name is kept or replaced. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_check_results_add(
	struct alm_check_results *results, const struct alm_check_record *record, struct alm_error *err);
void alm_check_results_release(struct alm_check_results *results);

/* The same, made of parts, that failed. */
ALM_MUST_CHECK enum alm_status alm_check_results_fail(struct alm_check_results *results, const char *name,
	const char *detail, const char *advice, struct alm_error *err);

/* The detail of a fact; NULL when there is none of that name. Lives as long as the results are not added to. */
const char *alm_check_results_fact(const struct alm_check_results *results, const char *name);

#endif
