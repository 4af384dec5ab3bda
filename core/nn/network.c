#include "nn/network.h"
#include <stdio.h>

static enum alm_status check_layer(const struct alm_layer_spec *layer, int place, struct alm_error *err)
{
	if (layer->units < 1 || layer->units > ALM_UNITS_MAX)
		return alm_fail(err, ALM_USAGE, "--units: expected 1..%d, found %d in layer %d",
			ALM_UNITS_MAX, layer->units, place + 1);
	if (!(layer->dropout >= 0 && layer->dropout < 1))
		return alm_fail(err, ALM_USAGE,
			"--dropout: expected a share from 0 to below 1, found %g in layer %d", layer->dropout,
			place + 1);
	if (!(layer->recurrent_dropout >= 0 && layer->recurrent_dropout < 1))
		return alm_fail(err, ALM_USAGE,
			"--recurrent-dropout: expected a share from 0 to below 1, found %g in layer %d",
			layer->recurrent_dropout, place + 1);
	return ALM_OK;
}

static enum alm_status check(const struct alm_network_spec *spec, struct alm_error *err)
{
	if (spec->n_layers < 1 || spec->n_layers > ALM_LAYERS_MAX)
		return alm_fail(
			err, ALM_USAGE, "--layers: expected 1..%d, found %d", ALM_LAYERS_MAX, spec->n_layers);
	for (int i = 0; i < spec->n_layers; i++) {
		enum alm_status status = check_layer(&spec->layers[i], i, err);
		if (status != ALM_OK)
			return status;
		if (spec->segment.width > 0 && spec->layers[i].merge != ALM_MERGE_NONE)
			return alm_fail(err, ALM_USAGE,
				"--bidirectional: segments are decoded forward, so --segment needs layers of "
				"one direction");
	}
	if (!(spec->head_dropout >= 0 && spec->head_dropout < 1))
		return alm_fail(err, ALM_USAGE,
			"--head-dropout: expected a share from 0 to below 1, found %g", spec->head_dropout);
	if (spec->segment.width > 0 && (spec->sequences || spec->n_extra > 0))
		return alm_fail(err, ALM_BUG, "segments have a head of their own");
	if (spec->embedding.width > 0 && (spec->segment.width > 0 || spec->embedding.n < 1))
		return alm_fail(err, ALM_BUG, "no vectors, or vectors beside segments");
	if (spec->n_features < 1 || spec->n_extra < 0 || spec->n_outputs < 1)
		return alm_fail(err, ALM_BUG, "network of %d features, %d extra inputs and %d outputs",
			spec->n_features, spec->n_extra, spec->n_outputs);
	return ALM_OK;
}

const struct alm_layer *alm_network_top(const struct alm_network *network)
{
	return &network->layers[network->spec.n_layers - 1];
}

static enum alm_status build_parts(struct alm_network *network, size_t *n_packed, struct alm_error *err)
{
	const struct alm_network_spec *spec = &network->spec;
	int n_inputs = spec->n_features + spec->embedding.width;
	enum alm_status status = ALM_OK;
	if (spec->segment.width > 0) {
		n_inputs = spec->layers[0].units;
		status = alm_segment_init(&network->segment, &spec->segment, n_inputs, network->kernel,
			&network->params, n_packed, err);
	}
	for (int i = 0; i < spec->n_layers && status == ALM_OK; i++) {
		status = alm_layer_init(&network->layers[i], &spec->layers[i], i, n_inputs, network->kernel,
			&network->params, n_packed, err);
		n_inputs = network->layers[i].n_outputs;
	}
	if (status == ALM_OK)
		status = alm_dense_init(&network->head, network->kernel, n_inputs + spec->n_extra,
			spec->n_outputs, "head", &network->params, n_packed, err);
	if (status == ALM_OK && spec->embedding.width > 0)
		status = alm_embedding_init(
			&network->embedding, &spec->embedding, &network->params, n_packed, err);
	return status;
}

static enum alm_status build(struct alm_network *network, struct alm_error *err)
{
	size_t n_packed = 0;
	enum alm_status status = build_parts(network, &n_packed, err);
	if (status != ALM_OK)
		return status;
	size_t values = network->params.n_floats * sizeof(float), packed = n_packed * sizeof(float);
	status = alm_arena_init(&network->arena, alm_arena_cost(values) + alm_arena_cost(packed), err);
	if (status != ALM_OK)
		return status;
	network->values = alm_arena_take(&network->arena, values);
	network->packed = alm_arena_take(&network->arena, packed);
	return ALM_OK;
}

enum alm_status alm_network_init(struct alm_network *network, const struct alm_network_spec *spec,
	const struct alm_kernel *kernel, struct alm_error *err)
{
	enum alm_status status = check(spec, err);
	if (status != ALM_OK)
		return status;
	struct alm_network made = {.spec = *spec, .kernel = kernel};
	status = build(&made, err);
	if (status != ALM_OK) {
		alm_network_release(&made);
		return status;
	}
	for (int i = 0; i < spec->n_layers; i++)
		made.spec.layers[i].option = NULL; /* the layers have copies */
	*network = made;
	return ALM_OK;
}

void alm_network_release(struct alm_network *network)
{
	alm_params_release(&network->params);
	alm_arena_release(&network->arena);
	*network = (struct alm_network){0};
}

void alm_network_initialise(struct alm_network *network, uint64_t seed)
{
	int n_layers = network->spec.n_layers;
	for (int i = 0; i < n_layers; i++)
		alm_layer_initialise(&network->layers[i], seed, network->values, network->packed);
	alm_dense_initialise(&network->head, seed, (uint64_t)n_layers << 32, network->values);
	if (network->spec.segment.width > 0)
		alm_segment_initialise(
			&network->segment, seed, (uint64_t)(n_layers + 1) << 32, network->values);
	if (network->spec.embedding.width > 0)
		alm_embedding_initialise(
			&network->embedding, seed, (uint64_t)(n_layers + 2) << 32, network->values);
	alm_network_pack(network);
}

void alm_network_pack(struct alm_network *network)
{
	for (int i = 0; i < network->spec.n_layers; i++)
		alm_layer_pack(&network->layers[i], network->values, network->packed);
	alm_dense_pack(&network->head, network->values, network->packed);
	if (network->spec.segment.width > 0)
		alm_segment_pack(&network->segment, network->values, network->packed);
	if (network->spec.embedding.width > 0)
		alm_embedding_pack(&network->embedding, network->values, network->packed);
}

size_t alm_network_head_rows(const struct alm_network *network, int n_steps, int rows)
{
	size_t times = 1;
	if (network->spec.sequences)
		times = (size_t)n_steps;
	if (network->spec.segment.width > 0)
		times = (size_t)network->spec.segment.n_positions;
	return times * (size_t)rows;
}

int alm_network_row_outputs(const struct alm_network *network)
{
	int times = network->spec.segment.width > 0 ? network->spec.segment.n_positions : 1;
	return times * network->spec.n_outputs;
}

/* The head's row for a step of a row. */
static size_t head_row(const struct alm_network *network, int rows, int step, int row)
{
	if (network->spec.sequences)
		return (size_t)step * (size_t)rows + (size_t)row;
	return alm_network_head_rows(network, 1, 1) * (size_t)row;
}

size_t alm_network_out_at(const struct alm_network *network, int rows, int step, int row)
{
	return head_row(network, rows, step, row) * (size_t)network->spec.n_outputs;
}

struct alm_rows alm_network_inputs(
	const struct alm_network *network, const struct alm_network_work *work, int rows)
{
	ptrdiff_t ld = network->segment.embed.ld;
	if (network->spec.segment.width > 0)
		return (struct alm_rows){work->segment.x, rows * ld, ld};
	return alm_layer_inputs(&network->layers[0], &work->layers[0], rows);
}

float *alm_network_input(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row)
{
	struct alm_rows inputs = alm_network_inputs(network, work, rows);
	return alm_rows_at(&inputs, step, row);
}

float *alm_network_extra(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row)
{
	return work->head_in + head_row(network, rows, step, row) * (size_t)network->head.ld +
	       (size_t)alm_network_top(network)->n_outputs;
}
