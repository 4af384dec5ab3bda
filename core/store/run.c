#include "store/run.h"
#include <limits.h>
#include <unistd.h>
#include "store/lock.h"
#include "store/pairs.h"
#include "store/sql.h"

#define OWNER_DIED "owner-died: its process ended before the run did"

/* Closes one run if nobody holds its byte. */
static enum alm_status close_if_dead(struct alm_db *db, int64_t run_id, struct alm_error *err)
{
	bool held;
	enum alm_status status = alm_lock_held(db, ALM_LOCK_RUNS + run_id, &held, err);
	if (status != ALM_OK || held)
		return status;
	return alm_sql_run(db, err,
		"UPDATE almanac_run SET status = 'aborted', ended = ?2, message = ?3 WHERE id = ?1", "iis",
		run_id, alm_sql_now_ms(), OWNER_DIED);
}

/*
 * Runs of whatever kind whose process is gone. A training keeps its model's byte too, but an Almanac before run bytes held
 * nothing else: as long as somebody holds that, its runs are left to alm_run_recover.
 */
static enum alm_status close_dead(struct alm_db *db, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT id, coalesce(model_id, 0) FROM almanac_run WHERE status = 'running'", "");
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		int64_t model_id = sqlite3_column_int64(stmt, 1);
		bool held = false;
		if (model_id > 0)
			status = alm_lock_held(db, model_id, &held, err);
		if (status == ALM_OK && !held)
			status = close_if_dead(db, sqlite3_column_int64(stmt, 0), err);
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status put_run(
	struct alm_db *db, const struct alm_run_start *start, int64_t *run_id, struct alm_error *err)
{
	char host[HOST_NAME_MAX + 1] = "";
	gethostname(host, sizeof host - 1);
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_run (kind, dataset_id, model_id, status, started, host, pid, program) "
		"VALUES (?, nullif(?, 0), nullif(?, 0), 'running', ?, ?, ?, ?)",
		"siiisis", start->kind, start->dataset_id, start->model_id, alm_sql_now_ms(), host,
		(int64_t)getpid(), ALM_VERSION);
	if (status != ALM_OK)
		return status;
	*run_id = sqlite3_last_insert_rowid(alm_sql_raw(db));
	/* Before the commit: nobody sees the row without its lock. */
	return alm_lock_keep(db, ALM_LOCK_RUNS + *run_id, err);
}

enum alm_status alm_run_begin(
	struct alm_db *db, const struct alm_run_start *start, int64_t *run_id, struct alm_error *err)
{
	bool own = sqlite3_get_autocommit(alm_sql_raw(db)) != 0;
	enum alm_status status = own ? alm_db_begin(db, err) : ALM_OK;
	if (status == ALM_OK)
		status = close_dead(db, err);
	if (status == ALM_OK)
		status = put_run(db, start, run_id, err);
	if (status == ALM_OK && own)
		status = alm_db_commit(db, err);
	if (status != ALM_OK && own)
		alm_db_rollback(db);
	return status;
}

static const char *word_of(const struct alm_run_result *result)
{
	switch (result->status) {
	case ALM_OK:
		return result->skipped ? "skipped" : "ok";
	case ALM_DEGRADED:
		return "degraded";
	case ALM_INTERRUPTED:
		return "aborted";
	default:
		return "failed";
	}
}

enum alm_status alm_run_end(
	struct alm_db *db, int64_t run_id, const struct alm_run_result *result, struct alm_error *err)
{
	enum alm_status written = alm_sql_run(db, err,
		"UPDATE almanac_run SET status = ?2, ended = ?3, duration_s = ?4, exit_code = ?5, message = "
		"?6, dataset_id = coalesce(nullif(?7, 0), dataset_id) WHERE id = ?1",
		"isirisi", run_id, word_of(result), alm_sql_now_ms(), result->duration_s,
		(int64_t)alm_exit_code(result->status), result->message, result->dataset_id);
	if (written == ALM_OK && result->facts)
		written = alm_pairs_put(db, &alm_run_facts, run_id, result->facts, err);
	return written;
}

enum alm_status alm_run_lock(
	struct alm_db *db, int64_t model_id, const char *model, int *fd, struct alm_error *err)
{
	bool taken;
	enum alm_status status = alm_lock_take(db, model_id, fd, &taken, err);
	if (status != ALM_OK || taken)
		return status;
	return alm_fail(err, ALM_BUSY,
		"model '%s' is being trained by another process (lock file '%s-almanac-lock'); try later",
		model, alm_db_path(db));
}

void alm_run_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

enum alm_status alm_run_recover(struct alm_db *db, int64_t model_id, int *n, struct alm_error *err)
{
	enum alm_status status = alm_sql_run(db, err,
		"UPDATE almanac_run SET status = 'aborted', ended = ?2, message = ?3 "
		"WHERE model_id = ?1 AND kind IN ('train', 'retrain') AND status = 'running'",
		"iis", model_id, alm_sql_now_ms(), OWNER_DIED);
	if (status == ALM_OK)
		*n = sqlite3_changes(alm_sql_raw(db));
	return status;
}
