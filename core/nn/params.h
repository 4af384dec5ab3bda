/*
 * The parameters of a network: named tensors, declared once, that are views of one block of floats.
 * Allocation, initial values, gradients, optimiser state, storing and loading all walk this list.
 */
#ifndef ALM_NN_PARAMS_H
#define ALM_NN_PARAMS_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

#define ALM_TENSOR_NAME 64

struct alm_tensor {
	char name[ALM_TENSOR_NAME]; /* "layer0.W", "head.b" */
	int n_dims;
	int64_t shape[3];
	size_t offset, n; /* floats, into the block */
};

struct alm_params {
	int n, room;
	struct alm_tensor *tensor; /* [n], offsets rising without gaps; owned */
	size_t n_floats;
};

/* Appends a tensor behind the last. *offset is where it begins. */
ALM_MUST_CHECK enum alm_status alm_params_add(struct alm_params *params, const char *name, int n_dims,
	const int64_t *shape, size_t *offset, struct alm_error *err);
void alm_params_release(struct alm_params *params);

/* The tensor of that name, or NULL. */
const struct alm_tensor *alm_params_find(const struct alm_params *params, const char *name);

/* The first tensor with a value that is not finite in a block laid out like params, or NULL. */
const struct alm_tensor *alm_params_not_finite(const struct alm_params *params, const float *block);

#endif
