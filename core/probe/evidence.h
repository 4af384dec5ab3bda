/*
 * The values of a wrong vector that explanations are tried on, and how well one fits them. An explanation holds when it
 * accounts for every value to within its tolerance, and for enough values that are not near zero anyway.
 */
#ifndef ALM_PROBE_EVIDENCE_H
#define ALM_PROBE_EVIDENCE_H
#include "probe/cause.h"

/* One value. */
struct alm_case {
	struct alm_at at;
	int unit; /* of the pick */
	double expected, found, tolerance;
};

enum { ALM_MOST_CASES = 1024 };

struct alm_evidence {
	const struct alm_suspect *suspect;
	bool taken[16]; /* [ways] that the cases are of */
	int n;
	struct alm_case cases[ALM_MOST_CASES];
};

/* The cases of the given ways that can be trusted. */
void alm_evidence_gather(struct alm_evidence *evidence, const struct alm_suspect *suspect, const bool *ways);

/* An explanation under trial: begins as {0}. */
struct alm_fit {
	int n_telling; /* values that are not near zero */
	int n_off;     /* values that it does not account for */
	int n_left_out;
};

/* What it says of a value and what is so. Stop when n_off is not zero. Not a number: nothing is said. */
void alm_fit_add(struct alm_fit *fit, double said, double is, double tolerance);

/*
 * Whether it holds. One of hundreds that are tried needs eight values: the chance that a wrong one meets even one within
 * a thousandth is a thousandth.
 */
bool alm_fit_holds(const struct alm_fit *fit, int least);

/* What another vector of this or another slope is expected to be at a case's way, row and unit; NAN if that is unsure. */
double alm_evidence_other(
	const struct alm_evidence *evidence, const struct alm_case *of, int slope, int vector);

#endif
