/*
 * A recurrent layer as a user names it: one direction or two around a cell, with dropout before it, and layer
 * normalisation and a skip connection behind it.
 *
 *      x' = mask x           f, b = the cell, reading x' forward and backward
 *      m  = f                | [f b] | f + b | (f + b) / 2
 *      y  = m or norm(m), plus x' with a skip
 *
 * As a sequence, y_t is made of f_t and b_t; as a last output, of the f and b that were read last, and of the last x'.
 * Letters: T steps, R rows, F inputs, U units, D outputs (2 U when concatenated, else U).
 */
#ifndef ALM_NN_LAYER_H
#define ALM_NN_LAYER_H
#include <stdbool.h>
#include "nn/norm.h"
#include "nn/recurrent.h"

enum alm_merge { ALM_MERGE_NONE, ALM_MERGE_CONCAT, ALM_MERGE_SUM, ALM_MERGE_MEAN };

struct alm_layer_spec {
	const struct almanac_cell *cell; /* not owned, must outlive the network */
	int units;
	enum alm_merge merge;              /* other than NONE: bidirectional */
	double dropout, recurrent_dropout; /* in [0, 1) */
	bool skip;                         /* needs as many inputs as outputs */
	bool norm;
	bool trained_state;
	const float
		*option; /* [n_options of the cell], copied by alm_layer_init; NULL = the cell's own values */
};

/* Shapes and places of tensors. Plain data. */
struct alm_layer {
	struct alm_layer_spec spec;
	int index, n_inputs, n_outputs; /* F, D */
	int n_directions;
	struct alm_recurrent direction[2];
	struct alm_norm norm;
};

/* Declares "layer<index>.W", "layer<index>.reverse.W" ... ALM_USAGE for a skip that does not fit. */
ALM_MUST_CHECK enum alm_status alm_layer_init(struct alm_layer *layer, const struct alm_layer_spec *spec,
	int index, int n_inputs, const struct alm_kernel *kernel, struct alm_params *params, size_t *n_packed,
	struct alm_error *err);
void alm_layer_initialise(const struct alm_layer *layer, uint64_t seed, float *params, float *packed);

/* Another value for an option of the cell, from now on. */
void alm_layer_set_option(struct alm_layer *layer, int option, float value);

void alm_layer_pack(const struct alm_layer *layer, const float *params, float *packed);

/* The buffers of one shard. */
struct alm_layer_work {
	bool training;
	struct alm_recurrent_work direction[2];
	float *mask;     /* [R][F] of x; training with dropout */
	float *merged;   /* [T][R][directions * U] before they are merged; only where something follows */
	float *normal;   /* [T][R][D + 1] for norm's backward; training */
	float *d_merged; /* [T][R][directions * U]; training */
	float *row;      /* [D] */
};

size_t alm_layer_work_bytes(const struct alm_layer *layer, int n_steps, int max_rows, bool training);
void alm_layer_work_init(struct alm_layer_work *work, const struct alm_layer *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena);

/* Where the caller writes x: F floats for each step and row. */
struct alm_rows alm_layer_inputs(const struct alm_layer *layer, const struct alm_layer_work *work, int rows);

/* Runs the pass; see alm_recurrent_forward. out gets y of every step (NULL = only the last is wanted). */
void alm_layer_forward(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *initial,
	const struct alm_rows *out);

/* The last output of a forward without `out`: D floats a row to `out`, whose steps are not used. */
void alm_layer_last(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const struct alm_rows *out);

/* Gradients from above, and where those below go. At most one of `outputs` and `last`. */
struct alm_layer_gradient {
	const float *states;            /* [S][R][U] of the states read last, one direction; NULL = none */
	const struct alm_rows *outputs; /* of y at every step; NULL = none */
	const struct alm_rows *last;    /* of the last output; NULL = none */
	float *params;                  /* added to */
	float *inputs;                  /* out [T][R][F]; NULL = not wanted */
};

/* The gradient of the last forward, in training. */
void alm_layer_backward(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass,
	const struct alm_layer_gradient *gradient);

#endif
