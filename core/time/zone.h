/*
 * The local time of a place, by the rules of the IANA time zone database as it is installed (files as in RFC 8536, in
 * $TZDIR or /usr/share/zoneinfo). The zone of the process is neither read nor set.
 */
#ifndef ALM_TIME_ZONE_H
#define ALM_TIME_ZONE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"

#define ALM_ZONE_NAME 64 /* bytes of a zone's name, with the zero */

struct alm_zone; /* constant once it is open: any thread may use it */

/*
 * Opens the zone of an IANA name such as America/New_York. ALM_USAGE naming `option`: no such zone. ALM_UNAVAILABLE: there
 * is no database, or not in a form we know. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_zone_open(
	const char *option, const char *name, struct alm_zone **out, struct alm_error *err);
void alm_zone_close(struct alm_zone *zone); /* NULL is fine */

const char *alm_zone_name(const struct alm_zone *zone); /* owned by zone */

/* Seconds by which local time is ahead of UTC at an instant. */
int32_t alm_zone_offset(const struct alm_zone *zone, int64_t time_ms);

/* How often a local time happens. */
enum alm_local { ALM_LOCAL_ONCE, ALM_LOCAL_TWICE, ALM_LOCAL_NEVER };

/*
 * The instants at which clocks showed local_ms (a civil time as alm_time_of_civil gives it): of one that was shown twice,
 * because clocks were put back, both, the earlier one first. One that clocks skipped is moved forward by what they
 * skipped: 02:30 in a night when 02:00 became 03:00 is 03:30. Except for TWICE both are the same.
 */
enum alm_local alm_zone_resolve(const struct alm_zone *zone, int64_t local_ms, int64_t instants_ms[static 2]);

/* Calls visit with the name of every zone there is; the name lives until the call returns. Nothing without a list. */
void alm_zone_each(void (*visit)(void *to, const char *name), void *to);

#endif
