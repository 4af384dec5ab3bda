#include "time/business.h"

#define DAY_MS INT64_C(86400000)

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since Monday, 29 December 1969. */
static int64_t day_of(int64_t time_ms)
{
	return floor_div(time_ms, DAY_MS) + 3;
}

bool alm_is_business_day(int64_t time_ms)
{
	int64_t day = day_of(time_ms);
	return day - floor_div(day, 7) * 7 < 5;
}

int64_t alm_business_day(int64_t time_ms)
{
	int64_t day = day_of(time_ms), week = floor_div(day, 7), weekday = day - week * 7;
	return week * 5 + (weekday < 5 ? weekday : 4);
}

int64_t alm_business_time(int64_t number)
{
	int64_t week = floor_div(number, 5);
	return (week * 7 + number - week * 5 - 3) * DAY_MS;
}
