/*
 * Inputs that a cell can meet: products of ordinary or of large size, states that the cell itself has made, parameters
 * around their initial values, options within their range. All depend on (seed, number of the sample) alone.
 */
#ifndef ALM_PROBE_SAMPLE_H
#define ALM_PROBE_SAMPLE_H
#include <stdint.h>
#include "probe/call.h"

/* What one call is made with. */
struct alm_sample {
	uint64_t seed;
	int number;   /* 0, 1, ...: options are at their value, their low end, their high end, in between */
	double scale; /* of pre and rec: 1 = standard normal */
};

/* Options and parameters; begins with those that the cell's init makes, if it has one. */
void alm_sample_params(const struct alm_sample *sample, struct alm_call *call);

/*
 * Everything that forward reads. The states are those after a few steps from zero by other products of the same size, but
 * for row 0 of several, which is at its first step.
 */
void alm_sample_forward(const struct alm_sample *sample, struct alm_call *call);

/* Whether a row is at its first step, its states zero. */
bool alm_sample_is_first(const struct alm_call *call, int row);

/* pre and rec anew, by a stream: a number from 0 on. */
void alm_sample_gates(const struct alm_sample *sample, int stream, struct alm_call *call);

/* d_next of one state (-1 = of all), between 1/2 and 1 away from zero on either side; zero in the others. */
void alm_sample_d_next(const struct alm_sample *sample, int state, struct alm_call *call);

#endif
