/*
 * The dataset that rows go into: found or made, with the place of every column in it, and a row written. Lives inside the
 * caller's transaction. Internal to ingest.
 */
#ifndef ALM_INGEST_TARGET_H
#define ALM_INGEST_TARGET_H
#include "ingest/input.h"
#include "ingest/upsert.h"

struct alm_target {
	struct alm_dataset dataset;
	bool created;
	int *place;      /* [layout.n_channels] of each column of values in the dataset; owned */
	double *values;  /* [layout.n_channels] as read; owned */
	double *ordered; /* [dataset.n_channels] in its order; owned */
	struct alm_upsert upsert;
};

/* What became of a row. */
struct alm_written {
	int64_t time_ms;
	int n_nulls;
};

/* Finds or makes the dataset that options name; the first file says what its channels and its unit of time are. */
ALM_MUST_CHECK enum alm_status alm_target_open(
	struct alm_target *target, struct alm_db *db, const struct alm_input *first, struct alm_error *err);
void alm_target_close(struct alm_target *target);

/* Before the rows of each file: the columns of values and the dataset's channels must be the same. ALM_BAD_DATA. */
ALM_MUST_CHECK enum alm_status alm_target_match(
	struct alm_target *target, const struct alm_layout *layout, struct alm_error *err);

/* Reads a row by the layout that was matched last, and writes it. ALM_BAD_DATA "file:line: ...". */
ALM_MUST_CHECK enum alm_status alm_target_put(struct alm_target *target, const struct alm_layout *layout,
	const struct alm_row *row, struct alm_written *out, struct alm_error *err);

#endif
