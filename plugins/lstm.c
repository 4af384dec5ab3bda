/*
 * lstm - long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000), gate
 * order i f g o as in PyTorch and cuDNN, forget bias 1 (Jozefowicz et al. 2015).
 *
 *      i, f, o = sigmoid(pre)    g = tanh(pre)    c = f c' + i g    h = o tanh(c)
 *
 * States: h, c. Saved: i f g o and tanh(c).
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *restrict pre = s->pre + row * 4 * units;
		const float *restrict c0 = s->prev + block + row * units;
		float *restrict h = s->next + row * units, *restrict c = s->next + block + row * units;
		if (!s->saved) {
#pragma omp simd
			for (ptrdiff_t u = 0; u < units; u++) {
				float i = almanac_sigmoid(pre[u]), f = almanac_sigmoid(pre[units + u]);
				float g = almanac_tanh(pre[2 * units + u]);
				c[u] = f * c0[u] + i * g;
				h[u] = almanac_sigmoid(pre[3 * units + u]) * almanac_tanh(c[u]);
			}
			continue;
		}
		float *restrict si = s->saved + row * units, *restrict sf = si + block;
		float *restrict sg = sf + block, *restrict so = sg + block, *restrict st = so + block;
		/*
		 * The gates first: tanh(c) has to wait for them, and a turn that holds both is so long that too few turns
		 * run at once. What is saved lies between the two loops; without it there is one.
		 */
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			si[u] = almanac_sigmoid(pre[u]);
			sf[u] = almanac_sigmoid(pre[units + u]);
			sg[u] = almanac_tanh(pre[2 * units + u]);
			so[u] = almanac_sigmoid(pre[3 * units + u]);
		}
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			c[u] = sf[u] * c0[u] + si[u] * sg[u];
			st[u] = almanac_tanh(c[u]);
			h[u] = so[u] * st[u];
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		ptrdiff_t at = row * units;
		const float *restrict si = s->saved + at, *restrict sf = si + block;
		const float *restrict sg = sf + block, *restrict so = sg + block, *restrict st = so + block;
		const float *restrict c0 = s->prev + block + at;
		const float *restrict d_h = s->d_next + at, *restrict d_c = s->d_next + block + at;
		float *restrict d_pre = s->d_pre + 4 * at;
		float *restrict d_h0 = s->d_prev + at, *restrict d_c0 = s->d_prev + block + at;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float i = si[u], f = sf[u], g = sg[u], o = so[u], squashed = st[u];
			float d = d_c[u] + d_h[u] * o * (1.0f - squashed * squashed);
			d_pre[u] = d * g * i * (1.0f - i);
			d_pre[units + u] = d * c0[u] * f * (1.0f - f);
			d_pre[2 * units + u] = d * i * (1.0f - g * g);
			d_pre[3 * units + u] = d_h[u] * squashed * o * (1.0f - o);
			d_h0[u] = 0;
			d_c0[u] = d * f;
		}
	}
}

/* The forget gates begin open. */
static void init(const struct almanac_init *s)
{
	for (int32_t u = 0; u < s->units; u++)
		s->bias[s->units + u] = s->option[0];
}

static const struct almanac_option options[] = {
	{"forget_bias", 1, -10, 10, "initial bias of the forget gate"},
};

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = ALMANAC_CELL_SAVED_ONLY,
	.name = "lstm",
	.version = "1.0",
	.summary = "long short-term memory: input, forget and output gates around a carry",
	.gates = 4,
	.states = 2,
	.saved = 5,
	.forward = forward,
	.backward = backward,
	.n_options = 1,
	.options = options,
	.gate_names = "i f g o",
	.state_names = "h c",
	.init = init,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
