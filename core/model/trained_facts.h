/* Names under which a version keeps what it says of a model: one truth for saving and loading. Internal to model. */
#ifndef ALM_MODEL_TRAINED_FACTS_H
#define ALM_MODEL_TRAINED_FACTS_H
#include "model/trained.h"

#define ALM_LAYOUT_TEXT 512
#define ALM_KEY_TEXT    40

/* What of a cell decides whether stored weights mean the same to it. */
const char *alm_cell_layout(const struct almanac_cell *cell, char out[static ALM_LAYOUT_TEXT]);

/* The key of a fact of which there may be several: "cell", then "cell.1". */
const char *alm_fact_key(const char *key, int place, char out[static ALM_KEY_TEXT]);

/* The key of the fact of an option of a layer's cell: "cell_option.0.forget_bias". */
const char *alm_option_key(int layer, const struct almanac_option *option, char out[static ALM_TENSOR_NAME]);

/* "word.<channel>": the begin of the keys of a category's words. */
const char *alm_word_key(int channel, char out[static ALM_KEY_TEXT]);

/* A tensor of a network as it is stored: with a network for each series, "3.layer0.W" is that of number 3. */
struct alm_tensor alm_network_tensor(
	const struct alm_trained *trained, int number, const struct alm_tensor *tensor);

/* The scaler's centers (0) or scales (1) as a tensor: [channels], or [1 + series][channels]. */
struct alm_tensor alm_scaler_tensor(const struct alm_scaler *scaler, int which);

#endif
