#ifndef ALM_RUN_PROMOTE_H
#define ALM_RUN_PROMOTE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset.h"

/* almanac promote, rollback: another version becomes champion, now and by hand. */
struct alm_promote_request {
	const char *model;
	int version;   /* to promote */
	bool rollback; /* the champion before today's instead */
};
struct alm_promote_result {
	char model[ALM_NAME_MAX + 1];
	int before, version; /* champion before (0 = none) and now */
	int64_t run_id;      /* 0: it was champion already, and nothing was written */
};
/* The version must be one that loads. ALM_NO_INPUT: no such version, or none to roll back to. Errors of loading it. */
ALM_MUST_CHECK enum alm_status alm_run_promote(const struct alm_context *context,
	const struct alm_promote_request *request, struct alm_promote_result *out, struct alm_error *err);

#endif
