#include <criterion/criterion.h>
#include <string.h>
#include "time/stamp.h"

static struct alm_error err;

static struct alm_stamp_value whole(int64_t value)
{
	return (struct alm_stamp_value){.type = ALM_VALUE_INTEGER, .integer = value};
}

static struct alm_stamp_value real(double value)
{
	return (struct alm_stamp_value){.type = ALM_VALUE_REAL, .real = value};
}

static struct alm_stamp_value text(const char *value)
{
	return (struct alm_stamp_value){.type = ALM_VALUE_TEXT, .text = value, .length = strlen(value)};
}

static void expect_words(struct alm_stamp_value first, struct alm_stamp_value second, const char *words)
{
	struct alm_stamp stamp;
	struct alm_stamp_value values[] = {first, second};
	enum alm_status status = alm_stamp_recognise(values, 2, &stamp, &err);
	cr_assert_eq(status, ALM_OK, "%s", err.text);
	cr_assert_str_eq(alm_stamp_words(&stamp), words, "%s", alm_stamp_words(&stamp));
}

static void expect_refused(struct alm_stamp_value first, struct alm_stamp_value second, const char *why)
{
	struct alm_stamp stamp;
	struct alm_stamp_value values[] = {first, second};
	cr_assert_eq(alm_stamp_recognise(values, 2, &stamp, &err), ALM_BAD_DATA);
	cr_assert_not_null(strstr(err.text, why), "%s", err.text);
}

static int64_t read_as(const char *words, struct alm_stamp_value value)
{
	struct alm_stamp stamp;
	int64_t time_ms = -1;
	cr_assert_eq(alm_stamp_parse(words, &stamp, &err), ALM_OK, "%s", err.text);
	cr_assert(alm_stamp_read(&stamp, &value, &time_ms), "%s", words);
	return time_ms;
}

static void expect_unread(const char *words, struct alm_stamp_value value)
{
	struct alm_stamp stamp;
	int64_t time_ms = -1;
	cr_assert_eq(alm_stamp_parse(words, &stamp, &err), ALM_OK, "%s", err.text);
	cr_assert_not(alm_stamp_read(&stamp, &value, &time_ms), "%s", words);
	cr_assert_eq(time_ms, -1);
}

Test(stamp, texts_are_recognised_as_in_a_csv)
{
	expect_words(text("2020-01-31T04:05:06Z"), text("2020-02-01"), "iso");
	expect_words(text("2020-01-31"), text("2020-02-01"), "iso");
	expect_words(text("31.01.2020 04:05"), text("01.02.2020 04:05"), "%d.%m.%Y %H:%M");
	expect_words(text("1577836800.5"), text("1577836801"), "s");
}

Test(stamp, numbers_are_recognised_by_their_size)
{
	expect_words(whole(1577836800), whole(1577840400), "s");
	expect_words(whole(-86400), whole(1577840400), "s");
	expect_words(real(1577836800.25), whole(1577840400), "s");
	expect_words(whole(1577836800000), whole(1577840400000), "ms");
	expect_words(whole(1577836800000000), whole(1577840400000000), "us");
	expect_words(real(2458849.5), real(2458850.5), "julian");
}

Test(stamp, years_and_days_written_as_numbers_are_times_of_the_calendar)
{
	expect_words(whole(1995), whole(1996), "%Y");
	expect_words(whole(20200131), whole(20200201), "%Y%m%d");
	expect_words(whole(20200131), whole(20200230), "s");
	expect_words(text("1577836800000"), text("1577840400000"), "ms");
}

Test(stamp, what_fits_no_encoding_or_two_is_refused)
{
	expect_refused(text("01/02/2020"), text("03/04/2020"), "month-first or day-first");
	expect_refused(text("2020-01-01"), whole(3), "some times are texts and some are numbers");
	expect_refused(whole(1577836800000000000), whole(1577836800000000001), "too large");
	expect_refused(real(1.0 / 0.0), real(1), "too large");
	struct alm_stamp stamp;
	cr_assert_eq(alm_stamp_recognise(NULL, 0, &stamp, &err), ALM_BAD_DATA);
}

Test(stamp, every_encoding_of_one_instant_reads_the_same)
{
	cr_assert_eq(read_as("iso", text("2020-01-01T01:00:00+01:00")), 1577836800000);
	cr_assert_eq(read_as("unix", whole(1577836800)), 1577836800000);
	cr_assert_eq(read_as("s", real(1577836800.0)), 1577836800000);
	cr_assert_eq(read_as("s", text("1577836800")), 1577836800000);
	cr_assert_eq(read_as("ms", text("1577836800000")), 1577836800000);
	cr_assert_eq(read_as("us", whole(1577836800000999)), 1577836800000);
	cr_assert_eq(read_as("julian", real(2458849.5)), 1577836800000);
	cr_assert_eq(read_as("%Y%m%d", whole(20200101)), 1577836800000);
}

Test(stamp, times_before_1970_round_towards_the_past)
{
	cr_assert_eq(read_as("us", whole(-1)), -1);
	cr_assert_eq(read_as("us", real(-1)), -1);
	cr_assert_eq(read_as("ms", whole(-1)), -1);
	cr_assert_eq(read_as("s", whole(-1)), -1000);
}

Test(stamp, hours_of_a_julian_day_are_exact)
{
	for (int hour = 0; hour < 24 * 366; hour++)
		cr_assert_eq(read_as("julian", real(2458849.5 + hour / 24.0)),
			1577836800000 + hour * INT64_C(3600000));
}

Test(stamp, what_is_no_time_is_not_read)
{
	expect_unread("s", whole(INT64_MAX));
	expect_unread("ms", whole(INT64_MIN));
	expect_unread("s", real(0.0 / 0.0));
	expect_unread("us", real(1e30));
	expect_unread("ms", text("12 o'clock"));
	expect_unread("ms", text(""));
	expect_unread("iso", whole(2020));
	expect_unread("iso", text("2020-02-30"));
	expect_unread("%Y", real(2020.0));
}

Test(stamp, unknown_words_list_the_choices)
{
	struct alm_stamp stamp;
	cr_assert_eq(alm_stamp_parse("sec", &stamp, &err), ALM_USAGE);
	cr_assert_not_null(strstr(err.text, "iso, s, ms, us, julian or a strptime format"), "%s", err.text);
}
