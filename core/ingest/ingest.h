/*
 * From a CSV to a dataset: which column is what, what its texts mean, and one transaction that either holds all of it or
 * changes nothing.
 */
#ifndef ALM_INGEST_INGEST_H
#define ALM_INGEST_INGEST_H
#include <stdbool.h>
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "store/dataset.h"
#include "store/db.h"
#include "time/zone.h"

/* What happens to a second row of the same series and time in one file. */
enum alm_on_duplicate { ALM_DUPLICATE_LAST, ALM_DUPLICATE_FIRST, ALM_DUPLICATE_MEAN, ALM_DUPLICATE_ERROR };

/* Nothing here is owned. */
struct alm_ingest_options {
	const char *path; /* "-" = standard input */
	const char *dataset;
	const char *time;        /* column; NULL = the first that reads as times */
	const char *time_format; /* iso, unix or strptime; NULL = recognised */
	const char *series;      /* column; NULL = one series without a name */
	const char *channels;    /* columns, comma-separated; NULL = every numeric one */
	char delimiter;          /* 0 = recognised */
	bool no_header;          /* columns are c1, c2 ... */
	const char *tz;          /* IANA zone of the times; NULL = the dataset's, or UTC when it has none */
	const char *null_text;   /* a further text for a missing value; NULL = none */
	enum alm_on_duplicate on_duplicate;
	int64_t skip_bad; /* bad rows that are left out before it is an error */
};

#define ALM_BAD_ROWS_LISTED 1000

struct alm_ingest_summary {
	char dataset[ALM_NAME_MAX + 1];
	bool created;             /* the dataset is new */
	int n_channels, n_series; /* of this file */
	uint64_t n_rows;          /* read, good ones */
	uint64_t n_inserted, n_updated, n_unchanged, n_duplicates, n_skipped, n_nulls;
	int64_t first_ms, last_ms; /* of this file */
	char time_column[ALM_NAME_MAX + 1];
	char time_format[64];                 /* as --time-format takes it */
	char zone[ALM_ZONE_NAME];             /* that the times were given in; "" = UTC */
	uint64_t n_repeated, n_skipped_local; /* rows at local times that clocks showed twice, and never */
	double seconds;
	int n_bad;
	char **bad; /* [n_bad] "file:line: reason" of the rows skipped; owned */
};

struct alm_ingest; /* a file whose head has been read */

/*
 * Opens the file and finds out what is in it, without any database. ALM_USAGE for options that do not fit the file,
 * ALM_BAD_DATA "file:line: ...", ALM_NO_INPUT. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_ingest_open(
	const struct alm_ingest_options *options, struct alm_ingest **out, struct alm_error *err);
void alm_ingest_close(struct alm_ingest *ingest); /* NULL is fine */

/*
 * Writes every row, in one transaction of its own. On failure (also ALM_INTERRUPTED) the database is as before. Release the
 * summary.
 */
ALM_MUST_CHECK enum alm_status alm_ingest_run(struct alm_ingest *ingest, struct alm_db *db,
	struct alm_reporter *reporter, struct alm_ingest_summary *out, struct alm_error *err);
void alm_ingest_summary_release(struct alm_ingest_summary *summary);

#endif
