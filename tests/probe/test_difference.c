/* Finite differences, and that they know when they cannot be trusted. */
#include <criterion/criterion.h>
#include <math.h>
#include "probe/difference.h"

static double at;

static struct alm_difference of(double (*f)(double), double x)
{
	double moved[ALM_N_STEPS];
	for (int i = 0; i < ALM_N_STEPS; i++)
		moved[i] = f(x + (double)alm_steps[i]) - f(x);
	return alm_difference_of(moved, 1, 0);
}

static double corner(double x)
{
	return x > at ? x - at : 0;
}

static double step(double x)
{
	return x > at;
}

static double pole(double x)
{
	return 1 / (x - at);
}

static double root(double x)
{
	return sqrt(x);
}

Test(difference, of_a_smooth_function_is_right_to_a_millionth)
{
	for (double x = -3; x <= 3; x += 0.37) {
		struct alm_difference tangent = of(tanh, x), exponential = of(exp, x);
		double slope = 1 - tanh(x) * tanh(x);
		/* 16 = the largest fifth derivative; h^4 / 30 of it for the wide estimate, h = 1/16, a sixteenth for the other */
		cr_expect_leq(alm_difference_error(&tangent, slope), 16 * 0x1p-16 / 30 / 4);
		cr_expect_leq(alm_difference_error(&exponential, exp(x)), exp(x + 0.1) * 0x1p-16 / 30 / 4);
		cr_expect(alm_difference_is_sure(&tangent, 0.1));
		cr_expect(alm_difference_is_sure(&exponential, exp(x)));
	}
}

/* However near the kink is, either side's slope must not be called wrong. */
Test(difference, near_a_kink_is_unsure_or_tolerant)
{
	int n_unsure = 0;
	for (at = -0.1; at <= 0.1; at += 0.0007) {
		struct alm_difference difference = of(corner, 0);
		double slope = at < 0 ? 1 : 0;
		bool sure = alm_difference_is_sure(&difference, 1);
		n_unsure += !sure;
		cr_expect(!sure || alm_difference_error(&difference, slope) <=
					   alm_difference_tolerance(&difference, 1),
			"%g", at);
		if (fabs(at) > 0.0626)
			cr_expect(sure, "%g is beyond the widest step", at);
	}
	cr_assert_gt(n_unsure, 100);
}

Test(difference, over_a_jump_or_a_pole_is_unsure)
{
	at = 0.004;
	struct alm_difference jump = of(step, 0), infinite = of(pole, 0), outside = of(root, 0.001);
	cr_expect_not(alm_difference_is_sure(&jump, 1));
	cr_expect_not(alm_difference_is_sure(&infinite, 1));
	cr_expect_not(alm_difference_is_sure(&outside, 1), "not a number on one side");
}

Test(difference, tells_a_slope_that_is_one_percent_off)
{
	struct alm_difference difference = of(sin, 0.5);
	double slope = cos(0.5), tolerance = alm_difference_tolerance(&difference, slope);
	cr_expect_leq(alm_difference_error(&difference, slope), tolerance);
	cr_expect_gt(alm_difference_error(&difference, 1.01 * slope), tolerance);
	cr_expect_gt(alm_difference_error(&difference, (double)NAN), tolerance);
}
