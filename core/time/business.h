/* Business days, Monday to Friday, counted one behind the other. Internal to time. */
#ifndef ALM_TIME_BUSINESS_H
#define ALM_TIME_BUSINESS_H
#include <stdbool.h>
#include <stdint.h>

/* Whether the instant lies on a Monday to Friday, UTC. */
bool alm_is_business_day(int64_t time_ms);

/* The number of the business day of an instant, rising by one from each to the next; of a weekend, that of the Friday. */
int64_t alm_business_day(int64_t time_ms);

/* The midnight at which that business day begins. */
int64_t alm_business_time(int64_t number);

#endif
