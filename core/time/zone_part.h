/* What a zone is made of: the table of its changes up to now, and the rule for all years after. Internal to time. */
#ifndef ALM_TIME_ZONE_PART_H
#define ALM_TIME_ZONE_PART_H
#include <stddef.h>
#include "time/zone.h"

/* A day of the year and a time, at which clocks change. */
struct alm_zone_change {
	enum { ALM_CHANGE_MONTH, ALM_CHANGE_JULIAN, ALM_CHANGE_DAY } kind;
	int month, week, weekday; /* MONTH: weekday (0 = Sunday) number `week` of the month; 5 = the last */
	int day;                  /* JULIAN: 1..365 without 29 February; DAY: 0..365 with it */
	int32_t at_s;             /* local seconds from that day's midnight, may be negative or over a day */
};

/* POSIX TZ: "EST5EDT,M3.2.0,M11.1.0" and its like. */
struct alm_zone_rule {
	int32_t standard_s, daylight_s; /* ahead of UTC */
	bool has_daylight;
	struct alm_zone_change begin, end; /* of daylight time */
};

struct alm_zone {
	char name[ALM_ZONE_NAME];
	size_t n_changes;
	int64_t *at_s;       /* [n_changes] instants, rising; owned */
	uint8_t *type;       /* [n_changes] from then on; owned */
	int32_t offset[256]; /* [types] seconds ahead of UTC; type 0 is that before the first change */
	bool has_rule;       /* for instants from the last change on */
	struct alm_zone_rule rule;
};

/* Reads n_bytes of a compiled zone into the zone's table and rule. False for what is no such file of version 2 or later. */
ALM_MUST_CHECK bool alm_zone_parse(struct alm_zone *zone, const unsigned char *bytes, size_t n_bytes);

/* False for what is no such rule. `text` ends with a zero. */
ALM_MUST_CHECK bool alm_zone_rule_parse(const char *text, struct alm_zone_rule *out);

int32_t alm_zone_rule_offset(const struct alm_zone_rule *rule, int64_t time_s);

#endif
