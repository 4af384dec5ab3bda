/* The levels of --quantiles: rising, between 0 and 1. */
#ifndef ALM_MODEL_LEVELS_H
#define ALM_MODEL_LEVELS_H
#include "base/status.h"
#include "model/spec.h"
#include "nn/loss.h"

/*
 * Up to ALM_LEVELS_MAX of them. ALM_USAGE naming --quantiles for one that is no share, not above the one before it, too
 * many, and with --loss quantile when 0.5, the point forecast, is not among them.
 */
ALM_MUST_CHECK enum alm_status alm_levels_read(
	const struct alm_spec *spec, float out[static ALM_LEVELS_MAX], int *n, struct alm_error *err);

/* A level as it was written: 0.1f is 0.1 in the database. */
double alm_levels_value(float level);

#endif
