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
	float pairs[] = {1, 10, 2, 20, 3, 40, 4, 30};
	cr_assert_eq(alm_resample(&resampling, halves, pairs, 4), 2);
	float expected[] = {3, 20, 7, 40};
	cr_assert_eq(memcmp(pairs, expected, sizeof expected), 0);
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
