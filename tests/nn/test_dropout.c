#include <criterion/criterion.h>
#include "nn/dropout.h"

static const struct alm_noise noise = {.seed = 5, .step = 9, .first_row = 0};

Test(dropout, keeps_its_share_and_makes_up_for_what_it_drops)
{
	static float mask[100 * 200];
	int n_dropped = 0;
	alm_dropout_draw(&noise, 1, 0.3, 100, 200, mask);
	for (int i = 0; i < 100 * 200; i++) {
		cr_assert(mask[i] == 0 || mask[i] == (float)(1 / 0.7));
		n_dropped += mask[i] == 0;
	}
	/* 20,000 draws: 6,000 +- 5 standard deviations of 65. */
	cr_assert(n_dropped > 5675 && n_dropped < 6325, "%d", n_dropped);
}

Test(dropout, of_a_row_does_not_depend_on_the_shard_it_is_drawn_in)
{
	float all[8 * 5], part[3 * 5];
	struct alm_noise later = noise;
	later.first_row = 4;
	alm_dropout_draw(&noise, 2, 0.5, 8, 5, all);
	alm_dropout_draw(&later, 2, 0.5, 3, 5, part);
	cr_assert_arr_eq(part, all + 4 * 5, sizeof part);
}

Test(dropout, differs_from_step_to_step_from_place_to_place_and_from_seed_to_seed)
{
	float mask[4][64];
	struct alm_noise other[2] = {noise, noise};
	other[0].step = 10;
	other[1].seed = 6;
	alm_dropout_draw(&noise, 1, 0.5, 8, 8, mask[0]);
	alm_dropout_draw(&noise, 2, 0.5, 8, 8, mask[1]);
	alm_dropout_draw(&other[0], 1, 0.5, 8, 8, mask[2]);
	alm_dropout_draw(&other[1], 1, 0.5, 8, 8, mask[3]);
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < a; b++)
			cr_assert_arr_neq(mask[a], mask[b], sizeof mask[a]);
}

Test(dropout, multiplies_rows_of_a_wider_buffer)
{
	float mask[] = {0, 2, 2, 0}, values[] = {1, 2, 9, 3, 4, 9};
	const float expected[] = {0, 4, 9, 6, 0, 9};
	alm_dropout_apply(2, 2, mask, values, 3);
	cr_assert_arr_eq(values, expected, sizeof values);
}
