#include <criterion/criterion.h>
#include <math.h>
#include "nn/norm.h"

/* 1, 2, 6: mean 3, variance 14 / 3. */
Test(norm, takes_away_the_mean_and_divides_by_the_deviation)
{
	struct alm_params params = {0};
	struct alm_norm norm;
	float weights[6], values[] = {1, 2, 6}, normal[4];
	cr_assert_eq(alm_norm_init(&norm, 3, "layer0", &params, NULL), ALM_OK);
	cr_assert_str_eq(params.tensor[0].name, "layer0.norm.gain");
	alm_norm_initialise(&norm, weights);
	alm_norm_forward(&norm, weights, values, normal);
	double deviation = sqrt(14.0 / 3 + 1e-5);
	cr_assert_float_eq(values[0], -2 / deviation, 1e-6);
	cr_assert_float_eq(values[1], -1 / deviation, 1e-6);
	cr_assert_float_eq(values[2], 3 / deviation, 1e-6);
	cr_assert_float_eq(normal[3], 1 / deviation, 1e-6);
	alm_params_release(&params);
}

Test(norm, has_a_gain_and_a_bias)
{
	struct alm_params params = {0};
	struct alm_norm norm;
	float weights[] = {2, 3, 10, 20}, values[] = {-1, 1};
	cr_assert_eq(alm_norm_init(&norm, 2, "layer0", &params, NULL), ALM_OK);
	alm_norm_forward(&norm, weights, values, NULL);
	cr_assert_float_eq(values[0], 8, 2e-5);
	cr_assert_float_eq(values[1], 23, 3e-5);
	alm_params_release(&params);
}

Test(norm, of_a_constant_is_its_bias)
{
	struct alm_params params = {0};
	struct alm_norm norm;
	float weights[] = {2, 3, 10, 20}, values[] = {7, 7};
	cr_assert_eq(alm_norm_init(&norm, 2, "layer0", &params, NULL), ALM_OK);
	alm_norm_forward(&norm, weights, values, NULL);
	cr_assert_float_eq(values[0], 10, 0);
	cr_assert_float_eq(values[1], 20, 0);
	alm_params_release(&params);
}
