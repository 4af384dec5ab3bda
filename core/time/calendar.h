/*
 * Calendar arithmetic (civil days after Howard Hinnant's algorithms) and the calendar channels of a frame:
 * hour of day, day of week and day of year, each as sine and cosine, all known for past and future.
 */
#ifndef ALM_TIME_CALENDAR_H
#define ALM_TIME_CALENDAR_H
#include <stdint.h>

#define ALM_CALENDAR_CHANNELS 6

struct alm_civil {
	int64_t year;
	int month, day; /* 1..12, 1..31 */
	int hour, minute, second, ms;
};

void alm_civil_of(int64_t time_ms, struct alm_civil *out);
int64_t alm_time_of_civil(const struct alm_civil *civil); /* the fields must be in range */
int alm_days_in_month(int64_t year, int month);

/* "cal.hour.sin" ...: names of the calendar channels in the order of alm_calendar_fill. Static. */
const char *alm_calendar_name(int channel);

/* The six values at one instant. The hour has its minutes as a fraction; a year is its own length in days. */
void alm_calendar_fill(int64_t time_ms, float out[static ALM_CALENDAR_CHANNELS]);

#endif
