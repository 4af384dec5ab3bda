/*
 * SQLite with our errors: every result code goes through one map, every statement is bound by a format. Internal to
 * store, the only room that includes sqlite3.h.
 *
 * A format has a letter for each parameter: i int64_t, r double (NaN is NULL), s const char * (NULL is NULL; must live
 * until the statement is done), b const void * and size_t.
 */
#ifndef ALM_STORE_SQL_H
#define ALM_STORE_SQL_H
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

/* The connection of db. */
sqlite3 *alm_sql_raw(struct alm_db *db);

/* The descriptor that holds the locks of db's runs: -1 until there is one; closed with db. See lock.h. */
int *alm_sql_lock(struct alm_db *db);

/* The error for a result code, with what the connection says of it. */
enum alm_status alm_sql_fail(struct alm_db *db, int code, struct alm_error *err);

/* Runs statements that give no rows. */
ALM_MUST_CHECK enum alm_status alm_sql_exec(struct alm_db *db, const char *sql, struct alm_error *err);

/* A statement that will be used again: binding and stepping are the caller's. Finalise with sqlite3_finalize. */
ALM_MUST_CHECK enum alm_status alm_sql_prepare(
	struct alm_db *db, const char *sql, sqlite3_stmt **out, struct alm_error *err);

/* Prepares and binds. */
ALM_MUST_CHECK enum alm_status alm_sql_query(struct alm_db *db, sqlite3_stmt **out, struct alm_error *err,
	const char *sql, const char *format, ...);

/* Steps: *row says whether there is one. */
ALM_MUST_CHECK enum alm_status alm_sql_next(
	struct alm_db *db, sqlite3_stmt *stmt, bool *row, struct alm_error *err);

/* Prepares, binds, runs to the end and finalises. */
ALM_MUST_CHECK enum alm_status alm_sql_run(
	struct alm_db *db, struct alm_error *err, const char *sql, const char *format, ...);

/* The first column of the first row, or `none`. */
ALM_MUST_CHECK enum alm_status alm_sql_integer(struct alm_db *db, int64_t *out, int64_t none,
	struct alm_error *err, const char *sql, const char *format, ...);

/* A text column; never NULL. Valid until the next step. */
const char *alm_sql_text(sqlite3_stmt *stmt, int column);

/* Milliseconds since 1970 now. */
int64_t alm_sql_now_ms(void);

#endif
