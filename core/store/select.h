/*
 * The rows of another application's table or query, which are read and nothing else: by SQLite, where a query is one SELECT that
 * an authorizer has looked at, or through a source plugin (almanac_source.h). Internal to store.
 */
#ifndef ALM_STORE_SELECT_H
#define ALM_STORE_SELECT_H
#include "almanac_source.h"
#include "base/reporter.h"
#include "store/origin.h"
#include "store/sql.h"

struct alm_select {
	int n_columns;
	char **name;                         /* [n_columns]; owned */
	struct alm_db *db;                   /* where it runs; NULL with a plugin */
	struct alm_db *other;                /* the same when it was opened for this alone; owned */
	sqlite3_stmt *stmt;                  /* owned */
	const struct almanac_source *plugin; /* NULL = SQLite */
	struct almanac_source_connection *connection;
	struct almanac_value *value; /* [n_columns] of the row; owned */
};

/* How a source elsewhere is waited for. */
struct alm_select_manner {
	int timeout_ms;                /* for the locks of another file; 0 = the default */
	struct alm_reporter *reporter; /* who may want to stop while a server is read; NULL = nobody */
};

/*
 * Every column of every row; a table in the order in which its rows lie. db may be NULL for a source elsewhere. What is
 * at a URL is read through the plugin of its scheme. ALM_USAGE: a query that is no single SELECT, writes, or has parameters. ALM_NO_INPUT: no such
 * file or table. ALM_BAD_DATA: SQL that cannot run. ALM_UNAVAILABLE: no server, or no plugin. ALM_INTERRUPTED. Close the result.
 */
ALM_MUST_CHECK enum alm_status alm_select_open(struct alm_db *db, const struct alm_select_manner *manner,
	const struct alm_origin *source, struct alm_select *out, struct alm_error *err);
void alm_select_close(struct alm_select *select);

/* Steps; what goes wrong on the way is the data's fault and names the source. */
ALM_MUST_CHECK enum alm_status alm_select_next(
	const struct alm_select *select, const struct alm_origin *source, bool *row, struct alm_error *err);

/* The place of a column: by its exact name, else without regard to case; -1 = none, -2 = more than one. */
int alm_select_column(const struct alm_select *select, const char *name);

/* ALM_BAD_DATA for a column that is not there, or twice; lists those there are. */
ALM_MUST_CHECK enum alm_status alm_select_find(const struct alm_select *select,
	const struct alm_origin *source, const char *name, int *column, struct alm_error *err);

/* Of the row: what a column holds. */
enum alm_select_kind { ALM_SELECT_NULL, ALM_SELECT_NUMBER, ALM_SELECT_TEXT, ALM_SELECT_BYTES };
enum alm_select_kind alm_select_kind(const struct alm_select *select, int column);
double alm_select_number(const struct alm_select *select, int column);
const char *alm_select_text(
	const struct alm_select *select, int column); /* "" for NULL; until the next step */

/* The value of a column, for the reader of times; false for bytes and NULL. Valid until the next step. */
bool alm_select_value(const struct alm_select *select, int column, struct alm_stamp_value *out);

/* Whether a column was declared to hold dates or times. */
bool alm_select_declares_time(const struct alm_select *select, int column);

/* With a plugin, the same as open, next and close. */
ALM_MUST_CHECK enum alm_status alm_plugin_open(struct alm_select *select, struct alm_reporter *reporter,
	const struct alm_origin *source, struct alm_error *err);
ALM_MUST_CHECK enum alm_status alm_plugin_next(
	const struct alm_select *select, const struct alm_origin *source, bool *row, struct alm_error *err);
void alm_plugin_close(struct alm_select *select);

#endif
