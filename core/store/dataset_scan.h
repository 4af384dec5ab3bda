/*
 * Every row of a dataset as it is kept, numbers in full: what an export needs. Of a dataset that is read in place, in the
 * order of its source, where a series and time may come again and the last counts.
 */
#ifndef ALM_STORE_DATASET_SCAN_H
#define ALM_STORE_DATASET_SCAN_H
#include "store/dataset.h"

/* A row, valid until the next one is asked for. */
struct alm_scan_row {
	const char *series;
	int64_t time_ms;
	const double *values;          /* [n_channels], NaN = missing; of a category the code */
	const struct alm_names *words; /* what codes stand for */
};

/* One state of the data, in memory that does not grow with it. The dataset outlives the scan. The caller closes. */
struct alm_scan;
ALM_MUST_CHECK enum alm_status alm_scan_open(
	struct alm_db *db, const struct alm_dataset *dataset, struct alm_scan **out, struct alm_error *err);
void alm_scan_close(struct alm_scan *scan); /* NULL is fine */

/* Whether a series has a name: otherwise there is but one. */
bool alm_scan_has_series(const struct alm_scan *scan);

/* *row is NULL at the end. ALM_BAD_DATA: a value that is no number where the channel holds numbers. */
ALM_MUST_CHECK enum alm_status alm_scan_next(
	struct alm_scan *scan, const struct alm_scan_row **row, struct alm_error *err);

#endif
