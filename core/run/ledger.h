/* The run row around a verb: begun before the work, ended with it in one commit, or closed as failed. Internal to run. */
#ifndef ALM_RUN_LEDGER_H
#define ALM_RUN_LEDGER_H
#include "base/status.h"
#include "store/run.h"

struct alm_ledger {
	struct alm_db *db; /* not owned; NULL = not begun */
	int64_t run_id;
	double began_s;
};

/* Writes the running row. */
ALM_MUST_CHECK enum alm_status alm_ledger_begin(struct alm_ledger *ledger, struct alm_db *db,
	const struct alm_run_start *start, struct alm_error *err);

/* Ends the row well, in the transaction that the caller has open. facts may be NULL. */
ALM_MUST_CHECK enum alm_status alm_ledger_end(
	struct alm_ledger *ledger, const struct alm_pairs *facts, struct alm_error *err);

/* The same of what was done but for a part, and why. */
ALM_MUST_CHECK enum alm_status alm_ledger_end_degraded(
	struct alm_ledger *ledger, const char *why, struct alm_error *err);

/* Rolls back what is open and closes the row with the error. What goes wrong here is left out: the first error counts. */
void alm_ledger_fail(struct alm_ledger *ledger, enum alm_status status, const struct alm_error *why);

#endif
