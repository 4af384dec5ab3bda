/*
 * gru - gated recurrent unit (Cho et al. 2014) in cuDNN's form, the reset gate after the recurrent product
 * (PyTorch GRU, Keras reset_after), gate order r z n.
 *
 *      r, z = sigmoid(pre + rec)    n = tanh(pre + r rec)    h = (1 - z) n + z h'
 *
 * State: h. Saved: r z n and the candidate's rec.
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *restrict pre = s->pre + row * 3 * units, *restrict rec =
									      s->rec + row * 3 * units;
		const float *restrict h0 = s->prev + row * units;
		float *restrict h = s->next + row * units;
		if (!s->saved) {
#pragma omp simd
			for (ptrdiff_t u = 0; u < units; u++) {
				float r = almanac_sigmoid(pre[u] + rec[u]);
				float z = almanac_sigmoid(pre[units + u] + rec[units + u]);
				float n = almanac_tanh(pre[2 * units + u] + r * rec[2 * units + u]);
				h[u] = n + z * (h0[u] - n);
			}
			continue;
		}
		float *restrict sr = s->saved + row * units, *restrict sz = sr + block;
		float *restrict sn = sz + block, *restrict sq = sn + block;
		/*
		 * The gates first: the candidate has to wait for them, and a turn that holds both is so long that too few turns
		 * run at once. What is saved lies between the two loops; without it there is one.
		 */
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			sr[u] = almanac_sigmoid(pre[u] + rec[u]);
			sz[u] = almanac_sigmoid(pre[units + u] + rec[units + u]);
			sq[u] = rec[2 * units + u];
		}
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float n = almanac_tanh(pre[2 * units + u] + sr[u] * sq[u]);
			h[u] = n + sz[u] * (h0[u] - n);
			sn[u] = n;
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		ptrdiff_t at = row * units;
		const float *restrict sr = s->saved + at, *restrict sz = sr + block;
		const float *restrict sn = sz + block, *restrict sq = sn + block;
		const float *restrict h0 = s->prev + at, *restrict d_h = s->d_next + at;
		float *restrict d_pre = s->d_pre + 3 * at, *restrict d_rec = s->d_rec + 3 * at;
		float *restrict d_h0 = s->d_prev + at;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float r = sr[u], z = sz[u], n = sn[u], d = d_h[u];
			float d_n = d * (1.0f - z) * (1.0f - n * n);
			float d_z = d * (h0[u] - n) * z * (1.0f - z);
			float d_r = d_n * sq[u] * r * (1.0f - r);
			d_pre[u] = d_r;
			d_pre[units + u] = d_z;
			d_pre[2 * units + u] = d_n;
			d_rec[u] = d_r;
			d_rec[units + u] = d_z;
			d_rec[2 * units + u] = d_n * r;
			d_h0[u] = d * z;
		}
	}
}

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 1,
	.flags = ALMANAC_CELL_SPLIT | ALMANAC_CELL_SAVED_ONLY,
	.name = "gru",
	.version = "1.0",
	.summary = "gated recurrent unit, reset gate after the recurrent product",
	.gates = 3,
	.states = 1,
	.saved = 4,
	.forward = forward,
	.backward = backward,
	.gate_names = "r z n",
	.state_names = "h",
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
