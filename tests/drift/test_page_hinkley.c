/* Page and Hinkley's test: a sequence by hand, how soon a rise is found, and how rarely there is an alarm of none. */
#include "drift/page_hinkley.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include "base/rng.h"

Test(page_hinkley, is_what_comes_out_by_hand)
{
	/* Ten values of mean 0 are known. Means: 1/11, 2/12, 1/13; sums: 1 - 1/11 - 1/2 = 0.40909, + 1 - 1/6 - 1/2 = 0.74242,
	 * - 1 - 1/13 - 1/2 = -0.83450, which is the least there was. */
	struct alm_page_hinkley test;
	alm_page_hinkley_init(&test, 10, 0, 1);
	double first = alm_page_hinkley_add(&test, 1), second = alm_page_hinkley_add(&test, 1),
	       third = alm_page_hinkley_add(&test, -1);
	cr_assert_float_eq(first, 0.4090909090909, 1e-12);
	cr_assert_float_eq(second, 0.7424242424242, 1e-12);
	cr_assert_eq(third, 0);
}

Test(page_hinkley, deviations_are_its_unit)
{
	struct alm_page_hinkley one, other;
	alm_page_hinkley_init(&one, 20, 0, 1);
	alm_page_hinkley_init(&other, 20, 5, 0.1);
	for (int i = 0; i < 10; i++) {
		double value = i % 3 - 0.5, here = alm_page_hinkley_add(&one, value),
		       there = alm_page_hinkley_add(&other, 5 + value / 10);
		cr_assert_float_eq(here, there, 1e-9);
	}
}

Test(page_hinkley, a_large_rise_is_found_in_three_steps_and_a_fall_never)
{
	struct alm_page_hinkley rise, fall;
	double risen = 0, fallen = 0;
	alm_page_hinkley_init(&rise, 28, 0, 1);
	alm_page_hinkley_init(&fall, 28, 0, 1);
	for (int i = 0; i < 3; i++) {
		risen = alm_page_hinkley_add(&rise, 4);
		fallen = fmax(fallen, alm_page_hinkley_add(&fall, -4));
	}
	cr_assert_gt(risen, 8);
	cr_assert_eq(fallen, 0);
}

Test(page_hinkley, alarms_without_a_rise_are_as_rare_as_theory_says)
{
	/* (exp(2 d h) - 1 - 2 d h) / (2 d^2) = 19,300 with d = 1/2, h = 9.166: 52 alarms in a million. Their number is about that
	 * of a Poisson distribution; 5 deviations are 36. */
	struct alm_page_hinkley test;
	int n_alarms = 0;
	alm_page_hinkley_init(&test, 1e12, 0, 1);
	for (uint64_t i = 0; i < 1000000; i++) {
		if (alm_page_hinkley_add(&test, alm_rng_normal(3, 1, i)) <= 8)
			continue;
		n_alarms++;
		alm_page_hinkley_init(&test, 1e12, 0, 1);
	}
	cr_assert_geq(n_alarms, 52 - 36);
	cr_assert_leq(n_alarms, 52 + 36);
}
