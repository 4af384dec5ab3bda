/* Rows on a stream, in one of the forms of out.def. Whether the stream took them is checked once, by main. */
#ifndef APP_OUT_OUT_H
#define APP_OUT_OUT_H
#include <stdio.h>
#include "base/status.h"
#include "store/json.h"
#include "store/show.h"

enum out_format {
#define OUT(name) OUT_##name,
#include "out/out.def"
#undef OUT
};

/* `title` names the rows where the form has a place for it (the one member of the JSON object). */
typedef enum alm_status out_rows(
	FILE *to, const char *title, const struct alm_text_table *rows, struct alm_error *err);

#define OUT(name) out_rows out_##name;
#include "out/out.def"
#undef OUT

/* ALM_USAGE, listing the forms there are. */
ALM_MUST_CHECK enum alm_status out_format_parse(
	const char *text, enum out_format *out, struct alm_error *err);

ALM_MUST_CHECK enum alm_status out_print(FILE *to, enum out_format format, const char *title,
	const struct alm_text_table *rows, struct alm_error *err);

/* Prints a finished JSON text as one line. */
ALM_MUST_CHECK enum alm_status out_json_text(FILE *to, struct alm_json *json, struct alm_error *err);

#endif
