#include <criterion/criterion.h>
#include <string.h>
#include "time/freq.h"
#include "time/timestamp.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static int64_t at(const char *text)
{
	int64_t time_ms = 0;
	cr_assert_eq(alm_time_option("test", text, &time_ms, NULL), ALM_OK, "%s", text);
	return time_ms;
}

static struct alm_duration parsed(const char *text)
{
	struct alm_duration duration;
	struct alm_error err;
	cr_assert_eq(alm_duration_parse("--x", text, &duration, &err), ALM_OK, "%s", err.text);
	return duration;
}

Test(duration, reads_steps_time_and_months)
{
	cr_assert_eq(parsed("168").kind, ALM_DURATION_STEPS);
	cr_assert_eq(parsed("168").count, 168);
	cr_assert_eq(parsed("90min").count, 90 * 60000);
	cr_assert_eq(parsed("24h").count, DAY);
	cr_assert_eq(parsed("7d").count, 7 * DAY);
	cr_assert_eq(parsed("2w").count, 14 * DAY);
	cr_assert_eq(parsed("30s").count, 30000);
	cr_assert_eq(parsed("500ms").count, 500);
	cr_assert_eq(parsed("1mo").kind, ALM_DURATION_MONTHS);
	cr_assert_eq(parsed("2y").count, 24);
	cr_assert_eq(parsed("5bd").kind, ALM_DURATION_BUSINESS);
}

Test(duration, refuses_other_text_and_names_the_option)
{
	static const char *const bad[] = {
		"", "h", "-1h", "1.5h", "7 d", "1hour", "99999999999999999999", "9999999999999999d"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct alm_duration duration;
		struct alm_error err;
		cr_assert_eq(
			alm_duration_parse("--lookback", bad[i], &duration, &err), ALM_USAGE, "%s", bad[i]);
		cr_assert(strstr(err.text, "--lookback"), "%s", err.text);
	}
}

Test(duration, prints_in_the_largest_unit_that_fits)
{
	static const char *const texts[] = {
		"7d", "90min", "168", "1mo", "2y", "25h", "1500ms", "0", "3w", "10bd"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct alm_duration duration = parsed(texts[i]);
		char out[ALM_FREQ_TEXT];
		cr_assert_str_eq(
			alm_duration_print(&duration, out), strcmp(texts[i], "7d") == 0 ? "1w" : texts[i]);
	}
}

Test(duration, in_steps_must_be_whole)
{
	struct alm_freq hourly = {.step_ms = HOUR}, monthly = {.months = 1};
	struct alm_duration week = parsed("7d"), odd = parsed("90min"), year = parsed("1y"),
			    count = parsed("5");
	struct alm_error err;
	int64_t n;
	cr_assert_eq(alm_duration_steps("--x", &week, &hourly, &n, &err), ALM_OK);
	cr_assert_eq(n, 168);
	cr_assert_eq(alm_duration_steps("--x", &year, &monthly, &n, &err), ALM_OK);
	cr_assert_eq(n, 12);
	cr_assert_eq(alm_duration_steps("--x", &count, &monthly, &n, &err), ALM_OK);
	cr_assert_eq(n, 5);
	cr_assert_eq(alm_duration_steps("--x", &odd, &hourly, &n, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "90min") && strstr(err.text, "1 and 2"), "%s", err.text);
	cr_assert_eq(alm_duration_steps("--x", &year, &hourly, &n, &err), ALM_USAGE);
	cr_assert_eq(alm_duration_steps("--x", &week, &monthly, &n, &err), ALM_USAGE);
	struct alm_freq business = {.business_days = 1};
	struct alm_duration fortnight = parsed("10bd");
	cr_assert_eq(alm_duration_steps("--x", &fortnight, &business, &n, &err), ALM_OK);
	cr_assert_eq(n, 10);
	cr_assert_eq(alm_duration_steps("--x", &week, &business, &n, &err), ALM_USAGE);
}

Test(freq, reads_and_prints_steps_of_time)
{
	struct alm_freq freq;
	char out[ALM_FREQ_TEXT];
	cr_assert_eq(alm_freq_parse("--freq", "15min", &freq, NULL), ALM_OK);
	cr_assert_str_eq(alm_freq_print(&freq, out), "15min");
	cr_assert_eq(alm_freq_parse("--freq", "3mo", &freq, NULL), ALM_OK);
	cr_assert_eq(freq.months, 3);
	cr_assert_str_eq(alm_freq_print(&freq, out), "3mo");
	cr_assert_eq(alm_freq_parse("--freq", "1bd", &freq, NULL), ALM_OK);
	cr_assert_eq(freq.business_days, 1);
	cr_assert_str_eq(alm_freq_print(&freq, out), "1bd");
	cr_assert_eq(alm_freq_parse("--freq", "5", &freq, NULL), ALM_USAGE);
	cr_assert_eq(alm_freq_parse("--freq", "0h", &freq, NULL), ALM_USAGE);
}

Test(freq, infers_the_hour_through_gaps_and_an_odd_row)
{
	int64_t times[101];
	struct alm_freq freq;
	for (int i = 0; i < 101; i++)
		times[i] = (i + (i > 50 ? 24 : 0)) * HOUR;
	times[70] += 60000;
	cr_assert_eq(alm_freq_infer(times, 101, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, HOUR);
	cr_assert_eq(freq.months, 0);
}

Test(freq, without_a_distance_of_most_rows_the_most_frequent_is_the_step_and_of_two_the_smaller)
{
	const int64_t hour = 3600000;
	const int64_t most[] = {0, 4 * hour, 5 * hour, 7 * hour, 8 * hour, 11 * hour}; /* 4 1 2 1 3 */
	const int64_t equal[] = {0, 4 * hour, 6 * hour, 10 * hour, 12 * hour};         /* 4 2 4 2 */
	struct alm_freq freq;
	cr_assert_eq(alm_freq_infer(most, 6, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, hour);
	cr_assert_eq(alm_freq_infer(equal, 5, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, 2 * hour);
}

Test(freq, infers_months_quarters_and_years)
{
	int64_t monthly[] = {at("2016-01-01"), at("2016-02-01"), at("2016-03-01"), at("2016-05-01")};
	int64_t ends[] = {at("2016-01-31"), at("2016-02-29"), at("2016-03-31"), at("2016-04-30")};
	int64_t yearly[] = {at("2015-06-01"), at("2016-06-01"), at("2017-06-01")};
	struct alm_freq freq;
	cr_assert_eq(alm_freq_infer(monthly, 4, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.months, 1);
	cr_assert_eq(alm_freq_infer(ends, 4, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.months, 1);
	cr_assert_eq(alm_freq_infer(yearly, 3, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.months, 12);
}

/* 2020-01-01 was a Wednesday. */
static const char *const business_days[] = {"2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06",
	"2020-01-07", "2020-01-08", "2020-01-09", "2020-01-10", "2020-01-13", "2020-01-14"};

Test(freq, infers_business_days_where_only_weekends_are_missing)
{
	int64_t times[10];
	struct alm_freq freq;
	char out[ALM_FREQ_TEXT];
	for (int i = 0; i < 10; i++)
		times[i] = at(business_days[i]);
	cr_assert_eq(alm_freq_infer(times, 10, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.business_days, 1);
	cr_assert_eq(freq.step_ms + freq.months, 0);
	cr_assert_str_eq(alm_freq_print(&freq, out), "1bd");
	times[6] = at("2020-01-09 01:00"); /* another time of day */
	cr_assert_eq(alm_freq_infer(times, 10, &freq, NULL), ALM_BAD_DATA);
}

Test(freq, a_holiday_does_not_hide_business_days)
{
	int64_t times[9];
	struct alm_freq freq;
	for (int i = 0; i < 9; i++)
		times[i] = at(business_days[i + (i >= 4)]); /* Tuesday, the 7th, is one */
	cr_assert_eq(alm_freq_infer(times, 9, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.business_days, 1);
}

Test(freq, days_with_a_saturday_or_without_a_weekend_are_days)
{
	int64_t week[7], days[5], weeks[5];
	struct alm_freq freq;
	for (int i = 0; i < 7; i++)
		week[i] = at("2020-01-02") + i * DAY;
	cr_assert_eq(alm_freq_infer(week, 7, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, DAY);
	for (int i = 0; i < 5; i++)
		days[i] = at("2020-01-06") + i * DAY;
	cr_assert_eq(alm_freq_infer(days, 5, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, DAY);
	for (int i = 0; i < 5; i++)
		weeks[i] = at("2020-01-06") + i * 7 * DAY;
	cr_assert_eq(alm_freq_infer(weeks, 5, &freq, NULL), ALM_OK);
	cr_assert_eq(freq.step_ms, 7 * DAY);
}

Test(freq, business_days_step_over_the_weekend_both_ways)
{
	struct alm_freq daily = {.business_days = 1}, weekly = {.business_days = 5};
	bool on_grid;
	for (int i = 0; i < 10; i++)
		for (int j = 0; j < 10; j++) {
			int64_t from = at(business_days[i]) + 9 * HOUR, to = at(business_days[j]) + 9 * HOUR;
			cr_assert_eq(alm_freq_add(&daily, from, j - i), to);
			cr_assert_eq(alm_freq_between(&daily, from, to, &on_grid), j - i);
			cr_assert(on_grid);
			cr_assert_eq(alm_freq_between(&daily, from, to - 1, &on_grid), j - i - 1);
			cr_assert_not(on_grid);
		}
	cr_assert_eq(alm_freq_between(&daily, at("2020-01-03"), at("2020-01-04"), &on_grid), 0);
	cr_assert_not(on_grid);
	cr_assert_eq(alm_freq_between(&daily, at("2020-01-03 09:00"), at("2020-01-05 08:00"), &on_grid), 0);
	cr_assert_not(on_grid);
	cr_assert_eq(alm_freq_add(&weekly, at("2020-01-03"), 2), at("2020-01-17"));
	cr_assert_eq(alm_freq_between(&weekly, at("2020-01-03"), at("2020-01-16"), &on_grid), 1);
}

/* 1968-12-30 was a Monday. */
Test(freq, business_days_were_business_days_before_1970)
{
	struct alm_freq daily = {.business_days = 1};
	cr_assert_eq(alm_freq_add(&daily, at("1968-12-27"), 1), at("1968-12-30"));
	cr_assert_eq(alm_freq_add(&daily, at("1970-01-02"), -1), at("1970-01-01"));
	cr_assert_eq(alm_freq_add(&daily, at("1970-01-05"), -1), at("1970-01-02"));
}

/* 29 February of a leap year is a day like others, and in years without it the last of the month. */
Test(freq, leap_days_are_on_the_grids_of_days_months_and_years)
{
	struct alm_freq daily = {.step_ms = DAY}, monthly = {.months = 1}, yearly = {.months = 12};
	bool on_grid;
	cr_assert_eq(alm_freq_between(&daily, at("2020-02-28"), at("2020-03-01"), &on_grid), 2);
	cr_assert(on_grid);
	cr_assert_eq(alm_freq_between(&daily, at("1900-02-28"), at("1900-03-01"), &on_grid), 1);
	cr_assert_eq(alm_freq_add(&monthly, at("2020-01-29"), 1), at("2020-02-29"));
	cr_assert_eq(alm_freq_add(&yearly, at("2016-02-29"), 1), at("2017-02-28"));
	cr_assert_eq(alm_freq_add(&yearly, at("2016-02-29"), 4), at("2020-02-29"));
}

Test(freq, says_when_no_step_fits)
{
	int64_t times[] = {0, 7, 20, 33, 51, 60, 82}, two[] = {0, HOUR};
	struct alm_freq freq;
	struct alm_error err;
	cr_assert_eq(alm_freq_infer(times, 7, &freq, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "--freq"), "%s", err.text);
	cr_assert_eq(alm_freq_infer(two, 2, &freq, &err), ALM_BAD_DATA);
}

Test(freq, steps_and_back_agree_on_every_grid)
{
	struct alm_freq freqs[] = {{.step_ms = HOUR}, {.step_ms = 7 * DAY}, {.months = 1}, {.months = 3},
		{.months = 12}, {.business_days = 1}, {.business_days = 3}};
	int64_t start = at("2016-01-29 05:00");
	for (size_t f = 0; f < sizeof freqs / sizeof *freqs; f++)
		for (int64_t n = -30; n <= 30; n++) {
			bool on_grid = false;
			int64_t time = alm_freq_add(&freqs[f], start, n);
			cr_assert_eq(alm_freq_between(&freqs[f], start, time, &on_grid), n);
			cr_assert(on_grid);
			cr_assert_eq(alm_freq_between(&freqs[f], start, time + 1, &on_grid), n);
			cr_assert_not(on_grid);
			cr_assert_eq(alm_freq_between(&freqs[f], start, time - 1, &on_grid), n - 1);
		}
}

Test(freq, a_month_keeps_its_day_or_takes_its_last)
{
	struct alm_freq monthly = {.months = 1};
	int64_t start = at("2016-01-31");
	cr_assert_eq(alm_freq_add(&monthly, start, 1), at("2016-02-29"));
	cr_assert_eq(alm_freq_add(&monthly, start, 2), at("2016-03-31"));
	cr_assert_eq(alm_freq_add(&monthly, start, 13), at("2017-02-28"));
}

Test(freq, the_usual_season_goes_by_the_step)
{
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.step_ms = HOUR}), 24);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.step_ms = HOUR / 4}), 96);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.step_ms = DAY}), 7);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.step_ms = 7 * DAY}), 1);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.months = 1}), 12);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.months = 3}), 4);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.months = 12}), 1);
	cr_assert_eq(alm_freq_season(&(struct alm_freq){.business_days = 1}), 5);
}
