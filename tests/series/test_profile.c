#include <criterion/criterion.h>
#include <math.h>
#include "series/profile.h"
#include "support/make.h"

#define START_MS INT64_C(1577836800000) /* 2020-01-01 */
#define N        20

static int64_t times[N];
static float values[N];

/* Twenty hours, one value each: 0 1 2 .. 19. */
static struct alm_series_rows plain(void)
{
	for (int i = 0; i < N; i++) {
		times[i] = START_MS + i * HOUR_MS;
		values[i] = (float)i;
	}
	return (struct alm_series_rows){.name = "s", .n_rows = N, .times_ms = times, .values = values};
}

static struct alm_profile profile_of(const struct alm_series_rows *series, int strips)
{
	struct alm_profile profile;
	struct alm_error err;
	struct alm_profile_options options = {.n_channels = 1,
		.freq = {.step_ms = HOUR_MS},
		.first_ms = series->times_ms[0],
		.last_ms = series->times_ms[series->n_rows - 1],
		.strips = strips,
		.strip_width = 10};
	cr_assert_eq(alm_profile_init(&profile, &options, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_profile_add(&profile, series, &err), ALM_OK, "%s", err.text);
	return profile;
}

/* Median 9.5; the distances from it are 0.5 .. 9.5 twice each, so that their median is 5. */
Test(profile, of_a_channel_agrees_with_the_hand)
{
	struct alm_series_rows series = plain();
	struct alm_profile profile = profile_of(&series, 0);
	const struct alm_channel_profile *channel = &profile.channel[0];
	cr_assert_eq(channel->n, 20);
	cr_assert_eq(channel->n_zeros, 1);
	cr_assert_eq(channel->least, 0);
	cr_assert_eq(channel->most, 19);
	cr_assert_eq(channel->sum, 190);
	cr_assert_eq(channel->median, 9.5);
	cr_assert_eq(channel->mad, 5);
	cr_assert_eq(channel->outliers.n + channel->missing.n + profile.gaps.n + profile.off_grid.n, 0);
	alm_profile_release(&profile);
}

/* 19 becomes 40: still MAD 5, the limit is 3.5 * 5 / 0.6745 = 25.945 from 9.5; 35 is inside, 40 outside. */
Test(profile, outliers_are_beyond_three_and_a_half_robust_deviations)
{
	struct alm_series_rows series = plain();
	values[19] = 40;
	values[18] = 35;
	struct alm_profile profile = profile_of(&series, 0);
	const struct alm_finding *outliers = &profile.channel[0].outliers;
	cr_assert_eq(outliers->n, 1);
	cr_assert_eq(outliers->first.time_ms, times[19]);
	cr_assert_eq(outliers->last.value, 40);
	cr_assert_str_eq(outliers->last.series, "s");
	alm_profile_release(&profile);
}

Test(profile, where_most_values_are_equal_none_is_an_outlier)
{
	struct alm_series_rows series = plain();
	for (int i = 0; i < N; i++)
		values[i] = i == 4 ? 1000 : 0;
	struct alm_profile profile = profile_of(&series, 0);
	cr_assert_eq(profile.channel[0].mad, 0);
	cr_assert_eq(profile.channel[0].outliers.n, 0);
	alm_profile_release(&profile);
}

/* Rows 3, 4 and 10 are not there. */
Test(profile, gaps_are_counted_and_the_longest_is_named)
{
	struct alm_series_rows series = plain();
	int n = 0;
	for (int i = 0; i < N; i++)
		if (i != 3 && i != 4 && i != 10) {
			times[n] = START_MS + i * HOUR_MS;
			values[n++] = (float)i;
		}
	series.n_rows = (size_t)n;
	struct alm_profile profile = profile_of(&series, 0);
	cr_assert_eq(profile.gaps.n, 2);
	cr_assert_eq(profile.n_missing_rows, 3);
	cr_assert_eq(profile.longest_gap.value, 2);
	cr_assert_eq(profile.longest_gap.time_ms, START_MS + 3 * HOUR_MS);
	cr_assert_eq(profile.gaps.last.time_ms, START_MS + 10 * HOUR_MS);
	cr_assert_eq(profile.gaps.last.value, 1);
	alm_profile_release(&profile);
}

/* 07:01 stands where 07:00 should: it is off the grid, and 07:00 is not there. */
Test(profile, a_row_off_the_grid_does_not_stand_for_the_one_that_is_missing)
{
	struct alm_series_rows series = plain();
	times[7] += 60000;
	struct alm_profile profile = profile_of(&series, 0);
	cr_assert_eq(profile.off_grid.n, 1);
	cr_assert_eq(profile.off_grid.first.time_ms, times[7]);
	cr_assert_eq(profile.gaps.n, 1);
	cr_assert_eq(profile.gaps.first.time_ms, START_MS + 7 * HOUR_MS);
	alm_profile_release(&profile);
}

Test(profile, an_odd_first_time_does_not_put_all_others_off_the_grid)
{
	struct alm_series_rows series = plain();
	times[0] -= 60000;
	struct alm_profile profile = profile_of(&series, 0);
	cr_assert_eq(profile.off_grid.n, 1);
	cr_assert_eq(profile.off_grid.first.time_ms, times[0]);
	cr_assert_eq(profile.gaps.n, 0);
	alm_profile_release(&profile);
}

/* Twenty hours in ten columns: row 5 missing leaves half of column 2, rows 10 and 11 all of column 5. */
Test(profile, a_strip_shows_what_share_is_there)
{
	struct alm_series_rows series = plain();
	values[5] = values[10] = values[11] = NAN;
	struct alm_profile profile = profile_of(&series, 1);
	cr_assert_eq(profile.n_strips, 1);
	cr_assert_eq(profile.options.strip_width, 10);
	for (int column = 0; column < 10; column++)
		cr_assert_eq(profile.strip[0].share[column], column == 2 ? 0.5f : column == 5 ? 0.0f : 1.0f);
	cr_assert_eq(profile.channel[0].missing.n, 3);
	cr_assert_eq(profile.channel[0].missing.first.time_ms, times[5]);
	alm_profile_release(&profile);
}

Test(profile, strips_are_no_more_than_asked_and_no_wider_than_the_steps)
{
	struct alm_series_rows series = plain();
	series.n_rows = 3;
	struct alm_profile profile = profile_of(&series, 1);
	cr_assert_eq(profile.options.strip_width, 3);
	series.name = "t";
	cr_assert_eq(alm_profile_add(&profile, &series, NULL), ALM_OK);
	cr_assert_eq(profile.n_strips, 1);
	cr_assert_eq(profile.n_series, 2);
	cr_assert_eq(profile.n_rows, 6);
	alm_profile_release(&profile);
}
