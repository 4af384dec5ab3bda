/* Remembers how often it was called, in a variable of the file and in one of each thread: which no cell may do. */
#include <stddef.h>
#include "odd.h"

static int n_calls = 41;
static _Thread_local int n_calls_here = 41;

static void forward(const struct almanac_forward *s)
{
	if (s->rows > 1)
		n_calls++;
	else
		n_calls_here++;
}

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.name = "counting",
	.version = "1.0",
	.summary = "counts its calls",
	.gates = 1,
	.states = 1,
	.forward = forward,
	.backward = odd_backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
