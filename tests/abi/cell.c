/*
 * A cell as somebody wrote it for the contract of the header that it is compiled with: a leaky average with a decay of its own.
 *
 *      a = sigmoid(decay)    h = a h' + (1 - a) pre
 */
#include <math.h>
#include <stddef.h>
#include "almanac_cell.h"

static float decay(const float *param, ptrdiff_t unit)
{
	return 1 / (1 + expf(-param[unit]));
}

static void forward(const struct almanac_forward *s)
{
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++) {
		float a = decay(s->param, at % s->units);
		s->next[at] = a * s->prev[at] + (1 - a) * s->pre[at];
	}
}

static void backward(const struct almanac_backward *s)
{
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++) {
		float a = decay(s->param, at % s->units);
		s->d_pre[at] = s->d_next[at] * (1 - a);
		s->d_prev[at] = s->d_next[at] * a;
		s->d_param[at % s->units] += s->d_next[at] * (s->prev[at] - s->pre[at]) * a * (1 - a);
	}
}

static const struct almanac_param params[] = {{"decay", 0.5f}};

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.name = CELL_NAME,
	.version = "1.0",
	.summary = "a cell of an earlier day",
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
