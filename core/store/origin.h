/*
 * Where the rows of a dataset come from that the application keeps itself: a table, view or query of this database, of
 * another SQLite file or of a server, with its columns and the encoding of its times. Rows are only ever read from there.
 *
 * Several id columns make one name of a series: their texts joined by '/', after '%' and '/' within one have been
 * written as %25 and %2F, so that no two series get the same name. A single id column is taken as it is. NULL is ''.
 */
#ifndef ALM_STORE_ORIGIN_H
#define ALM_STORE_ORIGIN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/names.h"
#include "base/status.h"
#include "store/db.h"
#include "time/stamp.h"

#define ALM_ORIGIN_IDS_MAX  16
#define ALM_ORIGIN_TEXT     256  /* bytes that alm_origin_describe needs */
#define ALM_SCHEMA_SOURCES  5    /* the schema that has sources */
#define ALM_SERIES_TEXT_MAX 4096 /* bytes of the name of a series */

struct alm_origin {
	char *location; /* absolute path of another SQLite file, or a URL; NULL = the database itself; owned */
	char *relation; /* a table or view, or NULL; owned */
	char *query;    /* one SELECT, or NULL; owned */
	char *time;     /* column; owned */
	struct alm_stamp format;
	int n_ids;
	char *ids[ALM_ORIGIN_IDS_MAX]; /* [n_ids] columns; owned */
	bool copied;                   /* its rows are also in the dataset's own table */

	/* Not kept; not owned. */
	const char *url; /* with the password that a location that is a URL has not; NULL = the location */
};

/* Whether a location is a URL, and its scheme into the buffer (NULL = not wanted). */
#define ALM_SCHEME_MAX 31
bool alm_origin_is_url(const char *location, char scheme[ALM_SCHEME_MAX + 1]);

void alm_origin_release(struct alm_origin *source);

/* "table 'orders' in '/srv/app.db'", for messages and summaries. */
const char *alm_origin_describe(const struct alm_origin *source, char out[static ALM_ORIGIN_TEXT]);

/* The record of a dataset; *out is NULL when its rows came from files. The caller releases and frees *out. */
ALM_MUST_CHECK enum alm_status alm_origin_load(
	struct alm_db *db, int64_t dataset_id, struct alm_origin **out, struct alm_error *err);

/* Writes the record, in the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_origin_save(
	struct alm_db *db, int64_t dataset_id, const struct alm_origin *source, struct alm_error *err);

/* Adds the names of all datasets that are copies. */
ALM_MUST_CHECK enum alm_status alm_origin_copies(
	struct alm_db *db, struct alm_names *out, struct alm_error *err);

/*
 * Forgets the record, in the caller's transaction, and with it the dataset, unless its rows are in a table of its own: then it
 * stays, as one that came from files. What the application keeps is not touched. ALM_USAGE: models are trained on it.
 */
ALM_MUST_CHECK enum alm_status alm_origin_forget(
	struct alm_db *db, int64_t dataset_id, const struct alm_origin *source, struct alm_error *err);

/* A row with its meaning, valid until the next one is asked for. */
struct alm_origin_row {
	const char *series; /* terminated */
	size_t series_length;
	int64_t time_ms;
	const double *values; /* [n_channels] finite, NaN = missing */
	int n_nulls;
};

/* What of a source is read. Nothing here is owned. */
struct alm_origin_columns {
	int n;
	const char *const *names; /* [n] */
	const bool *category;     /* [n] its values are texts, and come as codes of `words`; NULL = none is */
	struct alm_names *words;  /* outlives the cursor */
};

/*
 * Reads the rows in the order of the table or query. ALM_NO_INPUT: the file or table is not there (any more).
 * ALM_BAD_DATA: a column is not there, a time that cannot be read, text where a number should be; names the source, row,
 * column and what to do. Source and names must outlive the cursor, which sees one state of the data. The caller closes.
 */
struct alm_origin_cursor;
ALM_MUST_CHECK enum alm_status alm_origin_open(struct alm_db *db, const struct alm_origin *source,
	const struct alm_origin_columns *columns, struct alm_origin_cursor **out, struct alm_error *err);

/* *row is NULL at the end. */
ALM_MUST_CHECK enum alm_status alm_origin_next(
	struct alm_origin_cursor *cursor, const struct alm_origin_row **row, struct alm_error *err);
void alm_origin_close(struct alm_origin_cursor *cursor); /* NULL is fine */

#endif
