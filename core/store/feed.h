/*
 * Rows on their way into a table, many to a statement: SQLite reads them out of memory as a table of its own (a virtual one),
 * so that INSERT ... SELECT takes a block of them at once. One statement a row takes it half as long again for the same rows.
 * Internal to store.
 */
#ifndef ALM_STORE_FEED_H
#define ALM_STORE_FEED_H
#include "store/dataset.h"
#include "store/sql.h"

struct alm_feed;

/* For rows of a dataset; the categories' codes are of `words`. Both must outlive the feed. The caller closes. */
ALM_MUST_CHECK enum alm_status alm_feed_open(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_names *words, struct alm_feed **out, struct alm_error *err);
void alm_feed_close(struct alm_feed *feed); /* what has not been flushed is lost; NULL is fine */

/* Copies the values; series stays the caller's until the next flush. `time` is in the dataset's unit. */
void alm_feed_add(struct alm_feed *feed, const char *series, int64_t time, const double *values);

/* Whether there is no room for another row. */
bool alm_feed_is_full(const struct alm_feed *feed);

/* Inserts what was added. */
ALM_MUST_CHECK enum alm_status alm_feed_flush(struct alm_feed *feed, struct alm_error *err);

#endif
