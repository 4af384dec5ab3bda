/*
 * Multiplicative integration (Wu et al. 2016): a cell that needs both products apart, going forward and going back.
 *
 *      h = tanh(pre (1 + rec))
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

static void forward(const struct almanac_forward *s)
{
	ptrdiff_t n = (ptrdiff_t)s->rows * s->units;
	for (ptrdiff_t i = 0; i < n; i++)
		s->next[i] = almanac_tanh(s->pre[i] * (1 + s->rec[i]));
}

static void backward(const struct almanac_backward *s)
{
	ptrdiff_t n = (ptrdiff_t)s->rows * s->units;
	for (ptrdiff_t i = 0; i < n; i++) {
		float d = s->d_next[i] * (1 - s->next[i] * s->next[i]);
		s->d_pre[i] = d * (1 + s->rec[i]);
		s->d_rec[i] = d * s->pre[i];
		s->d_prev[i] = 0;
	}
}

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.flags = ALMANAC_CELL_SPLIT,
	.name = "product",
	.version = "1.0",
	.summary = "multiplicative integration, a cell for tests",
	.gates = 1,
	.states = 1,
	.forward = forward,
	.backward = backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
