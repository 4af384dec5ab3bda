/* Names out of a database, for verbs that go through all of something. */
#ifndef ALM_RUN_NAMES_H
#define ALM_RUN_NAMES_H
#include "base/context.h"
#include "base/names.h"
#include "base/status.h"

/* The names of all models. Release with alm_names_release. */
ALM_MUST_CHECK enum alm_status alm_run_models(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err);

/* The names of the datasets that refresh is for. Release with alm_names_release. */
ALM_MUST_CHECK enum alm_status alm_run_copies(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err);

#endif
