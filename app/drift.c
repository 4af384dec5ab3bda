#include "drift.h"
#include <stdio.h>
#include <string.h>
#include "store/drift.h"

error_t drift_fail_on(const struct options *options, const char *text, bool *drift)
{
	*drift = strcmp(text, "drift") == 0;
	return *drift ? 0
		      : options_status(alm_fail(
				options->err, ALM_USAGE, "--fail-on: expected drift, found '%s'", text));
}

enum alm_status drift_tell(const struct options *options, const struct alm_about *about, const char *what,
	bool fail, enum alm_status status, struct alm_error *err)
{
	char line[ALM_ABOUT_MODEL + ALM_DRIFT_TEXT + 32];
	snprintf(line, sizeof line, "model '%s' drifts: %s", about->model, what);
	if (fail && (status == ALM_OK || status == ALM_UNCHANGED)) {
		if (options->context.reporter)
			options->context.reporter->about = *about;
		return alm_fail(err, ALM_DRIFTED, "%s", line);
	}
	log_warning(&options->session->log, about, line);
	return status;
}
