/*
 * A linear layer, y = [x | 1] [W; b]: the head that turns the last state (and what is known ahead) into all
 * horizon steps at once. R rows, N inputs, O outputs.
 */
#ifndef ALM_NN_DENSE_H
#define ALM_NN_DENSE_H
#include <stdint.h>
#include "base/status.h"
#include "linalg/gemm.h"
#include "nn/params.h"

struct alm_dense {
	const struct alm_kernel *kernel;
	int n_inputs, n_outputs;
	int ld;                         /* floats from one row of inputs to the next: N + 1, rounded up */
	size_t w, b;                    /* W [N][O], then b [O], in the parameter block */
	size_t pack_forward, pack_back; /* offsets into the packed weights */
};

ALM_MUST_CHECK enum alm_status alm_dense_init(struct alm_dense *dense, const struct alm_kernel *kernel,
	int n_inputs, int n_outputs, const char *prefix, struct alm_params *params, size_t *n_packed,
	struct alm_error *err);

/* W Glorot uniform, b zero. */
void alm_dense_initialise(const struct alm_dense *dense, uint64_t seed, uint64_t stream, float *params);

void alm_dense_pack(const struct alm_dense *dense, const float *params, float *packed);

/* x [R][ld]: N inputs written by the caller, the one behind them here. y [R][O], rows ldy apart. */
void alm_dense_forward(
	const struct alm_dense *dense, const float *packed, int rows, float *x, float *y, int ldy);

/* d_y [R][O], x as forward left it; adds to grads, writes d_x [R][N] unless NULL. */
void alm_dense_backward(const struct alm_dense *dense, const float *packed, int rows, const float *x,
	const float *d_y, float *grads, float *d_x);

#endif
