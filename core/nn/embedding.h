/*
 * A learned vector for each of many things, of which a row of a shard is about one: further inputs of the first layer, the same
 * at every step. Number 0 is of what was not there in training: it has the mean of all vectors.
 *
 * Letters: E things, V numbers in a vector, T steps, R rows.
 */
#ifndef ALM_NN_EMBEDDING_H
#define ALM_NN_EMBEDDING_H
#include <stdint.h>
#include "base/status.h"
#include "nn/params.h"
#include "nn/pass.h"

struct alm_embedding_spec {
	int n, width; /* E, V; width 0 = none */
};

/* Places of tensors. Plain data. */
struct alm_embedding {
	struct alm_embedding_spec spec;
	size_t vectors; /* [E][V] in the parameter block */
	size_t mean;    /* [V] in the packed weights */
};

/* Declares "series". */
ALM_MUST_CHECK enum alm_status alm_embedding_init(struct alm_embedding *embedding,
	const struct alm_embedding_spec *spec, struct alm_params *params, size_t *n_packed,
	struct alm_error *err);

/* Uniform in +-0.05 (as in Keras' Embedding): all begin much alike, and differ as far as the data say so. */
void alm_embedding_initialise(
	const struct alm_embedding *embedding, uint64_t seed, uint64_t stream, float *params);

/* The mean, which must follow every change of the vectors. */
void alm_embedding_pack(const struct alm_embedding *embedding, const float *params, float *packed);

/* Writes V numbers of every step from pass->first on and row, pass->embedded [R] says whose. */
void alm_embedding_forward(const struct alm_embedding *embedding, const struct alm_weights *weights,
	const struct alm_pass *pass, const struct alm_rows *out);

/* The gradient of what was written, of the steps that a row has, is added to grads. */
void alm_embedding_backward(const struct alm_embedding *embedding, const struct alm_pass *pass,
	const struct alm_rows *d_out, float *grads);

#endif
