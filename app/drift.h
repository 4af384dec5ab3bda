/* What the verbs that look for drift tell of it. */
#ifndef APP_DRIFT_H
#define APP_DRIFT_H
#include <stdbool.h>
#include "options.h"

/* For parsers: --fail-on drift, the only thing it knows. */
error_t drift_fail_on(const struct options *options, const char *text, bool *drift);

/*
 * Tells that a model drifts: as a warning, or, where a verb that has gone well so far is to fail on it, as its error. Returns the verb's status.
 */
ALM_MUST_CHECK enum alm_status drift_tell(const struct options *options, const struct alm_about *about,
	const char *what, bool fail, enum alm_status status, struct alm_error *err);

#endif
