/* A dataset whose rows are read where the application keeps them, in any order, and put in order here. Internal to store. */
#ifndef ALM_STORE_PLACE_H
#define ALM_STORE_PLACE_H
#include "store/dataset.h"

/*
 * As alm_dataset_read_tail, or alm_dataset_read with n_rows of SIZE_MAX; of several rows with one series and time the last
 * counts. The whole source is read either way.
 */
ALM_MUST_CHECK enum alm_status alm_place_read(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_dataset_tail *wanted, struct alm_dataset_rows *out, struct alm_error *err);

#endif
