/*
 * A cell that goes bad after some calls: not a number, infinite, or huge; in the step forward, in that of a forecast, or in
 * the gradient. What it counts with is what a cell must not have; the loader cannot know.
 *
 *      h = tanh(pre)
 */
#include <math.h>
#include <stdatomic.h>
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

enum { FORWARD, BACKWARD, FORECAST };

static atomic_long n_calls;

static float poison(const float option[3], int where)
{
	if ((int)option[0] != where || atomic_fetch_add(&n_calls, 1) < (long)option[1])
		return 0;
	return option[2] < 1 ? NAN : option[2] < 2 ? INFINITY : 3e38f;
}

static void forward(const struct almanac_forward *s)
{
	float bad = poison(s->option, s->saved ? FORWARD : FORECAST);
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++) {
		s->next[at] = almanac_tanh(s->pre[at]);
		if (s->saved)
			s->saved[at] = s->next[at];
	}
	s->next[0] += bad;
}

static void backward(const struct almanac_backward *s)
{
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++) {
		s->d_pre[at] = s->d_next[at] * (1 - s->saved[at] * s->saved[at]);
		s->d_prev[at] = 0;
	}
	s->d_pre[0] += poison(s->option, BACKWARD);
}

static const struct almanac_option options[] = {
	{"where", 0, 0, 2, "0 forward, 1 backward, 2 when forecasting"},
	{"after", 1e6f, 0, 1e6f, "calls; more than a test makes, unless it says"},
	{"kind", 0, 0, 2, "0 not a number, 1 infinite, 2 huge"},
};

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 2,
	.name = "poison",
	.version = "1.0",
	.summary = "a cell that goes bad, for tests",
	.gates = 1,
	.states = 1,
	.saved = 1,
	.forward = forward,
	.backward = backward,
	.n_options = 3,
	.options = options,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
