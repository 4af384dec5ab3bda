/*
 * Local times of files become instants, by the rules of a time zone. A time that clocks showed twice is the first, daylight
 * time, unless the series already has a row between the two: then the rows are in order and this is the second pass.
 * Internal to ingest.
 */
#ifndef ALM_INGEST_LOCAL_H
#define ALM_INGEST_LOCAL_H
#include <stdint.h>
#include "ingest/input.h"
#include "time/zone.h"

struct alm_local_times {
	struct alm_zone *zone;          /* owned; NULL = times are UTC */
	uint64_t n_repeated, n_skipped; /* rows at times that clocks showed twice, and never */
};

/* Takes the zone that the user named with --tz. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_local_init(
	struct alm_local_times *local, const char *zone, struct alm_error *err);

/* Takes the zone that the dataset has been ingested in before; when the file's times are no local ones they are UTC. */
ALM_MUST_CHECK enum alm_status alm_local_inherit(struct alm_local_times *local, const char *zone,
	const struct alm_input *first, struct alm_error *err);
void alm_local_release(struct alm_local_times *local);

/*
 * Before the rows of each file. With a zone its layout refuses times that state an offset of their own from then on;
 * ALM_USAGE naming --tz when the first rows' times are no local times of day.
 */
ALM_MUST_CHECK enum alm_status alm_local_begin(
	const struct alm_local_times *local, struct alm_input *input, struct alm_error *err);

/* The instant of a row; newest_ms is that of the series' newest row of this ingest, INT64_MIN = none. */
int64_t alm_local_instant(struct alm_local_times *local, int64_t local_ms, int64_t newest_ms);

#endif
