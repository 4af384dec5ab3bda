/*
 * @NAME@ - say in a line what it is, and which paper it is from.
 *
 *      z = sigmoid(pre)    n = tanh(pre)    h = h' + z (n - h')
 *
 * h' is the state before the step. Each gate's pre = x W + b + h' U comes from Almanac, which has the matrices, the loop over
 * time and all buffers; almanac_cell.h is the whole contract. As it stands this is a recurrence that works: change it where
 * it says (1) to (5), and let `make check` tell whether the gradient still fits.
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

/* (1) What a unit's gates are, from pre: gate g of this unit is at pre[g * units]. Forward and backward both ask. */
struct gates {
	float z, n;
};

ALMANAC_INLINE struct gates gates_of(const float *pre, ptrdiff_t units)
{
	struct gates gates;
	gates.z = almanac_sigmoid(pre[0]);
	gates.n = almanac_tanh(pre[units]);
	return gates;
}

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre = s->pre + row * 2 * units; /* 2 is the number of gates */
		const float *__restrict h0 = s->prev + row * units;
		float *__restrict h = s->next + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			struct gates gate = gates_of(pre + u, units);
			/* (2) The next state. A second one lies rows * units floats behind the first. */
			h[u] = h0[u] + gate.z * (gate.n - h0[u]);
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre = s->pre + row * 2 * units;
		const float *__restrict h0 = s->prev + row * units, *__restrict d_h = s->d_next + row * units;
		float *__restrict d_pre = s->d_pre + row * 2 * units, *__restrict d_h0 =
									      s->d_prev + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			struct gates gate = gates_of(pre + u, units);
			/* (3) d_h[u] times what h[u] changes by with each gate's pre, and with the state before. */
			d_pre[u] = d_h[u] * (gate.n - h0[u]) * gate.z * (1.0f - gate.z);
			d_pre[units + u] = d_h[u] * gate.z * (1.0f - gate.n * gate.n);
			d_h0[u] = d_h[u] * (1.0f - gate.z);
		}
	}
}

/* (4) An option that users may set, here where the bias of gate z begins. Without options: n_options 0, both NULL. */
static const struct almanac_option options[] = {
	{"keep", 1, -5, 5, "how much is kept at first: 0 for half, more for more"},
};

static void init(const struct almanac_init *s)
{
	for (ptrdiff_t u = 0; u < s->units; u++)
		s->bias[u] = -s->option[0]; /* b is [gates][units], and z is the first gate */
}

/* (5) The facts: they must say what the functions above do. */
static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = 0,
	.name = "@NAME@",
	.version = "1.0",
	.summary = "say in a line what it is",
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
