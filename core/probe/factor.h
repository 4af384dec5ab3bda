/*
 * What a backward multiplies with: each vector that it can read, as it is and in the forms that derivatives of tanh,
 * sigmoid and of convex sums have. For explaining a wrong gradient by a factor that is missing, too many, or another.
 */
#ifndef ALM_PROBE_FACTOR_H
#define ALM_PROBE_FACTOR_H
#include "probe/call.h"

enum alm_form {
	ALM_FORM_ONE, /* no factor at all */
	ALM_FORM_PLAIN,
	ALM_FORM_REST,    /* 1 - v */
	ALM_FORM_MORE,    /* 1 + v */
	ALM_FORM_TANH,    /* 1 - v^2 */
	ALM_FORM_SIGMOID, /* v (1 - v) */
	ALM_FORM_SQUARE,  /* v^2 */
	ALM_N_FORMS
};

/* A factor: a form of a vector, read at its own row and unit or some away. */
struct alm_factor {
	enum alm_form form;
	enum alm_place place;
	int vector;
	int rows_off, units_off;
};

enum { ALM_MOST_FACTORS = 320 };

/* All factors of a cell, no factor at all first, the likely before the unlikely; returns how many. */
int alm_factors_of(const struct almanac_cell *cell, struct alm_factor factors[ALM_MOST_FACTORS]);

/* Its value at a row and unit; not a number beyond the ends. */
double alm_factor_value(const struct alm_call *call, const struct alm_factor *factor, int row, int unit);

/* "(1 - saved[1]^2)". */
void alm_factor_name(
	const struct almanac_cell *cell, const struct alm_factor *factor, char *text, size_t n_bytes);

#endif
