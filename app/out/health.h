/* How models are, for people and for programs. */
#ifndef APP_OUT_HEALTH_H
#define APP_OUT_HEALTH_H
#include <stdio.h>
#include "base/status.h"
#include "run/status.h"

/* A line a model. */
void out_health_text(FILE *to, const struct alm_health_report *report);

/* {"models": [{"model", "champion", ..., "stale"}], "stale": how many} */
ALM_MUST_CHECK enum alm_status out_health_json(
	FILE *to, const struct alm_health_report *report, struct alm_error *err);

#endif
