/* The functions cells are made of (almanac_math.h) against those of the C library. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include "almanac_math.h"

/* Calls with every float of a fine geometric grid over both signs, from the smallest numbers to the largest. */
static void each(void (*check)(float x))
{
	for (double x = 1e-30; x < 1e30; x *= 1.0007) {
		check((float)x);
		check((float)-x);
	}
	check(0);
	check(FLT_MAX);
	check(-FLT_MAX);
}

static void tanh_is_near(float x)
{
	double expected = tanh((double)x), error = fabs((double)almanac_tanh(x) - expected);
	cr_assert_leq(error, 3e-7 * fabs(expected), "tanh(%g): %g", (double)x, error);
}

Test(math, tanh_is_within_its_promise)
{
	each(tanh_is_near);
}

static void sigmoid_is_near(float x)
{
	double expected = 1 / (1 + exp(-(double)x)), error = fabs((double)almanac_sigmoid(x) - expected);
	cr_assert_leq(error, 2e-7, "sigmoid(%g): %g", (double)x, error);
}

Test(math, sigmoid_is_within_its_promise)
{
	each(sigmoid_is_near);
}

static void exp_is_near(float x)
{
	if (fabsf(x) > 87)
		return;
	double expected = exp((double)x), error = fabs((double)almanac_exp(x) - expected);
	/* x / ln2 is rounded to float before it is split: half a last place of up to 126, times ln2 */
	cr_assert_leq(error, (2e-7 + 8e-8 * fabs((double)x)) * expected, "exp(%g): %g", (double)x, error);
}

Test(math, exp_is_as_good_as_its_argument)
{
	each(exp_is_near);
}

static void softplus_is_near(float x)
{
	double expected = x > 50 ? (double)x : log1p(exp((double)x));
	double error = fabs((double)almanac_softplus(x) - expected);
	cr_assert_leq(error, 2e-7 * fmax(1, expected), "softplus(%g): %g", (double)x, error);
}

Test(math, softplus_is_within_its_promise)
{
	each(softplus_is_near);
}

Test(math, functions_stay_within_their_range)
{
	for (float x = -200; x < 200; x += 0.37f) {
		cr_assert_leq(fabsf(almanac_tanh(x)), 1, "tanh(%g)", (double)x);
		cr_assert(almanac_sigmoid(x) >= 0 && almanac_sigmoid(x) <= 1, "sigmoid(%g)", (double)x);
	}
	cr_assert_eq(almanac_tanh(20), 1);
	cr_assert_eq(almanac_tanh(-20), -1);
	cr_assert_eq(almanac_tanh(0), 0);
	cr_assert_eq(almanac_sigmoid(0), 0.5f);
}

Test(math, infinity_is_a_limit_and_not_a_number_stays_one)
{
	cr_assert_eq(almanac_tanh(INFINITY), 1);
	cr_assert_eq(almanac_tanh(-INFINITY), -1);
	cr_assert_eq(almanac_sigmoid(INFINITY), 1);
	cr_assert_lt(almanac_sigmoid(-INFINITY), 1e-37f);
	cr_assert(isnan(almanac_tanh(NAN)));
	cr_assert(isnan(almanac_sigmoid(NAN)));
	cr_assert(isnan(almanac_exp(NAN)));
	cr_assert_eq(almanac_softplus(INFINITY), INFINITY);
	cr_assert_lt(almanac_softplus(-INFINITY), 1e-37f);
	cr_assert(isnan(almanac_softplus(NAN)));
}
