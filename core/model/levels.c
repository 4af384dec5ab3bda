#include "model/levels.h"
#include <stdio.h>
#include <stdlib.h>

/* Whether a loss has an output for each level, so that it knows no other. */
static bool learns_levels(const struct alm_spec *spec)
{
	return alm_loss_at(spec->loss)->width == 0;
}

enum alm_status alm_levels_read(
	const struct alm_spec *spec, float out[static ALM_LEVELS_MAX], int *n, struct alm_error *err)
{
	const char *text = spec->quantiles;
	bool has_median = false;
	for (*n = 0; *n == 0 || *text == ','; ++*n) {
		char *end;
		text += *text == ',';
		double level = strtod(text, &end);
		if (end == text || (*end != ',' && *end != '\0') || !(level > 0 && level < 1))
			return alm_fail(err, ALM_USAGE,
				"--quantiles: expected levels between 0 and 1 such as 0.1,0.5,0.9, found "
				"'%s'",
				spec->quantiles);
		if (*n == ALM_LEVELS_MAX)
			return alm_fail(err, ALM_USAGE, "--quantiles: more than %d levels", ALM_LEVELS_MAX);
		if (*n > 0 && (float)level <= out[*n - 1])
			return alm_fail(
				err, ALM_USAGE, "--quantiles: %g is not above the level before it", level);
		out[*n] = (float)level;
		has_median |= level == 0.5;
		text = end;
	}
	if (learns_levels(spec) && !has_median)
		return alm_fail(err, ALM_USAGE,
			"--quantiles: --loss quantile needs 0.5 among them, found '%s'; it is the point "
			"forecast",
			spec->quantiles);
	return ALM_OK;
}

double alm_levels_value(float level)
{
	char text[32];
	snprintf(text, sizeof text, "%.6g", (double)level);
	return strtod(text, NULL);
}
