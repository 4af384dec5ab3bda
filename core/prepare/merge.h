/* What a file says of the time ahead, among the rows of a dataset that are still as fine as it is. */
#ifndef ALM_PREPARE_MERGE_H
#define ALM_PREPARE_MERGE_H
#include "prepare/supply.h"
#include "store/dataset.h"

/*
 * Puts the supplied values at and after from_ms [n_series] of each series into the last n_future columns of rows, whose series are
 * in the order of their names; what is supplied takes the place of what is there. Times that are not there become rows without
 * other values. Values of other series are left out.
 */
ALM_MUST_CHECK enum alm_status alm_merge_ahead(const struct alm_supplied *supplied, int n_future,
	const int64_t *from_ms, struct alm_dataset_rows *rows, struct alm_error *err);

#endif
