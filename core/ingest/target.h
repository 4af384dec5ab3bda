/*
 * The dataset that rows go into, found or made, with the place of every column in it. Lives inside the caller's
 * transaction. Internal to ingest.
 */
#ifndef ALM_INGEST_TARGET_H
#define ALM_INGEST_TARGET_H
#include "ingest/upsert.h"
#include "ingest/walk.h"

struct alm_target {
	struct alm_sink sink; /* what a walk gives rows to */
	struct alm_db *db;    /* not owned */
	struct alm_dataset dataset;
	bool created;
	int *place;             /* [layout.n_channels] of each column of values in the dataset; owned */
	double *ordered;        /* [dataset.n_channels] in its order; owned */
	struct alm_names words; /* what the codes of categories stand for; owned */
	struct alm_upsert upsert;
};

/*
 * Finds or makes the dataset that options name; the first file says what its channels and its unit of time are. Files
 * whose columns of values are not the dataset's channels, and bad rows, are ALM_BAD_DATA "file..." of the walk.
 */
ALM_MUST_CHECK enum alm_status alm_target_open(
	struct alm_target *target, struct alm_db *db, const struct alm_input *first, struct alm_error *err);
void alm_target_close(struct alm_target *target);

#endif
