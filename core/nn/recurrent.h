/*
 * A recurrent layer around any cell: the host's loop over time, its matrix products and their gradients.
 * Everything here works on one shard of `rows` sequences; shards share only the weights, which it does not
 * write.
 *
 * Letters: T steps, R rows of the shard, F inputs, U units, G gates, S states, K saved, P the cell's own
 * parameters. Each step has one buffer Z_t [R][F | 1 | U] = x_t, one, h_(t-1), so a step is one product with
 * the bias in it:
 *
 *      pre_t = Z_t [W; b; U]                  summed cells, one product
 *      pre_t = Z_t[x 1] [W; b]   rec_t = Z_t[1 h] [c; U]          SPLIT cells, two
 *
 * and backward  d[W; b; U] += Z_t^T d_pre_t,  d_x_t = d_pre_t W^T,  d_h_(t-1) += d_pre_t U^T. The tensors lie
 * in memory in the order W [F][G][U], b [G][U], (c [G][U]), U [U][G][U], the cell's own [U] each, so the
 * stacked matrices need no copy.
 */
#ifndef ALM_NN_RECURRENT_H
#define ALM_NN_RECURRENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "almanac_cell.h"
#include "base/arena.h"
#include "base/status.h"
#include "linalg/gemm.h"
#include "nn/params.h"

/* A layer's shape and where its tensors begin. Plain data. */
struct alm_recurrent {
	const struct almanac_cell *cell; /* not owned */
	const struct alm_kernel *kernel;
	int n_inputs, units;  /* F, U */
	int ld;               /* floats from one row of Z to the next: F + 1 + U, rounded up */
	size_t w, b, c, u, p; /* offsets into the parameter block; c only for SPLIT */
	size_t pack_forward, pack_split, pack_back_h, pack_back_x; /* offsets into the packed weights */
};

/* Declares the layer's tensors as "<prefix>.W" ... and the packed space it needs (added to *n_packed floats).
 */
ALM_MUST_CHECK enum alm_status alm_recurrent_init(struct alm_recurrent *layer,
	const struct almanac_cell *cell, const struct alm_kernel *kernel, int n_inputs, int units,
	const char *prefix, struct alm_params *params, size_t *n_packed, struct alm_error *err);

/*
 * Initial values: W Glorot uniform (2010) and U orthogonal (Saxe et al. 2014) gate by gate, biases zero but
 * for the cell's gate_bias, the cell's own parameters at their declared value. Each depends on (seed, tensor)
 * only.
 */
void alm_recurrent_initialise(const struct alm_recurrent *layer, uint64_t seed, int index, float *params);

/* Packs the weights for the products below; after every change of params. */
void alm_recurrent_pack(const struct alm_recurrent *layer, const float *params, float *packed);

/* The buffers of one shard: made from an arena, used again and again. */
struct alm_recurrent_work {
	int n_steps, max_rows;
	bool training;
	float *z;      /* [T + 1][R][ld] */
	float *pre;    /* [T or 1][R][G][U] */
	float *rec;    /* [T or 1][R][G][U]; SPLIT */
	float *states; /* [T + 1 or 2][S][R][U]; state t + 1 is after step t */
	float *saved;  /* [T][K][R][U]; training */
	float *d_pre;  /* [chunk][R][G][U]; training */
	float *d_rec;  /* [chunk][R][G][U]; training, SPLIT */
	float *d_next; /* [S][R][U] */
	float *d_prev; /* [S][R][U] */
};

size_t alm_recurrent_work_bytes(const struct alm_recurrent *layer, int n_steps, int max_rows, bool training);
void alm_recurrent_work_init(struct alm_recurrent_work *work, const struct alm_recurrent *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena);

/* Where the caller writes x_t of a row: F floats. Rows lie layer->ld apart, steps rows * ld. */
float *alm_recurrent_input(const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows,
	int step, int row);

/*
 * Runs all steps from zero states over the inputs in Z. Outputs h_t go to the next layer's inputs when
 * `above` is given; the last one is in the states either way: alm_recurrent_output, [R][U].
 */
void alm_recurrent_forward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const float *params, const float *packed, int rows, const struct alm_recurrent *above,
	struct alm_recurrent_work *above_work);
const float *alm_recurrent_output(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows);

/*
 * The gradient of the same. d_last [R][U] is the loss's gradient of the last output (NULL = none); d_outputs,
 * [T][R][U] (NULL = none), of every step's output. Adds to grads (laid out like params); writes d_inputs
 * [T][R][F] unless NULL.
 */
void alm_recurrent_backward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const float *params, const float *packed, int rows, const float *d_last, const float *d_outputs,
	float *grads, float *d_inputs);

#endif
