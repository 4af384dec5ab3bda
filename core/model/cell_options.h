/*
 * What is set of the options of a layer's cell: its own values, over them --cell-option NAME=X for every layer whose cell has
 * that option, over those what the layer itself says.
 */
#ifndef ALM_MODEL_CELL_OPTIONS_H
#define ALM_MODEL_CELL_OPTIONS_H
#include "cell/cell.h"
#include "model/layers.h"
#include "model/spec.h"

/*
 * The values [n_options] for layer `place` around `cell`. ALM_USAGE naming option and range: a number that is none or
 * out of range, or an option in the layer's own text that the cell does not have.
 */
ALM_MUST_CHECK enum alm_status alm_cell_options_read(const struct alm_spec *spec,
	const struct alm_layers *layers, int place, const struct almanac_cell *cell, float *out,
	struct alm_error *err);

/* ALM_USAGE for a --cell-option that none of the n cells has; names what they have. */
ALM_MUST_CHECK enum alm_status alm_cell_options_check(
	const struct alm_spec *spec, const struct alm_cell *cells, int n, struct alm_error *err);

#endif
