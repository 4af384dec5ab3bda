/* Local times and instants of places whose changes are known; the C library's own reading of the database agrees. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "time/timestamp.h"
#include "time/zone.h"
#include "time/zone_part.h"

static int64_t at(const char *text)
{
	int64_t time_ms = 0;
	cr_assert_eq(alm_time_option("test", text, &time_ms, NULL), ALM_OK, "%s", text);
	return time_ms;
}

static struct alm_zone *zone_of(const char *name)
{
	struct alm_zone *zone = NULL;
	struct alm_error err;
	cr_assert_eq(alm_zone_open("--tz", name, &zone, &err), ALM_OK, "%s", err.text);
	return zone;
}

static void expect(
	const char *name, const char *local, enum alm_local how, const char *first, const char *second)
{
	struct alm_zone *zone = zone_of(name);
	char a[ALM_TIME_TEXT], b[ALM_TIME_TEXT];
	int64_t instants[2];
	cr_expect_eq(alm_zone_resolve(zone, at(local), instants), how, "%s %s", name, local);
	cr_expect_str_eq(alm_time_print(instants[0], a), first, "%s %s is %s", name, local, a);
	cr_expect_str_eq(alm_time_print(instants[1], b), second, "%s %s is %s", name, local, b);
	alm_zone_close(zone);
}

static void expect_once(const char *name, const char *local, const char *utc)
{
	expect(name, local, ALM_LOCAL_ONCE, utc, utc);
}

Test(zone, new_york_skips_an_hour_in_march_and_repeats_one_in_november)
{
	expect_once("America/New_York", "2020-03-08 01:59:59", "2020-03-08 06:59:59");
	expect("America/New_York", "2020-03-08 02:00", ALM_LOCAL_NEVER, "2020-03-08 07:00:00",
		"2020-03-08 07:00:00");
	expect("America/New_York", "2020-03-08 02:30", ALM_LOCAL_NEVER, "2020-03-08 07:30:00",
		"2020-03-08 07:30:00");
	expect_once("America/New_York", "2020-03-08 03:00", "2020-03-08 07:00:00");
	expect_once("America/New_York", "2020-11-01 00:59:59", "2020-11-01 04:59:59");
	expect("America/New_York", "2020-11-01 01:00", ALM_LOCAL_TWICE, "2020-11-01 05:00:00",
		"2020-11-01 06:00:00");
	expect("America/New_York", "2020-11-01 01:59", ALM_LOCAL_TWICE, "2020-11-01 05:59:00",
		"2020-11-01 06:59:00");
	expect_once("America/New_York", "2020-11-01 02:00", "2020-11-01 07:00:00");
}

/* Daylight time is half an hour: +11:00 instead of +10:30. */
Test(zone, lord_howe_changes_by_half_an_hour)
{
	expect("Australia/Lord_Howe", "2021-04-04 01:45", ALM_LOCAL_TWICE, "2021-04-03 14:45:00",
		"2021-04-03 15:15:00");
	expect_once("Australia/Lord_Howe", "2021-04-04 02:00", "2021-04-03 15:30:00");
	expect("Australia/Lord_Howe", "2021-10-03 02:15", ALM_LOCAL_NEVER, "2021-10-02 15:45:00",
		"2021-10-02 15:45:00");
	expect_once("Australia/Lord_Howe", "2021-10-03 02:30", "2021-10-02 15:30:00");
}

Test(zone, apia_had_no_thirtieth_of_december_in_2011)
{
	expect_once("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59:00");
	expect("Pacific/Apia", "2011-12-30 00:00", ALM_LOCAL_NEVER, "2011-12-30 10:00:00",
		"2011-12-30 10:00:00");
	expect("Pacific/Apia", "2011-12-30 23:59", ALM_LOCAL_NEVER, "2011-12-31 09:59:00",
		"2011-12-31 09:59:00");
	expect_once("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00:00");
}

/* The tables end with 2037; the second Sunday of March 2050 is the 13th, the first of November the 6th. */
Test(zone, after_2037_the_rule_at_the_end_of_the_file_holds)
{
	expect_once("America/New_York", "2050-03-13 01:30", "2050-03-13 06:30:00");
	expect("America/New_York", "2050-03-13 02:30", ALM_LOCAL_NEVER, "2050-03-13 07:30:00",
		"2050-03-13 07:30:00");
	expect_once("America/New_York", "2050-07-01 12:00", "2050-07-01 16:00:00");
	expect("America/New_York", "2050-11-06 01:30", ALM_LOCAL_TWICE, "2050-11-06 05:30:00",
		"2050-11-06 06:30:00");
	expect_once("Australia/Sydney", "2050-01-01 12:00", "2050-01-01 01:00:00");
	expect_once("Australia/Sydney", "2050-07-01 12:00", "2050-07-01 02:00:00");
	expect_once("Asia/Kolkata", "2050-07-01 12:00", "2050-07-01 06:30:00");
}

Test(zone, before_the_first_change_it_is_local_mean_time)
{
	expect_once("America/New_York", "1850-01-01 12:00", "1850-01-01 16:56:02");
	expect_once("UTC", "1850-01-01 12:00", "1850-01-01 12:00:00");
	expect_once("Europe/London", "1969-12-31 23:00", "1969-12-31 22:00:00"); /* British Standard Time */
}

/* The reference is localtime_r, in this test's own process. */
Test(zone, offsets_agree_with_the_c_library)
{
	static const char *const names[] = {"America/New_York", "Europe/Dublin", "Australia/Lord_Howe",
		"Pacific/Apia", "Africa/Casablanca", "Asia/Tehran", "America/Sao_Paulo", "Antarctica/Troll",
		"Asia/Gaza", "America/Nuuk"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct alm_zone *zone = zone_of(names[i]);
		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t s = INT64_C(-5000000000); s < INT64_C(5000000000); s += INT64_C(999983)) {
			struct tm tm;
			time_t seconds = (time_t)s;
			cr_assert(localtime_r(&seconds, &tm));
			cr_assert_eq(alm_zone_offset(zone, s * 1000), tm.tm_gmtoff, "%s at %lld", names[i],
				(long long)s);
		}
		alm_zone_close(zone);
	}
}

Test(zone, an_unknown_name_is_refused_and_leads_nowhere)
{
	static const char *const bad[] = {
		"", "America/NewYork", "../../etc/passwd", "/etc/passwd", "America", "a b"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct alm_zone *zone;
		struct alm_error err = {0};
		cr_assert_eq(alm_zone_open("--tz", bad[i], &zone, &err), ALM_USAGE, "%s", bad[i]);
		cr_assert(strstr(err.text, "--tz: no time zone '"), "%s", err.text);
	}
}

Test(zone, without_a_database_it_says_what_to_install)
{
	struct alm_zone *zone;
	struct alm_error err;
	setenv("TZDIR", "/nonexistent", 1);
	cr_assert_eq(alm_zone_open("--tz", "Europe/Berlin", &zone, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, "tzdata"), "%s", err.text);
}

Test(zone, a_damaged_file_is_refused_wherever_it_is_cut)
{
	unsigned char bytes[4096];
	FILE *file = fopen("/usr/share/zoneinfo/America/New_York", "r");
	cr_assert_not_null(file);
	size_t n = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t cut = 0; cut < n; cut += 7) {
		struct alm_zone zone = {0};
		cr_assert_not(alm_zone_parse(&zone, bytes, cut), "%zu", cut);
		free(zone.at_s);
		free(zone.type);
	}
	struct alm_zone whole = {0};
	cr_assert(alm_zone_parse(&whole, bytes, n));
	free(whole.at_s);
	free(whole.type);
}

Test(zone, rules_are_read_in_every_form_of_posix)
{
	struct alm_zone_rule rule;
	cr_assert(alm_zone_rule_parse("<-03>3", &rule));
	cr_assert_eq(rule.standard_s, -3 * 3600);
	cr_assert_not(rule.has_daylight);
	cr_assert(alm_zone_rule_parse("IST-1GMT0,M10.5.0,M3.5.0/1", &rule));
	cr_assert_eq(rule.daylight_s, 0);
	cr_assert_eq(rule.end.at_s, 3600);
	cr_assert(alm_zone_rule_parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", &rule));
	cr_assert_eq(rule.begin.at_s, -3600);
	cr_assert(alm_zone_rule_parse("XXX3EDT4,0/0,J365/23", &rule));
	static const char *const bad[] = {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0",
		"EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x",
		"EST5EDT,J0,J1", "<-03"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_not(alm_zone_rule_parse(bad[i], &rule), "%s", bad[i]);
}

static void look_for(void *to, const char *name)
{
	if (strcmp(name, "America/New_York") == 0 || strcmp(name, "US/Eastern") == 0)
		++*(int *)to;
}

Test(zone, the_names_are_listed)
{
	int found = 0;
	alm_zone_each(look_for, &found);
	cr_assert_eq(found, 2);
}
