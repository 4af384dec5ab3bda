/*
 * A first look at a table, view or query that is to become a dataset: which column is what, by the options and by the
 * first thousand rows. Nothing is written.
 *
 * The column of times, where it is not named: the first that is called time, date, datetime, timestamp, ds, date_time or
 * ts; else the first that is declared as a DATE or TIME; else the first whose texts read as times. The channels: every
 * other column that holds a number, but ids and the primary key.
 */
#ifndef ALM_STORE_INSPECT_H
#define ALM_STORE_INSPECT_H
#include <stdbool.h>
#include "store/dataset.h"

/* Nothing here is owned. */
struct alm_inspect_options {
	const char *location;        /* absolute path of another SQLite file, or a URL; NULL = the database */
	const char *relation;        /* a table or view, or NULL */
	const char *query;           /* one SELECT, or NULL */
	const char *time;            /* column; NULL = found */
	const char *time_format;     /* as alm_stamp_parse takes it; NULL = recognised */
	const char *series;          /* columns, comma-separated; NULL = one series without a name */
	const char *channels;        /* columns, comma-separated; NULL = found */
	const char *channels_option; /* "--channels" or "--target", for messages */
	const char *category;        /* further columns, whose values are texts; NULL = none */
	const char *url;             /* the location with its password; NULL = as it is */
	struct alm_reporter *reporter; /* who may want to stop */
	int timeout_ms;                /* for the locks of another file; 0 = the default */
};

struct alm_inspection {
	struct alm_origin source;
	enum alm_time_unit unit;
	int n_channels;
	char **channels;    /* [n_channels]; owned */
	bool *category;     /* [n_channels] its values are texts; owned */
	bool recognised;    /* the format of times was */
	char left_out[512]; /* columns that nobody asked about and that hold no numbers, "a, b"; "" = none */
};

/*
 * db may be NULL for a source in another file. ALM_USAGE for options that do not fit, ALM_NO_INPUT, ALM_BAD_DATA. The caller
 * releases.
 */
ALM_MUST_CHECK enum alm_status alm_inspect(struct alm_db *db, const struct alm_inspect_options *options,
	struct alm_inspection *out, struct alm_error *err);
void alm_inspection_release(struct alm_inspection *found);

#endif
