/*
 * What each column of a CSV is, found from its header and its first rows or told by the user, and one row read by
 * it. Internal to ingest.
 */
#ifndef ALM_INGEST_LAYOUT_H
#define ALM_INGEST_LAYOUT_H
#include "ingest/ingest.h"
#include "ingest/sample.h"
#include "time/timestamp.h"

struct alm_layout {
	const struct alm_ingest_options *options; /* not owned */
	const char *file;                         /* for messages; not owned */
	int n_columns;
	char (*name)[ALM_NAME_MAX + 1]; /* [n_columns]; owned */
	int time, series;               /* columns; series -1 = none */
	int n_channels;
	int *channel; /* [n_channels] columns; owned */
	struct alm_time_format format;
};

/* A row with its meaning. */
struct alm_reading {
	const char *series; /* points into the row */
	size_t series_length;
	int64_t time_ms;
	int n_nulls;
	double *values; /* [n_channels]; the caller's; NaN = missing */
};

/*
 * header is NULL when the file has none. Columns of text that nobody asked for are left out and noted. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_layout_find(struct alm_layout *layout,
	const struct alm_ingest_options *options, const char *file, const struct alm_csv_row *header,
	const struct alm_sample *sample, struct alm_error *err);
void alm_layout_release(struct alm_layout *layout);

/* ALM_BAD_DATA "file:line: column: ..." for a row with other fields than the header, a bad time or number. */
ALM_MUST_CHECK enum alm_status alm_layout_read(const struct alm_layout *layout, const struct alm_csv_row *row,
	struct alm_reading *out, struct alm_error *err);

#endif
