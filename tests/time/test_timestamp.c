#include <criterion/criterion.h>
#include <string.h>
#include "time/timestamp.h"

static bool read_as(const char *format, const char *text, int64_t *time_ms)
{
	struct alm_time_format parsed;
	struct alm_error err;
	cr_assert_eq(alm_time_format_parse(format, &parsed, &err), ALM_OK, "%s", err.text);
	return alm_time_read(&parsed, text, strlen(text), time_ms);
}

/* The seconds were computed with `date -u -d ... +%s`. */
static void reads(const char *format, const char *text, double seconds)
{
	int64_t time_ms = 0;
	cr_assert(read_as(format, text, &time_ms), "'%s' as %s", text, format);
	cr_assert_eq(time_ms, (int64_t)(seconds * 1000 + (seconds < 0 ? -0.5 : 0.5)), "'%s' gives %ld", text,
		(long)time_ms);
}

static void refuses(const char *format, const char *text)
{
	int64_t time_ms = 0;
	cr_assert_not(read_as(format, text, &time_ms), "'%s' as %s", text, format);
}

Test(timestamp, reads_iso_8601)
{
	reads("iso", "2017-01-31", 1485820800);
	reads("iso", "2017-01-31 04:05", 1485835500);
	reads("iso", "2017-01-31T04:05:06", 1485835506);
	reads("iso", "2017-01-31 04:05:06.789", 1485835506.789);
	reads("iso", "2017-01-31T04:05:06Z", 1485835506);
	reads("iso", "2017-01-31T04:05:06+01:00", 1485831906);
	reads("iso", "2017-01-31T04:05:06-0830", 1485866106);
	reads("iso", "1969-12-31 23:59:59", -1);
	reads("iso", "0001-01-01", -62135596800.0);
	reads("iso", "9999-12-31 23:59:59", 253402300799.0);
	reads("iso", "2017-02", 1485907200);
	reads("iso", "  2017-01-31 ", 1485820800);
}

Test(timestamp, refuses_what_is_no_date_of_the_calendar)
{
	refuses("iso", "2017-02-29");
	refuses("iso", "2016-02-30");
	refuses("iso", "1900-02-29");
	refuses("iso", "2017-13-01");
	refuses("iso", "2017-00-01");
	refuses("iso", "2017-01-32");
	refuses("iso", "2017-01-31 24:00");
	refuses("iso", "2017-01-31 23:60");
	refuses("iso", "2017-01-31 10");
	refuses("iso", "2017-01-31 10:00:00 tomorrow");
	refuses("iso", "17-01-31");
	refuses("iso", "");
	refuses("iso", "2017-01-31T04:05:06+25:00");
	int64_t time_ms;
	cr_assert(read_as("iso", "2016-02-29", &time_ms));
	cr_assert(read_as("iso", "2000-02-29", &time_ms));
}

Test(timestamp, reads_unix_seconds)
{
	reads("unix", "0", 0);
	reads("unix", "1485835506", 1485835506);
	reads("unix", "-1", -1);
	reads("unix", "1485835506.25", 1485835506.25);
	refuses("unix", "1e9");
	refuses("unix", "99999999999999");
	refuses("unix", "");
	refuses("unix", "12 34");
}

Test(timestamp, reads_patterns_with_and_without_leading_zeros)
{
	reads("%m/%d/%Y %H:%M", "1/31/2017 4:05", 1485835500);
	reads("%m/%d/%Y %H:%M", "01/31/2017 04:05", 1485835500);
	reads("%d.%m.%Y %H:%M:%S", "31.01.2017 04:05:06", 1485835506);
	reads("%m/%d/%y %I:%M %p", "1/31/17 4:05 PM", 1485878700);
	reads("%m/%d/%y %I:%M %p", "1/31/17 12:05 am", 1485821100);
	reads("%d/%m/%y", "31/1/70", 2592000);
	reads("%d/%m/%y", "31/1/68", 3095193600.0);
	refuses("%m/%d/%Y", "31/1/2017");
	refuses("%m/%d/%Y", "1/31/2017 4:05");
	refuses("%m/%d/%Y", "1/31/17");
	refuses("%I:%M %p", "13:00 PM");
}

Test(timestamp, reads_names_of_months_through_strptime)
{
	reads("%d %b %Y", "31 Jan 2017", 1485820800);
	refuses("%d %b %Y", "31 Feb 2017");
}

Test(timestamp, a_format_that_is_none_is_refused_with_the_choices)
{
	struct alm_time_format format;
	struct alm_error err;
	cr_assert_eq(alm_time_format_parse("epoch", &format, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--time-format") && strstr(err.text, "unix"), "%s", err.text);
}

static enum alm_status recognise(
	const char *a, const char *b, struct alm_time_format *format, struct alm_error *err)
{
	const char *texts[] = {a, b};
	return alm_time_format_recognise(texts, 2, format, err);
}

static void recognised(const char *a, const char *b, const char *pattern)
{
	struct alm_time_format format = {0};
	struct alm_error err = {0};
	cr_assert_eq(recognise(a, b, &format, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(format.pattern, pattern);
}

Test(timestamp, recognises_the_common_formats)
{
	struct alm_time_format format;
	cr_assert_eq(recognise("2017-01-31 04:05", "2017-02-01", &format, NULL), ALM_OK);
	cr_assert_eq(format.kind, ALM_TIME_ISO);
	cr_assert_eq(recognise("1485835506", "1485835507", &format, NULL), ALM_OK);
	cr_assert_eq(format.kind, ALM_TIME_UNIX);
	recognised("1/31/2017 4:05", "1/1/2017 3:00", "%m/%d/%Y %H:%M");
	recognised("31.01.2017 04:05:06", "01.02.2017 00:00:00", "%d.%m.%Y %H:%M:%S");
	recognised("31/1/17", "1/2/17", "%d/%m/%y");
	recognised("2017/01/31", "2017/02/01", "%Y/%m/%d");
	recognised("20170131", "20170201", "%Y%m%d");
	recognised("1999", "2000", "%Y");
	recognised("1/31/2017 4:05 PM", "1/1/2017 3:00 AM", "%m/%d/%Y %I:%M %p");
}

Test(timestamp, an_ambiguous_day_and_month_shows_the_flag_with_both_readings)
{
	struct alm_time_format format;
	struct alm_error err;
	cr_assert_eq(recognise("1/2/2017", "3/4/2017", &format, &err), ALM_BAD_DATA);
	cr_assert(
		strstr(err.text, "--time-format '%m/%d/%Y'") && strstr(err.text, "--time-format '%d/%m/%Y'"),
		"%s", err.text);
}

Test(timestamp, what_is_in_no_format_is_named)
{
	struct alm_time_format format;
	struct alm_error err;
	cr_assert_eq(recognise("yesterday", "today", &format, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "yesterday") && strstr(err.text, "--time-format"), "%s", err.text);
}

Test(timestamp, prints_what_it_reads)
{
	char text[ALM_TIME_TEXT];
	cr_assert_str_eq(alm_time_print(INT64_C(1485835506000), text), "2017-01-31 04:05:06");
	cr_assert_str_eq(alm_time_print(INT64_C(1485835506789), text), "2017-01-31 04:05:06.789");
	cr_assert_str_eq(alm_time_print(-1, text), "1969-12-31 23:59:59.999");
	for (int64_t time_ms = INT64_C(-62135596800000); time_ms < INT64_C(253402300800000);
		time_ms += INT64_C(7777777777777)) {
		int64_t back = 0;
		cr_assert_eq(alm_time_option("--from", alm_time_print(time_ms, text), &back, NULL), ALM_OK);
		cr_assert_eq(back, time_ms, "%s", text);
	}
}

Test(timestamp, an_option_that_is_no_time_names_itself)
{
	struct alm_error err;
	int64_t time_ms;
	cr_assert_eq(alm_time_option("--cutoff", "noon", &time_ms, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--cutoff") && strstr(err.text, "noon"), "%s", err.text);
}

Test(timestamp, quarters_are_their_first_months)
{
	struct alm_time_format iso = {.kind = ALM_TIME_ISO};
	static const char *const texts[] = {"1969Q1", "1969-Q2", "1969 q3", "1969Q4"};
	static const char *const times[] = {
		"1969-01-01 00:00:00", "1969-04-01 00:00:00", "1969-07-01 00:00:00", "1969-10-01 00:00:00"};
	for (int i = 0; i < 4; i++) {
		int64_t time_ms;
		char out[ALM_TIME_TEXT];
		cr_assert(alm_time_read(&iso, texts[i], strlen(texts[i]), &time_ms), "%s", texts[i]);
		cr_assert_str_eq(alm_time_print(time_ms, out), times[i]);
	}
	static const char *const bad[] = {"1969Q0", "1969Q5", "1969Q", "1969Q11", "1969/Q1"};
	for (int i = 0; i < 5; i++) {
		int64_t time_ms;
		cr_assert_not(alm_time_read(&iso, bad[i], strlen(bad[i]), &time_ms), "%s", bad[i]);
	}
}

Test(timestamp, a_local_format_refuses_texts_with_an_offset)
{
	struct alm_time_format local = {.kind = ALM_TIME_ISO, .local = true};
	int64_t time_ms;
	cr_assert(alm_time_read(&local, "2020-01-01 00:00", 16, &time_ms));
	cr_assert_not(alm_time_read(&local, "2020-01-01 00:00Z", 17, &time_ms));
	cr_assert_not(alm_time_read(&local, "2020-01-01 00:00+01:00", 22, &time_ms));
}
