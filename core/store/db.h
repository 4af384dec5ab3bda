/*
 * A database that Almanac lives in, as a guest: own tables begin with almanac_, nothing else of the file is
 * changed. This room is the only one that speaks SQL; it hands plain rows in and out.
 */
#ifndef ALM_STORE_DB_H
#define ALM_STORE_DB_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"

struct alm_db; /* one connection; used by one thread */

enum alm_db_mode {
	ALM_DB_READ,  /* the file must exist; nothing is created, no migration runs */
	ALM_DB_WRITE, /* Almanac must be in the file; migrated to the current schema under BEGIN IMMEDIATE */
	ALM_DB_CREATE, /* as WRITE, and it moves in; the file is created (0644 less umask) when it is not there */
};

struct alm_db_options {
	enum alm_db_mode mode;
	int timeout_ms;                /* how long to wait for a lock; 0 = the default, 10,000 */
	struct alm_reporter *reporter; /* who may want to stop while a server is read; NULL = nobody */
};

/*
 * Opens path. ALM_NO_INPUT: no such file (READ, WRITE), or nothing of Almanac in it (WRITE). ALM_CANT_CREATE. ALM_BAD_DATA: no
 * SQLite database, or damaged.
 * ALM_BAD_CONFIG: schema of a newer Almanac (both numbers named). ALM_BUSY, ALM_NO_PERMISSION (read-only), ALM_IO.
 * A refused file is left byte for byte as it was, with no file beside it. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_db_open(
	const char *path, const struct alm_db_options *options, struct alm_db **out, struct alm_error *err);
/* The same, as a verb is told to: the path, timeout and reporter of its context. */
ALM_MUST_CHECK enum alm_status alm_db_enter(
	const struct alm_context *context, enum alm_db_mode mode, struct alm_db **out, struct alm_error *err);
void alm_db_close(struct alm_db *db); /* rolls back what is open; NULL is fine */

/*
 * Opens another application's database to read it, whoever's tables are in it: it is neither created nor changed, and no file
 * stays beside it that was not there. ALM_NO_INPUT, ALM_NO_PERMISSION, ALM_BAD_DATA, ALM_BUSY. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_db_open_other(
	const char *path, int timeout_ms, struct alm_db **out, struct alm_error *err);

const char *alm_db_path(const struct alm_db *db);              /* as given; owned by db */
int alm_db_timeout_ms(const struct alm_db *db);                /* of its locks, as given; 0 = the default */
struct alm_reporter *alm_db_reporter(const struct alm_db *db); /* as given */

/* The schema's number in the file: 0 when Almanac has never been here (only after READ). */
int alm_db_schema(const struct alm_db *db);

/* BEGIN IMMEDIATE, COMMIT, ROLLBACK. Not nested. A failed commit has been rolled back. */
ALM_MUST_CHECK enum alm_status alm_db_begin(struct alm_db *db, struct alm_error *err);
ALM_MUST_CHECK enum alm_status alm_db_commit(struct alm_db *db, struct alm_error *err);
void alm_db_rollback(struct alm_db *db);

#endif
