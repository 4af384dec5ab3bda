/*
 * A network: recurrent layers of any cells, stacked, and a linear head over the last layer's outputs and what is known
 * ahead. It owns its weights; a work area holds what one worker needs for one shard.
 *
 * Letters: T steps, R rows of a shard, F features, E extra inputs of the head, O outputs of the head, D outputs of the
 * last layer, M segments of the horizon. The head is applied
 *
 *      once a row, to the last output            last:       out [R][O]
 *      at every step                             sequences:  out [T][R][O]
 *      at every segment that is decoded          segments:   out [R][M][O]
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
#include "nn/embedding.h"
#include "nn/layer.h"
#include "nn/params.h"
#include "nn/pass.h"
#include "nn/segment.h"

#define ALM_LAYERS_MAX 16
#define ALM_UNITS_MAX  8192

struct alm_network_spec {
	int n_features; /* F; the segment's width with segments */
	int n_layers;
	struct alm_layer_spec layers[ALM_LAYERS_MAX]; /* from the input up */
	int n_extra;                                  /* E; none with segments */
	int n_outputs;                                /* O */
	bool sequences;                               /* the head sees every step */
	double head_dropout;                          /* on the last layer's outputs, before the head */
	struct alm_segment_spec segment;              /* width 0 = none */
	struct alm_embedding_spec embedding;          /* width 0 = none; none with segments */
};

struct alm_network {
	struct alm_network_spec spec;
	const struct alm_kernel *kernel;
	struct alm_segment segment;
	struct alm_embedding
		embedding; /* its vectors are inputs of the first layer behind the F that the caller writes */
	struct alm_layer layers[ALM_LAYERS_MAX];
	struct alm_dense head;
	struct alm_params params; /* names and shapes */
	struct alm_arena arena;   /* holds the two below */
	float *values;            /* [params.n_floats] the weights */
	float *packed;            /* the weights as the kernel wants them */
};

/* ALM_USAGE when a count is out of range or layers do not fit, ALM_NO_MEMORY. The weights are zero. The caller releases. */
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
	struct alm_layer_work layers[ALM_LAYERS_MAX];
	struct alm_segment_work segment;               /* with segments, as the three below */
	struct alm_layer_work decoder[ALM_LAYERS_MAX]; /* one step of R * M rows */
	float *initial;                                /* [S][R * M][U] of one layer at a time */
	float *d_states[ALM_LAYERS_MAX];               /* [S][R][U] each; training */
	float *head_in;                                /* [head rows][head.ld]: outputs, extra inputs, one */
	float *head_mask;    /* [head rows, or R with sequences][D]; training with head dropout */
	float *out;          /* as above */
	float *d_out;        /* as out; training */
	float *d_head_in;    /* [head rows][D + E]; training */
	float *d_between[2]; /* gradients from layer to layer; training */
};

ALM_MUST_CHECK enum alm_status alm_network_work_init(struct alm_network_work *work,
	const struct alm_network *network, int n_steps, int max_rows, bool training, struct alm_error *err);
void alm_network_work_release(struct alm_network_work *work);

/*
 * Where the caller writes, before forward: the F features of every step and row, or of one; the E extra inputs of the head at a step of
 * a row (which without sequences is the same for every step).
 */
struct alm_rows alm_network_inputs(
	const struct alm_network *network, const struct alm_network_work *work, int rows);
float *alm_network_input(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row);
float *alm_network_extra(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row);

/* Outputs of the head for one row: O, and M times as many with segments. */
int alm_network_row_outputs(const struct alm_network *network);

/* Where those of a step of a row begin in `out`, or in d_out. Without sequences they are the same for every step. */
size_t alm_network_out_at(const struct alm_network *network, int rows, int step, int row);

/* Fills work->out. */
void alm_network_forward(
	const struct alm_network *network, struct alm_network_work *work, const struct alm_pass *pass);

/* From work->d_out: adds the gradient of every weight to grads (laid out as params). After forward in
 * training. */
void alm_network_backward(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_pass *pass, float *grads);

/* Internal to the files of this module. */
size_t alm_network_head_rows(const struct alm_network *network, int n_steps, int rows);
const struct alm_layer *alm_network_top(const struct alm_network *network);

#endif
