/* A dataset's rows gathered into the buckets that a spec asks for. */
#ifndef ALM_PREPARE_RESAMPLE_ROWS_H
#define ALM_PREPARE_RESAMPLE_ROWS_H
#include "model/spec.h"
#include "prepare/supply.h"
#include "store/dataset.h"

/* Whose rows are gathered, and by what. Nothing is owned. */
struct alm_resample_request {
	const struct alm_spec *spec; /* with --resample */
	const struct alm_dataset *dataset;
	const int *column; /* of the rows: past channels of the dataset, static ones, those known ahead */
	int n_static, n_future; /* how many of the last ones are */
	const struct alm_supplied
		*supplied; /* what else is known ahead, in the codes of the rows' words; NULL = nothing */
};

/*
 * Gathers rows in place; the step goes into *freq. ALM_USAGE: --aggregate does not fit the channels, or the step is finer than that
 * of the rows; ALM_BAD_DATA: no bucket is whole.
 */
ALM_MUST_CHECK enum alm_status alm_resample_rows(const struct alm_resample_request *request,
	struct alm_dataset_rows *rows, struct alm_freq *freq, struct alm_error *err);

#endif
