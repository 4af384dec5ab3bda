/* What ingest would make of files, found out by reading all of them and writing nothing. */
#ifndef ALM_INGEST_PREVIEW_H
#define ALM_INGEST_PREVIEW_H
#include "base/tally.h"
#include "ingest/ingest.h"
#include "time/freq.h"

#define ALM_PREVIEW_ROWS 5

struct alm_preview_column {
	char name[ALM_NAME_MAX + 1];
	const char *type; /* of its first rows: integer, real, text, empty; static */
	const char *
		role; /* time, series, channel, category, "a series" of a wide table, or "left out"; static */
};

struct alm_preview_row {
	char *series; /* "" = the only one; owned */
	int64_t time_ms;
	double *values; /* [n_channels], NaN = missing; owned */
};

struct alm_preview {
	/* Of the first file. */
	char *file;                 /* owned */
	const char *kind, *packing; /* csv ...; gzip, zstd or none; static */
	char encoding[48];          /* "UTF-8" ... */
	char decimal;               /* '.' or ',' */
	int n_columns;
	struct alm_preview_column *columns; /* [n_columns]; owned */
	int n_channels;
	int *channel; /* [n_channels] columns; owned */
	int n_rows;
	struct alm_preview_row row[ALM_PREVIEW_ROWS];
	struct alm_names words; /* what the codes of categories stand for; owned */
	struct alm_tally
		*tally; /* [n_channels] how often each word of a category is there, in all files; owned */

	/* Of all files: its files, rows, series, times and bad rows; dataset, created and what was written are not set. */
	struct alm_ingest_summary summary;
	bool has_freq;
	struct alm_freq freq;
	uint64_t n_gaps, n_missing; /* steps of the grid without a row, inside the series */
	int64_t longest_gap;        /* steps; 0 = none */
	int64_t longest_gap_ms;     /* the first time that is missing in it */
	uint64_t n_off_grid;        /* times between two steps */
	uint64_t n_repeated;        /* rows whose series and time an earlier one has */
	int64_t first_repeated_ms;
};

/* Errors as of alm_ingest_run; the rows of the ingest are used up. Release. */
ALM_MUST_CHECK enum alm_status alm_ingest_preview(struct alm_ingest *ingest, struct alm_reporter *reporter,
	struct alm_preview *out, struct alm_error *err);
void alm_preview_release(struct alm_preview *preview);

#endif
