/* Rows of a source into the table of the dataset that is a copy of it. Internal to ingest and run. */
#ifndef ALM_INGEST_PULL_H
#define ALM_INGEST_PULL_H
#include "base/reporter.h"
#include "store/dataset.h"

struct alm_pull_summary {
	int n_series;                                /* of the source */
	uint64_t n_read, n_taken;                    /* rows of the source, and those that were new enough */
	uint64_t n_inserted, n_updated, n_unchanged; /* of those taken, in the dataset */
	uint64_t n_duplicates, n_nulls;              /* rows of a time seen before; values missing */
	int64_t first_ms, last_ms;                   /* of the rows taken; only when there are some */
};

/*
 * Takes the rows that are newer than the last of their series in the dataset, less overlap_ms: so a series that is new is
 * taken whole, and one that lags behind is not cut by the others. Rows there already are replaced. Inside the caller's
 * transaction. ALM_BAD_DATA, ALM_NO_INPUT as alm_origin_open; ALM_INTERRUPTED.
 */
ALM_MUST_CHECK enum alm_status alm_pull(struct alm_db *db, const struct alm_dataset *dataset,
	int64_t overlap_ms, struct alm_reporter *reporter, struct alm_pull_summary *out,
	struct alm_error *err);

#endif
