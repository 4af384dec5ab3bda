#ifndef ALM_RUN_INGEST_H
#define ALM_RUN_INGEST_H
#include "base/context.h"
#include "base/status.h"
#include "ingest/ingest.h"
#include "ingest/preview.h"

/* almanac ingest */
ALM_MUST_CHECK enum alm_status alm_run_ingest(const struct alm_context *context,
	const struct alm_ingest_options *options, struct alm_ingest_summary *out, struct alm_error *err);

/* almanac ingest --dry-run. Opens no database; the options' dataset may be NULL. Release with alm_preview_release. */
ALM_MUST_CHECK enum alm_status alm_run_ingest_preview(const struct alm_context *context,
	const struct alm_ingest_options *options, struct alm_preview *out, struct alm_error *err);

#endif
