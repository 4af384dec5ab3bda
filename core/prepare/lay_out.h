/* From rows of a dataset to the panel of a model: the one way there, for training and for forecasts. */
#ifndef ALM_PREPARE_LAY_OUT_H
#define ALM_PREPARE_LAY_OUT_H
#include "base/context.h"
#include "model/trained.h"
#include "store/dataset.h"

/*
 * Builds the panel of rows that have been read, with the holidays of the spec. The options' channels are filled in here, but for
 * their roles; the panel's categories hold codes of the rows' words. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_lay_out(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_spec *spec, const int *column, int n_columns,
	const struct alm_dataset_rows *rows, struct alm_panel_options options, struct alm_panel *out,
	struct alm_error *err);

/* ALM_BAD_CONFIG when channels that have the model's names are of another kind than in training, or holidays are. */
ALM_MUST_CHECK enum alm_status alm_lay_out_check(
	const struct alm_panel *panel, const struct alm_trained *trained, struct alm_error *err);

#endif
