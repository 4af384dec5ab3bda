#include <criterion/criterion.h>
#include <string.h>
#include "train/feed_rig.h"

/* Inputs are rows 5, 7 and 9, of which channel 0 lacks 9; eight channels with the calendar, the mask of two behind them. */
Test(feed_mask, a_mask_says_of_every_step_what_was_observed)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	const float expected[3][2] = {{1, 1}, {1, 1}, {0, 1}};
	rig_open_masked(&rig, rig_numbered_with_gap, true);
	cr_assert_eq(alm_feed_features(&rig.feed), 10);
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++)
		for (int channel = 0; channel < 2; channel++)
			cr_assert_float_eq(rig_input(&rig, step, 8 + channel), expected[step][channel], 0);
	cr_assert_float_eq(rig_input(&rig, 2, 0), 7, 0);
	rig.feed.spec.min_lookback = 1;
	sample.window.now = 3;
	cr_assert_eq(rig_load(&rig, &sample), 2);
	cr_assert_float_eq(rig_input(&rig, 1, 9), 1, 0);
	cr_assert_float_eq(rig_input(&rig, 2, 9), 0, 0); /* behind the end of a short lookback */
	rig_close(&rig);
}

/* Row 10, missing in one and there in the other, comes after the last input. */
Test(feed_mask, what_is_observed_later_does_not_move_a_mask_by_a_bit)
{
	struct rig honest, changed;
	struct alm_sample sample = {.window.now = 9};
	rig_open_masked(&honest, rig_numbered_with_gap, false);
	rig_open_masked(&changed, rig_changed_after_9, false);
	for (int sequences = 0; sequences < 2; sequences++) {
		honest.feed.sequences = changed.feed.sequences = sequences;
		rig_load(&honest, &sample);
		rig_load(&changed, &sample);
		for (int step = 0; step < 3; step++)
			cr_assert_arr_eq(alm_network_input(&honest.network, &honest.work, 2, step, 1),
				alm_network_input(&changed.network, &changed.work, 2, step, 1),
				4 * sizeof(float));
	}
	rig_close(&honest);
	rig_close(&changed);
}

/* A window's own scale concerns values: a mask stays 0 and 1. */
Test(feed_mask, a_mask_is_not_scaled)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	rig_open_masked(&rig, rig_numbered_with_gap, false);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	rig.scaler.center[0] = 3;
	rig.scaler.scale[0] = 2;
	alm_scaler_set_inverse(&rig.scaler);
	rig_load(&rig, &sample);
	cr_assert_float_eq(rig_input(&rig, 1, 2), 1, 0);
	cr_assert_float_eq(rig_input(&rig, 2, 2), 0, 0);
	rig_close(&rig);
}
