#include "series/scaler.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HOUR INT64_C(3600000)

static const struct alm_part everything = {INT64_MIN, INT64_MAX};

static struct alm_panel make_panel_of(size_t n_rows, const float *values, int n_data, bool calendar)
{
	static const char *const names[] = {"a", "b"};
	int64_t times[16];
	for (size_t i = 0; i < n_rows; i++)
		times[i] = (int64_t)i * HOUR;
	struct alm_series_rows rows = {"s", n_rows, times, values};
	struct alm_panel_options options = {.channels = names,
		.n_data = n_data,
		.calendar = calendar,
		.freq = {.step_ms = HOUR},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(&rows, 1, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}

static struct alm_scaler fit(
	const struct alm_panel *panel, const struct alm_part *part, enum alm_scaling scaling)
{
	struct alm_scaler scaler;
	struct alm_error err = {0};
	cr_assert_eq(alm_scaler_fit(&scaler, panel, part, scaling, NULL, &err), ALM_OK, "%s", err.text);
	return scaler;
}

Test(scaler, zscore_is_mean_and_deviation_of_the_population)
{
	/* Mean 5, squares 9 1 1 1 0 0 4 16 = 32 over 8: deviation 2. */
	const float values[] = {2, 4, 4, 4, 5, 5, 7, 9};
	struct alm_panel panel = make_panel_of(8, values, 1, false);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_ZSCORE);
	cr_assert_eq(scaler.center[0], 5);
	cr_assert_eq(scaler.scale[0], 2);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 0, 9), 2);
	cr_assert_eq(alm_scaler_invert(&scaler, 0, 0, -1.5f), 2);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, a_future_channel_is_scaled_and_the_calendar_is_not)
{
	const float values[] = {1, 10, 1, 30};
	struct alm_panel panel = make_panel_of(2, values, 2, true);
	panel.n_known++; /* b is known ahead */
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_MINMAX);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 1, 20), 0.5f);
	for (int channel = 2; channel < panel.n_channels; channel++)
		cr_assert_eq(alm_scaler_apply(&scaler, 0, channel, 20), 20);
	cr_assert_eq(alm_scaler_fit_series(
			     &scaler, &panel, &everything, ALM_SCALE_MINMAX, NULL, &(struct alm_error){0}),
		ALM_OK);
	cr_assert_eq(alm_scaler_apply(&scaler, 1, 1, 20), 0.5f);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, a_static_channel_has_the_scale_of_all_series)
{
	static const char *const names[] = {"a", "b"};
	const int64_t times[] = {0, HOUR};
	const float first[] = {1, 10, 2, 10}, second[] = {3, 30, 5, 30};
	struct alm_series_rows rows[] = {{"s", 2, times, first}, {"t", 2, times, second}};
	struct alm_panel_options options = {.channels = names,
		.n_data = 2,
		.n_static = 1,
		.freq = {.step_ms = HOUR},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(rows, 2, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_MINMAX);
	cr_assert_eq(
		alm_scaler_fit_series(&scaler, &panel, &everything, ALM_SCALE_MINMAX, NULL, &err), ALM_OK);
	for (int row = 0; row < 3; row++) {
		cr_assert_eq(alm_scaler_apply(&scaler, row, 1, 10), 0);
		cr_assert_eq(alm_scaler_apply(&scaler, row, 1, 30), 1);
	}
	cr_assert_eq(alm_scaler_apply(&scaler, 2, 0, 5), 1);
	cr_assert_eq(alm_scaler_apply(&scaler, 1, 0, 2), 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, minmax_runs_from_zero_to_one)
{
	const float values[] = {-2, 6, 0};
	struct alm_panel panel = make_panel_of(3, values, 1, false);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_MINMAX);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 0, -2), 0);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 0, 6), 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, none_changes_nothing)
{
	const float values[] = {-2, 6, 0};
	struct alm_panel panel = make_panel_of(3, values, 1, false);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_NONE);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 0, 6), 6);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, only_the_part_is_looked_at)
{
	const float values[] = {100, 1, 3, 1000};
	struct alm_panel panel = make_panel_of(4, values, 1, false);
	struct alm_part part = {HOUR, 3 * HOUR};
	struct alm_scaler scaler = fit(&panel, &part, ALM_SCALE_ZSCORE);
	cr_assert_eq(scaler.center[0], 2);
	cr_assert_eq(scaler.scale[0], 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, filled_values_are_not_looked_at)
{
	/* Row 1 is filled with 5.5; counted, the mean would be other than 4. */
	const float values[] = {1, NAN, 10, 1};
	struct alm_panel panel = make_panel_of(4, values, 1, false);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_ZSCORE);
	cr_assert_eq(scaler.center[0], 4);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, calendar_channels_are_left_as_they_are)
{
	const float values[] = {1, 2, 3};
	struct alm_panel panel = make_panel_of(3, values, 1, true);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_ZSCORE);
	cr_assert_eq(scaler.n_channels, panel.n_channels);
	for (int channel = 1; channel < scaler.n_channels; channel++) {
		cr_assert_eq(scaler.center[channel], 0);
		cr_assert_eq(scaler.scale[channel], 1);
	}
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, a_large_mean_does_not_eat_a_small_deviation)
{
	const float values[] = {4194303, 4194305, 4194303, 4194305};
	struct alm_panel panel = make_panel_of(4, values, 1, false);
	struct alm_scaler scaler = fit(&panel, &everything, ALM_SCALE_ZSCORE);
	cr_assert_eq(scaler.center[0], 4194304);
	cr_assert_eq(scaler.scale[0], 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

static char last_note[1024];

static void take_note(struct alm_reporter *self, const char *line)
{
	(void)self;
	snprintf(last_note, sizeof last_note, "%s", line);
}

Test(scaler, a_constant_channel_is_centred_and_noted)
{
	/* 0.1 has no exact sum: the mean of the three is not 0.1f, the centre must be. */
	const float values[] = {0.1f, 1, 0.1f, 2, 0.1f, 3};
	struct alm_panel panel = make_panel_of(3, values, 2, false);
	struct alm_reporter reporter = {.note = take_note};
	struct alm_scaler scaler;
	struct alm_error err = {0};
	cr_assert_eq(alm_scaler_fit(&scaler, &panel, &everything, ALM_SCALE_ZSCORE, &reporter, &err), ALM_OK);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 0, 0.1f), 0);
	cr_assert_eq(scaler.scale[0], 1);
	cr_assert(strstr(last_note, "channel 'a' is constant (0.1)"), "%s", last_note);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, a_channel_without_observation_in_the_part_is_named)
{
	const float values[] = {1, 1, 2, NAN, 3, NAN, 4, NAN};
	struct alm_panel panel = make_panel_of(4, values, 2, false);
	struct alm_part part = {HOUR, INT64_MAX};
	struct alm_scaler scaler = {.n_channels = 77};
	struct alm_error err = {0};
	cr_assert_eq(alm_scaler_fit(&scaler, &panel, &part, ALM_SCALE_NONE, NULL, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "channel 'b'"), "%s", err.text);
	cr_assert_eq(scaler.n_channels, 77, "the scaler was touched");
	alm_panel_release(&panel);
}

Test(scaler, a_fresh_one_is_the_identity)
{
	struct alm_scaler scaler;
	struct alm_error err = {0};
	cr_assert_eq(alm_scaler_init(&scaler, 3, NULL, 0, &err), ALM_OK);
	cr_assert_eq(alm_scaler_apply(&scaler, 0, 2, 1.25f), 1.25f);
	cr_assert_eq(alm_scaler_invert(&scaler, 0, 2, 1.25f), 1.25f);
	alm_scaler_release(&scaler);
	cr_assert_null(scaler.center);
}

/* Three series: at 10 +- 1, at 100 +- 20, and one that begins after the part. */
static struct alm_panel make_three(void)
{
	static const char *const names[] = {"a"};
	static int64_t times[3][4];
	static float values[3][4] = {{9, 11, 9, 11}, {80, 120, 80, 120}, {5, 6, 7, 8}};
	struct alm_series_rows rows[3];
	for (int which = 0; which < 3; which++) {
		for (int i = 0; i < 4; i++)
			times[which][i] = (i + (which == 2 ? 50 : 0)) * HOUR;
		static const char *const ids[] = {"x", "y", "z"};
		rows[which] = (struct alm_series_rows){ids[which], 4, times[which], values[which]};
	}
	struct alm_panel_options options = {
		.channels = names, .n_data = 1, .freq = {.step_ms = HOUR}, .until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(rows, 3, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}

static int n_lacking;

static void count_lacking(struct alm_reporter *self, const char *line)
{
	(void)self;
	n_lacking += strstr(line, "1 of 3 series lack a channel") != NULL;
}

Test(scaler, of_each_series_has_its_own_row_and_the_pooled_one_where_there_is_nothing)
{
	struct alm_panel panel = make_three();
	struct alm_part part = {INT64_MIN, 10 * HOUR};
	struct alm_reporter reporter = {.note = count_lacking};
	struct alm_scaler scaler = fit(&panel, &part, ALM_SCALE_ZSCORE);
	float center = scaler.center[0], scale = scaler.scale[0];
	cr_assert_eq(center, 55);
	cr_assert_eq(
		alm_scaler_fit_series(&scaler, &panel, &part, ALM_SCALE_ZSCORE, &reporter, NULL), ALM_OK);
	cr_assert_eq(n_lacking, 1);
	const float centers[] = {center, 10, 100, center}, scales[] = {scale, 1, 20, scale};
	for (int row = 0; row < 4; row++) {
		cr_assert_float_eq(scaler.center[row], centers[row], 1e-5f);
		cr_assert_float_eq(scaler.scale[row], scales[row], 1e-5f);
	}
	cr_assert_eq(alm_scaler_attach(&scaler, &panel, NULL), ALM_OK);
	for (int frame = 0; frame < 3; frame++)
		cr_assert_eq(panel.frames[frame].scale_row, 1 + frame);
	cr_assert_float_eq(alm_scaler_apply(&scaler, 2, 0, 140), 2, 1e-6f);
	cr_assert_float_eq(alm_scaler_invert(&scaler, 2, 0, 2), 140, 1e-4f);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, reads_a_series_that_it_does_not_know_with_the_pooled_row)
{
	struct alm_panel panel = make_three();
	struct alm_scaler scaler;
	const char *const known[] = {"z", "elsewhere"};
	cr_assert_eq(alm_scaler_init(&scaler, 1, known, 2, NULL), ALM_OK);
	cr_assert_eq(alm_scaler_attach(&scaler, &panel, NULL), ALM_OK);
	cr_assert_eq(panel.frames[0].scale_row, 0);
	cr_assert_eq(panel.frames[1].scale_row, 0);
	cr_assert_eq(panel.frames[2].scale_row, 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}

Test(scaler, leaves_out_the_series_that_it_does_not_know_besides_others)
{
	struct alm_panel panel = make_three();
	struct alm_scaler scaler;
	const char *const known[] = {"z", "x", "elsewhere"};
	cr_assert_str_eq(panel.frames[0].series, "x");
	cr_assert_eq(alm_scaler_init(&scaler, 1, known, 3, NULL), ALM_OK);
	panel.frames[2].left_out = true;
	cr_assert_eq(alm_scaler_leave_out(&scaler, &panel, NULL), ALM_OK);
	cr_assert_not(panel.frames[0].left_out);
	cr_assert(panel.frames[1].left_out);
	cr_assert(panel.frames[2].left_out, "what was left out stays so");
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}
