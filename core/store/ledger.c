#include "store/ledger.h"
#include <time.h>

/* From one look at a lock that is held to the next. */
#define LOOK_S 0.1

enum alm_status alm_ledger_lock(struct alm_db *db, int64_t model_id, const char *model, double wait_s,
	struct alm_reporter *reporter, int *lock, struct alm_error *err)
{
	double began_s = alm_monotonic_s();
	int taken = -1, n_aborted = 0;
	enum alm_status status = alm_run_lock(db, model_id, model, &taken, err);
	while (status == ALM_BUSY && alm_monotonic_s() - began_s < wait_s && !alm_stopped(reporter)) {
		nanosleep(&(struct timespec){.tv_nsec = (long)(LOOK_S * 1e9)}, NULL);
		status = alm_run_lock(db, model_id, model, &taken, err);
	}
	if (status == ALM_OK)
		status = alm_run_recover(db, model_id, &n_aborted, err);
	if (status != ALM_OK) {
		alm_run_unlock(taken);
		return status;
	}
	if (n_aborted > 0)
		alm_note(reporter, "closed %d earlier run%s of model '%s' whose process had ended", n_aborted,
			n_aborted > 1 ? "s" : "", model);
	*lock = taken;
	return ALM_OK;
}

enum alm_status alm_ledger_begin(struct alm_ledger *ledger, struct alm_db *db,
	const struct alm_run_start *start, struct alm_reporter *reporter, struct alm_error *err)
{
	int64_t run_id;
	enum alm_status status = alm_run_begin(db, start, &run_id, err);
	if (status != ALM_OK)
		return status;
	*ledger = (struct alm_ledger){.db = db, .run_id = run_id, .began_s = alm_monotonic_s()};
	alm_about_run(reporter, run_id);
	return ALM_OK;
}

enum alm_status alm_ledger_close(
	struct alm_ledger *ledger, struct alm_run_result result, struct alm_error *err)
{
	result.duration_s = alm_monotonic_s() - ledger->began_s;
	return alm_run_end(ledger->db, ledger->run_id, &result, err);
}

enum alm_status alm_ledger_end(
	struct alm_ledger *ledger, const struct alm_pairs *facts, struct alm_error *err)
{
	return alm_ledger_close(ledger, (struct alm_run_result){.facts = facts}, err);
}

enum alm_status alm_ledger_skip(struct alm_db *db, const char *kind, const char *model, const char *why,
	int64_t *run_id, struct alm_error *err)
{
	struct alm_model found;
	struct alm_ledger ledger = {0};
	enum alm_status status = alm_model_find(db, model, &found, err);
	if (status != ALM_OK)
		return status;
	struct alm_run_start start = {.kind = kind, .dataset_id = found.dataset_id, .model_id = found.id};
	alm_model_release(&found);
	status = alm_ledger_begin(&ledger, db, &start, NULL, err);
	if (status != ALM_OK)
		return status;
	*run_id = ledger.run_id;
	return alm_ledger_close(&ledger, (struct alm_run_result){.skipped = true, .message = why}, err);
}

void alm_ledger_fail(struct alm_ledger *ledger, enum alm_status status, const struct alm_error *why)
{
	if (!ledger->db)
		return;
	alm_db_rollback(ledger->db);
	enum alm_status written = alm_ledger_close(ledger,
		(struct alm_run_result){
			.status = status, .message = why ? why->text : alm_status_text(status)},
		NULL);
	(void)written;
}
