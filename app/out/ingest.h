/* What an ingest did, for people and for programs. */
#ifndef APP_OUT_INGEST_H
#define APP_OUT_INGEST_H
#include <stdio.h>
#include "base/status.h"
#include "ingest/ingest.h"

void out_ingest_text(FILE *to, const struct alm_ingest_summary *summary);

/* One object; its members are those of the summary. */
ALM_MUST_CHECK enum alm_status out_ingest_json(
	FILE *to, const struct alm_ingest_summary *summary, struct alm_error *err);

#endif
