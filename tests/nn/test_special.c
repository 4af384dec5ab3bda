/* Against values of tables: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3 and 26. */
#include <criterion/criterion.h>
#include <math.h>
#include "nn/special.h"

Test(special, softplus_is_log_1_plus_e_to_x_and_its_derivative_the_logistic)
{
	cr_assert_float_eq(alm_softplus(0), M_LN2, 1e-15);
	cr_assert_float_eq(alm_softplus(-40), exp(-40), 1e-30);
	cr_assert_eq(alm_softplus(1e4), 1e4);
	cr_assert_eq(alm_softplus(-1e4), 0);
	cr_assert_float_eq(alm_logistic(0), 0.5, 1e-15);
	cr_assert_float_eq(
		(alm_softplus(1.3 + 1e-5) - alm_softplus(1.3 - 1e-5)) / 2e-5, alm_logistic(1.3), 1e-9);
}

Test(special, digamma_has_the_values_of_the_handbook)
{
	const double euler = 0.57721566490153286;
	cr_assert_float_eq(alm_digamma(1), -euler, 1e-12);
	cr_assert_float_eq(alm_digamma(0.5), -euler - 2 * M_LN2, 1e-12);
	cr_assert_float_eq(alm_digamma(2), 1 - euler, 1e-12);
	cr_assert_float_eq(alm_digamma(20), 2.970523992242149, 1e-12);
	cr_assert_float_eq(alm_digamma(1e6), log(1e6) - 0.5e-6, 1e-12);
}

Test(special, normal_quantiles_have_the_values_of_the_tables)
{
	cr_assert_float_eq(alm_normal_quantile(0.5), 0, 1e-15);
	cr_assert_float_eq(alm_normal_quantile(0.975), 1.959963984540054, 1e-12);
	cr_assert_float_eq(alm_normal_quantile(0.1), -1.2815515655446004, 1e-12);
	cr_assert_float_eq(alm_normal_quantile(1e-9), -5.997807015007687, 1e-9);
	cr_assert_float_eq(alm_normal_quantile(0.999), 3.090232306167813, 1e-11);
}

Test(special, student_quantiles_have_the_values_of_the_tables)
{
	const struct {
		double p, df, t;
	} table[] = {
		{0.975, 2, 4.302652730},
		{0.975, 3, 3.182446305},
		{0.975, 5, 2.570581836},
		{0.975, 10, 2.228138852},
		{0.975, 30, 2.042272456},
		{0.975, 120, 1.979930405},
		{0.9, 3, 1.637744354},
		{0.75, 4, 0.740697084},
		{0.995, 7, 3.499483297},
		{0.9995, 4, 8.610301581},
		{0.6, 5, 0.267180866},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		double found = alm_student_quantile(table[i].p, table[i].df);
		cr_assert_float_eq(found, table[i].t, 2e-5 * table[i].t, "%g at %g: %.9g", table[i].p,
			table[i].df, found);
		cr_assert_float_eq(alm_student_quantile(1 - table[i].p, table[i].df), -found, 1e-9);
	}
	cr_assert_eq(alm_student_quantile(0.5, 3), 0);
	cr_assert_float_eq(alm_student_quantile(0.975, 1e6), 1.959966, 1e-5);
}
