#ifndef ALM_RUN_PRUNE_H
#define ALM_RUN_PRUNE_H
#include "base/context.h"
#include "base/status.h"

/* almanac prune: drops the weights of old versions of a model, or of all models. *n says of how many. */
struct alm_prune_request {
	const char *model; /* NULL = all */
	int keep;          /* newest versions of each; the newest champions keep theirs anyway */
};
ALM_MUST_CHECK enum alm_status alm_run_prune(const struct alm_context *context,
	const struct alm_prune_request *request, int *n, struct alm_error *err);

#endif
