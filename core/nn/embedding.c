#include "nn/embedding.h"
#include <string.h>
#include "base/rng.h"

#define RANGE 0.05

enum alm_status alm_embedding_init(struct alm_embedding *embedding, const struct alm_embedding_spec *spec,
	struct alm_params *params, size_t *n_packed, struct alm_error *err)
{
	struct alm_embedding made = {.spec = *spec, .mean = *n_packed};
	enum alm_status status =
		alm_params_add(params, "series", 2, (int64_t[]){spec->n, spec->width}, &made.vectors, err);
	if (status != ALM_OK)
		return status;
	*n_packed += (size_t)spec->width;
	*embedding = made;
	return ALM_OK;
}

void alm_embedding_initialise(
	const struct alm_embedding *embedding, uint64_t seed, uint64_t stream, float *params)
{
	size_t n = (size_t)embedding->spec.n * (size_t)embedding->spec.width;
	for (size_t i = 0; i < n; i++)
		params[embedding->vectors + i] =
			(float)((2 * alm_rng_uniform(seed, stream, (uint64_t)i) - 1) * RANGE);
}

void alm_embedding_pack(const struct alm_embedding *embedding, const float *params, float *packed)
{
	size_t n = (size_t)embedding->spec.n, width = (size_t)embedding->spec.width;
	const float *vectors = params + embedding->vectors;
	for (size_t i = 0; i < width; i++) {
		double sum = 0;
		for (size_t thing = 0; thing < n; thing++)
			sum += (double)vectors[thing * width + i];
		packed[embedding->mean + i] = (float)(sum / (double)n);
	}
}

void alm_embedding_forward(const struct alm_embedding *embedding, const struct alm_weights *weights,
	const struct alm_pass *pass, const struct alm_rows *out)
{
	size_t width = (size_t)embedding->spec.width;
	for (int row = 0; row < pass->rows; row++) {
		int thing = pass->embedded[row];
		const float *vector =
			thing == 0 ? weights->packed + embedding->mean
				   : weights->params + embedding->vectors + (size_t)(thing - 1) * width;
		for (int step = pass->first; step < pass->n_steps; step++)
			memcpy(alm_rows_at(out, step, row), vector, width * sizeof(float));
	}
}

/* A vector's gradient, or what each has of the mean's. */
static void add(const struct alm_embedding *embedding, int thing, const float *d_vector, float *grads)
{
	size_t width = (size_t)embedding->spec.width;
	int first = thing == 0 ? 0 : thing - 1, end = thing == 0 ? embedding->spec.n : thing;
	float share = thing == 0 ? 1 / (float)embedding->spec.n : 1;
	for (int at = first; at < end; at++) {
		float *to = grads + embedding->vectors + (size_t)at * width;
		for (size_t i = 0; i < width; i++)
			to[i] += share * d_vector[i];
	}
}

void alm_embedding_backward(const struct alm_embedding *embedding, const struct alm_pass *pass,
	const struct alm_rows *d_out, float *grads)
{
	for (int row = 0; row < pass->rows; row++) {
		int n_steps = pass->lengths ? pass->lengths[row] : pass->n_steps;
		for (int step = 0; step < n_steps; step++)
			add(embedding, pass->embedded[row], alm_rows_at(d_out, step, row), grads);
	}
}
