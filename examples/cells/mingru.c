/*
 * mingru - the minimal GRU of "Were RNNs all we needed?" (Feng et al., arXiv 2410.01201): neither gate nor candidate looks
 * at the state before, so there is no recurrent matrix, and a step is one product with the inputs.
 *
 *      z = sigmoid(pre)    n = pre    h = (1 - z) h' + z n
 *
 * This is the paper's plain form (its section 3.1), whose candidate may have either sign; the form in logarithms, with
 * g(pre) > 0 in its place, serves to compute all steps at once, which a host that goes step by step does not need.
 *
 * State: h. Nothing is saved: pre is all that backward needs, so it keeps it (no ALMANAC_CELL_SAVED_ONLY). Backward:
 *
 *      d_z = d_h (n - h') z (1 - z)    d_n = d_h z    d_h' = d_h (1 - z)
 */
#include <math.h>
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre_z = s->pre + row * 2 * units, *__restrict n = pre_z + units;
		const float *__restrict h0 = s->prev + row * units;
		float *__restrict h = s->next + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++)
			h[u] = h0[u] + almanac_sigmoid(pre_z[u]) * (n[u] - h0[u]);
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre_z = s->pre + row * 2 * units, *__restrict n = pre_z + units;
		const float *__restrict h0 = s->prev + row * units, *__restrict d_h = s->d_next + row * units;
		float *__restrict d_z = s->d_pre + row * 2 * units, *__restrict d_n = d_z + units;
		float *__restrict d_h0 = s->d_prev + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float z = almanac_sigmoid(pre_z[u]);
			d_z[u] = d_h[u] * (n[u] - h0[u]) * z * (1.0f - z);
			d_n[u] = d_h[u] * z;
			d_h0[u] = d_h[u] * (1.0f - z);
		}
	}
}

/*
 * A unit forgets its past within about 1 + e^-b steps, b being its gate's bias: these lengths begin spread evenly on a
 * logarithmic scale up to the option (after Tallec and Ollivier, "Can recurrent neural networks warp time?", 2018).
 */
static void init(const struct almanac_init *s)
{
	for (ptrdiff_t u = 0; u < s->units; u++)
		s->bias[u] = -s->uniform[u] * logf(s->option[0]);
}

static const struct almanac_option options[] = {
	{"memory", 24, 1, 10000, "steps of the past that the slowest units begin with"},
};

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = ALMANAC_CELL_NO_REC,
	.name = "mingru",
	.version = "1.0",
	.summary = "minimal GRU without a recurrent matrix (arXiv 2410.01201), plain form",
	.gates = 2,
	.states = 1,
	.saved = 0,
	.n_params = 0,
	.gate_bias = NULL,
	.params = NULL,
	.forward = forward,
	.backward = backward,
	.n_options = 1,
	.reserved = 0,
	.options = options,
	.gate_names = "z n",
	.state_names = "h",
	.init = init,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
