/*
 * The recurrent layers of a spec: `--cell gru --units 64 --layers 2`, or one `--layer gru:64,dropout=0.2` each. What a
 * layer does not say is as the settings of that name say for all.
 *
 *      CELL[:UNITS][,dropout=X][,recurrent-dropout=X][,bidirectional[=concat|sum|mean]][,skip][,layer-norm][,trained-state]
 *      [,OPTION=X of the cell]
 */
#ifndef ALM_MODEL_LAYERS_H
#define ALM_MODEL_LAYERS_H
#include "base/status.h"
#include "model/spec.h"
#include "nn/network.h"

/* Between the layers in the text of the setting. */
#define ALM_LAYERS_BETWEEN ';'

struct alm_layers {
	int n;
	struct {
		alm_spec_TEXT cell;         /* name */
		alm_spec_TEXT options;      /* what the layer says of its cell's options: "a=1,b=2" */
		struct alm_layer_spec spec; /* but for its cell and the options */
	} layer[ALM_LAYERS_MAX];
};

/* ALM_USAGE naming --layer and what is wrong with it. */
ALM_MUST_CHECK enum alm_status alm_layers_read(
	const struct alm_spec *spec, struct alm_layers *out, struct alm_error *err);

#endif
