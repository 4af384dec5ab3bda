#ifndef ALM_RUN_REFRESH_H
#define ALM_RUN_REFRESH_H
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "ingest/pull.h"
#include "store/dataset.h"

/* almanac refresh: what is new in the source of a dataset that was copied, in one transaction. */
struct alm_refresh_request {
	const char *name;
	int64_t overlap_ms; /* how far back rows are compared again */
};
struct alm_refresh_result {
	char dataset[ALM_NAME_MAX + 1];
	double seconds;
	struct alm_pull_summary pulled;
};
ALM_MUST_CHECK enum alm_status alm_run_refresh(const struct alm_context *context,
	const struct alm_refresh_request *request, struct alm_refresh_result *out, struct alm_error *err);

#endif
