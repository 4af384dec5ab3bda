/* What the layers of a network are told about one run over a shard of sequences. Plain views; nothing is owned. */
#ifndef ALM_NN_PASS_H
#define ALM_NN_PASS_H
#include <stddef.h>
#include "nn/dropout.h"

/*
 * R rows of T steps. A row's sequence may end early: later steps neither change its state nor get a gradient, and its
 * inputs there must be finite. A pass may go on where one of `first` steps ended: then only the steps from `first` on are
 * run, of all rows.
 */
struct alm_pass {
	int rows, n_steps, first;
	const int *lengths;  /* [R] steps of each sequence in the pass from step 0: 1..T; NULL = all T */
	const int *channels; /* [R] channel of each row, for networks that embed it; else NULL */
	const int *
		embedded; /* [R] which vector each row has, 0 = the mean, for networks that have some; else NULL */
	const struct alm_noise *noise; /* dropout, in training; NULL = none */
};

/* Vectors of steps and rows somewhere in memory: that of (step, row) is at + step * step_ld + row * ld. */
struct alm_rows {
	float *at;
	ptrdiff_t step_ld, ld;
};

static inline float *alm_rows_at(const struct alm_rows *rows, int step, int row)
{
	return rows->at + step * rows->step_ld + row * rows->ld;
}

/* The weights of a network: as they are stored and as the kernel wants them. */
struct alm_weights {
	const float *params, *packed;
};

#endif
