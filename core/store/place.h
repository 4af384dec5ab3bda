/* A dataset whose rows are read where the application keeps them, in any order, and put in order here. Internal to store. */
#ifndef ALM_STORE_PLACE_H
#define ALM_STORE_PLACE_H
#include "store/dataset.h"

/*
 * As alm_dataset_read; of several rows with one series and time the last counts. n_tail keeps that many of the newest
 * rows of every series, 0 all: the whole source is read either way.
 */
ALM_MUST_CHECK enum alm_status alm_place_read(struct alm_db *db, const struct alm_dataset *dataset,
	const int *columns, int n_columns, size_t n_tail, int64_t until_ms, struct alm_dataset_rows *out,
	struct alm_error *err);

#endif
