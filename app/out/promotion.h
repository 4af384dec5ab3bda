/* Who is champion now, for people and for programs. */
#ifndef APP_OUT_PROMOTION_H
#define APP_OUT_PROMOTION_H
#include <stdio.h>
#include "base/status.h"
#include "run/promote.h"

void out_promotion_text(FILE *to, const struct alm_promote_result *result);

/* {"model", "before", "champion", "changed", "run"} */
ALM_MUST_CHECK enum alm_status out_promotion_json(
	FILE *to, const struct alm_promote_result *result, struct alm_error *err);

#endif
