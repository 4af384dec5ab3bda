#include "model/trained_facts.h"
#include <stdio.h>

const char *alm_cell_layout(const struct almanac_cell *cell, char out[static ALM_LAYOUT_TEXT])
{
	int n = snprintf(out, ALM_LAYOUT_TEXT, "gates %d, states %d, flags %d, parameters", cell->gates,
		cell->states, cell->flags & (ALMANAC_CELL_SPLIT | ALMANAC_CELL_NO_REC));
	for (int i = 0; i < cell->n_params && n < ALM_LAYOUT_TEXT; i++)
		n += snprintf(out + n, ALM_LAYOUT_TEXT - (size_t)n, " %s", cell->params[i].name);
	return out;
}

const char *alm_fact_key(const char *key, int place, char out[static ALM_KEY_TEXT])
{
	snprintf(out, ALM_KEY_TEXT, place ? "%s.%d" : "%s", key, place);
	return out;
}

const char *alm_option_key(int layer, const struct almanac_option *option, char out[static ALM_TENSOR_NAME])
{
	snprintf(out, ALM_TENSOR_NAME, "cell_option.%d.%s", layer, option->name);
	return out;
}

const char *alm_word_key(int channel, char out[static ALM_KEY_TEXT])
{
	snprintf(out, ALM_KEY_TEXT, "word.%d", channel);
	return out;
}

struct alm_tensor alm_network_tensor(
	const struct alm_trained *trained, int number, const struct alm_tensor *tensor)
{
	struct alm_tensor stored = *tensor;
	if (trained->networks)
		snprintf(stored.name, sizeof stored.name, "%d.%s", number, tensor->name);
	return stored;
}

struct alm_tensor alm_scaler_tensor(const struct alm_scaler *scaler, int which)
{
	struct alm_tensor tensor = {.n_dims = 1, .shape = {scaler->n_channels}};
	snprintf(tensor.name, sizeof tensor.name, which ? "scaler.scale" : "scaler.center");
	if (scaler->n_series > 0) {
		tensor.n_dims = 2;
		tensor.shape[0] = 1 + scaler->n_series;
		tensor.shape[1] = scaler->n_channels;
	}
	tensor.n = (size_t)(1 + scaler->n_series) * (size_t)scaler->n_channels;
	return tensor;
}
