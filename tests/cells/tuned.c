/*
 * A cell that uses what came with the second contract: options, and a beginning that differs from unit to unit.
 *
 *      h = tanh(gain pre + own h')
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

static void forward(const struct almanac_forward *s)
{
	float gain = s->option[1];
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++)
		s->next[at] = almanac_tanh(gain * s->pre[at] + s->param[at % s->units] * s->prev[at]);
}

static void backward(const struct almanac_backward *s)
{
	float gain = s->option[1];
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++) {
		float d = s->d_next[at] * (1 - s->next[at] * s->next[at]);
		s->d_pre[at] = d * gain;
		s->d_prev[at] = d * s->param[at % s->units];
		s->d_param[at % s->units] += d * s->prev[at];
	}
}

/* Biases spread over +-spread, the cell's own parameter over 1..2. */
static void init(const struct almanac_init *s)
{
	for (int32_t u = 0; u < s->units; u++) {
		s->bias[u] += s->option[0] * (2 * s->uniform[u] - 1);
		s->param[u] += s->uniform[s->units + u];
	}
}

static const float gate_bias[] = {5};
static const struct almanac_param params[] = {{"own", 1}};
static const struct almanac_option options[] = {
	{"spread", 0.25f, 0, 1, "half the range of the initial biases"},
	{"gain", 1, 0.5f, 4, "of the pre-activation"},
};

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 2,
	.flags = ALMANAC_CELL_SAVED_ONLY,
	.name = "tuned",
	.version = "1.0",
	.summary = "a cell with options, for tests",
	.gates = 1,
	.states = 1,
	.n_params = 1,
	.gate_bias = gate_bias,
	.params = params,
	.forward = forward,
	.backward = backward,
	.n_options = 2,
	.options = options,
	.gate_names = "in",
	.state_names = "h",
	.init = init,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
