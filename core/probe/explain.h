/*
 * Explanations of a wrong gradient, each tried on all values at once. One that holds writes its sentence.
 */
#ifndef ALM_PROBE_EXPLAIN_H
#define ALM_PROBE_EXPLAIN_H
#include "probe/evidence.h"

typedef bool alm_explanation(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES]);

/* Never anything but zero; the wrong sign; a constant factor; of parameters: one row alone. */
alm_explanation alm_is_zero, alm_is_negative, alm_is_scaled, alm_is_one_row;

/* A factor is missing or too many; another one is used; it is read at another row or unit. */
alm_explanation alm_is_factor_missing, alm_is_factor_other, alm_is_factor_shifted;

/* The right values at the wrong row or unit; of the wrong vector; in another order of indices. */
alm_explanation alm_is_shifted, alm_is_swapped, alm_is_transposed;

/* A summand is missing, turned or too many. */
alm_explanation alm_is_sum_wrong;

/* Right if the cell is given another vector in place of one that it reads: that one it takes for the other. */
alm_explanation alm_is_substituted;

/* No explanation of its own, but two vectors of saved that are one and the same. */
alm_explanation alm_is_saved_twice;

/* Values that an explanation must account for: one of few simple ones, one of hundreds. */
enum { ALM_FEW = 2, ALM_MANY = 8 };

/* Where an index may be off by: rows, units. */
struct alm_shift {
	int rows, units;
	const char *text;
};
enum { ALM_N_SHIFTS = 4 };
extern const struct alm_shift alm_shifts[ALM_N_SHIFTS];

/* Writes the sentence and returns true. */
bool alm_say(char text[ALM_CAUSE_BYTES], const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
