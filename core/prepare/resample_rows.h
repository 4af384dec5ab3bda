/* A dataset's rows gathered into the buckets that a spec asks for. */
#ifndef ALM_PREPARE_RESAMPLE_ROWS_H
#define ALM_PREPARE_RESAMPLE_ROWS_H
#include "model/spec.h"
#include "store/dataset.h"

/*
 * Resamples rows in place, columns [n] of the dataset, by a spec with --resample, whose step goes into *freq. ALM_USAGE:
 * --aggregate does not fit the channels, or the step is finer than that of the rows; ALM_BAD_DATA: no bucket is whole.
 */
ALM_MUST_CHECK enum alm_status alm_resample_rows(const struct alm_spec *spec,
	const struct alm_dataset *dataset, const int *column, struct alm_dataset_rows *rows,
	struct alm_freq *freq, struct alm_error *err);

#endif
