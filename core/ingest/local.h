/*
 * Local times of a file become instants, by the rules of a time zone. A time that clocks showed twice is the first, daylight
 * time, unless the series already has a row between the two: then the rows are in order and this is the second pass.
 * Internal to ingest.
 */
#ifndef ALM_INGEST_LOCAL_H
#define ALM_INGEST_LOCAL_H
#include <stdint.h>
#include "ingest/layout.h"
#include "ingest/sample.h"
#include "time/zone.h"

struct alm_local_times {
	struct alm_zone *zone;          /* owned; NULL = the file's times are UTC */
	uint64_t n_repeated, n_skipped; /* rows at times that clocks showed twice, and never */
};

/*
 * Takes the zone that the user named; from then on the layout refuses times that state an offset of their own. ALM_USAGE
 * naming --tz: no such zone, or the sample's times are no local times of day. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_local_init(struct alm_local_times *local, const char *zone,
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err);

/* The same with the zone that the dataset has been ingested in before: where it does not fit, times are UTC. */
ALM_MUST_CHECK enum alm_status alm_local_inherit(struct alm_local_times *local, const char *zone,
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err);
void alm_local_release(struct alm_local_times *local);

/* The instant of a row; newest_ms is that of the series' newest row of this ingest, INT64_MIN = none. */
int64_t alm_local_instant(struct alm_local_times *local, int64_t local_ms, int64_t newest_ms);

#endif
