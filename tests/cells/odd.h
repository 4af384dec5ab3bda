/* What the broken cells of the tests have in common: two functions that do nothing. */
#ifndef TESTS_CELLS_ODD_H
#define TESTS_CELLS_ODD_H
#include "almanac_cell.h"

__attribute__((unused)) static void odd_forward(const struct almanac_forward *s)
{
	(void)s;
}

static void odd_backward(const struct almanac_backward *s)
{
	(void)s;
}

#endif
