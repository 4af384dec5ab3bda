/*
 * The statement that reads another application's table or query, and nothing but reads: one SELECT, which an authorizer
 * has looked at. Internal to store.
 */
#ifndef ALM_STORE_SELECT_H
#define ALM_STORE_SELECT_H
#include "store/source.h"
#include "store/sql.h"

struct alm_select {
	struct alm_db *db;    /* where it runs */
	struct alm_db *other; /* the same when it was opened for this alone; owned */
	sqlite3_stmt *stmt;   /* owned */
};

/*
 * Every column of every row; a table in the order in which its rows lie. db may be NULL for a source in another file, for
 * whose locks timeout_ms is. ALM_USAGE: a query that is no single SELECT, writes,
 * or has parameters. ALM_NO_INPUT: no such file or table. ALM_BAD_DATA: SQL that cannot run. Close the result.
 */
ALM_MUST_CHECK enum alm_status alm_select_open(struct alm_db *db, int timeout_ms,
	const struct alm_source *source, struct alm_select *out, struct alm_error *err);
void alm_select_close(struct alm_select *select);

/* Steps; what goes wrong on the way is the data's fault and names the source. */
ALM_MUST_CHECK enum alm_status alm_select_next(
	const struct alm_select *select, const struct alm_source *source, bool *row, struct alm_error *err);

/* The place of a column: by its exact name, else without regard to case; -1 = none, -2 = more than one. */
int alm_select_column(const struct alm_select *select, const char *name);

/* ALM_BAD_DATA for a column that is not there, or twice; lists those there are. */
ALM_MUST_CHECK enum alm_status alm_select_find(const struct alm_select *select,
	const struct alm_source *source, const char *name, int *column, struct alm_error *err);

/* The value of a column, for the reader of times; false for bytes and NULL. Valid until the next step. */
bool alm_select_value(const struct alm_select *select, int column, struct alm_stamp_value *out);

#endif
