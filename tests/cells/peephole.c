/*
 * LSTM whose gates also see the carry (Gers and Schmidhuber 2000): a cell with parameters of its own, whose backward
 * keeps nothing and works everything out again from pre.
 *
 *      i, f = sigmoid(pre + p c')    g = tanh(pre)    c = f c' + i g    o = sigmoid(pre + p c)    h = o tanh(c)
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

struct gates {
	float i, f, g;
};

static struct gates before_carry(const float *pre, const float *p, float c0, ptrdiff_t units)
{
	return (struct gates){almanac_sigmoid(pre[0] + p[0] * c0),
		almanac_sigmoid(pre[units] + p[units] * c0), almanac_tanh(pre[2 * units])};
}

static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		const float *pre = s->pre + (at / units) * 4 * units + at % units, *p = s->param + at % units;
		float c0 = s->prev[block + at];
		struct gates gate = before_carry(pre, p, c0, units);
		float c = gate.f * c0 + gate.i * gate.g;
		s->next[block + at] = c;
		s->next[at] = almanac_sigmoid(pre[3 * units] + p[2 * units] * c) * almanac_tanh(c);
	}
}

static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		ptrdiff_t unit = at % units, first = (at / units) * 4 * units + unit;
		const float *pre = s->pre + first, *p = s->param + unit;
		float *d_pre = s->d_pre + first, *d_p = s->d_param + unit;
		float c0 = s->prev[block + at], c = s->next[block + at], squashed = almanac_tanh(c);
		struct gates gate = before_carry(pre, p, c0, units);
		float o = almanac_sigmoid(pre[3 * units] + p[2 * units] * c);
		float d_o = s->d_next[at] * squashed * o * (1 - o);
		float d_c = s->d_next[block + at] + s->d_next[at] * o * (1 - squashed * squashed) +
			    d_o * p[2 * units];
		float d_i = d_c * gate.g * gate.i * (1 - gate.i), d_f = d_c * c0 * gate.f * (1 - gate.f);
		d_pre[0] = d_i;
		d_pre[units] = d_f;
		d_pre[2 * units] = d_c * gate.i * (1 - gate.g * gate.g);
		d_pre[3 * units] = d_o;
		d_p[0] += d_i * c0;
		d_p[units] += d_f * c0;
		d_p[2 * units] += d_o * c;
		s->d_prev[at] = 0;
		s->d_prev[block + at] = d_c * gate.f + d_i * p[0] + d_f * p[units];
	}
}

static const struct almanac_param params[] = {{"peep_i", 0.1f}, {"peep_f", 0.2f}, {"peep_o", 0.3f}};
static const float gate_bias[] = {0, 1, 0, 0};

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.name = "peephole",
	.version = "1.0",
	.summary = "LSTM with peepholes, a cell for tests",
	.gates = 4,
	.states = 2,
	.n_params = 3,
	.params = params,
	.gate_bias = gate_bias,
	.forward = forward,
	.backward = backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
