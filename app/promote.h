/* What promote and rollback do when their command lines have been read. */
#ifndef APP_PROMOTE_H
#define APP_PROMOTE_H
#include "options.h"
#include "run/promote.h"

/* Makes the version champion and prints it as the options want. Errors of alm_run_promote. */
ALM_MUST_CHECK enum alm_status promote_and_print(
	const struct options *options, const struct alm_promote_request *request, struct alm_error *err);

#endif
