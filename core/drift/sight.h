/*
 * The newest rows of a channel beside what it was in training, and the newest errors beside those before: what came out, and
 * above what it is drift. docs/drift.md has the reasons of every limit.
 */
#ifndef ALM_DRIFT_SIGHT_H
#define ALM_DRIFT_SIGHT_H
#include "store/drift.h"

/* A negative one is not looked at. */
struct alm_drift_limits {
	double psi;     /* no index up to it is drift */
	double missing; /* share of rows above the worst window of the training */
	double range;   /* share of values that lie clearly out of the training's range */
	double error;   /* of Page and Hinkley's test, in deviations */
};

/* What has been seen of a channel in the newest window. */
struct alm_drift_sight {
	double counts[ALM_DRIFT_BINS];
	int64_t n_rows, n_observed; /* there should be; have a value */
	int64_t n_outside;
};

/* A value of the channel. */
void alm_drift_see(const struct alm_drift_reference *reference, int64_t time_ms, double scaled,
	struct alm_drift_sight *sight);

/* Adds what the rows tell, unless training was too short to know. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_drift_judge(const struct alm_drift_reference *reference,
	const struct alm_drift_sight *sight, const struct alm_drift_limits *limits,
	struct alm_drift_findings *out, struct alm_error *err);

/*
 * Adds what errors tell: `nights` of one version by time, references its own. A forecast takes part when half of its `expected` values (horizon)
 * have been observed, and none that overlaps with the one before: span_ms after span_ms. ALM_NO_MEMORY.
 */
ALM_MUST_CHECK enum alm_status alm_drift_judge_errors(const struct alm_drift_references *references,
	const struct alm_drift_night *nights, size_t n, int64_t horizon, int64_t span_ms,
	const struct alm_drift_limits *limits, struct alm_drift_findings *out, struct alm_error *err);

/*
 * The logarithm of a mean absolute error over n values, in units of the baseline's usual one, and a hundredth of that more: that of a night without any is
 * a number, too.
 */
double alm_drift_log_error(double sum, double n);

/*
 * By how much a night is worse than usual: the smaller of what the model's error exceeds its mean by, and its ratio to the baseline's. A season in which
 * everything is harder to forecast raises only the first, one in which yesterday is a good forecast only the second; a model that has become worse both.
 */
double alm_drift_excess(const struct alm_drift_error *usual, double model, double baseline);

#endif
