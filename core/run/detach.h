#ifndef ALM_RUN_DETACH_H
#define ALM_RUN_DETACH_H
#include <stdbool.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset.h"

/*
 * almanac detach: forgets where an attached dataset's rows are, and the dataset with it unless they were copied. ALM_USAGE: it
 * was not attached, or models are trained on it.
 */
struct alm_detach_result {
	char dataset[ALM_NAME_MAX + 1];
	char source[ALM_ORIGIN_TEXT]; /* for people */
	bool copied;                  /* the dataset stays, with its rows */
};
ALM_MUST_CHECK enum alm_status alm_run_detach(const struct alm_context *context, const char *name,
	struct alm_detach_result *out, struct alm_error *err);

#endif
