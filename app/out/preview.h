/* What a dry run of ingest recognised, for people and for programs. */
#ifndef APP_OUT_PREVIEW_H
#define APP_OUT_PREVIEW_H
#include <stdio.h>
#include "base/status.h"
#include "ingest/preview.h"

ALM_MUST_CHECK enum alm_status out_preview_text(
	FILE *to, const struct alm_preview *preview, struct alm_error *err);

/* One object; missing values, and what the data does not show, are null. */
ALM_MUST_CHECK enum alm_status out_preview_json(
	FILE *to, const struct alm_preview *preview, struct alm_error *err);

#endif
