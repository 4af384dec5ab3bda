/*
 * What a channel usually is at an instant: the mean of its hour of the week, and on top of it a constant and up to two waves of a year.
 * A week in winter is not like the whole of the training, but it is not drift either: what is compared is what is left. Hours of the week are UTC's,
 * from Thursday 00:00 on, when 1970 began.
 */
#ifndef ALM_DRIFT_USUAL_H
#define ALM_DRIFT_USUAL_H
#include <stdint.h>
#include "store/drift.h"

/* The waves of a year at an instant: 1, cosine and sine of one turn a year, and of two. */
void alm_usual_waves(int64_t time_ms, double out[static ALM_DRIFT_YEAR]);

/* Hour of the week, 0..167. */
int alm_usual_hour(int64_t time_ms);

/* The usual value. */
double alm_usual(const struct alm_drift_reference *reference, int64_t time_ms);

/*
 * Least squares for the first n terms of the waves: `square` [n][n] sums of products of waves, `right` [n] of waves and values, both
 * are overwritten. What the data cannot tell is left out: its factor is 0.
 */
void alm_usual_solve(int n, double square[static ALM_DRIFT_YEAR * ALM_DRIFT_YEAR],
	double right[static ALM_DRIFT_YEAR], double out[static ALM_DRIFT_YEAR]);

#endif
