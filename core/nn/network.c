#include "nn/network.h"
#include <stdio.h>
#include <string.h>

static enum alm_status check(const struct alm_network_spec *spec, struct alm_error *err)
{
	if (spec->n_layers < 1 || spec->n_layers > ALM_LAYERS_MAX)
		return alm_fail(
			err, ALM_USAGE, "--layers: expected 1..%d, found %d", ALM_LAYERS_MAX, spec->n_layers);
	for (int i = 0; i < spec->n_layers; i++)
		if (spec->layers[i].units < 1 || spec->layers[i].units > ALM_UNITS_MAX)
			return alm_fail(err, ALM_USAGE, "--units: expected 1..%d, found %d", ALM_UNITS_MAX,
				spec->layers[i].units);
	if (spec->n_features < 1 || spec->n_extra < 0 || spec->n_outputs < 1)
		return alm_fail(err, ALM_BUG, "network of %d features, %d extra inputs and %d outputs",
			spec->n_features, spec->n_extra, spec->n_outputs);
	return ALM_OK;
}

static const struct alm_recurrent *top(const struct alm_network *network)
{
	return &network->layers[network->spec.n_layers - 1];
}

static enum alm_status build(struct alm_network *network, struct alm_error *err)
{
	const struct alm_network_spec *spec = &network->spec;
	size_t n_packed = 0;
	int n_inputs = spec->n_features;
	enum alm_status status = ALM_OK;
	for (int i = 0; i < spec->n_layers && status == ALM_OK; i++) {
		char prefix[16];
		snprintf(prefix, sizeof prefix, "layer%d", i);
		status = alm_recurrent_init(&network->layers[i], spec->layers[i].cell, network->kernel,
			n_inputs, spec->layers[i].units, prefix, &network->params, &n_packed, err);
		n_inputs = spec->layers[i].units;
	}
	if (status == ALM_OK)
		status = alm_dense_init(&network->head, network->kernel, n_inputs + spec->n_extra,
			spec->n_outputs, "head", &network->params, &n_packed, err);
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
	for (int i = 0; i < network->spec.n_layers; i++)
		alm_recurrent_initialise(&network->layers[i], seed, i, network->values);
	alm_dense_initialise(&network->head, seed, network->spec.n_layers, network->values);
	alm_network_pack(network);
}

void alm_network_pack(struct alm_network *network)
{
	for (int i = 0; i < network->spec.n_layers; i++)
		alm_recurrent_pack(&network->layers[i], network->values, network->packed);
	alm_dense_pack(&network->head, network->values, network->packed);
}

/* Widest layer that hands a gradient down, 0 when there is only one layer. */
static size_t widest_below(const struct alm_network *network)
{
	int units = 0;
	for (int i = 0; i + 1 < network->spec.n_layers; i++)
		if (network->layers[i].units > units)
			units = network->layers[i].units;
	return (size_t)units;
}

static size_t work_bytes(const struct alm_network *network, int n_steps, int max_rows, bool training)
{
	size_t rows = (size_t)max_rows, n_bytes = 0;
	for (int i = 0; i < network->spec.n_layers; i++)
		n_bytes += alm_recurrent_work_bytes(&network->layers[i], n_steps, max_rows, training);
	size_t outputs = rows * (size_t)network->spec.n_outputs * sizeof(float);
	n_bytes += alm_arena_cost(rows * (size_t)network->head.ld * sizeof(float)) + alm_arena_cost(outputs);
	if (training)
		n_bytes += alm_arena_cost(outputs) +
			   alm_arena_cost(rows * (size_t)network->head.n_inputs * sizeof(float)) +
			   alm_arena_cost(rows * (size_t)top(network)->units * sizeof(float)) +
			   2 * alm_arena_cost((size_t)n_steps * rows * widest_below(network) * sizeof(float));
	return n_bytes;
}

enum alm_status alm_network_work_init(struct alm_network_work *work, const struct alm_network *network,
	int n_steps, int max_rows, bool training, struct alm_error *err)
{
	struct alm_network_work made = {.n_steps = n_steps, .max_rows = max_rows, .training = training};
	size_t rows = (size_t)max_rows;
	enum alm_status status =
		alm_arena_init(&made.arena, work_bytes(network, n_steps, max_rows, training), err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < network->spec.n_layers; i++)
		alm_recurrent_work_init(
			&made.layers[i], &network->layers[i], n_steps, max_rows, training, &made.arena);
	made.head_in = alm_arena_floats(&made.arena, rows * (size_t)network->head.ld);
	made.out = alm_arena_floats(&made.arena, rows * (size_t)network->spec.n_outputs);
	if (training) {
		made.d_out = alm_arena_floats(&made.arena, rows * (size_t)network->spec.n_outputs);
		made.d_head_in = alm_arena_floats(&made.arena, rows * (size_t)network->head.n_inputs);
		made.d_last = alm_arena_floats(&made.arena, rows * (size_t)top(network)->units);
		for (int i = 0; i < 2; i++)
			made.d_between[i] =
				alm_arena_floats(&made.arena, (size_t)n_steps * rows * widest_below(network));
	}
	*work = made;
	return ALM_OK;
}

void alm_network_work_release(struct alm_network_work *work)
{
	alm_arena_release(&work->arena);
	*work = (struct alm_network_work){0};
}

float *alm_network_input(
	const struct alm_network *network, const struct alm_network_work *work, int rows, int step, int row)
{
	return alm_recurrent_input(&network->layers[0], &work->layers[0], rows, step, row);
}

float *alm_network_extra(const struct alm_network *network, const struct alm_network_work *work, int row)
{
	return work->head_in + (size_t)row * (size_t)network->head.ld + (size_t)top(network)->units;
}

void alm_network_forward(const struct alm_network *network, struct alm_network_work *work, int rows)
{
	int n_layers = network->spec.n_layers;
	for (int i = 0; i < n_layers; i++) {
		bool is_top = i + 1 == n_layers;
		alm_recurrent_forward(&network->layers[i], &work->layers[i], network->values, network->packed,
			rows, is_top ? NULL : &network->layers[i + 1], is_top ? NULL : &work->layers[i + 1]);
	}
	size_t units = (size_t)top(network)->units;
	const float *last = alm_recurrent_output(top(network), &work->layers[n_layers - 1], rows);
	for (size_t row = 0; row < (size_t)rows; row++)
		memcpy(work->head_in + row * (size_t)network->head.ld, last + row * units,
			units * sizeof(float));
	alm_dense_forward(&network->head, network->packed, rows, work->head_in, work->out);
}

void alm_network_backward(
	const struct alm_network *network, struct alm_network_work *work, int rows, float *grads)
{
	const struct alm_dense *head = &network->head;
	int n_layers = network->spec.n_layers;
	size_t units = (size_t)top(network)->units;
	alm_dense_backward(head, network->packed, rows, work->head_in, work->d_out, grads, work->d_head_in);
	for (size_t row = 0; row < (size_t)rows; row++)
		memcpy(work->d_last + row * units, work->d_head_in + row * (size_t)head->n_inputs,
			units * sizeof(float));
	const float *d_outputs = NULL;
	for (int i = n_layers - 1; i >= 0; i--) {
		float *d_inputs = i > 0 ? work->d_between[i & 1] : NULL;
		alm_recurrent_backward(&network->layers[i], &work->layers[i], network->values,
			network->packed, rows, i + 1 == n_layers ? work->d_last : NULL, d_outputs, grads,
			d_inputs);
		d_outputs = d_inputs;
	}
}
