/*
 * From files to a dataset: which column is what, what its texts mean, and one transaction that either holds all of it or
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

/* What happens to a second row of the same series and time in one ingest. */
enum alm_on_duplicate { ALM_DUPLICATE_LAST, ALM_DUPLICATE_FIRST, ALM_DUPLICATE_MEAN, ALM_DUPLICATE_ERROR };

/* Nothing here is owned. */
struct alm_ingest_options {
	const char *const *
		paths; /* [n_paths] "-" = standard input; patterns as in glob(7) where no file has that name */
	int n_paths;
	const char *encoding; /* as iconv calls it; NULL = UTF-8, or what a byte-order mark says */
	const char *dataset;
	const char *time;        /* columns, separated by blanks; NULL = the first that reads as times */
	const char *time_format; /* iso, unix or strptime; NULL = recognised */
	const char *tz;          /* IANA zone of the times; NULL = the dataset's, or UTC when it has none */
	const char *kept_tz;     /* zone that a new dataset is taken to have had before; NULL = none */
	const char *series;      /* column; NULL = one series without a name */
	const char *channels;    /* columns, comma-separated; NULL = every numeric one */
	const char *category;    /* further columns, whose values are texts; NULL = none */
	const char *
		wide_channel; /* every value column is a series of this one channel; NULL = columns are channels */
	char delimiter;       /* 0 = recognised */
	char decimal;         /* '.' or ','; 0 = a point, and "1,234" is asked about */
	bool no_header;       /* columns are c1, c2 ... */
	const char *null_text; /* a further text for a missing value; NULL = none */
	enum alm_on_duplicate on_duplicate;
	int64_t skip_bad; /* bad rows that are left out before it is an error */
};

#define ALM_BAD_ROWS_LISTED 1000
#define ALM_TIME_NAMES_MAX  (6 * (ALM_NAME_MAX + 1)) /* names of the columns of a time, between blanks */

#define ALM_TIME_FORMAT_TEXT 64 /* bytes of a format as --time-format takes it, with its zero */

struct alm_ingest_summary {
	char dataset[ALM_NAME_MAX + 1];
	int64_t dataset_id;
	bool created; /* the dataset is new */
	int n_files;
	int n_channels, n_series; /* of these files */
	uint64_t n_rows;          /* read, good ones */
	uint64_t n_inserted, n_updated, n_unchanged, n_duplicates, n_skipped, n_nulls;
	int64_t first_ms, last_ms;              /* of these files */
	char time_column[ALM_TIME_NAMES_MAX];   /* of the first file, as --time takes it */
	char time_format[ALM_TIME_FORMAT_TEXT]; /* as --time-format takes it */
	char zone[ALM_ZONE_NAME];               /* that the times were given in; "" = UTC */
	uint64_t n_repeated, n_skipped_local;   /* rows at local times that clocks showed twice, and never */
	double seconds;
	int n_bad;
	char **bad; /* [n_bad] "file:line: reason" of the rows skipped; owned */
};

struct alm_ingest; /* files, of which the first one's head has been read */

/*
 * Looks for all files, opens the first and finds out what is in it, without any database. ALM_USAGE for options that do
 * not fit it, ALM_BAD_DATA "file:line: ...", ALM_NO_INPUT. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_ingest_open(
	const struct alm_ingest_options *options, struct alm_ingest **out, struct alm_error *err);
void alm_ingest_close(struct alm_ingest *ingest); /* NULL is fine */

/*
 * Writes every row of every file, in the transaction that the caller has open: after a failure, which ALM_INTERRUPTED is too, it
 * is to be rolled back. Release the summary.
 */
ALM_MUST_CHECK enum alm_status alm_ingest_write(struct alm_ingest *ingest, struct alm_db *db,
	struct alm_reporter *reporter, struct alm_ingest_summary *out, struct alm_error *err);

/* The same in a transaction of its own. On failure the database is as before. */
ALM_MUST_CHECK enum alm_status alm_ingest_run(struct alm_ingest *ingest, struct alm_db *db,
	struct alm_reporter *reporter, struct alm_ingest_summary *out, struct alm_error *err);
void alm_ingest_summary_release(struct alm_ingest_summary *summary);

#endif
