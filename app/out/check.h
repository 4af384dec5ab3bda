/* What a check of a cell found, for people and for programs. */
#ifndef APP_OUT_CHECK_H
#define APP_OUT_CHECK_H
#include <stdio.h>
#include "base/status.h"
#include "run/cell_check.h"

/* In colour on a terminal, unless NO_COLOR is set. */
void out_check_text(FILE *to, const struct alm_cell_check *check);

/* {"cell", "file", "sha256", "passed", "failed", "checks": [{"name", "status", "detail", "advice"}], "facts": {...}}. */
ALM_MUST_CHECK enum alm_status out_check_json(
	FILE *to, const struct alm_cell_check *check, struct alm_error *err);

#endif
