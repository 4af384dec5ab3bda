/* The time zone that a dataset's times were given in, kept for the next ingest and for people. */
#ifndef ALM_STORE_DATASET_ZONE_H
#define ALM_STORE_DATASET_ZONE_H
#include "store/dataset.h"
#include "time/zone.h"

/* Inside the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_dataset_zone_set(
	struct alm_db *db, const struct alm_dataset *dataset, const char *zone, struct alm_error *err);

/* "" when its times were given in UTC. */
ALM_MUST_CHECK enum alm_status alm_dataset_zone_get(struct alm_db *db, const struct alm_dataset *dataset,
	char out[static ALM_ZONE_NAME], struct alm_error *err);

#endif
