/* A model as a version of the store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/trained_facts.h"

static enum alm_status save_cell(
	const struct alm_cell *cell, int place, struct alm_pairs *facts, struct alm_error *err)
{
	char layout[ALM_LAYOUT_TEXT], key[ALM_KEY_TEXT];
	const char *const fact[][2] = {
		{"cell", cell->name},
		{"cell_version", cell->facts.version},
		{"cell_layout", alm_cell_layout(&cell->facts, layout)},
		{"cell_sha256", cell->sha256},
	};
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof fact / sizeof *fact && status == ALM_OK; i++)
		status = alm_pairs_add(facts, alm_fact_key(fact[i][0], place, key), fact[i][1], err);
	return status;
}

/* Every option of every layer's cell, also those that nobody set: a later build may have other values of its own. */
static enum alm_status save_options(
	const struct alm_network *network, struct alm_pairs *facts, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int layer = 0; layer < network->spec.n_layers; layer++) {
		const struct alm_recurrent_spec *spec = &network->layers[layer].direction[0].spec;
		for (int i = 0; i < spec->cell->n_options && status == ALM_OK; i++) {
			char key[ALM_TENSOR_NAME], value[32];
			snprintf(value, sizeof value, "%.9g", (double)spec->option[i]);
			status = alm_pairs_add(
				facts, alm_option_key(layer, &spec->cell->options[i], key), value, err);
		}
	}
	return status;
}

/* "series.0" ... or "channel.0" ... */
static enum alm_status save_names(const char *key, int n,
	const char *(*name)(const struct alm_trained *, int), const struct alm_trained *trained,
	struct alm_pairs *facts, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++) {
		char numbered[ALM_KEY_TEXT];
		snprintf(numbered, sizeof numbered, "%s.%d", key, i);
		status = alm_pairs_add(facts, numbered, name(trained, i), err);
	}
	return status;
}

static const char *channel_name(const struct alm_trained *trained, int i)
{
	return trained->channels[i];
}

static const char *series_name(const struct alm_trained *trained, int i)
{
	return trained->scaler.series[i];
}

static const char *joined_name(const struct alm_trained *trained, int i)
{
	return trained->joined.name[i];
}

static const char *embedded_name(const struct alm_trained *trained, int i)
{
	return trained->embedded.name[i];
}

static enum alm_status save_words(
	const struct alm_trained *trained, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_vocabulary *vocabulary = &trained->vocabulary;
	enum alm_status status = ALM_OK;
	for (int channel = 0; channel < vocabulary->n_channels; channel++)
		for (int i = 0; i < vocabulary->words[channel].n && status == ALM_OK; i++) {
			char key[ALM_KEY_TEXT], numbered[2 * ALM_KEY_TEXT];
			snprintf(numbered, sizeof numbered, "%s.%d", alm_word_key(channel, key), i);
			status = alm_pairs_add(facts, numbered, vocabulary->words[channel].name[i], err);
		}
	return status;
}

/* What a version says of the model beside its spec and weights. */
static enum alm_status save_facts(
	const struct alm_trained *trained, struct alm_pairs *facts, struct alm_error *err)
{
	const struct {
		const char *role;
		int n;
	} counts[] = {{"targets", trained->n_targets}, {"static", trained->n_static},
		{"future", alm_trained_future(trained)}};
	enum alm_status status = ALM_OK;
	for (int i = 0; i < trained->n_cells && status == ALM_OK; i++)
		status = save_cell(&trained->cells[i], i, facts, err);
	if (status == ALM_OK)
		status = save_options(&trained->network, facts, err);
	if (status == ALM_OK)
		status = alm_pairs_add(facts, "kernel", trained->network.kernel->name, err);
	for (size_t i = 0; i < sizeof counts / sizeof *counts && status == ALM_OK; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d", counts[i].n);
		if (counts[i].n > 0)
			status = alm_pairs_add(facts, counts[i].role, text, err);
	}
	if (status == ALM_OK)
		status = save_names("channel", trained->n_channels, channel_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_names("joined", trained->joined.n, joined_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_names("vector", trained->embedded.n, embedded_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_words(trained, facts, err);
	if (status == ALM_OK)
		status = save_names("series", trained->scaler.n_series, series_name, trained, facts, err);
	return status;
}

static struct alm_tensor_row row_of(const struct alm_tensor *tensor, const float *values)
{
	struct alm_tensor_row row = {.n_dims = tensor->n_dims, .values = values + tensor->offset};
	snprintf(row.name, sizeof row.name, "%s", tensor->name);
	memcpy(row.shape, tensor->shape, sizeof row.shape);
	return row;
}

static enum alm_status save_tensors(
	const struct alm_trained *trained, struct alm_version *version, struct alm_error *err)
{
	const struct alm_params *params = &trained->network.params;
	const struct alm_scaler *scaler = &trained->scaler;
	int n_networks = alm_trained_networks(trained);
	size_t n_bytes = ((size_t)params->n * (size_t)n_networks + 2) * sizeof *version->tensors;
	struct alm_tensor_row *row = version->tensors = malloc(n_bytes);
	if (!row)
		return alm_fail_memory(err, n_bytes);
	for (int number = 0; number < n_networks; number++)
		for (int i = 0; i < params->n; i++) {
			struct alm_tensor tensor = alm_network_tensor(trained, number, &params->tensor[i]);
			*row++ = row_of(&tensor, alm_trained_weights(trained, number));
		}
	for (int i = 0; i < 2; i++) {
		struct alm_tensor tensor = alm_scaler_tensor(scaler, i);
		*row++ = row_of(&tensor, i ? scaler->scale : scaler->center);
	}
	version->n_tensors = (int)(row - version->tensors);
	return ALM_OK;
}

enum alm_status alm_trained_save(
	const struct alm_trained *trained, struct alm_version *out, struct alm_error *err)
{
	struct alm_version made = *out;
	made.spec = made.facts = (struct alm_pairs){0};
	made.tensors = NULL;
	made.values = NULL;
	enum alm_status status = alm_spec_pairs(&trained->spec, &made.spec, err);
	if (status == ALM_OK)
		status = save_facts(trained, &made.facts, err);
	if (status == ALM_OK)
		status = save_tensors(trained, &made, err);
	if (status != ALM_OK) {
		alm_trained_unsave(&made);
		return status;
	}
	*out = made;
	return ALM_OK;
}

void alm_trained_unsave(struct alm_version *version)
{
	alm_pairs_release(&version->spec);
	alm_pairs_release(&version->facts);
	free(version->tensors);
	version->tensors = NULL;
	version->n_tensors = 0;
}
