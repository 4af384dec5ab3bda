/* The description of a dataset on standard output, for people and as JSON. */
#ifndef APP_OUT_DESCRIBE_H
#define APP_OUT_DESCRIBE_H
#include "run/describe.h"

ALM_MUST_CHECK enum alm_status describe_text(
	const struct alm_description *description, struct alm_error *err);
ALM_MUST_CHECK enum alm_status describe_json(
	const struct alm_description *description, struct alm_error *err);

#endif
