#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "train/feed_rig.h"

Test(feed, inputs_are_every_kth_row_of_every_channel)
{
	struct rig rig;
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		cr_assert_float_eq(rig_input(&rig, step, 0), (float)(5 + 2 * step), 0);
		cr_assert_float_eq(rig_input(&rig, step, 1), (float)(105 + 2 * step), 0);
	}
	rig_close(&rig);
}

Test(feed, targets_come_a_delay_after_the_last_input)
{
	struct rig rig;
	float target[2], mask[2];
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(target[0], 11, 0); /* last input 9, delay 1 */
	cr_assert_float_eq(target[1], 12, 0);
	cr_assert_float_eq(mask[0], 1, 0);
	rig_close(&rig);
}

Test(feed, a_missing_target_is_masked)
{
	struct rig rig;
	float target[2], mask[2];
	rig_open(&rig, rig_numbered_with_gap, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 8}; /* targets 10 and 11 */
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(mask[0], 0, 0);
	cr_assert_float_eq(mask[1], 1, 0);
	rig_close(&rig);
}

Test(feed, the_base_is_the_last_value_or_a_season_before)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 9}; /* now 9, targets 11 and 12 */
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_LAST);
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 9, 0);
	cr_assert_float_eq(base[1], 9, 0);
	rig.feed.residual = ALM_RESIDUAL_SEASON;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 7, 0); /* 11 - 4 */
	cr_assert_float_eq(base[1], 8, 0);
	rig.feed.residual = ALM_RESIDUAL_NONE;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 0, 0);
	rig_close(&rig);
}

Test(feed, a_season_longer_than_the_history_falls_back_to_the_last_value)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 4};
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_SEASON);
	rig.feed.season = 15;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 4, 0);
	rig_close(&rig);
}

Test(feed, known_channels_of_the_horizon_are_extra_inputs)
{
	struct rig rig;
	rig_open(&rig, rig_numbered, true, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	rig_load(&rig, &sample);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	float angle = 2 * 3.14159265f * 11 / 24; /* the first target is row 11, 11 o'clock */
	cr_assert_float_eq(extra[0], sinf(angle), 1e-5f);
	cr_assert_float_eq(extra[1], cosf(angle), 1e-5f);
	cr_assert_float_eq(extra[6 + 0], sinf(angle + 2 * 3.14159265f / 24), 1e-5f);
	rig_close(&rig);
}

Test(feed, values_after_the_last_input_do_not_move_an_input_or_base_by_a_bit)
{
	struct rig honest, changed;
	float base[2][2], gain[2];
	rig_open(&honest, rig_numbered_with_gap, false, ALM_RESIDUAL_SEASON);
	rig_open(&changed, rig_changed_after_9, false, ALM_RESIDUAL_SEASON);
	struct alm_sample sample = {.window.now = 9}; /* now 9, inside the gap 8..10 */
	rig_load(&honest, &sample);
	rig_load(&changed, &sample);
	for (int step = 0; step < 3; step++)
		cr_assert_arr_eq(alm_network_input(&honest.network, &honest.work, 2, step, 1),
			alm_network_input(&changed.network, &changed.work, 2, step, 1), 2 * sizeof(float));
	cr_assert_float_eq(rig_input(&honest, 2, 0), 7, 0); /* held at the last observation, row 7 */
	alm_feed_base(&honest.feed, &sample, 2, &honest.scale, base[0], gain);
	alm_feed_base(&changed.feed, &sample, 2, &changed.scale, base[1], gain);
	cr_assert_arr_eq(base[0], base[1], sizeof base[0]);
	rig_close(&honest);
	rig_close(&changed);
}

/* Row r of the second channel is 100 + r; targets are rows 11 and 12. */
Test(feed, future_channels_are_inputs_and_extra_inputs_of_the_horizon)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	rig_open_future(&rig, rig_numbered, true);
	rig.scaler.center[1] = 100;
	rig.feed.norm = ALM_WINDOW_NORM_LAST; /* concerns past channels */
	cr_assert_eq(alm_feed_extras(&rig.feed), 2 * 7);
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++)
		cr_assert_float_eq(rig_input(&rig, step, 1), (float)(5 + 2 * step), 0);
	cr_assert_float_eq(rig_input(&rig, 2, 0), 0, 0);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	cr_assert_float_eq(extra[0], 11, 0);
	cr_assert_float_eq(extra[1], sinf(2 * 3.14159265f * 11 / 24), 1e-5f);
	cr_assert_float_eq(extra[7], 12, 0);
	rig_close(&rig);
}

/* The second channel stands for a static one: an input of every step, beside the calendar, in no horizon and no mask. */
Test(feed, static_channels_are_inputs_of_every_step_and_no_more)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	float row[10] = {0};
	rig_open(&rig, rig_numbered, true, ALM_RESIDUAL_NONE);
	rig.panel.n_static = 1;
	rig.feed.mask = true;
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	rig_open_network_again(&rig);
	for (size_t at = 0; at < 20; at++)
		rig.panel.frames[0].values[8 * at + 1] = 44;
	cr_assert_eq(alm_feed_features(&rig.feed), 8 + 1);
	cr_assert_eq(alm_feed_extras(&rig.feed), 2 * 6);
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		cr_assert_float_eq(rig_input(&rig, step, 0), (float)(2 * step - 4), 0);
		cr_assert_float_eq(rig_input(&rig, step, 1), 44, 0);
		cr_assert_float_eq(rig_input(&rig, step, 8), 1, 0);
	}
	alm_feed_row_ahead(&rig.feed, &sample.window, 3, row);
	cr_assert_float_eq(row[0], 0, 0);
	cr_assert_float_eq(row[1], 44, 0);
	cr_assert_float_eq(row[2], sinf(2 * 3.14159265f * 12 / 24), 1e-5f);
	cr_assert_float_eq(row[8], 1, 0);
	rig_close(&rig);
}

static float past_changed_after_9(size_t row, int channel)
{
	return row > 9 && channel == 0 ? -7777 : rig_numbered_with_gap(row, channel);
}

static float future_changed_at_12(size_t row, int channel)
{
	return row == 12 && channel == 1 ? -7777 : rig_numbered_with_gap(row, channel);
}

/* What the network gets of the window that ends with row 9: inputs, then extra inputs. */
static void load_future(make_value *value, float out[static 8])
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	rig_open_future(&rig, value, false);
	rig_load(&rig, &sample);
	for (int i = 0; i < 6; i++)
		out[i] = rig_input(&rig, i / 2, i % 2);
	memcpy(out + 6, alm_network_extra(&rig.network, &rig.work, 2, 2, 1), 2 * sizeof(float));
	rig_close(&rig);
}

Test(feed, beside_future_channels_nothing_later_moves_an_input_by_a_bit)
{
	float honest[8], past[8], future[8];
	load_future(rig_numbered_with_gap, honest);
	load_future(past_changed_after_9, past);
	load_future(future_changed_at_12, future);
	cr_assert_arr_eq(honest, past, 8 * sizeof(float));
	cr_assert_arr_eq(honest, future, 7 * sizeof(float));
	cr_assert_float_eq(future[7], -7777, 0);
}

Test(feed, a_short_lookback_is_followed_by_zeros)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 3}; /* rows 1 and 3 */
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.spec.min_lookback = 1;
	alm_network_input(&rig.network, &rig.work, 2, 2, 1)[0] = 77;
	cr_assert_eq(rig_load(&rig, &sample), 2);
	cr_assert_float_eq(rig_input(&rig, 0, 0), 1, 0);
	cr_assert_float_eq(rig_input(&rig, 1, 1), 103, 0);
	cr_assert_float_eq(rig_input(&rig, 2, 0), 0, 0);
	rig_close(&rig);
}

Test(feed, with_sequences_every_step_has_its_own_targets_base_and_known_channels)
{
	struct rig rig;
	float target[2], mask[2], base[2], gain[2];
	struct alm_sample sample = {.window.now = 9}; /* inputs 5, 7, 9 */
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_LAST);
	rig.feed.sequences = true;
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		int now = 5 + 2 * step;
		alm_feed_targets(&rig.feed, &sample, step, target, mask);
		alm_feed_base(&rig.feed, &sample, step, &rig.scale, base, gain);
		cr_assert_float_eq(target[0], (float)(now + 2), 0); /* behind a delay of one */
		cr_assert_float_eq(target[1], (float)(now + 3), 0);
		cr_assert_float_eq(base[1], (float)now, 0);
	}
	rig_close(&rig);
}

/* In the gap 8..10 the fill is a line to row 11: an earlier step must not see it before its time. */
Test(feed, with_sequences_no_step_sees_what_a_later_one_knows)
{
	struct rig rig;
	struct alm_sample sample = {
		.window.now = 13}; /* inputs 9, 11, 13; 9 is in the gap, which has ended by 13 */
	rig_open(&rig, rig_numbered_with_gap, false, ALM_RESIDUAL_NONE);
	rig_load(&rig, &sample);
	cr_assert_float_eq(rig_input(&rig, 0, 0), 9, 0);
	rig.feed.sequences = true;
	rig_load(&rig, &sample);
	cr_assert_float_eq(rig_input(&rig, 0, 0), 7, 0); /* the last that was known at row 9 */
	cr_assert_float_eq(rig_input(&rig, 1, 0), 11, 0);
	rig_close(&rig);
}

Test(feed, a_recursive_forecast_has_targets_of_one_step)
{
	struct rig rig;
	float target[2] = {-1, -1}, mask[2];
	struct alm_sample sample = {.window.now = 9};
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.recursive = true;
	cr_assert_eq(alm_feed_values(&rig.feed), 1);
	cr_assert_eq(alm_feed_outputs(&rig.feed), 1);
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(target[0], 11, 0);
	cr_assert_float_eq(target[1], -1, 0);
	rig_close(&rig);
}

/* Two channels, each a sample of its own: rows of six in segments of three. */
Test(feed, segments_are_one_channel_of_a_window_cut_into_pieces)
{
	struct alm_panel panel = make_panel(20, 2, false, rig_numbered);
	struct alm_scaler scaler;
	struct alm_network network;
	struct alm_network_work work;
	struct alm_cell cell = make_cell("gru");
	struct alm_sample sample = {.window.now = 9, .channel = 1};
	float scales[ALM_FEED_SCALES * 2], target[4], mask[4];
	int length;
	struct alm_feed_rows rows = {1, &sample, scales, &length};
	cr_assert_eq(alm_scaler_init(&scaler, 2, NULL, 0, NULL), ALM_OK);
	struct alm_feed feed = {.panel = &panel,
		.scaler = &scaler,
		.spec = {.lookback = 6, .sampling = 1, .horizon = 4, .stride = 1, .min_lookback = 3},
		.n_targets = 2,
		.segment = 3};
	struct alm_network_spec spec = {.n_features = alm_feed_features(&feed),
		.n_layers = 1,
		.layers = {{.cell = &cell.facts, .units = 4}},
		.n_outputs = alm_feed_outputs(&feed),
		.segment = {3, 2, 2}};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, alm_feed_steps(&feed), 2, false, NULL), ALM_OK);
	cr_assert_eq(alm_feed_samples(&feed), 2);
	cr_assert_eq(alm_feed_values(&feed), 4);
	alm_feed_load(&feed, &rows, &network, &work);
	cr_assert_eq(length, 2);
	for (int i = 0; i < 6; i++)
		cr_assert_float_eq(
			alm_network_input(&network, &work, 1, i / 3, 0)[i % 3], (float)(104 + i), 0);
	alm_feed_targets(&feed, &sample, 1, target, mask);
	for (int i = 0; i < 4; i++)
		cr_assert_float_eq(target[i], (float)(110 + i), 0);
	sample.window.now = 4; /* five rows: the oldest two fill no segment */
	alm_feed_load(&feed, &rows, &network, &work);
	cr_assert_eq(length, 1);
	cr_assert_float_eq(alm_network_input(&network, &work, 1, 0, 0)[0], 102, 0);
	cr_assert_float_eq(alm_network_input(&network, &work, 1, 1, 0)[0], 0, 0);
	alm_network_work_release(&work);
	alm_network_release(&network);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}
