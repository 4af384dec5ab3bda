/*
 * A network: recurrent layers of any cells, stacked, and a linear head over the last layer's last output and
 * what is known ahead. It owns its weights; a work area holds what one worker needs for one shard.
 *
 * Letters: T steps, R rows of a shard, F features, E extra inputs of the head, O outputs.
 */
#ifndef ALM_NN_NETWORK_H
#define ALM_NN_NETWORK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "almanac_cell.h"
#include "base/arena.h"
#include "base/status.h"
#include "linalg/gemm.h"
#include "nn/dense.h"
#include "nn/params.h"
#include "nn/recurrent.h"

#define ALM_LAYERS_MAX 16
#define ALM_UNITS_MAX  8192

struct alm_layer_spec {
	const struct almanac_cell *cell; /* not owned, must outlive the network */
	int units;
};

struct alm_network_spec {
	int n_features; /* F */
	int n_layers;
	struct alm_layer_spec layers[ALM_LAYERS_MAX]; /* from the input up */
	int n_extra;                                  /* E */
	int n_outputs;                                /* O */
};

struct alm_network {
	struct alm_network_spec spec;
	const struct alm_kernel *kernel;
	struct alm_recurrent layers[ALM_LAYERS_MAX];
	struct alm_dense head;
	struct alm_params params; /* names and shapes */
	struct alm_arena arena;   /* holds the two below */
	float *values;            /* [params.n_floats] the weights */
	float *packed;            /* the weights as the kernel wants them */
};

/* ALM_USAGE when a count is out of range, ALM_NO_MEMORY. The weights are zero. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_network_init(struct alm_network *network,
	const struct alm_network_spec *spec, const struct alm_kernel *kernel, struct alm_error *err);
void alm_network_release(struct alm_network *network);

/* Initial weights: a function of seed and shapes alone. Packs them. */
void alm_network_initialise(struct alm_network *network, uint64_t seed);

/* Packs the weights; call after every change of values. */
void alm_network_pack(struct alm_network *network);

/* Buffers of one worker, sized once for shards of up to max_rows rows of n_steps steps. */
struct alm_network_work {
	struct alm_arena arena;
	int n_steps, max_rows;
	bool training;
	struct alm_recurrent_work layers[ALM_LAYERS_MAX];
	float *head_in;      /* [R][head.ld]: last output, extra inputs, one */
	float *out;          /* [R][O] */
	float *d_out;        /* [R][O]; training */
	float *d_head_in;    /* [R][U + E]; training */
	float *d_last;       /* [R][U]; training */
	float *d_between[2]; /* [T][R][widest U]: gradients from layer to layer; training, stacked */
};

ALM_MUST_CHECK enum alm_status alm_network_work_init(struct alm_network_work *work,
	const struct alm_network *network, int n_steps, int max_rows, bool training, struct alm_error *err);
void alm_network_work_release(struct alm_network_work *work);

/* Where the caller writes the F features of a step and row, and the E extra inputs of a row, before forward.
 */
float *alm_network_input(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row);
float *alm_network_extra(const struct alm_network *network, const struct alm_network_work *work, int row);

/* Fills work->out [R][O]. */
void alm_network_forward(const struct alm_network *network, struct alm_network_work *work, int rows);

/* From work->d_out [R][O]: adds the gradient of every weight to grads (laid out as params). After forward in
 * training. */
void alm_network_backward(
	const struct alm_network *network, struct alm_network_work *work, int rows, float *grads);

#endif
