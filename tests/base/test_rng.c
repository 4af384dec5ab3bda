#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include "base/rng.h"

Test(rng, uniform_values_fill_the_unit_interval_evenly)
{
	enum { N = 100000 };
	double sum = 0, squares = 0;
	for (uint64_t i = 0; i < N; i++) {
		double value = alm_rng_uniform(1, 2, i);
		cr_assert(value >= 0 && value < 1);
		sum += value;
		squares += value * value;
	}
	cr_assert_float_eq(sum / N, 0.5, 4 * sqrt(1.0 / 12 / N));
	cr_assert_float_eq(squares / N, 1.0 / 3, 4 * sqrt(4.0 / 45 / N));
}

Test(rng, normal_values_have_mean_zero_and_variance_one)
{
	enum { N = 100000 };
	double sum = 0, squares = 0;
	for (uint64_t i = 0; i < N; i++) {
		double value = alm_rng_normal(1, 2, i);
		sum += value;
		squares += value * value;
	}
	cr_assert_float_eq(sum / N, 0, 4 / sqrt(N));
	cr_assert_float_eq(squares / N, 1, 4 * sqrt(2.0 / N));
}

/*
 * Computed apart, from the published algorithm with integers of any size. A change of these bits changes what
 * every stored seed means.
 */
Test(rng, bits_are_those_of_splitmix64)
{
	cr_assert_eq(alm_rng_bits(0, 0, 0), UINT64_C(0x238275bc38fcbe91));
	cr_assert_eq(alm_rng_bits(1, 2, 3), UINT64_C(0xd0734750fde362b3));
	cr_assert_eq(alm_rng_bits(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_C(0x595b17f487c0e71b));
	cr_assert_float_eq(alm_rng_uniform(1, 2, 3), 0.814259011529328, 1e-15);
	cr_assert_float_eq(alm_rng_normal(1, 2, 3), -0.06710497543878634, 1e-14);
}

Test(rng, every_part_of_the_key_matters)
{
	cr_assert_eq(alm_rng_bits(1, 2, 3), alm_rng_bits(1, 2, 3));
	cr_assert_neq(alm_rng_bits(1, 2, 3), alm_rng_bits(2, 2, 3));
	cr_assert_neq(alm_rng_bits(1, 2, 3), alm_rng_bits(1, 3, 3));
	cr_assert_neq(alm_rng_bits(1, 2, 3), alm_rng_bits(1, 2, 4));
}

Test(rng, a_permutation_has_every_element_once)
{
	static const uint64_t sizes[] = {1, 2, 3, 4, 5, 16, 17, 1000, 65537};
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		char *seen = calloc(sizes[s], 1);
		for (uint64_t i = 0; i < sizes[s]; i++) {
			uint64_t at = alm_rng_permute(9, 8, sizes[s], i);
			cr_assert_lt(at, sizes[s]);
			cr_assert_eq(seen[at]++, 0, "%lu twice of %lu", at, sizes[s]);
		}
		free(seen);
	}
}

Test(rng, permutations_of_different_streams_differ)
{
	int same = 0;
	for (uint64_t i = 0; i < 1000; i++)
		same += alm_rng_permute(1, 1, 1000, i) == alm_rng_permute(1, 2, 1000, i);
	cr_assert_lt(same, 20); /* one is expected */
}
