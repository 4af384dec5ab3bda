#ifndef ALM_RUN_CHECK_H
#define ALM_RUN_CHECK_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/violation.h"

/* almanac check: what must hold in a database, see store/audit.h and docs/reliability.md. Reads only. */
struct alm_check_request {
	bool deep; /* also load every champion, each in a process of its own */
};
struct alm_check_result {
	int schema; /* number of the file's; 0 = Almanac has never been here */
	int64_t n_models, n_versions, n_forecasts, n_datasets;
	int n_loaded; /* champions, with deep */
	double seconds;
	struct alm_violations violations; /* owned */
};
ALM_MUST_CHECK enum alm_status alm_run_check(const struct alm_context *context,
	const struct alm_check_request *request, struct alm_check_result *out, struct alm_error *err);
void alm_check_result_release(struct alm_check_result *result);

/*
 * almanac check --load: the champion of a model with its cell, as a forecast would have them, and nothing done with them.
 * What alm_run_check starts for each champion.
 */
ALM_MUST_CHECK enum alm_status alm_run_check_load(
	const struct alm_context *context, const char *model, struct alm_error *err);

#endif
