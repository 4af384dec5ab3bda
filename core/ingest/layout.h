/*
 * What each column of a file is, found from its header and its first rows or told by the user, and one row read by
 * it. Internal to ingest.
 */
#ifndef ALM_INGEST_LAYOUT_H
#define ALM_INGEST_LAYOUT_H
#include "ingest/ingest.h"
#include "ingest/number.h"
#include "ingest/sample.h"
#include "ingest/time_columns.h"

enum alm_role { ALM_ROLE_NONE, ALM_ROLE_TIME, ALM_ROLE_SERIES, ALM_ROLE_VALUES, ALM_ROLE_CATEGORY };

struct alm_layout {
	const struct alm_ingest_options *options; /* not owned */
	const char *file;                         /* for messages; not owned */
	int n_columns;
	char (*name)[ALM_NAME_MAX + 1]; /* [n_columns]; owned */
	int *by_name;        /* [n_columns] columns in the order of their names, whatever their case; owned */
	enum alm_role *role; /* [n_columns]; owned */
	struct alm_time_columns time;
	int series; /* column; -1 = none */
	int n_channels;
	int *channel; /* [n_channels] columns of values, numbers or categories by their role; owned */
	struct alm_time_format format;
	struct alm_number_style numbers;
};

/* A row with its meaning. */
struct alm_reading {
	const char *series; /* points into the row */
	size_t series_length;
	int64_t given_ms; /* the time as the row says it, local or not */
	int64_t time_ms;  /* the instant; until the row is written, the same */
	int n_nulls;
	double *values;          /* [n_channels]; the caller's; NaN = missing */
	struct alm_names *words; /* what the codes of categories among them stand for; the caller's */
};

/* What a layout is found from. Nothing is owned. */
struct alm_layout_of {
	const char *file;
	const struct alm_row *header; /* NULL = none */
	const struct alm_sample *sample;
	const struct alm_layout
		*first; /* of the first of several files, whose columns these must be; NULL = this is it */
};

/* The caller releases. */
ALM_MUST_CHECK enum alm_status alm_layout_find(struct alm_layout *layout,
	const struct alm_ingest_options *options, const struct alm_layout_of *of, struct alm_error *err);
void alm_layout_release(struct alm_layout *layout);

/* Names of the time's columns as --time takes them. */
void alm_layout_time_names(const struct alm_layout *layout, char out[static ALM_TIME_NAMES_MAX]);

/* The format as --time-format takes it. */
void alm_layout_time_format(const struct alm_layout *layout, char out[static ALM_TIME_FORMAT_TEXT]);

/* ALM_BAD_DATA "file:line: column: ..." for a row with other fields than the header, a bad time or number. */
ALM_MUST_CHECK enum alm_status alm_layout_read(const struct alm_layout *layout, const struct alm_row *row,
	struct alm_reading *out, struct alm_error *err);

/* ---- parts of alm_layout_find, each in a file of its own; errors as its */

/* The column that an option names. ALM_USAGE, with those there are. */
ALM_MUST_CHECK enum alm_status alm_layout_column(const struct alm_layout *layout, const char *option,
	const char *name, int *column, struct alm_error *err);
int alm_layout_find_column(const struct alm_layout *layout, const char *name); /* -1 = none */

/* layout_time.c: the columns of the time and their format. */
ALM_MUST_CHECK enum alm_status alm_layout_find_time(
	struct alm_layout *layout, const struct alm_layout_of *of, struct alm_error *err);

/* layout_values.c: the columns of values and how their numbers are written. */
ALM_MUST_CHECK enum alm_status alm_layout_find_values(
	struct alm_layout *layout, const struct alm_layout_of *of, struct alm_error *err);
bool alm_layout_is_null(const struct alm_layout *layout, const char *text);
/* Whether a channel's values are texts. */
static inline bool alm_layout_is_category(const struct alm_layout *layout, int channel)
{
	return layout->role[layout->channel[channel]] == ALM_ROLE_CATEGORY;
}

#endif
