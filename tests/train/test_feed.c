#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "support/make.h"
#include "train/feed.h"

/* Row r of channel c is 100 c + r, so every value says where it came from. */
static float numbered(size_t row, int channel)
{
	return (float)(100 * channel) + (float)row;
}

static float numbered_with_gap(size_t row, int channel)
{
	return channel == 0 && row >= 8 && row <= 10 ? NAN : numbered(row, channel);
}

/* The same up to row 9, and something else after it. */
static float changed_after_9(size_t row, int channel)
{
	return row <= 9 ? numbered_with_gap(row, channel) : -7777 - (float)row;
}

/* A small network whose inputs show what the feed writes. */
struct rig {
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_cell cell;
	struct alm_network network;
	struct alm_network_work work;
	struct alm_feed feed;
	float scales[2 * ALM_FEED_SCALES * 16];
	int lengths[2];
	struct alm_feed_scale scale; /* of the second row */
};

/* The network that the feed asks for. */
static void open_network(struct rig *rig)
{
	struct alm_network_spec spec = {.n_features = alm_feed_features(&rig->feed),
		.n_layers = 1,
		.layers = {{.cell = &rig->cell.facts, .units = 4}},
		.n_extra = alm_feed_extras(&rig->feed),
		.n_outputs = alm_feed_outputs(&rig->feed)};
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&rig->work, &rig->network, 3, 2, false, NULL), ALM_OK);
}

static void open_rig(struct rig *rig, make_value *value, bool calendar, enum alm_residual residual)
{
	rig->panel = make_panel(20, 2, calendar, value);
	rig->cell = make_cell("simple");
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = {.lookback = 3, .sampling = 2, .delay = 1, .horizon = 2, .stride = 1},
		.n_targets = 1,
		.residual = residual,
		.season = 4};
	rig->scale = alm_feed_scale_at(&rig->feed, rig->scales, 1);
	for (int channel = 0; channel < rig->panel.n_channels; channel++) {
		rig->scale.center[channel] = 0;
		rig->scale.gain[channel] = 1;
	}
	cr_assert_eq(alm_scaler_init(&rig->scaler, rig->panel.n_channels, NULL, 0, NULL), ALM_OK);
	open_network(rig);
}

static void open_network_again(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
	open_network(rig);
}

/* The same with a mask of what was observed. */
static void open_masked(struct rig *rig, make_value *value, bool calendar)
{
	open_rig(rig, value, calendar, ALM_RESIDUAL_NONE);
	rig->feed.mask = true;
	open_network_again(rig);
}

/* The same with the second channel known ahead. */
static void open_future(struct rig *rig, make_value *value, bool calendar)
{
	open_rig(rig, value, calendar, ALM_RESIDUAL_NONE);
	rig->panel.n_known++;
	open_network_again(rig);
}

static void close_rig(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
}

static float input(const struct rig *rig, int step, int channel)
{
	return alm_network_input(&rig->network, &rig->work, 2, step, 1)[channel];
}

/* The second of two rows is the sample, the first a later one; the second's steps. */
static int load(struct rig *rig, const struct alm_sample *sample)
{
	struct alm_sample samples[2] = {*sample, *sample};
	struct alm_feed_rows rows = {2, samples, rig->scales, rig->lengths};
	samples[0].window.now++;
	alm_feed_load(&rig->feed, &rows, &rig->network, &rig->work);
	rig->scale = alm_feed_scale_at(&rig->feed, rig->scales, 1);
	return rig->lengths[1];
}

Test(feed, inputs_are_every_kth_row_of_every_channel)
{
	struct rig rig;
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		cr_assert_float_eq(input(&rig, step, 0), (float)(5 + 2 * step), 0);
		cr_assert_float_eq(input(&rig, step, 1), (float)(105 + 2 * step), 0);
	}
	close_rig(&rig);
}

Test(feed, targets_come_a_delay_after_the_last_input)
{
	struct rig rig;
	float target[2], mask[2];
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(target[0], 11, 0); /* last input 9, delay 1 */
	cr_assert_float_eq(target[1], 12, 0);
	cr_assert_float_eq(mask[0], 1, 0);
	close_rig(&rig);
}

Test(feed, a_missing_target_is_masked)
{
	struct rig rig;
	float target[2], mask[2];
	open_rig(&rig, numbered_with_gap, false, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 8}; /* targets 10 and 11 */
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(mask[0], 0, 0);
	cr_assert_float_eq(mask[1], 1, 0);
	close_rig(&rig);
}

Test(feed, the_base_is_the_last_value_or_a_season_before)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 9}; /* now 9, targets 11 and 12 */
	open_rig(&rig, numbered, false, ALM_RESIDUAL_LAST);
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
	close_rig(&rig);
}

Test(feed, a_season_longer_than_the_history_falls_back_to_the_last_value)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 4};
	open_rig(&rig, numbered, false, ALM_RESIDUAL_SEASON);
	rig.feed.season = 15;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 4, 0);
	close_rig(&rig);
}

Test(feed, known_channels_of_the_horizon_are_extra_inputs)
{
	struct rig rig;
	open_rig(&rig, numbered, true, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	load(&rig, &sample);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	float angle = 2 * 3.14159265f * 11 / 24; /* the first target is row 11, 11 o'clock */
	cr_assert_float_eq(extra[0], sinf(angle), 1e-5f);
	cr_assert_float_eq(extra[1], cosf(angle), 1e-5f);
	cr_assert_float_eq(extra[6 + 0], sinf(angle + 2 * 3.14159265f / 24), 1e-5f);
	close_rig(&rig);
}

Test(feed, values_after_the_last_input_do_not_move_an_input_or_base_by_a_bit)
{
	struct rig honest, changed;
	float base[2][2], gain[2];
	open_rig(&honest, numbered_with_gap, false, ALM_RESIDUAL_SEASON);
	open_rig(&changed, changed_after_9, false, ALM_RESIDUAL_SEASON);
	struct alm_sample sample = {.window.now = 9}; /* now 9, inside the gap 8..10 */
	load(&honest, &sample);
	load(&changed, &sample);
	for (int step = 0; step < 3; step++)
		cr_assert_arr_eq(alm_network_input(&honest.network, &honest.work, 2, step, 1),
			alm_network_input(&changed.network, &changed.work, 2, step, 1), 2 * sizeof(float));
	cr_assert_float_eq(input(&honest, 2, 0), 7, 0); /* held at the last observation, row 7 */
	alm_feed_base(&honest.feed, &sample, 2, &honest.scale, base[0], gain);
	alm_feed_base(&changed.feed, &sample, 2, &changed.scale, base[1], gain);
	cr_assert_arr_eq(base[0], base[1], sizeof base[0]);
	close_rig(&honest);
	close_rig(&changed);
}

/* Row r of the second channel is 100 + r; targets are rows 11 and 12. */
Test(feed, future_channels_are_inputs_and_extra_inputs_of_the_horizon)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	open_future(&rig, numbered, true);
	rig.scaler.center[1] = 100;
	rig.feed.norm = ALM_WINDOW_NORM_LAST; /* concerns past channels */
	cr_assert_eq(alm_feed_extras(&rig.feed), 2 * 7);
	load(&rig, &sample);
	for (int step = 0; step < 3; step++)
		cr_assert_float_eq(input(&rig, step, 1), (float)(5 + 2 * step), 0);
	cr_assert_float_eq(input(&rig, 2, 0), 0, 0);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	cr_assert_float_eq(extra[0], 11, 0);
	cr_assert_float_eq(extra[1], sinf(2 * 3.14159265f * 11 / 24), 1e-5f);
	cr_assert_float_eq(extra[7], 12, 0);
	close_rig(&rig);
}

/* The second channel stands for a static one: an input of every step, beside the calendar, in no horizon and no mask. */
Test(feed, static_channels_are_inputs_of_every_step_and_no_more)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	float row[10] = {0};
	open_rig(&rig, numbered, true, ALM_RESIDUAL_NONE);
	rig.panel.n_static = 1;
	rig.feed.mask = true;
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	open_network_again(&rig);
	for (size_t at = 0; at < 20; at++)
		rig.panel.frames[0].values[8 * at + 1] = 44;
	cr_assert_eq(alm_feed_features(&rig.feed), 8 + 1);
	cr_assert_eq(alm_feed_extras(&rig.feed), 2 * 6);
	load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		cr_assert_float_eq(input(&rig, step, 0), (float)(2 * step - 4), 0);
		cr_assert_float_eq(input(&rig, step, 1), 44, 0);
		cr_assert_float_eq(input(&rig, step, 8), 1, 0);
	}
	alm_feed_row_ahead(&rig.feed, &sample.window, 3, row);
	cr_assert_float_eq(row[0], 0, 0);
	cr_assert_float_eq(row[1], 44, 0);
	cr_assert_float_eq(row[2], sinf(2 * 3.14159265f * 12 / 24), 1e-5f);
	cr_assert_float_eq(row[8], 1, 0);
	close_rig(&rig);
}

static float past_changed_after_9(size_t row, int channel)
{
	return row > 9 && channel == 0 ? -7777 : numbered_with_gap(row, channel);
}

static float future_changed_at_12(size_t row, int channel)
{
	return row == 12 && channel == 1 ? -7777 : numbered_with_gap(row, channel);
}

/* What the network gets of the window that ends with row 9: inputs, then extra inputs. */
static void load_future(make_value *value, float out[static 8])
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	open_future(&rig, value, false);
	load(&rig, &sample);
	for (int i = 0; i < 6; i++)
		out[i] = input(&rig, i / 2, i % 2);
	memcpy(out + 6, alm_network_extra(&rig.network, &rig.work, 2, 2, 1), 2 * sizeof(float));
	close_rig(&rig);
}

Test(feed, beside_future_channels_nothing_later_moves_an_input_by_a_bit)
{
	float honest[8], past[8], future[8];
	load_future(numbered_with_gap, honest);
	load_future(past_changed_after_9, past);
	load_future(future_changed_at_12, future);
	cr_assert_arr_eq(honest, past, 8 * sizeof(float));
	cr_assert_arr_eq(honest, future, 7 * sizeof(float));
	cr_assert_float_eq(future[7], -7777, 0);
}

/* Inputs are rows 5, 7 and 9, of which channel 0 lacks 9; eight channels with the calendar, the mask of two behind them. */
Test(feed, a_mask_says_of_every_step_what_was_observed)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	const float expected[3][2] = {{1, 1}, {1, 1}, {0, 1}};
	open_masked(&rig, numbered_with_gap, true);
	cr_assert_eq(alm_feed_features(&rig.feed), 10);
	load(&rig, &sample);
	for (int step = 0; step < 3; step++)
		for (int channel = 0; channel < 2; channel++)
			cr_assert_float_eq(input(&rig, step, 8 + channel), expected[step][channel], 0);
	cr_assert_float_eq(input(&rig, 2, 0), 7, 0);
	rig.feed.spec.min_lookback = 1;
	sample.window.now = 3;
	cr_assert_eq(load(&rig, &sample), 2);
	cr_assert_float_eq(input(&rig, 1, 9), 1, 0);
	cr_assert_float_eq(input(&rig, 2, 9), 0, 0); /* behind the end of a short lookback */
	close_rig(&rig);
}

/* Row 10, missing in one and there in the other, comes after the last input. */
Test(feed, what_is_observed_later_does_not_move_a_mask_by_a_bit)
{
	struct rig honest, changed;
	struct alm_sample sample = {.window.now = 9};
	open_masked(&honest, numbered_with_gap, false);
	open_masked(&changed, changed_after_9, false);
	for (int sequences = 0; sequences < 2; sequences++) {
		honest.feed.sequences = changed.feed.sequences = sequences;
		load(&honest, &sample);
		load(&changed, &sample);
		for (int step = 0; step < 3; step++)
			cr_assert_arr_eq(alm_network_input(&honest.network, &honest.work, 2, step, 1),
				alm_network_input(&changed.network, &changed.work, 2, step, 1),
				4 * sizeof(float));
	}
	close_rig(&honest);
	close_rig(&changed);
}

/* A window's own scale concerns values: a mask stays 0 and 1. */
Test(feed, a_mask_is_not_scaled)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	open_masked(&rig, numbered_with_gap, false);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	rig.scaler.center[0] = 3;
	rig.scaler.scale[0] = 2;
	alm_scaler_set_inverse(&rig.scaler);
	load(&rig, &sample);
	cr_assert_float_eq(input(&rig, 1, 2), 1, 0);
	cr_assert_float_eq(input(&rig, 2, 2), 0, 0);
	close_rig(&rig);
}

/* Rows 5, 7 and 9 of channel 0: the last is 9, the mean 7, the variance 8 / 3. */
Test(feed, a_window_is_scaled_by_its_last_value_or_by_its_mean_and_deviation)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 9};
	open_rig(&rig, numbered, true, ALM_RESIDUAL_NONE);
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	load(&rig, &sample);
	cr_assert_float_eq(input(&rig, 0, 0), -4, 0);
	cr_assert_float_eq(input(&rig, 2, 1), 0, 0);
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[1], 9, 0);
	cr_assert_float_eq(gain[1], 1, 0);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	load(&rig, &sample);
	float deviation = sqrtf(8.0f / 3 + 1e-5f);
	cr_assert_float_eq(input(&rig, 0, 0), -2 / deviation, 1e-6f);
	cr_assert_float_eq(input(&rig, 2, 0), 2 / deviation, 1e-6f);
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 7, 0);
	cr_assert_float_eq(gain[0], deviation, 1e-6f);
	float angle = 2 * 3.14159265f * 9 / 24; /* what is known ahead is left as it is */
	cr_assert_float_eq(input(&rig, 2, 2), sinf(angle), 1e-5f);
	rig.feed.residual = ALM_RESIDUAL_SEASON;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 7, 0); /* row 11 - 4 */
	cr_assert_float_eq(gain[0], deviation, 1e-6f);
	close_rig(&rig);
}

Test(feed, a_constant_window_is_scaled_without_a_division_by_zero)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	for (size_t row = 0; row < 10; row++)
		rig.panel.frames[0].values[2 * row] = 5;
	load(&rig, &sample);
	cr_assert_float_eq(input(&rig, 1, 0), 0, 0);
	cr_assert_float_eq(rig.scale.gain[0], sqrtf(1e-5f), 1e-9f);
	close_rig(&rig);
}

Test(feed, a_short_lookback_is_followed_by_zeros)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 3}; /* rows 1 and 3 */
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.spec.min_lookback = 1;
	alm_network_input(&rig.network, &rig.work, 2, 2, 1)[0] = 77;
	cr_assert_eq(load(&rig, &sample), 2);
	cr_assert_float_eq(input(&rig, 0, 0), 1, 0);
	cr_assert_float_eq(input(&rig, 1, 1), 103, 0);
	cr_assert_float_eq(input(&rig, 2, 0), 0, 0);
	close_rig(&rig);
}

Test(feed, with_sequences_every_step_has_its_own_targets_base_and_known_channels)
{
	struct rig rig;
	float target[2], mask[2], base[2], gain[2];
	struct alm_sample sample = {.window.now = 9}; /* inputs 5, 7, 9 */
	open_rig(&rig, numbered, false, ALM_RESIDUAL_LAST);
	rig.feed.sequences = true;
	load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		int now = 5 + 2 * step;
		alm_feed_targets(&rig.feed, &sample, step, target, mask);
		alm_feed_base(&rig.feed, &sample, step, &rig.scale, base, gain);
		cr_assert_float_eq(target[0], (float)(now + 2), 0); /* behind a delay of one */
		cr_assert_float_eq(target[1], (float)(now + 3), 0);
		cr_assert_float_eq(base[1], (float)now, 0);
	}
	close_rig(&rig);
}

/* In the gap 8..10 the fill is a line to row 11: an earlier step must not see it before its time. */
Test(feed, with_sequences_no_step_sees_what_a_later_one_knows)
{
	struct rig rig;
	struct alm_sample sample = {
		.window.now = 13}; /* inputs 9, 11, 13; 9 is in the gap, which has ended by 13 */
	open_rig(&rig, numbered_with_gap, false, ALM_RESIDUAL_NONE);
	load(&rig, &sample);
	cr_assert_float_eq(input(&rig, 0, 0), 9, 0);
	rig.feed.sequences = true;
	load(&rig, &sample);
	cr_assert_float_eq(input(&rig, 0, 0), 7, 0); /* the last that was known at row 9 */
	cr_assert_float_eq(input(&rig, 1, 0), 11, 0);
	close_rig(&rig);
}

Test(feed, a_recursive_forecast_has_targets_of_one_step)
{
	struct rig rig;
	float target[2] = {-1, -1}, mask[2];
	struct alm_sample sample = {.window.now = 9};
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.recursive = true;
	cr_assert_eq(alm_feed_values(&rig.feed), 1);
	cr_assert_eq(alm_feed_outputs(&rig.feed), 1);
	alm_feed_targets(&rig.feed, &sample, 2, target, mask);
	cr_assert_float_eq(target[0], 11, 0);
	cr_assert_float_eq(target[1], -1, 0);
	close_rig(&rig);
}

/* Two channels, each a sample of its own: rows of six in segments of three. */
Test(feed, segments_are_one_channel_of_a_window_cut_into_pieces)
{
	struct alm_panel panel = make_panel(20, 2, false, numbered);
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

/* Two channels, the second in a gap now and then. */
static float gappy(size_t row, int channel)
{
	return channel % 2 && row % 7 > 4 ? NAN : make_wave(row, channel);
}

enum { WIDE = 19, LONG = 21, ROWS = 5, COPIES = WIDE * LONG };

/* Inputs [steps][channels] of some samples' last row, loaded together. */
static void load_together(const struct alm_feed *feed, const struct alm_network *network,
	const struct alm_sample *samples, int n, float out[static COPIES])
{
	struct alm_network_work work;
	float scale[ROWS * ALM_FEED_SCALES * WIDE];
	int lengths[ROWS];
	cr_assert_eq(alm_network_work_init(&work, network, LONG, n, false, NULL), ALM_OK);
	alm_feed_load(feed, &(struct alm_feed_rows){n, samples, scale, lengths}, network, &work);
	for (int step = 0; step < LONG; step++)
		memcpy(out + (ptrdiff_t)step * WIDE, alm_network_input(network, &work, n, step, n - 1),
			WIDE * sizeof(float));
	alm_network_work_release(&work);
}

/* More steps than are loaded in one go, more channels than are measured together, rows that are short and rows in a gap. */
Test(feed, a_row_is_the_same_alone_and_behind_others)
{
	struct rig rig;
	static float alone[COPIES], behind[COPIES];
	const size_t nows[ROWS] = {33, 9, 40, 20, 26};
	rig.panel = make_panel(60, WIDE, false, gappy);
	rig.cell = make_cell("simple");
	rig.feed = (struct alm_feed){.panel = &rig.panel,
		.scaler = &rig.scaler,
		.spec = {.lookback = LONG, .sampling = 1, .horizon = 2, .stride = 1, .min_lookback = 4},
		.n_targets = 1};
	cr_assert_eq(alm_scaler_init(&rig.scaler, WIDE, NULL, 0, NULL), ALM_OK);
	open_network(&rig);
	for (int norm = ALM_WINDOW_NORM_NONE; norm <= ALM_WINDOW_NORM_MEAN; norm++)
		for (int n = 2; n <= ROWS; n++) {
			struct alm_sample samples[ROWS] = {0};
			for (int row = 0; row < ROWS; row++)
				samples[row].window.now = nows[row];
			rig.feed.norm = (enum alm_window_norm)norm;
			load_together(&rig.feed, &rig.network, samples, n, behind);
			load_together(&rig.feed, &rig.network, samples + n - 1, 1, alone);
			cr_assert_arr_eq(behind, alone, sizeof alone, "norm %d, row %d", norm, n - 1);
		}
	close_rig(&rig);
}

/* Channel 17 lies behind those that are measured first. */
Test(feed, the_mean_and_deviation_of_a_wide_window_are_its_own)
{
	struct rig rig;
	static float inputs[COPIES];
	rig.panel = make_panel(60, WIDE, false, make_wave);
	rig.cell = make_cell("simple");
	rig.feed = (struct alm_feed){.panel = &rig.panel,
		.scaler = &rig.scaler,
		.spec = {.lookback = LONG, .sampling = 1, .horizon = 2, .stride = 1},
		.n_targets = 1,
		.norm = ALM_WINDOW_NORM_MEAN};
	cr_assert_eq(alm_scaler_init(&rig.scaler, WIDE, NULL, 0, NULL), ALM_OK);
	open_network(&rig);
	load_together(&rig.feed, &rig.network, &(struct alm_sample){.window.now = 30}, 1, inputs);
	for (int channel = 0; channel < WIDE; channel++) {
		double sum = 0, squares = 0;
		for (int step = 0; step < LONG; step++) {
			double value = (double)inputs[step * WIDE + channel];
			sum += value;
			squares += value * value;
		}
		cr_assert_float_eq(sum / LONG, 0, 1e-5, "channel %d", channel);
		cr_assert_float_eq(squares / LONG, 1, 1e-3, "channel %d", channel);
	}
	close_rig(&rig);
}

/* A ramp on a level: the window's middle is far from its mean when its end jumps. */
static float high_ramp(size_t row, int channel)
{
	float level = 4096 * (float)(1 + channel);
	return level + 0.25f * (float)row + (row > 28 ? 64.0f : 0);
}

Test(feed, a_level_far_from_zero_costs_the_deviation_no_digits)
{
	struct rig rig;
	static float inputs[COPIES];
	rig.panel = make_panel(60, WIDE, false, high_ramp);
	rig.cell = make_cell("simple");
	rig.feed = (struct alm_feed){.panel = &rig.panel,
		.scaler = &rig.scaler,
		.spec = {.lookback = LONG, .sampling = 1, .horizon = 2, .stride = 1},
		.n_targets = 1,
		.norm = ALM_WINDOW_NORM_MEAN};
	cr_assert_eq(alm_scaler_init(&rig.scaler, WIDE, NULL, 0, NULL), ALM_OK);
	open_network(&rig);
	load_together(&rig.feed, &rig.network, &(struct alm_sample){.window.now = 30}, 1, inputs);
	for (int channel = 0; channel < WIDE; channel++) {
		double sum = 0, squares = 0;
		for (int row = 30 - LONG + 1; row <= 30; row++)
			sum += (double)high_ramp((size_t)row, channel) / LONG;
		for (int row = 30 - LONG + 1; row <= 30; row++)
			squares += pow((double)high_ramp((size_t)row, channel) - sum, 2) / LONG;
		for (int step = 0; step < LONG; step++) {
			double value = (double)high_ramp((size_t)(30 - LONG + 1 + step), channel);
			cr_assert_float_eq(inputs[step * WIDE + channel],
				(value - sum) / sqrt(squares + 1e-5), 1e-5 * value / 64,
				"channel %d, step %d", channel, step);
		}
	}
	close_rig(&rig);
}

Test(feed, a_value_that_is_not_finite_once_scaled_is_named)
{
	struct rig rig;
	struct alm_error err = {0};
	open_rig(&rig, numbered, false, ALM_RESIDUAL_NONE);
	rig.scaler.scale[1] = 2e-38f;
	alm_scaler_set_inverse(&rig.scaler);
	rig.panel.frames[0].values[2 * 3 + 1] = 3e4f;
	cr_assert_eq(alm_feed_scan(&rig.feed, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "'s'") && strstr(err.text, "'b'") && strstr(err.text, "2020-01-01 0"),
		"%s", err.text);
	close_rig(&rig);
}

/* Channel 0 counts rows; channel 1, the category, is unknown, the first or the second word: row % 3. */
static float with_category(size_t row, int channel)
{
	return channel == 0 ? (float)row : (float)(row % 3);
}

/* Of two channels and the calendar's, the second is a category of two words. */
static int *category_inputs(struct rig *rig, bool known_ahead)
{
	int *input = malloc(9 * sizeof *input);
	rig->panel.category = calloc(8, sizeof *rig->panel.category);
	cr_assert(input && rig->panel.category);
	rig->panel.category[1] = true;
	for (int channel = 0; channel < 9; channel++)
		input[channel] = channel + (channel > 1);
	rig->feed.input = input;
	rig->panel.n_known += known_ahead;
	return input;
}

/* Rows 5, 7, 9 are the second word, the first, and unknown: both inputs are then a half. */
Test(feed, a_category_is_an_input_for_each_word_and_their_mean_when_it_is_unknown)
{
	static const float expected[3][3] = {{5, 0, 1}, {7, 1, 0}, {9, 0.5F, 0.5F}};
	struct rig rig;
	open_rig(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, false);
	rig.feed.norm = ALM_WINDOW_NORM_NONE;
	rig.feed.mask = true;
	open_network_again(&rig);
	cr_assert_eq(alm_feed_features(&rig.feed), 5, "a number, two words, and the mask of both channels");
	struct alm_sample sample = {.window.now = 9};
	load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		const float *row = alm_network_input(&rig.network, &rig.work, 2, step, 1);
		for (int i = 0; i < 3; i++)
			cr_assert_float_eq(row[i], expected[step][i], 0, "step %d, input %d", step, i);
		cr_assert(row[3] == 1 && row[4] == 1);
	}
	free(input);
	close_rig(&rig);
}

/* Window normalisation subtracts a level from numbers; a word has none. Inputs 5, 7, 9 less the last. */
Test(feed, a_category_is_not_normalised)
{
	struct rig rig;
	open_rig(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, false);
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	open_network_again(&rig);
	struct alm_sample sample = {.window.now = 9};
	load(&rig, &sample);
	const float *first = alm_network_input(&rig.network, &rig.work, 2, 0, 1);
	cr_assert(first[0] == -4 && first[1] == 0 && first[2] == 1);
	free(input);
	close_rig(&rig);
}

/* Delay 1, so that the targets of row 9 are rows 11 and 12: the second word and an unknown one. */
Test(feed, a_category_that_is_known_ahead_reaches_the_head_word_by_word)
{
	static const float expected[4] = {0, 1, 0.5F, 0.5F};
	struct rig rig;
	open_rig(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, true);
	open_network_again(&rig);
	cr_assert_eq(alm_feed_extras(&rig.feed), 4);
	struct alm_sample sample = {.window.now = 9};
	load(&rig, &sample);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	for (int i = 0; i < 4; i++)
		cr_assert_float_eq(extra[i], expected[i], 0, "input %d", i);
	free(input);
	close_rig(&rig);
}

/* The calendar's channels come after the words, where they would come after one number. */
Test(feed, channels_behind_a_category_keep_their_values)
{
	struct rig rig;
	open_rig(&rig, with_category, true, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	float calendar[6], row[9];
	load(&rig, &sample);
	memcpy(calendar, alm_network_input(&rig.network, &rig.work, 2, 2, 1) + 2, sizeof calendar);
	int *input = category_inputs(&rig, false);
	open_network_again(&rig);
	load(&rig, &sample);
	cr_assert_arr_eq(alm_network_input(&rig.network, &rig.work, 2, 2, 1) + 3, calendar, sizeof calendar);
	alm_feed_row_ahead(&rig.feed, &sample.window, 1, row);
	float *known = row + 3;
	alm_feed_ahead(&rig.feed, &sample.window, 1, calendar);
	cr_assert_arr_eq(known, calendar, sizeof calendar, "the row ahead has them at the same place");
	free(input);
	close_rig(&rig);
}
