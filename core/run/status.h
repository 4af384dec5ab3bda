#ifndef ALM_RUN_STATUS_H
#define ALM_RUN_STATUS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/health.h"

/* almanac status: how models are, and which of them somebody has to look at. Reads only. */
struct alm_health_request {
	const char *model;  /* NULL = all */
	bool has_max_age;   /* judge them: */
	int64_t max_age_ms; /* the newest forecast of a champion may be that old, by the wall clock */
};
#define ALM_STALE_TEXT 512
struct alm_health_report {
	struct alm_health health;      /* owned */
	int n_stale, first;            /* models that something is wrong with, and the first of them */
	char (*stale)[ALM_STALE_TEXT]; /* [health.n] what, "" = nothing, or nobody asked; owned */
	char (*drift)
		[ALM_DRIFT_TEXT]; /* [health.n] what was found to drift of a champion, "" = nothing; owned */
};
/*
 * With has_max_age a model is stale that has no champion, whose champion has made no forecast within max_age, or whose last
 * training or forecast failed or was aborted. Whether a champion can be loaded is not tried. ALM_NO_INPUT: no such model.
 */
ALM_MUST_CHECK enum alm_status alm_run_health(const struct alm_context *context,
	const struct alm_health_request *request, struct alm_health_report *out, struct alm_error *err);
void alm_health_report_release(struct alm_health_report *report);

#endif
