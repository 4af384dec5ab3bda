/*
 * How much forecasts move beside what they forecast: the variance of the forecasts over that of the observations, each about the mean
 * of its stretch, so that the levels of different series do not count. A network that has given up forecasts a constant: its
 * error may still be passable, its share is 0.
 */
#ifndef ALM_EVAL_SPREAD_H
#define ALM_EVAL_SPREAD_H
#include <stddef.h>

/* Sums of one forecaster and channel. Zeroed to begin. */
struct alm_spread {
	int frame; /* the stretch that is being added, counted from 1; 0 = none yet */
	size_t n;
	double actual_mean, actual_square; /* of the stretch, by Welford's recurrence */
	double forecast_mean, forecast_square;
	double actual, forecast; /* sums of squares of the stretches before it */
};

/* Adds a point of a frame of the panel; frames come one after the other. */
void alm_spread_add(struct alm_spread *spread, int frame, double actual, double forecast);

/* The share; NaN when the observations do not move. */
double alm_spread_share(const struct alm_spread *spread);

#endif
