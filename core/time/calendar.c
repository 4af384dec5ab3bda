#include "time/calendar.h"
#include <math.h>
#include <stdbool.h>

#define DAY_MS INT64_C(86400000)

static const double tau = 6.283185307179586476925;

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970-01-01 of a civil date (H. Hinnant, chrono-compatible low-level date algorithms). */
static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = floor_div(year, 400), of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The inverse of days_of. */
static void civil_of_days(int64_t days, struct alm_civil *out)
{
	days += 719468;
	int64_t era = floor_div(days, 146097), of_era = days - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
	out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = year + era * 400 + (out->month <= 2);
}

void alm_civil_of(int64_t time_ms, struct alm_civil *out)
{
	int64_t days = floor_div(time_ms, DAY_MS), ms = time_ms - days * DAY_MS;
	civil_of_days(days, out);
	out->hour = (int)(ms / 3600000);
	out->minute = (int)(ms / 60000 % 60);
	out->second = (int)(ms / 1000 % 60);
	out->ms = (int)(ms % 1000);
}

int64_t alm_time_of_civil(const struct alm_civil *civil)
{
	int64_t days = days_of(civil->year, civil->month, civil->day);
	int64_t minutes = (days * 24 + civil->hour) * 60 + civil->minute;
	return (minutes * 60 + civil->second) * 1000 + civil->ms;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int alm_days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

const char *alm_calendar_name(int channel)
{
	static const char *const names[ALM_CALENDAR_CHANNELS] = {"cal.hour.sin", "cal.hour.cos",
		"cal.weekday.sin", "cal.weekday.cos", "cal.year.sin", "cal.year.cos"};
	return names[channel];
}

static void put_angle(double turn, float *out)
{
	out[0] = (float)sin(tau * turn);
	out[1] = (float)cos(tau * turn);
}

void alm_calendar_fill(int64_t time_ms, float out[static ALM_CALENDAR_CHANNELS])
{
	int64_t days = floor_div(time_ms, DAY_MS);
	double of_day = (double)(time_ms - days * DAY_MS) / (double)DAY_MS;
	int64_t weekday = days + 3 - floor_div(days + 3, 7) * 7; /* 1970-01-01 was a Thursday; Monday is 0 */
	struct alm_civil civil;
	civil_of_days(days, &civil);
	int64_t of_year = days - days_of(civil.year, 1, 1);
	put_angle(of_day, out);
	put_angle((double)weekday / 7, out + 2);
	put_angle((double)of_year / (is_leap(civil.year) ? 366 : 365), out + 4);
}
