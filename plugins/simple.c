/*
 * simple - the Elman cell (Elman 1990; PyTorch RNN, Keras SimpleRNN).
 *
 *      h = tanh(x W + b + h' U)                   d_pre = d_h (1 - h^2)
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	int32_t n = s->rows * s->units;
	const float *restrict pre = s->pre;
	float *restrict h = s->next;
#pragma omp simd
	for (int32_t i = 0; i < n; i++)
		h[i] = almanac_tanh(pre[i]);
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	int32_t n = s->rows * s->units;
	const float *restrict h = s->next, *restrict d_h = s->d_next;
	float *restrict d_pre = s->d_pre, *restrict d_prev = s->d_prev;
#pragma omp simd
	for (int32_t i = 0; i < n; i++) {
		d_pre[i] = d_h[i] * (1.0f - h[i] * h[i]);
		d_prev[i] = 0;
	}
}

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 1,
	.flags = ALMANAC_CELL_SAVED_ONLY,
	.name = "simple",
	.version = "1.0",
	.summary = "Elman's recurrent layer, h = tanh(xW + b + hU)",
	.gates = 1,
	.states = 1,
	.saved = 0,
	.forward = forward,
	.backward = backward,
	.state_names = "h",
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
