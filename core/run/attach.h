#ifndef ALM_RUN_ATTACH_H
#define ALM_RUN_ATTACH_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset.h"

/* almanac attach: a dataset over a table, view or query that is there. */
struct alm_attach_request {
	const char *name;
	const char *from;            /* another SQLite file; NULL = the database */
	const char *table, *query;   /* exactly one */
	const char *time;            /* column; NULL = found */
	const char *time_format;     /* NULL = recognised */
	const char *series;          /* columns, comma-separated; NULL = one series */
	const char *channels;        /* columns, comma-separated; NULL = found */
	const char *channels_option; /* the option that named them */
	const char *category; /* further columns, whose values are texts, comma-separated; NULL = none */
	bool copy;            /* into a table of our own */
};
struct alm_attach_result {
	char dataset[ALM_NAME_MAX + 1];
	char source[ALM_ORIGIN_TEXT]; /* for people */
	char time_column[ALM_NAME_MAX + 1];
	char time_format[64]; /* as --time-format takes it */
	char time_words[64];  /* for people */
	bool recognised;      /* the format was */
	bool copied;
	int n_channels, n_series;
	uint64_t n_rows, n_duplicates, n_nulls; /* rows of the source; of those a time seen before */
	int64_t first_ms, last_ms;              /* only when there are rows */
	double seconds;
};
ALM_MUST_CHECK enum alm_status alm_run_attach(const struct alm_context *context,
	const struct alm_attach_request *request, struct alm_attach_result *out, struct alm_error *err);

#endif
