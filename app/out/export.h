/* Rows of a dataset as text that almanac ingest reads again, one at a time. */
#ifndef APP_OUT_EXPORT_H
#define APP_OUT_EXPORT_H
#include <stdio.h>
#include "run/export.h"

enum export_format { EXPORT_CSV, EXPORT_JSONL };

struct export
{
	FILE *to;
	const char *name; /* of the stream, for messages */
	enum export_format format;
	bool safe; /* texts that a spreadsheet takes for formulas get an apostrophe before them */
	struct alm_export_head head;
};

/* For alm_export_request: `to` is a struct export. ALM_IO as soon as the stream takes no more. */
enum alm_status export_begin(void *to, const struct alm_export_head *head, struct alm_error *err);
enum alm_status export_take(void *to, const struct alm_scan_row *row, struct alm_error *err);

#endif
