/* How much forecasts move beside what they forecast, against variances worked by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include "eval/spread.h"

static double share(const double (*points)[3], int n)
{
	struct alm_spread spread = {0};
	for (int i = 0; i < n; i++)
		alm_spread_add(&spread, (int)points[i][0], points[i][1], points[i][2]);
	return alm_spread_share(&spread);
}

Test(spread, is_the_ratio_of_variances)
{
	/* Sums of squares about the mean: 2 of (1, 2, 3) and 8 of (2, 4, 6). */
	static const double twice[][3] = {{0, 1, 2}, {0, 2, 4}, {0, 3, 6}};
	cr_assert_float_eq(share(twice, 3), 4, 1e-12);
}

Test(spread, of_a_constant_is_nothing)
{
	static const double flat[][3] = {{0, 1, 7}, {0, 2, 7}, {0, 3, 7}};
	cr_assert_float_eq(share(flat, 3), 0, 1e-12);
}

Test(spread, does_not_take_the_levels_of_two_stretches_for_movement)
{
	static const double levels[][3] = {{0, 0, 0}, {0, 2, 0}, {1, 1000, 1000}, {1, 1002, 1000}};
	cr_assert_float_eq(share(levels, 4), 0, 1e-12);
}

Test(spread, is_not_defined_where_nothing_moves)
{
	static const double still[][3] = {{0, 5, 1}, {0, 5, 2}};
	cr_assert(isnan(share(still, 2)));
}

Test(spread, keeps_its_digits_far_from_zero)
{
	static const double far[][3] = {{0, 1e9 + 1, 1e9 + 1}, {0, 1e9 + 2, 1e9 + 2}, {0, 1e9 + 3, 1e9 + 3}};
	cr_assert_float_eq(share(far, 3), 1, 1e-6);
}
