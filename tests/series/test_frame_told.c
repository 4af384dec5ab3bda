/* What frames refuse, and what is told of those that are built. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "series/hourly.h"
#include "time/calendar.h"

/* Must be refused: returns the sentence, and the panel must be as it was. */
static const char *refused(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, enum alm_status expected)
{
	static struct alm_error err;
	struct alm_panel panel, before;
	memset(&panel, 0x5a, sizeof panel);
	memcpy(&before, &panel, sizeof panel);
	err = (struct alm_error){0};
	cr_assert_eq(
		alm_panel_build(series, n_series, options, &panel, NULL, &err), expected, "%s", err.text);
	cr_assert_eq(memcmp(&panel, &before, sizeof panel), 0, "the panel was touched");
	return err.text;
}

#define cr_says(text, part) cr_assert(strstr(text, part), "'%s' does not say '%s'", text, part)

/* What the reporter was told, one line after the other. */
static char notes[4096];

static void take_note(struct alm_reporter *self, const char *line)
{
	(void)self;
	strncat(notes, line, sizeof notes - strlen(notes) - 2);
	strcat(notes, "\n");
}

static void build_with_notes(
	const struct alm_series_rows *series, int n_series, const struct alm_panel_options *options)
{
	struct alm_reporter reporter = {.note = take_note};
	struct alm_panel panel;
	struct alm_error err = {0};
	*notes = '\0';
	cr_assert_eq(
		alm_panel_build(series, n_series, options, &panel, &reporter, &err), ALM_OK, "%s", err.text);
	alm_panel_release(&panel);
}

/* b is known ahead: rows 2 to 4 are after the last one of a. */
Test(frame_told, future_channels_reach_over_the_rows_ahead_and_past_ones_end_before)
{
	int64_t times[] = {0, HOUR, 2 * HOUR, 4 * HOUR};
	float values[] = {1, 10, 2, 20, MISSING, 30, MISSING, 50};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(2);
	options.n_future = 1;
	options.n_ahead = 3;
	options.fill_limit = 1;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	cr_assert_eq(panel.n_frames, 1);
	cr_assert_eq(panel.n_known, 1);
	cr_assert_eq(panel.n_calendar, 0);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	cr_assert_eq(panel.frames[0].n_ahead, 3);
	const float expected[] = {1, 10, 2, 20, 0, 30, 0, 40, 0, 50};
	const uint8_t observed[] = {1, 1, 1, 1, 0, 1, 0, 0, 0, 1};
	cr_assert_arr_eq(panel.frames[0].values, expected, sizeof expected);
	cr_assert_arr_eq(panel.frames[0].observed, observed, sizeof observed);
	alm_panel_release(&panel);
	build_with_notes(&rows, 1, &options);
	cr_assert_null(strstr(notes, "value"), "%s", notes);
}

/* a is of the past, b is static and known of one row only. */
Test(frame_told, a_static_channel_has_its_one_value_in_every_row)
{
	int64_t times[] = {0, HOUR, 6 * HOUR, 7 * HOUR};
	float values[] = {1, MISSING, 2, 10, 3, MISSING, MISSING, 10};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(2);
	options.n_static = 1;
	options.n_ahead = 1;
	struct alm_panel panel = hourly_build(&rows, 1, &options);
	const float first[] = {1, 10, 2, 10}, second[] = {3, 10, 0, 10};
	const uint8_t observed[] = {1, 1, 0, 1};
	cr_assert_eq(panel.n_static, 1);
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(panel.frames[0].n_rows, 2);
	cr_assert_arr_eq(panel.frames[0].values, first, sizeof first);
	cr_assert_eq(panel.frames[1].n_rows, 1, "a static value makes no row");
	cr_assert_arr_eq(panel.frames[1].values, second, sizeof second);
	cr_assert_arr_eq(panel.frames[1].observed, observed, sizeof observed);
	cr_assert_eq(panel.frames[0].before[1], 10);
	alm_panel_release(&panel);
	build_with_notes(&rows, 1, &options);
	cr_assert_null(strstr(notes, "in rows that are there"), "%s", notes);
}

Test(frame_told, a_static_channel_that_changes_or_is_nowhere_is_refused)
{
	int64_t times[] = {0, HOUR, 2 * HOUR};
	float two[] = {1, 10, 2, MISSING, 3, 11}, none[] = {1, MISSING, 2, MISSING, 3, MISSING};
	struct alm_series_rows rows[] = {{"r", 3, times, two}, {"s", 3, times, none}};
	struct alm_panel_options options = hourly_options(2);
	options.n_static = 1;
	const char *said = refused(rows, 1, &options, ALM_BAD_DATA);
	cr_says(said,
		"series 'r': static channel 'b' is 10 at 1970-01-01 00:00:00 and 11 at 1970-01-01 02:00:00");
	two[5] = 10;
	said = refused(rows, 2, &options, ALM_BAD_DATA);
	cr_says(said, "series 's': static channel 'b' has no value");
}

Test(frame_told, without_a_past_channel_there_is_nothing_to_look_at)
{
	int64_t times[] = {0, HOUR};
	float values[] = {1, 2};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.n_future = 1;
	cr_says(refused(&rows, 1, &options, ALM_USAGE), "--target");
}

Test(frame_told, a_time_off_the_grid_is_named_with_the_nearest)
{
	int64_t times[] = {
		hourly_at("2020-01-01"), hourly_at("2020-01-01 01:00"), hourly_at("2020-01-01 02:50")};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"north", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	const char *text = refused(&rows, 1, &options, ALM_BAD_DATA);
	cr_says(text, "series 'north'");
	cr_says(text, "2020-01-01 02:50:00");
	cr_says(text, "nearest time is 2020-01-01 03:00:00");
	cr_says(text, "--freq");
}

Test(frame_told, a_time_off_the_grid_of_months_is_named_with_where_the_grid_begins)
{
	int64_t times[] = {
		hourly_at("2020-01-01 05:00"), hourly_at("2020-01-01 06:00"), hourly_at("2020-01-31 05:00")};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){.months = 1};
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA),
		"2020-01-01 05:00:00 is not on the grid of 1mo from 2020-01-31 05:00:00");
}

Test(frame_told, a_panel_without_any_row_says_so)
{
	struct alm_series_rows rows = {"", 0, NULL, NULL};
	struct alm_panel_options options = hourly_options(1);
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "there is no row: ");
}

Test(frame_told, a_series_without_name_is_not_mentioned)
{
	int64_t times[] = {0, HOUR, HOUR + 1};
	float values[] = {1, 2, INFINITY};
	struct alm_series_rows rows = {"", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	cr_assert_eq(strncmp(refused(&rows, 1, &options, ALM_BAD_DATA), "channel 'a' at", 14), 0);
	values[2] = 3;
	cr_assert_eq(strncmp(refused(&rows, 1, &options, ALM_BAD_DATA), "1970-01-01 01:00:00.001 is", 26), 0);
}

Test(frame_told, a_time_that_is_not_after_the_one_before_is_refused)
{
	int64_t times[] = {0, HOUR, HOUR};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "1970-01-01 01:00:00 is not after");
}

Test(frame_told, a_value_that_is_not_finite_is_named)
{
	int64_t times[] = {0, HOUR};
	float values[] = {1, 2, 3, -INFINITY};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(2);
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "series 's': channel 'b' at 1970-01-01 01:00:00");
}

Test(frame_told, a_channel_without_any_value_is_named)
{
	int64_t times[] = {0, HOUR};
	float values[] = {1, MISSING, 3, MISSING};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(2);
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "channel 'b' has no value at all");
}

Test(frame_told, channels_that_are_never_there_together_make_no_frame)
{
	int64_t times[] = {0, 9 * HOUR};
	float values[] = {1, MISSING, MISSING, 2};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(2);
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "within 3 rows");
}

Test(frame_told, too_few_rows_to_see_the_step_are_refused)
{
	int64_t times[] = {0, HOUR};
	float values[] = {1, 2};
	struct alm_series_rows rows = {"s", 2, times, values};
	struct alm_panel_options options = hourly_options(1);
	options.freq = (struct alm_freq){0};
	cr_says(refused(&rows, 1, &options, ALM_BAD_DATA), "--freq");
	cr_says(refused(NULL, 0, &options, ALM_BAD_DATA), "--freq");
}

Test(frame_told, a_panel_without_data_channel_is_wrong_usage)
{
	int64_t times[] = {0};
	struct alm_series_rows rows = {"s", 1, times, NULL};
	struct alm_panel_options options = hourly_options(0);
	refused(&rows, 1, &options, ALM_USAGE);
}

Test(frame_told, gaps_are_told_with_count_longest_and_place)
{
	int64_t times[] = {0, 2 * HOUR, 5 * HOUR};
	float values[] = {1, 2, 3};
	struct alm_series_rows rows = {"s", 3, times, values};
	struct alm_panel_options options = hourly_options(1);
	build_with_notes(&rows, 1, &options);
	cr_assert_str_eq(notes, "3 rows are missing in 2 gaps, the longest of 2 from 1970-01-01 03:00:00; "
				"gaps up to 3 rows are "
				"filled (linear), longer ones cut the series\n");
}

Test(frame_told, the_longest_gap_is_told_with_its_series)
{
	int64_t times[] = {0, 2 * HOUR}, whole[] = {0, HOUR};
	float values[] = {1, 2};
	struct alm_series_rows rows[] = {{"whole", 2, whole, values}, {"torn", 2, times, values}};
	struct alm_panel_options options = hourly_options(1);
	build_with_notes(rows, 2, &options);
	cr_says(notes,
		"1 row is missing in 1 gap, the longest of 1 from 1970-01-01 01:00:00 in series torn;");
}

Test(frame_told, missing_values_are_told_with_the_worst_channel)
{
	int64_t times[] = {0, HOUR, 2 * HOUR, 3 * HOUR};
	float values[] = {1, 1, MISSING, MISSING, 1, MISSING, 1, 1};
	struct alm_series_rows rows = {"s", 4, times, values};
	struct alm_panel_options options = hourly_options(2);
	build_with_notes(&rows, 1, &options);
	cr_assert_str_eq(notes, "3 values are missing in rows that are there, most in channel 'b' (2)\n");
}

Test(frame_told, rows_at_the_end_that_no_frame_holds_are_told_with_the_reason)
{
	int64_t times[8];
	float values[16];
	for (int i = 0; i < 8; i++) {
		times[i] = i * HOUR;
		values[2 * i] = (float)i;
		values[2 * i + 1] = i < 2 ? 5 : MISSING;
	}
	struct alm_series_rows rows = {"s", 8, times, values};
	struct alm_panel_options options = hourly_options(2);
	build_with_notes(&rows, 1, &options);
	cr_says(notes, "series 's' is not used from 1970-01-01 05:00:00 on, because channel 'b'");
}
