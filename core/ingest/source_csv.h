/*
 * Rows of text out of a CSV file or standard input, by libcsv: quoting as in RFC 4180, a byte-order mark is skipped,
 * lines end in LF, CRLF or CR. Memory is bounded whatever the file holds.
 */
#ifndef ALM_INGEST_SOURCE_CSV_H
#define ALM_INGEST_SOURCE_CSV_H
#include <stddef.h>
#include "base/status.h"

#define ALM_CSV_ROW_MAX (1024 * 1024) /* bytes of a row */

struct alm_csv; /* one thread */

struct alm_csv_row {
	int n;
	const char **
		field; /* [n] terminated texts, blanks around them cut off; until the next row is asked for */
	const size_t *length; /* [n] */
	long line;            /* where the row begins, from 1 */
};

/*
 * path "-" is standard input. delimiter 0 takes the one of comma, semicolon, tab and bar that the first line has most
 * of. ALM_NO_INPUT: no such file. ALM_BAD_DATA: a folder, UTF-16. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_csv_open(
	const char *path, char delimiter, struct alm_csv **out, struct alm_error *err);
void alm_csv_close(struct alm_csv *csv); /* NULL is fine */

/* The name for messages: the file's, or "stdin". */
const char *alm_csv_name(const struct alm_csv *csv);

/* *row is NULL at the end. Empty lines are passed over. ALM_BAD_DATA "file:line: ..."; ALM_IO; ALM_INTERRUPTED. */
ALM_MUST_CHECK enum alm_status alm_csv_next(
	struct alm_csv *csv, const struct alm_csv_row **row, struct alm_error *err);

#endif
