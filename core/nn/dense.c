#include "nn/dense.h"
#include <stdio.h>
#include <string.h>
#include "nn/init.h"

enum alm_status alm_dense_init(struct alm_dense *dense, const struct alm_kernel *kernel, int n_inputs,
	int n_outputs, const char *prefix, struct alm_params *params, size_t *n_packed, struct alm_error *err)
{
	struct alm_dense made = {.kernel = kernel, .n_inputs = n_inputs, .n_outputs = n_outputs};
	char name[ALM_TENSOR_NAME];
	made.ld = (n_inputs + 1 + 15) / 16 * 16;
	snprintf(name, sizeof name, "%s.W", prefix);
	enum alm_status status =
		alm_params_add(params, name, 2, (int64_t[]){n_inputs, n_outputs}, &made.w, err);
	snprintf(name, sizeof name, "%s.b", prefix);
	if (status == ALM_OK)
		status = alm_params_add(params, name, 1, (int64_t[]){n_outputs}, &made.b, err);
	if (status != ALM_OK)
		return status;
	made.pack_forward = *n_packed;
	made.pack_back = made.pack_forward + alm_pack_floats(kernel, n_inputs + 1, n_outputs);
	*n_packed = made.pack_back + alm_pack_floats(kernel, n_outputs, n_inputs);
	*dense = made;
	return ALM_OK;
}

void alm_dense_initialise(const struct alm_dense *dense, uint64_t seed, uint64_t stream, float *params)
{
	alm_init_glorot_uniform(
		dense->n_inputs, dense->n_outputs, dense->n_outputs, seed, stream, params + dense->w);
	memset(params + dense->b, 0, (size_t)dense->n_outputs * sizeof(float));
}

void alm_dense_pack(const struct alm_dense *dense, const float *params, float *packed)
{
	int n = dense->n_inputs, o = dense->n_outputs;
	alm_pack(dense->kernel, n + 1, o, params + dense->w, o, packed + dense->pack_forward);
	alm_pack_transposed(dense->kernel, o, n, params + dense->w, o, packed + dense->pack_back);
}

void alm_dense_forward(
	const struct alm_dense *dense, const float *packed, int rows, float *x, float *y, int ldy)
{
	for (int row = 0; row < rows; row++)
		x[(size_t)row * (size_t)dense->ld + (size_t)dense->n_inputs] = 1;
	alm_gemm_packed(dense->kernel, rows, dense->n_outputs, dense->n_inputs + 1, x, dense->ld,
		packed + dense->pack_forward, y, ldy, false);
}

void alm_dense_backward(const struct alm_dense *dense, const float *packed, int rows, const float *x,
	const float *d_y, float *grads, float *d_x)
{
	int n = dense->n_inputs, o = dense->n_outputs;
	alm_gemm_gradient(dense->kernel, n + 1, o, rows, x, dense->ld, d_y, o, grads + dense->w, o);
	if (d_x)
		alm_gemm_packed(dense->kernel, rows, n, o, d_y, o, packed + dense->pack_back, d_x, n, false);
}
