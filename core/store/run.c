#include "store/run.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "store/pairs.h"
#include "store/sql.h"

enum alm_status alm_run_begin(
	struct alm_db *db, const struct alm_run_start *start, int64_t *run_id, struct alm_error *err)
{
	char host[HOST_NAME_MAX + 1] = "";
	gethostname(host, sizeof host - 1);
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_run (kind, dataset_id, model_id, status, started, host, pid, program) "
		"VALUES (?, nullif(?, 0), nullif(?, 0), 'running', ?, ?, ?, ?)",
		"siiisis", start->kind, start->dataset_id, start->model_id, alm_sql_now_ms(), host,
		(int64_t)getpid(), ALM_VERSION);
	if (status == ALM_OK)
		*run_id = sqlite3_last_insert_rowid(alm_sql_raw(db));
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
		"?6 WHERE id = ?1",
		"isiris", run_id, word_of(result), alm_sql_now_ms(), result->duration_s,
		(int64_t)alm_exit_code(result->status), result->message);
	if (written == ALM_OK && result->facts)
		written = alm_pairs_put(db, &alm_run_facts, run_id, result->facts, err);
	return written;
}

enum alm_status alm_run_lock(
	struct alm_db *db, int64_t model_id, const char *model, int *fd, struct alm_error *err)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s-almanac-lock", alm_db_path(db)) >= (int)sizeof path)
		return alm_fail(err, ALM_CANT_CREATE, "the path of '%s' is too long", alm_db_path(db));
	int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (opened < 0)
		return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_CANT_CREATE,
			"cannot open the lock file '%s': %s", path, strerror(errno));
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = model_id, .l_len = 1};
	if (fcntl(opened, F_OFD_SETLK, &lock) == 0) {
		*fd = opened;
		return ALM_OK;
	}
	int code = errno;
	close(opened);
	if (code == EAGAIN || code == EACCES)
		return alm_fail(err, ALM_BUSY,
			"model '%s' is being trained by another process (lock file '%s'); try later", model,
			path);
	return alm_fail(err, ALM_IO, "cannot lock '%s': %s", path, strerror(code));
}

void alm_run_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

enum alm_status alm_run_recover(struct alm_db *db, int64_t model_id, int *n, struct alm_error *err)
{
	enum alm_status status = alm_sql_run(db, err,
		"UPDATE almanac_run SET status = 'aborted', ended = ?2, message = 'owner-died: its process "
		"ended before "
		"the run did' WHERE model_id = ?1 AND kind IN ('train', 'retrain') AND status = 'running'",
		"ii", model_id, alm_sql_now_ms());
	if (status == ALM_OK)
		*n = sqlite3_changes(alm_sql_raw(db));
	return status;
}
