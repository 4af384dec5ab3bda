/*
 * Rows into a dataset: new ones are inserted, those of an earlier ingest replaced, and repetitions within this one
 * follow the policy. Lives inside the caller's transaction. Internal to ingest.
 */
#ifndef ALM_INGEST_UPSERT_H
#define ALM_INGEST_UPSERT_H
#include "base/names.h"
#include "ingest/ingest.h"
#include "ingest/keys.h"
#include "ingest/layout.h"
#include "ingest/local.h"

struct alm_upsert {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	struct alm_dataset_writer *writer; /* owned */
	enum alm_on_duplicate policy;
	struct alm_local_times *local; /* set by the caller; NULL = times are instants already */
	struct alm_names names;
	struct alm_upsert_series {
		int64_t old_last_ms; /* before this ingest; INT64_MIN = none */
		int64_t newest_ms;   /* of this ingest */
	} * series;                  /* [names.n]; owned */
	int series_room;
	struct alm_keys touched; /* keys of this ingest that the dataset could have had before it */
	uint64_t *was;           /* [touched.n] fingerprints of the rows it had, 0 = none; owned */
	size_t was_room;
	struct alm_keys repeated; /* for the mean: keys seen more than once, in the order of `means` */
	double *means;            /* [repeated.n][2][n_channels] sums and counts; owned */
	size_t means_room;
	double *stored, *mixed; /* [n_channels] each; owned */
	uint64_t n_inserted, n_updated, n_unchanged, n_duplicates;
};

/* `words`, which must outlive the upsert, is what the codes of categories stand for. ALM_USAGE for the mean of categories. */
ALM_MUST_CHECK enum alm_status alm_upsert_open(struct alm_upsert *upsert, struct alm_db *db,
	const struct alm_dataset *dataset, struct alm_names *words, enum alm_on_duplicate policy,
	struct alm_error *err);
void alm_upsert_close(struct alm_upsert *upsert);

/* The last time that the dataset had of a series before, INT64_MIN when none. */
ALM_MUST_CHECK enum alm_status alm_upsert_last(struct alm_upsert *upsert, const char *series, size_t length,
	int64_t *last_ms, struct alm_error *err);

/*
 * Values in the order of the dataset's channels; the time becomes an instant. ALM_BAD_DATA for a repetition that the policy
 * refuses.
 */
ALM_MUST_CHECK enum alm_status alm_upsert_put(
	struct alm_upsert *upsert, struct alm_reading *reading, struct alm_error *err);

#endif
