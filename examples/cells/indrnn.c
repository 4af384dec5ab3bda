/*
 * indrnn - independently recurrent network (Li et al., arXiv 1803.04831): a unit sees its own past only, by one weight.
 *
 *      h = max(0, pre + v h')        v = bound tanh(w / bound)
 *
 * The paper keeps the weight's size below a bound by clipping it after each step of training (2^(1/T) for sequences of T
 * steps, so that no unit grows more than twofold). Here v is bent to stay below it: that has a gradient everywhere.
 *
 * State: h. Parameter: w, begun so that v is uniform in [0, bound), as in the paper. No recurrent matrix, nothing saved.
 * Backward, with D = d_h where h > 0 and 0 elsewhere:
 *
 *      d_pre = D    d_h' = D v    d_w += D h' (1 - (v / bound)^2)
 */
#include <math.h>
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units;
	float bound = s->option[0], steep = 1.0f / bound;
	const float *__restrict w = s->param;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre = s->pre + row * units, *__restrict h0 = s->prev + row * units;
		float *__restrict h = s->next + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float x = pre[u] + bound * almanac_tanh(w[u] * steep) * h0[u];
			h[u] = x > 0 ? x : 0;
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units;
	float bound = s->option[0], steep = 1.0f / bound;
	const float *__restrict w = s->param;
	float *__restrict d_w = s->d_param;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict h0 = s->prev + row * units, *__restrict h = s->next + row * units;
		const float *__restrict d_h = s->d_next + row * units;
		float *__restrict d_pre = s->d_pre + row * units, *__restrict d_h0 = s->d_prev + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float d = d_h[u], bent = almanac_tanh(w[u] * steep);
			d = h[u] > 0 ? d : 0;
			d_pre[u] = d;
			d_h0[u] = d * bound * bent;
			d_w[u] += d * h0[u] * (1.0f - bent * bent);
		}
	}
}

/* v uniform in [0, bound): its w is bound artanh(v / bound). */
static void init(const struct almanac_init *s)
{
	const float *draw = s->uniform + s->units; /* after the draws of the one gate's bias */
	for (ptrdiff_t u = 0; u < s->units; u++)
		s->param[u] = s->option[0] * atanhf(0.999f * draw[u]);
}

static const struct almanac_param params[] = {{"recurrent", 0}};
static const struct almanac_option options[] = {
	{"bound", 1, 0.01f, 2, "no recurrent weight is larger; 2^(1/T) for T steps"},
};

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = ALMANAC_CELL_NO_REC | ALMANAC_CELL_SAVED_ONLY,
	.name = "indrnn",
	.version = "1.0",
	.summary = "independently recurrent network: one weight of its own past a unit (arXiv 1803.04831)",
	.gates = 1,
	.states = 1,
	.saved = 0,
	.n_params = 1,
	.gate_bias = NULL,
	.params = params,
	.forward = forward,
	.backward = backward,
	.n_options = 1,
	.reserved = 0,
	.options = options,
	.gate_names = "x",
	.state_names = "h",
	.init = init,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
