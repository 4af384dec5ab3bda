/*
 * peephole - LSTM whose gates also see the carry, each through a weight of its own (Gers and Schmidhuber, "Recurrent nets
 * that time and count", 2000). Input and forget gates look at the carry before the step, the output gate after it.
 *
 *      i = sigmoid(pre + p_i c')    f = sigmoid(pre + p_f c')    g = tanh(pre)
 *      c = f c' + i g               o = sigmoid(pre + p_o c)     h = o tanh(c)
 *
 * States: h, c. Parameters: the three peepholes. Saved: i f g o and tanh(c). Backward, d_x being the gradient of x:
 *
 *      d_o = d_h tanh(c) o (1 - o)                                through the output gate's sigmoid
 *      D   = d_c + d_h o (1 - tanh(c)^2) + d_o p_o                all that reaches c
 *      d_i = D g i (1 - i)    d_f = D c' f (1 - f)    d_g = D i (1 - g^2)
 *      d_c' = D f + d_i p_i + d_f p_f    d_p_i += d_i c'    d_p_f += d_f c'    d_p_o += d_o c
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	const float *__restrict p_i = s->param, *__restrict p_f = p_i + units, *__restrict p_o = p_f + units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		ptrdiff_t at = row * units;
		const float *__restrict pre = s->pre + 4 * at, *__restrict c0 = s->prev + block + at;
		float *__restrict h = s->next + at, *__restrict c = h + block;
		if (!s->saved) {
#pragma omp simd
			for (ptrdiff_t u = 0; u < units; u++) {
				float i = almanac_sigmoid(pre[u] + p_i[u] * c0[u]);
				float f = almanac_sigmoid(pre[units + u] + p_f[u] * c0[u]);
				float now = f * c0[u] + i * almanac_tanh(pre[2 * units + u]);
				c[u] = now;
				h[u] = almanac_sigmoid(pre[3 * units + u] + p_o[u] * now) * almanac_tanh(now);
			}
			continue;
		}
		float *__restrict si = s->saved + at, *__restrict sf = si + block,
				  *__restrict sg = sf + block;
		float *__restrict so = sg + block, *__restrict st = so + block;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float i = almanac_sigmoid(pre[u] + p_i[u] * c0[u]);
			float f = almanac_sigmoid(pre[units + u] + p_f[u] * c0[u]);
			float g = almanac_tanh(pre[2 * units + u]), now = f * c0[u] + i * g;
			float o = almanac_sigmoid(pre[3 * units + u] + p_o[u] * now), t = almanac_tanh(now);
			c[u] = now;
			h[u] = o * t;
			si[u] = i;
			sf[u] = f;
			sg[u] = g;
			so[u] = o;
			st[u] = t;
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	const float *__restrict p_i = s->param, *__restrict p_f = p_i + units, *__restrict p_o = p_f + units;
	float *__restrict d_pi = s->d_param, *__restrict d_pf = d_pi + units, *__restrict d_po = d_pf + units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		ptrdiff_t at = row * units;
		const float *__restrict si = s->saved + at, *__restrict sf = si + block;
		const float *__restrict sg = sf + block, *__restrict so = sg + block,
					*__restrict st = so + block;
		const float *__restrict c0 = s->prev + block + at, *__restrict c = s->next + block + at;
		const float *__restrict d_h = s->d_next + at, *__restrict d_c = d_h + block;
		float *__restrict d_pre = s->d_pre + 4 * at;
		float *__restrict d_h0 = s->d_prev + at, *__restrict d_c0 = d_h0 + block;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float i = si[u], f = sf[u], g = sg[u], o = so[u], t = st[u];
			float d_o = d_h[u] * t * o * (1.0f - o);
			float d = d_c[u] + d_h[u] * o * (1.0f - t * t) + d_o * p_o[u];
			float d_i = d * g * i * (1.0f - i), d_f = d * c0[u] * f * (1.0f - f);
			d_pre[u] = d_i;
			d_pre[units + u] = d_f;
			d_pre[2 * units + u] = d * i * (1.0f - g * g);
			d_pre[3 * units + u] = d_o;
			d_pi[u] += d_i * c0[u];
			d_pf[u] += d_f * c0[u];
			d_po[u] += d_o * c[u];
			d_h0[u] = 0;
			d_c0[u] = d * f + d_i * p_i[u] + d_f * p_f[u];
		}
	}
}

static const struct almanac_param params[] = {{"peep_i", 0}, {"peep_f", 0}, {"peep_o", 0}};
static const float gate_bias[] = {0, 1, 0, 0};

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = ALMANAC_CELL_SAVED_ONLY,
	.name = "peephole",
	.version = "1.0",
	.summary = "LSTM whose gates also see the carry (Gers and Schmidhuber 2000)",
	.gates = 4,
	.states = 2,
	.saved = 5,
	.n_params = 3,
	.gate_bias = gate_bias,
	.params = params,
	.forward = forward,
	.backward = backward,
	.n_options = 0,
	.reserved = 0,
	.options = NULL,
	.gate_names = "i f g o",
	.state_names = "h c",
	.init = NULL,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
