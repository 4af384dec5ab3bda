/* Buckets and what they hold, by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "series/resample.h"
#include "time/timestamp.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static int64_t at(const char *text)
{
	int64_t time_ms = 0;
	cr_assert_eq(alm_time_option("test", text, &time_ms, NULL), ALM_OK, "%s", text);
	return time_ms;
}

static void expect_end(const struct alm_freq *bucket, const char *time, const char *end)
{
	char text[ALM_TIME_TEXT], wanted[ALM_TIME_TEXT];
	alm_time_print(at(end), wanted);
	cr_expect_str_eq(
		alm_time_print(alm_bucket_end(bucket, at(time)), text), wanted, "%s is in %s", time, text);
}

/* 2020-01-01 was a Wednesday. */
Test(resample, buckets_begin_at_midnights_mondays_and_first_days)
{
	struct alm_freq hours = {.step_ms = 6 * HOUR}, days = {.step_ms = DAY}, weeks = {.step_ms = 7 * DAY},
			months = {.months = 1}, quarters = {.months = 3}, years = {.months = 12};
	expect_end(&hours, "2020-01-01 05:59", "2020-01-01 06:00");
	expect_end(&hours, "2020-01-01 06:00", "2020-01-01 12:00");
	expect_end(&days, "2020-02-28 23:59:59.999", "2020-02-29");
	expect_end(&days, "2020-02-29", "2020-03-01");
	expect_end(&weeks, "2020-01-05 23:00", "2020-01-06");
	expect_end(&weeks, "2020-01-06", "2020-01-13");
	expect_end(&months, "2020-12-31 12:00", "2021-01-01");
	expect_end(&quarters, "2020-05-01", "2020-07-01");
	expect_end(&years, "2020-01-01", "2021-01-01");
	expect_end(&days, "1969-12-31 12:00", "1970-01-01");
	expect_end(&weeks, "1969-12-28 12:00", "1969-12-29");
	expect_end(&years, "1969-06-01", "1970-01-01");
}

/* Two days of six-hour rows, from 2020-01-01 on; a value is 1 .. 8. */
static int64_t times[8];
static float values[8];

static size_t resample_days(enum alm_aggregate how, size_t n)
{
	struct alm_resampling resampling = {.bucket = {.step_ms = DAY},
		.rows = {.step_ms = 6 * HOUR},
		.n_channels = 1,
		.aggregate = &how};
	return alm_resample(&resampling, times, values, n);
}

static void make_rows(const char *start)
{
	for (int i = 0; i < 8; i++) {
		times[i] = at(start) + i * 6 * HOUR;
		values[i] = (float)(i + 1);
	}
}

/* 1 + 2 + 3 + 4 = 10, 5 + 6 + 7 + 8 = 26. */
Test(resample, a_day_is_made_of_its_rows_and_bears_the_time_of_its_end)
{
	static const float expected[][2] = {{10, 26}, {2.5f, 6.5f}, {4, 8}, {1, 5}, {4, 8}};
	for (int how = ALM_AGGREGATE_SUM; how <= ALM_AGGREGATE_MAX; how++) {
		make_rows("2020-01-01");
		cr_assert_eq(resample_days((enum alm_aggregate)how, 8), 2);
		cr_assert_eq(times[0], at("2020-01-02"));
		cr_assert_eq(times[1], at("2020-01-03"));
		cr_assert_eq(values[0], expected[how][0], "%d", how);
		cr_assert_eq(values[1], expected[how][1], "%d", how);
	}
}

/* Of 1 - 3 4 and four missing ones: the sum is 8, the mean 8 / 3. */
Test(resample, missing_values_take_no_part_and_a_day_of_them_is_missing)
{
	make_rows("2020-01-01");
	values[1] = values[4] = values[5] = values[6] = values[7] = NAN;
	cr_assert_eq(resample_days(ALM_AGGREGATE_MEAN, 8), 2);
	cr_assert_eq(values[0], (float)(8 / 3.0));
	cr_assert(isnan(values[1]));
	make_rows("2020-01-01");
	values[3] = NAN;
	cr_assert_eq(resample_days(ALM_AGGREGATE_LAST, 8), 2);
	cr_assert_eq(values[0], 3);
}

Test(resample, the_last_day_is_left_out_until_its_last_row_is_there)
{
	make_rows("2020-01-01");
	cr_assert_eq(resample_days(ALM_AGGREGATE_SUM, 7), 1);
	cr_assert_eq(values[0], 10);
	make_rows("2020-01-01");
	cr_assert_eq(resample_days(ALM_AGGREGATE_SUM, 3), 0);
}

/* From 06:00 on the first day has three rows: 4 + 5 + 6 + 7 = 22 is the second. */
Test(resample, the_first_day_is_left_out_when_its_first_rows_are_not_there)
{
	make_rows("2020-01-01 06:00");
	cr_assert_eq(resample_days(ALM_AGGREGATE_SUM, 8), 1);
	cr_assert_eq(times[0], at("2020-01-03"));
	cr_assert_eq(values[0], 22);
}

/* The second day has no row: it is not there. Rows 1 2 3 4 and, a day later, 5 6 7 8. */
Test(resample, a_day_without_rows_is_not_there)
{
	make_rows("2020-01-01");
	for (int i = 4; i < 8; i++)
		times[i] += DAY;
	cr_assert_eq(resample_days(ALM_AGGREGATE_SUM, 8), 2);
	cr_assert_eq(times[0], at("2020-01-02"));
	cr_assert_eq(times[1], at("2020-01-04"));
	cr_assert_eq(values[1], 26);
}

Test(resample, rows_without_a_step_end_with_the_last_bucket_that_another_follows)
{
	enum alm_aggregate sum = ALM_AGGREGATE_SUM;
	struct alm_resampling resampling = {.bucket = {.step_ms = DAY}, .n_channels = 1, .aggregate = &sum};
	make_rows("2020-01-01");
	cr_assert_eq(alm_resample(&resampling, times, values, 8), 1);
	cr_assert_eq(values[0], 10);
}

/* Business days, Thursday 2 January to Tuesday 14: the week from the 6th is whole, its neighbours are not. */
Test(resample, a_week_of_business_days_is_whole_without_its_weekend)
{
	enum alm_aggregate sum = ALM_AGGREGATE_SUM;
	struct alm_resampling resampling = {.bucket = {.step_ms = 7 * DAY},
		.rows = {.business_days = 1},
		.n_channels = 1,
		.aggregate = &sum};
	int64_t days[9];
	float ones[9];
	for (int i = 0; i < 9; i++) {
		days[i] = alm_freq_add(&resampling.rows, at("2020-01-02"), i);
		ones[i] = 1;
	}
	cr_assert_eq(alm_resample(&resampling, days, ones, 9), 1);
	cr_assert_eq(days[0], at("2020-01-13"));
	cr_assert_eq(ones[0], 5);
}

Test(resample, ends_of_months_make_whole_quarters)
{
	enum alm_aggregate sum = ALM_AGGREGATE_SUM;
	struct alm_resampling resampling = {
		.bucket = {.months = 3}, .rows = {.months = 1}, .n_channels = 1, .aggregate = &sum};
	int64_t ends[] = {at("2020-01-31"), at("2020-02-29"), at("2020-03-31"), at("2020-04-30")};
	float ones[] = {1, 2, 3, 4};
	cr_assert_eq(alm_resample(&resampling, ends, ones, 4), 1);
	cr_assert_eq(ends[0], at("2020-04-01"));
	cr_assert_eq(ones[0], 6);
}

Test(resample, each_channel_has_its_own_way)
{
	enum alm_aggregate how[] = {ALM_AGGREGATE_SUM, ALM_AGGREGATE_MAX};
	struct alm_resampling resampling = {.bucket = {.step_ms = DAY},
		.rows = {.step_ms = 12 * HOUR},
		.n_channels = 2,
		.aggregate = how};
	int64_t halves[] = {
		at("2020-01-01"), at("2020-01-01 12:00"), at("2020-01-02"), at("2020-01-02 12:00")};
	float two[] = {1, 10, 2, 20, 3, 40, 4, 30};
	cr_assert_eq(alm_resample(&resampling, halves, two, 4), 2);
	float expected[] = {3, 20, 7, 40};
	cr_assert_eq(memcmp(two, expected, sizeof expected), 0);
}

/*
 * Two days of six-hour rows and what is known of a third: qty (a sum) until the second day's 06:00, price (a sum) until the third day's end.
 * qty is 1 .. 6, price 10 .. 120.
 */
static int64_t ahead_times[12];
static float pairs[24];
static const enum alm_aggregate sums[] = {ALM_AGGREGATE_SUM, ALM_AGGREGATE_SUM};
static const struct alm_freq six_hours = {.step_ms = 6 * HOUR};

static const struct alm_resampling ahead = {.bucket = {.step_ms = DAY},
	.rows = {.step_ms = 6 * HOUR},
	.n_channels = 2,
	.n_future = 1,
	.ahead = &six_hours,
	.aggregate = sums};

static void make_pairs(void)
{
	for (int i = 0; i < 12; i++) {
		ahead_times[i] = at("2020-01-01") + i * 6 * HOUR;
		pairs[2 * i] = i < 6 ? (float)(i + 1) : NAN;
		pairs[2 * i + 1] = (float)(10 * (i + 1));
	}
}

/* 50 + 60 + 70 + 80 = 260 is the price of the day that qty has come half through, whose 5 + 6 is no sum of a day. */
Test(resample, what_is_known_ahead_is_gathered_from_all_rows_and_the_past_from_whole_days)
{
	make_pairs();
	cr_assert_eq(alm_resample_ahead(&ahead, ahead_times, pairs, 12), at("2020-01-02"));
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 3);
	cr_assert_eq(ahead_times[2], at("2020-01-04"));
	cr_assert(pairs[0] == 10 && pairs[1] == 100);
	cr_assert(isnan(pairs[2]) && pairs[3] == 260);
	cr_assert(isnan(pairs[4]) && pairs[5] == 420);
}

Test(resample, a_day_ahead_without_its_last_row_is_not_known)
{
	make_pairs();
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 11), 2);
	make_pairs();
	pairs[23] = NAN; /* the row is there, and no price in it */
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 2);
	cr_assert_eq(pairs[3], 260);
}

/* Prices of the second day's evening are missing, or of the third day's morning: what is left is no sum of a day. */
Test(resample, a_day_ahead_is_known_by_its_own_rows_and_not_by_those_of_a_later_day)
{
	make_pairs();
	pairs[2 * 7 + 1] = NAN;
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 2);
	cr_assert(ahead_times[1] == at("2020-01-04") && pairs[3] == 420);
	make_pairs();
	pairs[2 * 8 + 1] = NAN;
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 2);
	cr_assert(ahead_times[1] == at("2020-01-03") && pairs[3] == 260);
}

Test(resample, of_values_without_a_step_a_day_ahead_is_known_when_later_ones_are)
{
	struct alm_freq none = {0};
	struct alm_resampling irregular = ahead;
	irregular.ahead = &none;
	make_pairs();
	cr_assert_eq(alm_resample(&irregular, ahead_times, pairs, 12), 2);
	cr_assert(isnan(pairs[2]) && pairs[3] == 260);
}

/* Prices begin with the second row and qty with the third: rows of the first day are not all there for either. */
Test(resample, a_first_day_that_is_not_whole_holds_no_past_value)
{
	make_pairs();
	pairs[0] = pairs[2] = pairs[1] = NAN;
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 2);
	cr_assert_eq(ahead_times[0], at("2020-01-03"));
	make_pairs();
	pairs[0] = pairs[2] = NAN;
	cr_assert_eq(alm_resample(&ahead, ahead_times, pairs, 12), 3);
	cr_assert(isnan(pairs[0]) && pairs[1] == 100);
}

/* One price a day, at midnight: its step is a day, so that it is whole at once. */
Test(resample, each_channel_that_is_known_ahead_has_a_step_of_its_own)
{
	struct alm_freq day = {.step_ms = DAY};
	struct alm_resampling daily = ahead;
	daily.ahead = &day;
	make_pairs();
	for (int i = 0; i < 12; i++)
		pairs[2 * i + 1] = i % 4 == 0 ? (float)i : NAN;
	cr_assert_eq(alm_resample(&daily, ahead_times, pairs, 9), 3);
	cr_assert(pairs[0] == 10 && isnan(pairs[2]) && isnan(pairs[4]));
	cr_assert(pairs[1] == 0 && pairs[3] == 4 && pairs[5] == 8);
}

Test(resample, of_a_series_without_past_values_nothing_is_ahead)
{
	make_pairs();
	for (int i = 0; i < 12; i++)
		pairs[2 * i] = NAN;
	cr_assert_eq(alm_resample_ahead(&ahead, ahead_times, pairs, 12), INT64_MAX);
	cr_assert_eq(alm_resample_ahead(&ahead, ahead_times, pairs, 0), INT64_MAX);
}

/* The second day has rows and no qty, the third has not come to its end: the second is ahead, too. */
Test(resample, what_is_ahead_begins_after_the_last_whole_day_with_a_past_value)
{
	make_pairs();
	for (int i = 4; i < 8; i++)
		pairs[2 * i] = NAN;
	pairs[16] = 1;
	cr_assert_eq(alm_resample_ahead(&ahead, ahead_times, pairs, 12), at("2020-01-02"));
}

static const char *const channels[] = {"qty", "price", "a=b"};

Test(aggregate, words_hold_for_all_or_for_the_channels_they_name)
{
	enum alm_aggregate how[3];
	cr_assert_eq(alm_aggregate_parse("", channels, NULL, 3, how, NULL), ALM_OK);
	cr_assert(how[0] == ALM_AGGREGATE_MEAN && how[2] == ALM_AGGREGATE_MEAN);
	cr_assert_eq(alm_aggregate_parse("price=last,sum,a=b=min", channels, NULL, 3, how, NULL), ALM_OK);
	cr_assert(how[0] == ALM_AGGREGATE_SUM && how[1] == ALM_AGGREGATE_LAST && how[2] == ALM_AGGREGATE_MIN);
}

Test(aggregate, what_cannot_be_meant_is_refused_with_the_option)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{"median", "expected sum, mean, last, min or max, found 'median'"},
		{"sum,mean", "'mean' is said a second time"},
		{"qty=sum,qty=sum", "'qty=sum' is said a second time"},
		{"cost=sum", "the model has no channel 'cost'"},
		{"sum,,mean", "found ''"},
		{"qty=", "found ''"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum alm_aggregate how[3];
		struct alm_error err = {0};
		cr_assert_eq(alm_aggregate_parse(bad[i].text, channels, NULL, 3, how, &err), ALM_USAGE, "%s",
			bad[i].text);
		cr_assert(strstr(err.text, "--aggregate: ") && strstr(err.text, bad[i].said), "%s", err.text);
	}
}
