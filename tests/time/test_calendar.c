#include <criterion/criterion.h>
#include <math.h>
#include <time.h>
#include "time/calendar.h"

Test(calendar, civil_time_agrees_with_the_c_library)
{
	for (int64_t s = INT64_C(-62000000000); s < INT64_C(253000000000); s += INT64_C(123456789)) {
		struct alm_civil civil;
		struct tm tm;
		time_t seconds = (time_t)s;
		cr_assert(gmtime_r(&seconds, &tm));
		alm_civil_of(s * 1000 + 7, &civil);
		cr_assert_eq(civil.year, tm.tm_year + 1900);
		cr_assert_eq(civil.month, tm.tm_mon + 1);
		cr_assert_eq(civil.day, tm.tm_mday);
		cr_assert_eq(civil.hour, tm.tm_hour);
		cr_assert_eq(civil.minute, tm.tm_min);
		cr_assert_eq(civil.second, tm.tm_sec);
		cr_assert_eq(civil.ms, 7);
		cr_assert_eq(alm_time_of_civil(&civil), s * 1000 + 7);
	}
}

Test(calendar, months_have_their_days)
{
	cr_assert_eq(alm_days_in_month(2017, 2), 28);
	cr_assert_eq(alm_days_in_month(2016, 2), 29);
	cr_assert_eq(alm_days_in_month(1900, 2), 28);
	cr_assert_eq(alm_days_in_month(2000, 2), 29);
	cr_assert_eq(alm_days_in_month(2017, 12), 31);
}

/* 2017-01-01 was a Sunday: weekday 6 of 7 from Monday. 06:00 is a quarter of the day, the first day begins the year. */
Test(calendar, channels_are_angles_of_hour_weekday_and_year)
{
	float out[ALM_CALENDAR_CHANNELS];
	alm_calendar_fill(INT64_C(1483250400000), out);
	double sunday = 2 * 3.14159265358979 * 6 / 7;
	cr_assert_float_eq(out[0], 1, 1e-6f);
	cr_assert_float_eq(out[1], 0, 1e-6f);
	cr_assert_float_eq((double)out[2], sin(sunday), 1e-6);
	cr_assert_float_eq((double)out[3], cos(sunday), 1e-6);
	cr_assert_float_eq(out[4], 0, 1e-6f);
	cr_assert_float_eq(out[5], 1, 1e-6f);
	cr_assert_str_eq(alm_calendar_name(0), "cal.hour.sin");
	cr_assert_str_eq(alm_calendar_name(5), "cal.year.cos");
}
