/*
 * The likely cause of a wrong gradient, by trying explanations on all values of the vector that is wrong: one that
 * accounts for every value is told.
 */
#ifndef ALM_PROBE_CAUSE_H
#define ALM_PROBE_CAUSE_H
#include "probe/gradient.h"

enum { ALM_CAUSE_BYTES = 200 };

/* The vector of a slope that is wrong, and by which ways. */
struct alm_suspect {
	const struct alm_gradient *gradient;
	struct alm_call *other; /* of the same shape, for trying things */
	int slope, vector;
	bool wrong[16]; /* [ways] */
};

/* Writes what is likely, or what the wrong values do not look like; never leaves text empty. */
void alm_cause_of(const struct alm_suspect *suspect, char text[ALM_CAUSE_BYTES]);

#endif
