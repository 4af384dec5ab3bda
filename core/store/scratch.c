#include "store/scratch.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* A connection of its own: the notes must neither be journaled nor take the place of the dataset's pages in memory. */
struct alm_scratch {
	sqlite3 *raw; /* NULL before the first note */
	sqlite3_stmt *put, *get_before;
};

enum { KIND = 1, SERIES, TIME, BYTES };

static enum alm_status fail(const struct alm_scratch *scratch, int code, struct alm_error *err)
{
	if ((code & 0xff) == SQLITE_NOMEM)
		return alm_fail_memory(err, 1);
	return alm_fail(err, ALM_IO,
		"notes about rows cannot be kept in the folder for temporary files: %s; name another with "
		"SQLITE_TMPDIR",
		scratch->raw ? sqlite3_errmsg(scratch->raw) : sqlite3_errstr(code));
}

static int prepare(struct alm_scratch *scratch)
{
	/* Eight megabytes of pages; lost with the process, so neither a journal nor syncs. */
	int code = sqlite3_exec(scratch->raw,
		"PRAGMA cache_size = -8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		"BEGIN; CREATE TABLE note (kind INTEGER, series INTEGER, time INTEGER, bytes BLOB,"
		" PRIMARY KEY (kind, series, time)) WITHOUT ROWID",
		NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(scratch->raw, "INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?)", -1,
			&scratch->put, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(scratch->raw,
			"SELECT time, bytes FROM note WHERE kind = ? AND series = ? AND time <= ?"
			" ORDER BY time DESC LIMIT 1",
			-1, &scratch->get_before, NULL);
	return code;
}

enum alm_status alm_scratch_new(struct alm_scratch **out, struct alm_error *err)
{
	struct alm_scratch *scratch = calloc(1, sizeof *scratch);
	if (!scratch)
		return alm_fail_memory(err, sizeof *scratch);
	*out = scratch;
	return ALM_OK;
}

void alm_scratch_close(struct alm_scratch *scratch)
{
	if (!scratch)
		return;
	sqlite3_finalize(scratch->put);
	sqlite3_finalize(scratch->get_before);
	sqlite3_close(scratch->raw);
	free(scratch);
}

static int open_file(struct alm_scratch *scratch)
{
	if (scratch->raw)
		return SQLITE_OK;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int code = sqlite3_open_v2("", &scratch->raw, flags, NULL);
	return code == SQLITE_OK ? prepare(scratch) : code;
}

static void bind_key(sqlite3_stmt *stmt, const struct alm_scratch_key *key)
{
	sqlite3_bind_int(stmt, KIND, key->kind);
	sqlite3_bind_int(stmt, SERIES, key->series);
	sqlite3_bind_int64(stmt, TIME, key->time_ms);
}

enum alm_status alm_scratch_put(struct alm_scratch *scratch, const struct alm_scratch_key *key,
	const void *bytes, size_t n_bytes, struct alm_error *err)
{
	int code = open_file(scratch);
	if (code != SQLITE_OK)
		return fail(scratch, code, err);
	bind_key(scratch->put, key);
	code = sqlite3_bind_blob64(scratch->put, BYTES, bytes, n_bytes, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(scratch->put);
	sqlite3_reset(scratch->put);
	return code == SQLITE_DONE ? ALM_OK : fail(scratch, code, err);
}

/* The latest note up to the key's time; `exact`: of that very time. */
static enum alm_status get(struct alm_scratch *scratch, struct alm_scratch_key *key, bool exact, void *bytes,
	size_t n_bytes, bool *found, struct alm_error *err)
{
	*found = false;
	if (!scratch->raw)
		return ALM_OK;
	sqlite3_stmt *stmt = scratch->get_before;
	bind_key(stmt, key);
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && (!exact || sqlite3_column_int64(stmt, 0) == key->time_ms) &&
		(size_t)sqlite3_column_bytes(stmt, 1) == n_bytes) {
		key->time_ms = sqlite3_column_int64(stmt, 0);
		memcpy(bytes, sqlite3_column_blob(stmt, 1), n_bytes);
		*found = true;
	}
	sqlite3_reset(stmt);
	return code == SQLITE_ROW || code == SQLITE_DONE ? ALM_OK : fail(scratch, code, err);
}

enum alm_status alm_scratch_get_before(struct alm_scratch *scratch, struct alm_scratch_key *key, void *bytes,
	size_t n_bytes, bool *found, struct alm_error *err)
{
	return get(scratch, key, false, bytes, n_bytes, found, err);
}

enum alm_status alm_scratch_get(struct alm_scratch *scratch, const struct alm_scratch_key *key, void *bytes,
	size_t n_bytes, bool *found, struct alm_error *err)
{
	struct alm_scratch_key at = *key;
	return get(scratch, &at, true, bytes, n_bytes, found, err);
}
