/*
 * Runs: one row for every execution of a verb that writes, with status, timings and message; and the locks that say
 * whose a run is and who trains a model (lock.h). They end with their process, however that ends: whoever begins a run
 * closes those that are still `running` without a holder as `aborted`, reason owner-died.
 */
#ifndef ALM_STORE_RUN_H
#define ALM_STORE_RUN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"
#include "store/model.h"

struct alm_run_start {
	const char *kind;   /* ingest train backtest forecast */
	int64_t dataset_id; /* 0 = none */
	int64_t model_id;   /* 0 = none */
};

/*
 * Writes the row as running, in a transaction of its own unless the caller has one open, and closes those whose process is
 * gone. The run's lock is held until db is closed.
 */
ALM_MUST_CHECK enum alm_status alm_run_begin(
	struct alm_db *db, const struct alm_run_start *start, int64_t *run_id, struct alm_error *err);

/* How a run went. Nothing is owned. */
struct alm_run_result {
	enum alm_status status;        /* ok, degraded, failed or aborted, and the exit code */
	bool skipped;                  /* ok, and there was nothing to do */
	int64_t dataset_id;            /* that it turned out to be about; 0 = as it began */
	double duration_s;             /* by the monotonic clock */
	const char *message;           /* NULL = none */
	const struct alm_pairs *facts; /* NULL = none */
};

/* Closes the row. */
ALM_MUST_CHECK enum alm_status alm_run_end(
	struct alm_db *db, int64_t run_id, const struct alm_run_result *result, struct alm_error *err);

/* Takes the lock of a model or returns ALM_BUSY at once, naming model and file. *fd is set on success. */
ALM_MUST_CHECK enum alm_status alm_run_lock(
	struct alm_db *db, int64_t model_id, const char *model, int *fd, struct alm_error *err);
void alm_run_unlock(int fd);

/* Closes runs that train this model and are still running as aborted (call with the lock held); *n says how many. */
ALM_MUST_CHECK enum alm_status alm_run_recover(
	struct alm_db *db, int64_t model_id, int *n, struct alm_error *err);

#endif
