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

/* (1) The gates: of a row, gate g of unit u is at pre[g * units + u]. Here the same numbers say where each is saved. */
enum { Z, N, GATES };

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict pre = s->pre + row * GATES * units;
		const float *__restrict h0 = s->prev + row * units;
		float *__restrict h = s->next + row * units;
		float *__restrict saved = s->saved ? s->saved + row * units : NULL;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			/* (2) The equations of one unit. The second state, if there is one, is at h0[block + u] and h[block + u]. */
			float z = almanac_sigmoid(pre[Z * units + u]);
			float n = almanac_tanh(pre[N * units + u]);
			h[u] = h0[u] + z * (n - h0[u]);
			if (saved) { /* what backward will want; not asked for when nobody trains */
				saved[Z * block + u] = z;
				saved[N * block + u] = n;
			}
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t row = 0; row < s->rows; row++) {
		const float *__restrict saved = s->saved + row * units;
		const float *__restrict h0 = s->prev + row * units, *__restrict d_h = s->d_next + row * units;
		float *__restrict d_pre = s->d_pre + row * GATES * units;
		float *__restrict d_h0 = s->d_prev + row * units;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			float z = saved[Z * block + u], n = saved[N * block + u];
			/* (3) d_h[u] times what h[u] changes by with each gate's pre, and with the state before. */
			d_pre[Z * units + u] = d_h[u] * (n - h0[u]) * z * (1.0f - z);
			d_pre[N * units + u] = d_h[u] * z * (1.0f - n * n);
			d_h0[u] = d_h[u] * (1.0f - z);
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
		s->bias[Z * s->units + u] = -s->option[0];
}

/* (5) The facts: they must say what the functions above do. */
static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = ALMANAC_CELL_SAVED_ONLY, /* backward reads no pre; take this out when it does */
	.name = "@NAME@",
	.version = "1.0",
	.summary = "say in a line what it is",
	.gates = GATES,
	.states = 1,
	.saved = GATES,
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
