/* A cell that needs a contract from the future. */
#include "odd.h"

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 999,
	.name = "future",
	.version = "1.0",
	.summary = "a cell for tests",
	.gates = 1,
	.states = 1,
	.forward = odd_forward,
	.backward = odd_backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
