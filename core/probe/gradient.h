/*
 * All that backward says at one sample, beside finite differences of forward. What comes from each state of next is
 * measured apart, the state being the way by which the gradient came in: d_next is zero in the others. The parameters'
 * gradient is measured for each row apart, too, by a d_next that is zero in the other rows.
 */
#ifndef ALM_PROBE_GRADIENT_H
#define ALM_PROBE_GRADIENT_H
#include <stdbool.h>
#include <stddef.h>
#include "probe/difference.h"
#include "probe/trial.h"

enum { ALM_MOST_PICKS = 8, ALM_N_SLOPES = 4 };

/* The places of gradients, and the input that each belongs to. */
struct alm_slope {
	enum alm_place gradient, input;
};
extern const struct alm_slope alm_slopes[ALM_N_SLOPES];

struct alm_gradient {
	const struct alm_call *call;       /* the sample; d_next as for all ways together */
	int n_picks, pick[ALM_MOST_PICKS]; /* units at which inputs are moved: all of up to 8 */
	/* Of each slope, [ways][vectors][rows][picks]. */
	struct alm_difference *expected[ALM_N_SLOPES];
	float *found[ALM_N_SLOPES];
	double *moved, *noise; /* [ways][rows][steps], [ways][rows]: of the input that is moved */
	void *map;
	size_t n_map_bytes;
};

/* One value of a slope. */
struct alm_at {
	int slope, way, vector, row, pick;
};

/* Measures. Uses bench->other. False without memory. Release with alm_gradient_free. */
ALM_MUST_CHECK bool alm_gradient_measure(struct alm_gradient *gradient, struct alm_bench *bench);
void alm_gradient_free(struct alm_gradient *gradient);

/* d_next of `other` becomes that of the sample by one way, in one row only or in all (-1), and zero elsewhere. */
void alm_gradient_choose_way(const struct alm_call *call, struct alm_call *other, int way, int only_row);

const struct alm_difference *alm_gradient_expected(
	const struct alm_gradient *gradient, const struct alm_at *at);
double alm_gradient_found(const struct alm_gradient *gradient, const struct alm_at *at);

/*
 * Whether the row's values are compared: not those of prev at a first step, for a state a little off zero may be none that
 * a cell makes.
 */
bool alm_gradient_asks(const struct alm_gradient *gradient, int slope, int row);

/* Root mean square of what is expected of a vector by one way. */
double alm_gradient_size(const struct alm_gradient *gradient, int slope, int way, int vector);

#endif
