/*
 * One direction of a recurrent layer around any cell: the host's loop over time, its matrix products and their
 * gradients. Everything here works on one shard of `rows` sequences; shards share only the weights, which it does
 * not write.
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
 * stacked matrices need no copy; their gradient is packed while the steps add to it. With recurrent dropout the h in Z is
 * masked, the state itself is not.
 *
 * A reversed direction reads each row's last step first: its Z holds the inputs in the order of reading, while outputs and
 * gradients go to and come from the step in time that they belong to.
 */
#ifndef ALM_NN_RECURRENT_H
#define ALM_NN_RECURRENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "almanac_cell.h"
#include "base/arena.h"
#include "base/status.h"
#include "cell/cell.h"
#include "linalg/gemm.h"
#include "nn/params.h"
#include "nn/pass.h"

struct alm_recurrent_spec {
	const struct almanac_cell *cell; /* not owned */
	int n_inputs, units;             /* F, U */
	bool reversed;
	bool trained_state;             /* the states begin at trained values instead of zero */
	double recurrent_dropout;       /* share of h that is dropped on its way into the product */
	int drop_place;                 /* its number among the places that drop */
	float option[ALM_CELL_OPTIONS]; /* [n_options of the cell] */
};

/* A direction's shape and where its tensors begin. Plain data. */
struct alm_recurrent {
	struct alm_recurrent_spec spec;
	const struct alm_kernel *kernel;
	int ld;                        /* floats from one row of Z to the next: F + 1 + U, rounded up */
	size_t w, b, c, u, p, initial; /* offsets into the parameter block; c only for SPLIT */
	size_t pack_forward, pack_split, pack_back_h, pack_back_x; /* offsets into the packed weights */
	size_t draws; /* the same: room for the numbers that the cell's init asks for */
};

/* Declares the tensors as "<prefix>.W" ... and the packed space it needs (added to *n_packed floats). */
ALM_MUST_CHECK enum alm_status alm_recurrent_init(struct alm_recurrent *layer,
	const struct alm_recurrent_spec *spec, const struct alm_kernel *kernel, const char *prefix,
	struct alm_params *params, size_t *n_packed, struct alm_error *err);

/*
 * Initial values: W Glorot uniform (2010) and U orthogonal (Saxe et al. 2014) gate by gate, biases zero but
 * for the cell's gate_bias, the cell's own parameters at their declared value, both as the cell's init then says, trained
 * states zero. Each depends on (seed, stream, tensor) only; a stream is some directions' own. What is in `packed` is lost:
 * pack afterwards.
 */
void alm_recurrent_initialise(
	const struct alm_recurrent *layer, uint64_t seed, uint64_t stream, float *params, float *packed);

/* Packs the weights for the products below; after every change of params. */
void alm_recurrent_pack(const struct alm_recurrent *layer, const float *params, float *packed);

/* The buffers of one shard: made from an arena, used again and again. */
struct alm_recurrent_work {
	int n_steps, max_rows;
	int chunk; /* steps of d_pre; by max_rows, so that sums have one order whatever the rows of a pass */
	bool training;
	bool has_ends;    /* the last forward put aside the states of each row's end */
	bool begun_given; /* the last forward began from states that the caller gave */
	float *z;         /* [T][R][ld]: inputs, one, h, padding */
	float *pre;       /* [T or 1][R][G][U] */
	float *rec;       /* [T or 1][R][G][U]; SPLIT */
	float *states;    /* [T + 1 or 2][S][R][U]; state s is before the s-th step that is read */
	float *ends;      /* [S][R][U] after the last step of each row, where rows end at different steps */
	float *saved;     /* [T][K][R][U]; training */
	float *mask;      /* [R][U] of h; training with recurrent dropout */
	float *d_h;       /* [R][U]; the same */
	float *d_x;       /* [R][F]; training, reversed */
	float *d_pre;     /* [chunk][R][G][U]; training */
	float *d_rec;     /* [chunk][R][G][U]; training, SPLIT */
	float *d_w;       /* [W; b; U] or [W; b], packed: their gradient during backward; training */
	float *d_c;       /* [c; U]; the same; training, SPLIT */
	float *d_next;    /* [S][R][U]; training */
	float *d_prev;    /* [S][R][U]; training */
	float *d_ends;    /* [S][R][U]; training */
};

size_t alm_recurrent_work_bytes(const struct alm_recurrent *layer, int n_steps, int max_rows, bool training);
void alm_recurrent_work_init(struct alm_recurrent_work *work, const struct alm_recurrent *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena);

/* Where the caller writes x of a row, F floats, by the order of reading. Rows lie layer->ld apart, steps rows * ld. */
struct alm_rows alm_recurrent_inputs(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows);

/*
 * Runs the pass over the inputs in Z, from `initial` [S][R][U] (NULL = trained states or zero; not read when the pass
 * goes on). Outputs h_t go to out (NULL = nowhere).
 */
void alm_recurrent_forward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *initial,
	const struct alm_rows *out);

/* The states [S][R][U] after the last step that was read; the first U of each row are the output. */
const float *alm_recurrent_states(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	const struct alm_pass *pass);

/* Gradients that come in from above and go out below. */
struct alm_recurrent_gradient {
	const float *states;            /* [S][R][U] of the last states; NULL = none */
	const struct alm_rows *last;    /* of the last output, one step; NULL = none */
	const struct alm_rows *outputs; /* of every step's output; NULL = none */
	float *params;                  /* added to, laid out like the weights */
	float *inputs; /* out [T][R][F], a reversed direction adds to it; NULL = not wanted */
};

/* The gradient of the last forward in training, which must have begun at step 0. */
void alm_recurrent_backward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass,
	const struct alm_recurrent_gradient *gradient);

/* After backward: the gradient of the initial states, [S][R][U]. */
const float *alm_recurrent_d_initial(const struct alm_recurrent_work *work);

/* Floats of all states of a shard. */
size_t alm_recurrent_state_floats(const struct alm_recurrent *layer, int rows);

/*
 * Steps whose weight gradient is taken in one product: few enough that what the cell left of them is still in the second-level
 * cache, but enough rows that passing over the gradient, the larger of the two where layers are wide, pays.
 */
#define ALM_CHUNK_STEPS  8     /* at most */
#define ALM_CHUNK_ROWS   128   /* at least, if so many steps have them */
#define ALM_CHUNK_FLOATS 65536 /* of d_pre at most, where that leaves as many rows */

/* Internal to the two files of this module. */
bool alm_recurrent_is_split(const struct alm_recurrent *layer);
bool alm_recurrent_has_rec(const struct alm_recurrent *layer);
bool alm_recurrent_keeps_pre(const struct alm_recurrent *layer);
int alm_recurrent_width(const struct alm_recurrent *layer); /* G * U: columns of the products */
int alm_recurrent_depth(const struct alm_recurrent *layer); /* of the first product: x, one and, summed, h */

#endif
