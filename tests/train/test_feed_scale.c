#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "train/feed_rig.h"

/* Rows 5, 7 and 9 of channel 0: the last is 9, the mean 7, the variance 8 / 3. */
Test(feed_scale, a_window_is_scaled_by_its_last_value_or_by_its_mean_and_deviation)
{
	struct rig rig;
	float base[2], gain[2];
	struct alm_sample sample = {.window.now = 9};
	rig_open(&rig, rig_numbered, true, ALM_RESIDUAL_NONE);
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	rig_load(&rig, &sample);
	cr_assert_float_eq(rig_input(&rig, 0, 0), -4, 0);
	cr_assert_float_eq(rig_input(&rig, 2, 1), 0, 0);
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[1], 9, 0);
	cr_assert_float_eq(gain[1], 1, 0);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	rig_load(&rig, &sample);
	float deviation = sqrtf(8.0f / 3 + 1e-5f);
	cr_assert_float_eq(rig_input(&rig, 0, 0), -2 / deviation, 1e-6f);
	cr_assert_float_eq(rig_input(&rig, 2, 0), 2 / deviation, 1e-6f);
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 7, 0);
	cr_assert_float_eq(gain[0], deviation, 1e-6f);
	float angle = 2 * 3.14159265f * 9 / 24; /* what is known ahead is left as it is */
	cr_assert_float_eq(rig_input(&rig, 2, 2), sinf(angle), 1e-5f);
	rig.feed.residual = ALM_RESIDUAL_SEASON;
	alm_feed_base(&rig.feed, &sample, 2, &rig.scale, base, gain);
	cr_assert_float_eq(base[0], 7, 0); /* row 11 - 4 */
	cr_assert_float_eq(gain[0], deviation, 1e-6f);
	rig_close(&rig);
}

Test(feed_scale, a_constant_window_is_scaled_without_a_division_by_zero)
{
	struct rig rig;
	struct alm_sample sample = {.window.now = 9};
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
	for (size_t row = 0; row < 10; row++)
		rig.panel.frames[0].values[2 * row] = 5;
	rig_load(&rig, &sample);
	cr_assert_float_eq(rig_input(&rig, 1, 0), 0, 0);
	cr_assert_float_eq(rig.scale.gain[0], sqrtf(1e-5f), 1e-9f);
	rig_close(&rig);
}

/* Two channels, the second in a gap now and then. */
static float gappy(size_t row, int channel)
{
	return channel % 2 && row % 7 > 4 ? NAN : make_wave(row, channel);
}

enum { WIDE = 19, LONG = 21, ROWS = 5, COPIES = WIDE * LONG };

/* More channels and steps than are looked at in one go. */
static void open_wide(struct rig *rig, make_value *value, int64_t min_lookback)
{
	rig->panel = make_panel(60, WIDE, false, value);
	rig->cell = make_cell("simple");
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = {.lookback = LONG,
			.sampling = 1,
			.horizon = 2,
			.stride = 1,
			.min_lookback = min_lookback},
		.n_targets = 1};
	cr_assert_eq(alm_scaler_init(&rig->scaler, WIDE, NULL, 0, NULL), ALM_OK);
	rig_open_network(rig);
}

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
Test(feed_scale, a_row_is_the_same_alone_and_behind_others)
{
	struct rig rig;
	static float alone[COPIES], behind[COPIES];
	const size_t nows[ROWS] = {33, 9, 40, 20, 26};
	open_wide(&rig, gappy, 4);
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
	rig_close(&rig);
}

/* Channel 17 lies behind those that are measured first. */
Test(feed_scale, the_mean_and_deviation_of_a_wide_window_are_its_own)
{
	struct rig rig;
	static float inputs[COPIES];
	open_wide(&rig, make_wave, 0);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
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
	rig_close(&rig);
}

/* A ramp on a level: the window's middle is far from its mean when its end jumps. */
static float high_ramp(size_t row, int channel)
{
	float level = 4096 * (float)(1 + channel);
	return level + 0.25f * (float)row + (row > 28 ? 64.0f : 0);
}

Test(feed_scale, a_level_far_from_zero_costs_the_deviation_no_digits)
{
	struct rig rig;
	static float inputs[COPIES];
	open_wide(&rig, high_ramp, 0);
	rig.feed.norm = ALM_WINDOW_NORM_MEAN;
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
	rig_close(&rig);
}

Test(feed_scale, a_value_that_is_not_finite_once_scaled_is_named)
{
	struct rig rig;
	struct alm_error err = {0};
	rig_open(&rig, rig_numbered, false, ALM_RESIDUAL_NONE);
	rig.scaler.scale[1] = 2e-38f;
	alm_scaler_set_inverse(&rig.scaler);
	rig.panel.frames[0].values[2 * 3 + 1] = 3e4f;
	cr_assert_eq(alm_feed_scan(&rig.feed, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "'s'") && strstr(err.text, "'b'") && strstr(err.text, "2020-01-01 0"),
		"%s", err.text);
	rig_close(&rig);
}
