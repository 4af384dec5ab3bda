/*
 * A leaky average of the inputs, each unit with a decay of its own: a cell without a recurrent matrix.
 *
 *      a = sigmoid(decay)    h = a h' + (1 - a) tanh(pre)
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		float a = almanac_sigmoid(s->param[at % units]), in = almanac_tanh(s->pre[at]);
		s->next[at] = in + a * (s->prev[at] - in);
	}
}

static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		float a = almanac_sigmoid(s->param[at % units]), in = almanac_tanh(s->pre[at]);
		s->d_pre[at] = s->d_next[at] * (1 - a) * (1 - in * in);
		s->d_prev[at] = s->d_next[at] * a;
		s->d_param[at % units] += s->d_next[at] * (s->prev[at] - in) * a * (1 - a);
	}
}

static const struct almanac_param params[] = {{"decay", 1.5f}};

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.flags = ALMANAC_CELL_NO_REC,
	.name = "leaky",
	.version = "1.0",
	.summary = "a leaky average of the inputs, a cell for tests",
	.gates = 1,
	.states = 1,
	.n_params = 1,
	.params = params,
	.forward = forward,
	.backward = backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
