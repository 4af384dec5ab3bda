#ifndef ALM_RUN_SHOW_H
#define ALM_RUN_SHOW_H
#include "base/context.h"
#include "base/status.h"
#include "store/show.h"

/* almanac show WHAT: datasets sources channels models versions runs forecasts scores cells. */
ALM_MUST_CHECK enum alm_status alm_run_show(const struct alm_context *context, const char *what,
	const char *name, int limit, struct alm_text_table *out, struct alm_error *err);

#endif
