/* The stability index: by the formula in Python, what chance adds, and samples that tell nothing. */
#include "drift/psi.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include "base/rng.h"

Test(psi, is_the_formula_less_what_chance_adds)
{
	/* sum((p - q) * log(p / q)) - (bins - 1) * (1 / n + 1 / m), with half a value in each bin, in Python. */
	const double a[] = {30, 70}, b[] = {500, 500};
	const double c[] = {10, 20, 30, 40}, d[] = {400, 300, 200, 100};
	cr_assert_float_eq(alm_psi(a, b, 2), 0.15491802499106078, 1e-12);
	cr_assert_float_eq(alm_psi(c, d, 4), 0.8572172901129933, 1e-12);
}

Test(psi, of_the_same_shares_is_zero_and_an_empty_bin_is_not_infinite)
{
	const double a[] = {10, 20, 30}, b[] = {100, 200, 300}, end[] = {0, 0, 10}, even[] = {100, 100, 100};
	cr_assert_eq(alm_psi(a, b, 3), 0);
	cr_assert_float_eq(alm_psi(end, even, 3), 1.5582738769411146, 1e-12);
}

Test(psi, of_nothing_or_of_one_bin_is_zero)
{
	const double none[] = {0, 0}, some[] = {3, 4};
	cr_assert_eq(alm_psi(none, some, 2), 0);
	cr_assert_eq(alm_psi(some, none, 2), 0);
	cr_assert_eq(alm_psi(some, some, 1), 0);
}

/* n values in ten bins of the same size. */
static void draw(uint64_t seed, uint64_t *counter, int n, double counts[static 10])
{
	for (int bin = 0; bin < 10; bin++)
		counts[bin] = 0;
	for (int i = 0; i < n; i++)
		counts[(int)(10 * alm_rng_uniform(seed, 1, (*counter)++))]++;
}

Test(psi, what_chance_adds_is_taken_off)
{
	/* 72 values beside 2,000: chance adds 9 * (1/72 + 1/2000) = 0.13 in the mean. What is left is cut off at 0, so that its mean is
	 * that of a chi-square of 9 above 9 by the same unit, (1/72 + 1/2000) * E max(0, X - 9) = 0.0144 * 1.66 = 0.024. */
	double a[10], b[10], sum = 0;
	uint64_t counter = 0;
	for (int i = 0; i < 500; i++) {
		draw(7, &counter, 72, a);
		draw(7, &counter, 2000, b);
		sum += alm_psi(a, b, 10);
	}
	cr_assert_lt(sum / 500, 0.036);
	cr_assert_gt(sum / 500, 0.012);
}
