#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "series/hourly.h"
#include "time/calendar.h"

Test(frame, rows_lie_where_their_times_are)
{
	int64_t times[] = {0, HOUR, 3 * HOUR};
	float values[] = {1, 2, 4};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	const struct alm_frame *frame = &panel.frames[0];
	cr_assert_eq(frame->n_rows, 4);
	cr_assert_eq(frame->start_ms, 0);
	cr_assert_eq(alm_frame_time(&panel, frame, 5), 5 * HOUR);
	const float expected[] = {1, 2, 3, 4};
	const uint8_t observed[] = {1, 1, 0, 1};
	cr_assert_arr_eq(frame->values, expected, sizeof expected);
	cr_assert_arr_eq(frame->observed, observed, sizeof observed);
	cr_assert_eq(panel.n_gaps, 1);
	cr_assert_eq(panel.n_missing, 1);
	cr_assert_str_eq(frame->series, "s");
	cr_assert_str_eq(panel.channels[0], "a");
	alm_panel_release(&panel);
	cr_assert_null(panel.frames);
}

Test(frame, a_gap_of_the_limit_is_filled_and_a_longer_one_parts_frames)
{
	int64_t times[] = {0, 4 * HOUR, 9 * HOUR, 10 * HOUR};
	float values[] = {0, 4, 9, 10};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(panel.frames[0].n_rows, 5);
	cr_assert_eq(panel.frames[1].start_ms, 9 * HOUR);
	cr_assert_eq(panel.frames[1].n_rows, 2);
	cr_assert_eq(panel.n_gaps, 2);
	cr_assert_eq(panel.n_missing, 7);
	alm_panel_release(&panel);
}

Test(frame, begins_where_every_channel_has_been_observed_within_the_limit)
{
	/* b comes first, a in row 2: the frame begins there, and b is held from row 1 until it is seen again. */
	int64_t times[] = {0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR};
	float values[] = {MISSING, MISSING, MISSING, 7, 10, MISSING, 11, MISSING, 12, 16};
	struct alm_series_rows rows = {"s", 5, times, values};
	struct alm_panel_options options = hourly_options(2);
	options.fill = ALM_FILL_PREVIOUS;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	const float expected[] = {10, 7, 11, 7, 12, 16};
	cr_assert_eq(panel.frames[0].start_ms, 2 * HOUR);
	cr_assert_arr_eq(panel.frames[0].values, expected, sizeof expected);
	cr_assert_eq(panel.frames[0].before[1], 7);
	alm_panel_release(&panel);
}

Test(frame, a_line_may_begin_before_the_frame)
{
	/* As above, linear: b is 7 in row 1 and 16 in row 4, so 10 and 13 between. */
	int64_t times[] = {0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR};
	float values[] = {MISSING, MISSING, MISSING, 7, 10, MISSING, 11, MISSING, 12, 16};
	struct alm_series_rows rows = {"s", 5, times, values};
	struct alm_panel_options options = hourly_options(2);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	const float expected[] = {10, 10, 11, 13, 12, 16};
	cr_assert_arr_eq(panel.frames[0].values, expected, sizeof expected);
	cr_assert_eq(alm_frame_value_known(&panel, &panel.frames[0], 1, 1, 1), 7);
	cr_assert_eq(alm_frame_value_known(&panel, &panel.frames[0], 1, 1, 2), 13);
	alm_panel_release(&panel);
}

Test(frame, ends_in_the_row_in_which_a_channel_is_over_the_limit)
{
	/* b is last seen in row 1; rows 2, 3, 4 are within the limit of 3. */
	int64_t times[8];
	float values[16];
	for (int i = 0; i < 8; i++) {
		times[i] = i * HOUR;
		values[2 * i] = (float)i;
		values[2 * i + 1] = i < 2 ? 5 : MISSING;
	}
	struct alm_series_rows rows = {"s", 8, times, values};
	struct alm_panel_options options = hourly_options(2);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_eq(panel.frames[0].n_rows, 5);
	cr_assert_eq(panel.frames[0].values[2 * 4 + 1], 5, "held");
	alm_panel_release(&panel);
}

Test(frame, rows_without_any_observation_at_the_end_are_not_part_of_it)
{
	int64_t times[] = {0, HOUR, 2 * HOUR};
	float values[] = {1, 2, MISSING};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	alm_panel_release(&panel);
}

Test(frame, zero_fill_puts_zeros)
{
	int64_t times[] = {0, 2 * HOUR};
	float values[] = {5, 6};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.fill = ALM_FILL_ZERO;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.frames[0].values[1], 0);
	cr_assert_eq(alm_frame_value_known(&panel, &panel.frames[0], 1, 0, 1), 0);
	alm_panel_release(&panel);
}

Test(frame, every_series_has_its_own_begin_and_length)
{
	int64_t early[] = {0, HOUR}, late[] = {90 * 60000, 90 * 60000 + HOUR, 90 * 60000 + 2 * HOUR};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows[] = {{"early", 2, early, values}, {"late", 3, late, values}};
	struct alm_panel_options options = hourly_options(1);
	options.n_ahead = 2;
	struct alm_panel panel = hourly_build(rows, 2, &options);
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	cr_assert_eq(panel.frames[1].n_rows, 3);
	cr_assert_eq(panel.frames[1].start_ms, 90 * 60000, "half past is its own grid");
	cr_assert_str_eq(panel.frames[1].series, "late");
	cr_assert_eq(panel.frames[0].n_ahead, 2);
	cr_assert_eq(panel.frames[1].n_ahead, 2);
	alm_panel_release(&panel);
}

Test(frame, a_single_row_is_a_frame_of_one_row)
{
	int64_t times[] = {HOUR};
	float values[] = {1};
	struct alm_series_rows rows = {"s", 1, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_eq(panel.frames[0].n_rows, 1);
	alm_panel_release(&panel);
}

Test(frame, a_series_without_rows_has_no_frame)
{
	int64_t times[] = {HOUR};
	float values[] = {1};
	struct alm_series_rows rows[] = {{"none", 0, times, values}, {"s", 1, times, values}};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(rows, 2, &options);
	cr_assert_eq(panel.n_series, 2);
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_str_eq(panel.frames[0].series, "s");
	alm_panel_release(&panel);
}

Test(frame, only_the_last_frame_of_a_series_has_rows_ahead)
{
	int64_t times[] = {0, 10 * HOUR};
	float values[] = {1, 2};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.n_ahead = 4;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.frames[0].n_ahead, 0);
	cr_assert_eq(panel.frames[1].n_ahead, 4);
	cr_assert_eq(panel.frames[1].observed[1], 0);
	alm_panel_release(&panel);
}

Test(frame, calendar_channels_reach_over_the_rows_ahead)
{
	int64_t times[] = {0, HOUR};
	float values[] = {1, 2}, expected[ALM_CALENDAR_CHANNELS];
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.calendar = true;
	options.n_ahead = 3;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_channels, 1 + ALM_CALENDAR_CHANNELS);
	cr_assert_eq(panel.n_known, ALM_CALENDAR_CHANNELS);
	cr_assert_str_eq(panel.channels[1], alm_calendar_name(0));
	for (size_t row = 0; row < 5; row++) {
		size_t first = row * (1 + ALM_CALENDAR_CHANNELS) + 1;
		alm_calendar_fill((int64_t)row * HOUR, expected);
		cr_assert_arr_eq(panel.frames[0].values + first, expected, sizeof expected, "row %zu", row);
		cr_assert_eq(panel.frames[0].observed[first], 1);
	}
	alm_panel_release(&panel);
}

Test(frame, no_past_value_of_a_row_ahead_is_in_a_frame)
{
	int64_t times[] = {0, HOUR, 2 * HOUR, 8 * HOUR};
	float values[] = {1, 10, 2, 20, MISSING, 30, 9, MISSING};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(2);
	options.n_future = 1;
	options.n_ahead = 8;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	/* a comes back in row 8, b does not: no frame goes so far, and none of it shows in what is ahead. */
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	for (size_t row = 2; row < 10; row++) {
		cr_assert_eq(panel.frames[0].values[2 * row], 0, "row %zu", row);
		cr_assert_eq(panel.frames[0].observed[2 * row], 0, "row %zu", row);
	}
	alm_panel_release(&panel);
}

Test(frame, a_long_gap_of_a_future_channel_parts_frames_too)
{
	int64_t times[] = {0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR};
	float values[] = {1, 10, 2, MISSING, 3, MISSING, MISSING, 40, 5, 50, 6, 60};
	struct alm_series_rows rows = {"s", 6, times, values};
	struct alm_panel_options options = hourly_options(2);
	options.n_future = 1;
	options.fill_limit = 1;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	/* Row 3 has b, and a of the row before: but a frame begins with a past channel, in row 4. */
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	cr_assert_eq(panel.frames[1].start_ms, 4 * HOUR);
	cr_assert_eq(panel.frames[1].n_rows, 2);
	alm_panel_release(&panel);
}

Test(frame, nothing_after_until_exists)
{
	int64_t times[] = {0, HOUR, 2 * HOUR, 3 * HOUR + 1};
	float values[] = {1, 2, 3, INFINITY};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.until_ms = 2 * HOUR;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.frames[0].n_rows, 3, "the time that is until itself exists");
	alm_panel_release(&panel);
}

Test(frame, row_at_is_the_first_row_not_before_an_instant)
{
	int64_t times[] = {HOUR, 2 * HOUR, 3 * HOUR};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	const struct alm_frame *frame = &panel.frames[0];
	cr_assert_eq(alm_frame_row_at(&panel, frame, INT64_MIN), 0);
	cr_assert_eq(alm_frame_row_at(&panel, frame, HOUR), 0);
	cr_assert_eq(alm_frame_row_at(&panel, frame, HOUR + 1), 1);
	cr_assert_eq(alm_frame_row_at(&panel, frame, 3 * HOUR), 2);
	cr_assert_eq(alm_frame_row_at(&panel, frame, 3 * HOUR + 1), 3);
	cr_assert_eq(alm_frame_row_at(&panel, frame, INT64_MAX), 3);
	alm_panel_release(&panel);
}

Test(frame, the_step_is_that_of_the_series_with_most_rows)
{
	int64_t hours[] = {0, HOUR, 2 * HOUR, 3 * HOUR}, days[] = {0, 24 * HOUR, 48 * HOUR};
	float values[] = {1, 2, 3, 4};
	struct alm_series_rows rows[] = {{"days", 3, days, values}, {"hours", 4, hours, values}};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){0};
	struct alm_panel panel = hourly_build(rows, 2, &options);
	cr_assert_eq(panel.freq.step_ms, HOUR);
	alm_panel_release(&panel);
}

Test(frame, rows_after_until_do_not_choose_the_step)
{
	int64_t hours[] = {0, HOUR, 2 * HOUR, 3 * HOUR};
	int64_t days[] = {0, 24 * HOUR, 48 * HOUR, 72 * HOUR, 96 * HOUR};
	float values[] = {1, 2, 3, 4, 5};
	struct alm_series_rows rows[] = {{"days", 5, days, values}, {"hours", 4, hours, values}};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){0};
	options.until_ms = 3 * HOUR;
	struct alm_panel panel = hourly_build(rows, 2, &options);
	cr_assert_eq(panel.freq.step_ms, HOUR);
	alm_panel_release(&panel);
}

Test(frame, the_default_limit_is_a_season)
{
	/* Of hours a day: 24 rows missing are filled, 25 are not. */
	int64_t times[] = {0, 25 * HOUR, 51 * HOUR};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.fill_limit = 0;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(panel.frames[0].n_rows, 26);
	alm_panel_release(&panel);
}

Test(frame, months_count_by_the_calendar)
{
	int64_t times[] = {hourly_at("2020-01-01"), hourly_at("2020-02-01"), hourly_at("2020-05-01")};
	float values[] = {1, 2, 5};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){.months = 1};
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.frames[0].n_rows, 5);
	cr_assert_eq(panel.frames[0].values[3], 4);
	cr_assert_eq(alm_frame_time(&panel, &panel.frames[0], 12), hourly_at("2021-01-01"));
	cr_assert_eq(alm_frame_row_at(&panel, &panel.frames[0], hourly_at("2020-03-15")), 3);
	alm_panel_release(&panel);
}

Test(frame, ends_of_months_stay_ends_of_months)
{
	/* Begins on a 29th that is the end of February, with a gap too long in between: both frames know. */
	int64_t times[] = {hourly_at("2020-02-29"), hourly_at("2020-03-31"), hourly_at("2020-04-30"),
		hourly_at("2021-02-28"), hourly_at("2021-03-31")};
	float values[] = {1, 2, 3, 4, 5};
	struct alm_series_rows rows = {"s", 5, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){.months = 1};
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 2);
	const struct alm_frame *second = &panel.frames[1];
	cr_assert_eq(panel.frames[0].start_ms, hourly_at("2020-02-29"));
	cr_assert_eq(alm_frame_time(&panel, &panel.frames[0], 3), hourly_at("2020-05-31"));
	cr_assert_eq(second->start_ms, hourly_at("2021-02-28"));
	cr_assert_eq(alm_frame_time(&panel, second, 3), hourly_at("2021-05-31"));
	cr_assert_eq(alm_frame_row_at(&panel, second, hourly_at("2021-03-31")), 1);
	alm_panel_release(&panel);
}

Test(frame, thirteen_years_of_hours_are_built_at_once)
{
	size_t n = 13 * 8766;
	int64_t *times = malloc(n * sizeof *times);
	float *values = malloc(n * sizeof *values);
	for (size_t i = 0; i < n; i++) {
		times[i] = (int64_t)(i + i / 1000) * HOUR;
		values[i] = i % 50 ? (float)i : MISSING;
	}
	values[0] = 0;
	struct alm_series_rows rows = {"s", n, times, values};
	struct alm_panel_options options = hourly_options(1);
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_eq(panel.frames[0].n_rows, n + (n - 1) / 1000);
	alm_panel_release(&panel);
	free(times);
	free(values);
}
