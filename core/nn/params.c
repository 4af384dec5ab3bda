#include "nn/params.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

enum alm_status alm_params_add(struct alm_params *params, const char *name, int n_dims, const int64_t *shape,
	size_t *offset, struct alm_error *err)
{
	if (params->n == params->room) {
		int room = params->room ? 2 * params->room : 16;
		size_t n_bytes = (size_t)room * sizeof(*params->tensor);
		struct alm_tensor *grown = realloc(params->tensor, n_bytes);
		if (!grown)
			return alm_fail_memory(err, n_bytes);
		params->tensor = grown;
		params->room = room;
	}
	struct alm_tensor tensor = {.n_dims = n_dims, .offset = params->n_floats, .n = 1};
	snprintf(tensor.name, sizeof tensor.name, "%s", name);
	for (int dim = 0; dim < n_dims; dim++) {
		tensor.shape[dim] = shape[dim];
		if (shape[dim] < 1 || !alm_mul_size(tensor.n, (size_t)shape[dim], &tensor.n) ||
			tensor.n > SIZE_MAX / 64 - params->n_floats)
			return alm_fail(
				err, ALM_USAGE, "tensor '%s' would be too large; use fewer units", name);
	}
	params->tensor[params->n++] = tensor;
	params->n_floats += tensor.n;
	*offset = tensor.offset;
	return ALM_OK;
}

void alm_params_release(struct alm_params *params)
{
	free(params->tensor);
	*params = (struct alm_params){0};
}

const struct alm_tensor *alm_params_find(const struct alm_params *params, const char *name)
{
	for (int i = 0; i < params->n; i++)
		if (strcmp(params->tensor[i].name, name) == 0)
			return &params->tensor[i];
	return NULL;
}

const struct alm_tensor *alm_params_not_finite(const struct alm_params *params, const float *block)
{
	for (int i = 0; i < params->n; i++)
		for (size_t at = 0; at < params->tensor[i].n; at++)
			if (!isfinite(block[params->tensor[i].offset + at]))
				return &params->tensor[i];
	return NULL;
}
