/* The rule at the end of a compiled zone, in the form that POSIX gives to TZ, with the wider hours of RFC 8536. */
#include <ctype.h>
#include <string.h>
#include "time/calendar.h"
#include "time/zone_part.h"

#define DAY_S INT64_C(86400)

static bool skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* A number up to `most`. */
static bool read_number(const char **at, int most, int *out)
{
	int value = 0, digits = 0;
	for (; isdigit((unsigned char)**at) && digits < 4; (*at)++, digits++)
		value = value * 10 + (**at - '0');
	*out = value;
	return digits > 0 && value <= most;
}

/* "EST" or "<-03>". */
static bool skip_name(const char **at)
{
	const char *begin = *at;
	if (skip(at, '<')) {
		*at += strcspn(*at, ">");
		return skip(at, '>');
	}
	while (isalpha((unsigned char)**at))
		(*at)++;
	return *at - begin >= 3;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool read_time(const char **at, int32_t *out)
{
	int sign = 1, hours, minutes = 0, seconds = 0;
	if (skip(at, '-'))
		sign = -1;
	else
		skip(at, '+');
	if (!read_number(at, 167, &hours))
		return false;
	if (skip(at, ':') && !read_number(at, 59, &minutes))
		return false;
	if (skip(at, ':') && !read_number(at, 59, &seconds))
		return false;
	*out = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool read_day(const char **at, struct alm_zone_change *out)
{
	if (skip(at, 'J')) {
		out->kind = ALM_CHANGE_JULIAN;
		return read_number(at, 365, &out->day) && out->day >= 1;
	}
	if (!skip(at, 'M')) {
		out->kind = ALM_CHANGE_DAY;
		return read_number(at, 365, &out->day);
	}
	out->kind = ALM_CHANGE_MONTH;
	return read_number(at, 12, &out->month) && out->month >= 1 && skip(at, '.') &&
	       read_number(at, 5, &out->week) && out->week >= 1 && skip(at, '.') &&
	       read_number(at, 6, &out->weekday);
}

/* ",M3.2.0[/time]"; without a time it is two o'clock. */
static bool read_change(const char **at, struct alm_zone_change *out)
{
	out->at_s = 2 * 3600;
	return skip(at, ',') && read_day(at, out) && (!skip(at, '/') || read_time(at, &out->at_s));
}

bool alm_zone_rule_parse(const char *text, struct alm_zone_rule *out)
{
	struct alm_zone_rule rule = {0};
	int32_t west_s;
	if (!skip_name(&text) || !read_time(&text, &west_s))
		return false;
	rule.standard_s = -west_s;
	rule.daylight_s = rule.standard_s + 3600;
	rule.has_daylight = *text != '\0';
	if (rule.has_daylight) {
		if (!skip_name(&text))
			return false;
		if (*text != ',') {
			if (!read_time(&text, &west_s))
				return false;
			rule.daylight_s = -west_s;
		}
		if (!read_change(&text, &rule.begin) || !read_change(&text, &rule.end))
			return false;
	}
	*out = rule;
	return *text == '\0';
}

/* Days since 1970. */
static int64_t day_number(int64_t year, int month, int day)
{
	struct alm_civil civil = {.year = year, .month = month, .day = day};
	return alm_time_of_civil(&civil) / 1000 / DAY_S;
}

/* The day of a change in a year, in days since 1970. */
static int64_t day_of(const struct alm_zone_change *change, int64_t year)
{
	int64_t first = day_number(year, 1, 1);
	bool leap = alm_days_in_month(year, 2) == 29;
	if (change->kind == ALM_CHANGE_DAY)
		return first + change->day;
	if (change->kind == ALM_CHANGE_JULIAN)
		return first + change->day - 1 + (leap && change->day >= 60);
	first = day_number(year, change->month, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t day = (change->weekday - weekday + 7) % 7 + 7 * (change->week - 1);
	return first + (day < alm_days_in_month(year, change->month) ? day : day - 7);
}

int32_t alm_zone_rule_offset(const struct alm_zone_rule *rule, int64_t time_s)
{
	struct alm_civil civil;
	if (!rule->has_daylight)
		return rule->standard_s;
	alm_civil_of((time_s + rule->standard_s) * 1000, &civil);
	/* Daylight time begins by standard clocks and ends by daylight clocks. */
	int64_t begin = day_of(&rule->begin, civil.year) * DAY_S + rule->begin.at_s - rule->standard_s;
	int64_t end = day_of(&rule->end, civil.year) * DAY_S + rule->end.at_s - rule->daylight_s;
	/* South of the equator it lasts over the turn of the year. */
	bool daylight = begin < end ? time_s >= begin && time_s < end : time_s >= begin || time_s < end;
	return daylight ? rule->daylight_s : rule->standard_s;
}
