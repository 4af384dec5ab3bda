#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "nn/init.h"

Test(init, glorot_stays_within_its_limit_and_fills_it)
{
	float values[20 * 30];
	double limit = sqrt(6.0 / 50), most = 0, sum = 0;
	alm_init_glorot_uniform(20, 30, 30, 1, 2, values);
	for (int i = 0; i < 600; i++) {
		most = fmax(most, fabs((double)values[i]));
		sum += (double)values[i];
	}
	cr_assert_leq(most, limit);
	cr_assert_gt(most, 0.98 * limit);
	cr_assert_lt(fabs(sum / 600), 0.03); /* four standard errors of a uniform mean: 4 * 0.2 / sqrt(600) */
}

Test(init, orthogonal_rows_are_unit_and_at_right_angles)
{
	enum { N = 24, LD = 40 };
	float values[N * LD];
	alm_init_orthogonal(N, LD, 3, 4, values);
	for (int a = 0; a < N; a++)
		for (int b = 0; b <= a; b++) {
			double dot = 0;
			for (int i = 0; i < N; i++)
				dot += (double)values[a * LD + i] * (double)values[b * LD + i];
			cr_assert_float_eq(dot, a == b ? 1 : 0, 1e-6, "rows %d and %d: %g", a, b, dot);
		}
}

Test(init, is_a_function_of_seed_and_stream_alone)
{
	float a[16], b[16], c[16];
	alm_init_glorot_uniform(4, 4, 4, 1, 2, a);
	alm_init_glorot_uniform(4, 4, 4, 1, 2, b);
	alm_init_glorot_uniform(4, 4, 4, 1, 3, c);
	cr_assert_arr_eq(a, b, sizeof a);
	cr_assert_neq(memcmp(a, c, sizeof a), 0);
}
