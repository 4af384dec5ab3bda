#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include "series/acf.h"
#include "series/season.h"
#include "support/make.h"

#define DAY_MS   (24 * HOUR_MS)
#define START_MS INT64_C(1577836800000) /* 2020-01-01 */

static const double tau = 6.283185307179586;

/* The seasons of n values, one every `step_ms`. */
static struct alm_seasons seasons_of(const float *values, size_t n, int64_t step_ms)
{
	int64_t *times = malloc(n * sizeof *times);
	struct alm_freq freq = {.step_ms = step_ms};
	struct alm_seasons seasons;
	struct alm_error err;
	for (size_t i = 0; i < n; i++)
		times[i] = START_MS + (int64_t)i * step_ms;
	struct alm_series_rows series = {.name = "s", .n_rows = n, .times_ms = times, .values = values};
	cr_assert_eq(alm_seasons_find(&series, 1, 0, &freq, &seasons, &err), ALM_OK, "%s", err.text);
	free(times);
	return seasons;
}

/* Noise in -0.5 .. 0.5 that is the same every time. */
static double noise(size_t i)
{
	uint64_t bits = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	return (double)((bits ^ bits >> 31) >> 11) / 9007199254740992.0 - 0.5;
}

/* x = 1 2 -1 -2, by hand: r0 = 10, r1 = 2 - 2 + 2 = 2, r2 = -1 - 4 = -5, r3 = -2. */
Test(acf, is_the_sum_of_products)
{
	double x[] = {1, 2, -1, -2}, r[4];
	cr_assert_eq(alm_acf(x, 4, r, 4, NULL), ALM_OK);
	double expected[] = {1, 0.2, -0.5, -0.2};
	for (int lag = 0; lag < 4; lag++)
		cr_assert_float_eq(r[lag], expected[lag], 1e-12, "%d: %g", lag, r[lag]);
}

Test(acf, of_zeros_is_zero)
{
	double x[5] = {0}, r[5];
	cr_assert_eq(alm_acf(x, 5, r, 5, NULL), ALM_OK);
	for (int lag = 0; lag < 5; lag++)
		cr_assert_eq(r[lag], 0);
}

Test(season, a_daily_wave_is_a_day_and_not_two)
{
	float values[1000];
	for (size_t i = 0; i < 1000; i++)
		values[i] = (float)(10 * sin(tau * (double)i / 24) + noise(i));
	struct alm_seasons seasons = seasons_of(values, 1000, HOUR_MS);
	cr_assert_eq(seasons.n, 1);
	cr_assert_eq(seasons.season[0].steps, 24);
	cr_assert_gt(seasons.season[0].correlation, 0.9);
}

Test(season, a_daily_wave_under_noise_is_a_day_at_any_phase_of_the_noise)
{
	for (size_t seed = 0; seed < 20; seed++) {
		float values[2400];
		for (size_t i = 0; i < 2400; i++)
			values[i] = (float)(10 * sin(tau * (double)i / 24) + 8 * noise(100000 * seed + i));
		struct alm_seasons seasons = seasons_of(values, 2400, HOUR_MS);
		cr_expect_eq(seasons.n, 1, "%zu: %d", seed, seasons.n);
		cr_expect_eq(seasons.season[0].steps, 24, "%zu: %d", seed, (int)seasons.season[0].steps);
	}
}

Test(season, a_week_of_days_that_differ_is_found_beside_the_day)
{
	float values[3000];
	for (size_t i = 0; i < 3000; i++) {
		bool weekend = i / 24 % 7 >= 5;
		values[i] = (float)((weekend ? 4 : 10) * sin(tau * (double)i / 24) + noise(i));
	}
	struct alm_seasons seasons = seasons_of(values, 3000, HOUR_MS);
	cr_assert_eq(seasons.n, 2);
	cr_assert_eq(seasons.season[0].steps, 24);
	cr_assert_eq(seasons.season[1].steps, 168);
}

/* Its differences, 0.17 a day at most, are lost in the noise; its level is not. */
Test(season, a_year_of_days_is_seen_in_the_levels)
{
	float values[1500];
	for (size_t i = 0; i < 1500; i++)
		values[i] = (float)(10 * sin(tau * (double)i / 365) + 4 * noise(i) + 0.01 * (double)i);
	struct alm_seasons seasons = seasons_of(values, 1500, DAY_MS);
	cr_assert_eq(seasons.n, 1);
	cr_assert_geq(seasons.season[0].steps, 360);
	cr_assert_leq(seasons.season[0].steps, 370);
}

Test(season, noise_and_a_trend_have_none)
{
	float values[1000];
	for (size_t i = 0; i < 1000; i++)
		values[i] = (float)noise(i);
	cr_assert_eq(seasons_of(values, 1000, HOUR_MS).n, 0);
	for (size_t i = 0; i < 1000; i++)
		values[i] = (float)(0.5 * (double)i + noise(i));
	cr_assert_eq(seasons_of(values, 1000, HOUR_MS).n, 0);
	for (size_t i = 0; i < 1000; i++)
		values[i] = 7;
	cr_assert_eq(seasons_of(values, 1000, HOUR_MS).n, 0);
}

/* A peak of 0.4 is 4 of the deviations that the autocorrelation of 100 values of noise has. */
Test(season, a_hundred_values_of_noise_have_none)
{
	int n = 0;
	for (size_t seed = 0; seed < 50; seed++) {
		float values[100];
		for (size_t i = 0; i < 100; i++)
			values[i] = (float)noise(1000 * seed + i);
		n += seasons_of(values, 100, HOUR_MS).n;
	}
	cr_assert_leq(n, 1);
}

Test(season, missing_values_do_not_hide_the_day)
{
	float values[1000];
	for (size_t i = 0; i < 1000; i++)
		values[i] = i % 7 == 3 ? NAN : (float)(10 * sin(tau * (double)i / 24) + noise(i));
	struct alm_seasons seasons = seasons_of(values, 1000, HOUR_MS);
	cr_assert_geq(seasons.n, 1);
	cr_assert_eq(seasons.season[0].steps, 24);
}

Test(season, a_handful_of_rows_has_none)
{
	float values[15] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
	cr_assert_eq(seasons_of(values, 15, HOUR_MS).n, 0);
	cr_assert_eq(seasons_of(values, 1, HOUR_MS).n, 0);
}

Test(season, days_weeks_and_years_have_names)
{
	struct alm_freq hourly = {.step_ms = HOUR_MS}, daily = {.step_ms = DAY_MS}, monthly = {.months = 1},
			quarterly = {.months = 3};
	char text[ALM_FREQ_TEXT];
	cr_assert_str_eq(alm_season_name(&hourly, 24), "a day");
	cr_assert_str_eq(alm_season_name(&hourly, 168), "a week");
	cr_assert_str_eq(alm_season_name(&hourly, 8766), "a year");
	cr_assert_str_eq(alm_season_name(&daily, 7), "a week");
	cr_assert_str_eq(alm_season_name(&daily, 364), "a year");
	cr_assert_str_eq(alm_season_name(&monthly, 12), "a year");
	cr_assert_str_eq(alm_season_name(&quarterly, 4), "a year");
	cr_assert_null(alm_season_name(&hourly, 25));
	cr_assert_str_eq(alm_season_length(&hourly, 168, text), "1w");
	cr_assert_str_eq(alm_season_length(&quarterly, 4, text), "1y");
}
