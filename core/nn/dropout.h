/*
 * Dropout masks, one for a whole sequence (Gal and Ghahramani, NeurIPS 2016; Keras' dropout and
 * recurrent_dropout): what is dropped is dropped at every step, and what is kept is divided by the share that is kept.
 * A mask is a function of (seed, step of training, place in the batch), never of the thread that drew it.
 */
#ifndef ALM_NN_DROPOUT_H
#define ALM_NN_DROPOUT_H
#include <stddef.h>
#include <stdint.h>

/* Where the masks of a shard come from. */
struct alm_noise {
	uint64_t seed;
	uint64_t step;      /* of the optimiser: every step has masks of its own */
	uint64_t first_row; /* place of the shard's first row in the batch */
};

/* Masks that one shard needs: every place that drops has a number of its own. */
enum alm_dropout_place { ALM_DROP_HEAD = 0, ALM_DROP_LAYERS = 1, ALM_DROP_PLACES = 8 };

/* mask [rows][n]: 0 with probability `rate` (below 1), else 1 / (1 - rate). */
void alm_dropout_draw(const struct alm_noise *noise, int place, double rate, int rows, int n, float *mask);

/* Multiplies rows of n values, ld apart, by mask [rows][n]. */
void alm_dropout_apply(int rows, int n, const float *mask, float *values, int ld);

/* What values [rows][n] are once masked: written to rows that are ld apart, or added to sum [rows][n]. */
void alm_dropout_copy(int rows, int n, const float *mask, const float *values, float *to, ptrdiff_t ld);
void alm_dropout_add(int rows, int n, const float *mask, const float *values, float *sum);

#endif
