/* The run row around a verb: begun before the work, ended with it in one commit, or closed as failed. */
#ifndef ALM_STORE_LEDGER_H
#define ALM_STORE_LEDGER_H
#include "base/reporter.h"
#include "base/status.h"
#include "store/run.h"

struct alm_ledger {
	struct alm_db *db; /* not owned; NULL = not begun */
	int64_t run_id;
	double began_s;
};

/*
 * Takes the lock of a model's training and closes what is still open of trainings whose process has ended, with a note. ALM_BUSY
 * when another process has had it for all of wait_s. Give it back with alm_run_unlock.
 */
ALM_MUST_CHECK enum alm_status alm_ledger_lock(struct alm_db *db, int64_t model_id, const char *model,
	double wait_s, struct alm_reporter *reporter, int *lock, struct alm_error *err);

/* Writes the running row. What the reporter (NULL = nobody) tells from then on is about this run. */
ALM_MUST_CHECK enum alm_status alm_ledger_begin(struct alm_ledger *ledger, struct alm_db *db,
	const struct alm_run_start *start, struct alm_reporter *reporter, struct alm_error *err);

/* Ends the row well, in the transaction that the caller has open. facts may be NULL. */
ALM_MUST_CHECK enum alm_status alm_ledger_end(
	struct alm_ledger *ledger, const struct alm_pairs *facts, struct alm_error *err);

/* The same with all that can be said of it; the duration is filled in. */
ALM_MUST_CHECK enum alm_status alm_ledger_close(
	struct alm_ledger *ledger, struct alm_run_result result, struct alm_error *err);

/* A row of a run that found nothing to do for a model, in the transaction that the caller has open. */
ALM_MUST_CHECK enum alm_status alm_ledger_skip(struct alm_db *db, const char *kind, const char *model,
	const char *why, int64_t *run_id, struct alm_error *err);

/* Rolls back what is open and closes the row with the error. What goes wrong here is left out: the first error counts. */
void alm_ledger_fail(struct alm_ledger *ledger, enum alm_status status, const struct alm_error *why);

#endif
