/* The columns that tell a row's time: one, or several whose texts belong together. Internal to ingest. */
#ifndef ALM_INGEST_TIME_COLUMNS_H
#define ALM_INGEST_TIME_COLUMNS_H
#include <stdbool.h>
#include <stdint.h>
#include "ingest/source.h"
#include "time/timestamp.h"

#define ALM_TIME_COLUMNS_MAX  6
#define ALM_TIME_COLUMNS_TEXT 256 /* bytes of a time in several columns, with its zero */

struct alm_time_columns {
	int n;
	int column[ALM_TIME_COLUMNS_MAX];
};

bool alm_time_columns_have(const struct alm_time_columns *columns, int column);

/*
 * A row's time as text: of several columns, theirs joined by one blank into `joined`. NULL when the row lacks a column or
 * the text is too long to be a time.
 */
const char *alm_time_columns_text(const struct alm_time_columns *columns, const struct alm_row *row,
	char joined[static ALM_TIME_COLUMNS_TEXT], size_t *length);

/* False when the row has no time in that format. */
ALM_MUST_CHECK bool alm_time_columns_read(const struct alm_time_columns *columns,
	const struct alm_time_format *format, const struct alm_row *row, int64_t *time_ms);

#endif
