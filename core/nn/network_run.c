/* A network's way from inputs to outputs, and its gradient back. */
#include <string.h>
#include "base/subnormal.h"
#include "nn/network.h"

/* The last layer's outputs as the head's rows, over steps. */
static struct alm_rows head_rows(
	const struct alm_network *network, const struct alm_network_work *work, int rows)
{
	return (struct alm_rows){work->head_in, (ptrdiff_t)rows * network->head.ld, network->head.ld};
}

static void encode(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass)
{
	int n_layers = network->spec.n_layers, rows = pass->rows;
	if (network->spec.segment.width > 0) {
		struct alm_rows first = alm_layer_inputs(&network->layers[0], &work->layers[0], rows);
		alm_segment_embed(&network->segment, &work->segment, weights, pass->n_steps, rows, &first);
	}
	if (network->spec.embedding.width > 0) {
		struct alm_rows to = alm_layer_inputs(&network->layers[0], &work->layers[0], rows);
		to.at += network->spec.n_features;
		alm_embedding_forward(&network->embedding, weights, pass, &to);
	}
	for (int i = 0; i < n_layers; i++) {
		struct alm_rows out = head_rows(network, work, rows);
		bool is_top = i + 1 == n_layers;
		if (!is_top)
			out = alm_layer_inputs(&network->layers[i + 1], &work->layers[i + 1], rows);
		alm_layer_forward(&network->layers[i], &work->layers[i], weights, pass, NULL,
			is_top && !network->spec.sequences ? NULL : &out);
	}
	if (network->spec.sequences || network->spec.segment.width > 0)
		return;
	struct alm_rows out = head_rows(network, work, rows);
	alm_layer_last(alm_network_top(network), &work->layers[n_layers - 1], weights, pass, &out);
}

/* The pass of the decoder: one more step, for every position of every row. */
static struct alm_pass decoder_pass(const struct alm_network *network, const struct alm_pass *pass)
{
	return (struct alm_pass){
		.rows = pass->rows * network->spec.segment.n_positions, .n_steps = 1, .noise = pass->noise};
}

/* [S][R][U] -> [S][R * M][U], each row M times. */
static void repeat_rows(size_t rows, int positions, size_t units, const float *from, float *to)
{
	for (size_t row = 0; row < rows; row++, from += units)
		for (int position = 0; position < positions; position++, to += units)
			memcpy(to, from, units * sizeof(float));
}

static void decode(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass)
{
	int n_layers = network->spec.n_layers, positions = network->spec.segment.n_positions;
	struct alm_pass one = decoder_pass(network, pass);
	struct alm_rows queries = alm_layer_inputs(&network->layers[0], &work->decoder[0], one.rows);
	alm_segment_queries(&network->segment, weights->params, pass, &queries);
	for (int i = 0; i < n_layers; i++) {
		const struct alm_recurrent *layer = &network->layers[i].direction[0];
		struct alm_rows out = head_rows(network, work, one.rows);
		if (i + 1 < n_layers)
			out = alm_layer_inputs(&network->layers[i + 1], &work->decoder[i + 1], one.rows);
		repeat_rows((size_t)layer->spec.cell->states * (size_t)pass->rows, positions,
			(size_t)layer->spec.units,
			alm_recurrent_states(layer, &work->layers[i].direction[0], pass), work->initial);
		alm_layer_forward(&network->layers[i], &work->decoder[i], weights, &one, work->initial, &out);
	}
}

/* What the head's rows drop: a mask a row, the same at every step of a sequence. `ld` as of the rows. */
static void drop_head(const struct alm_network *network, const struct alm_network_work *work,
	const struct alm_pass *pass, float *values, int ld)
{
	int n = alm_network_top(network)->n_outputs;
	int all = (int)alm_network_head_rows(network, pass->n_steps, pass->rows);
	int rows = network->spec.sequences ? pass->rows : all;
	for (int first = 0; first < all; first += rows)
		alm_dropout_apply(rows, n, work->head_mask, values + (ptrdiff_t)first * ld, ld);
}

static void forward(
	const struct alm_network *network, struct alm_network_work *work, const struct alm_pass *pass)
{
	const struct alm_weights weights = {network->values, network->packed};
	int n = (int)alm_network_head_rows(network, pass->n_steps, pass->rows);
	encode(network, work, &weights, pass);
	if (network->spec.segment.width > 0)
		decode(network, work, &weights, pass);
	if (work->head_mask && pass->noise) {
		alm_dropout_draw(pass->noise, ALM_DROP_HEAD, network->spec.head_dropout,
			network->spec.sequences ? pass->rows : n, alm_network_top(network)->n_outputs,
			work->head_mask);
		drop_head(network, work, pass, work->head_in, network->head.ld);
	}
	alm_dense_forward(
		&network->head, weights.packed, n, work->head_in, work->out, network->spec.n_outputs);
}

/* The gradient of the decoder down to the last states of every layer's encoder, in work->d_states. */
static void backward_decode(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, float *grads)
{
	int positions = network->spec.segment.n_positions;
	struct alm_pass one = decoder_pass(network, pass);
	struct alm_rows outputs = {work->d_head_in, 0, network->head.n_inputs};
	for (int i = network->spec.n_layers - 1; i >= 0; i--) {
		const struct alm_layer *layer = &network->layers[i];
		const struct alm_recurrent *direction = &layer->direction[0];
		size_t units = (size_t)direction->spec.units;
		float *inputs = work->d_between[i & 1], *sum = work->d_states[i];
		alm_layer_backward(layer, &work->decoder[i], weights, &one,
			&(struct alm_layer_gradient){.outputs = &outputs, .params = grads, .inputs = inputs});
		const float *each = alm_recurrent_d_initial(&work->decoder[i].direction[0]);
		memset(sum, 0, alm_recurrent_state_floats(direction, pass->rows) * sizeof(float));
		for (int row = 0; row < direction->spec.cell->states * pass->rows; row++, sum += units)
			for (int position = 0; position < positions; position++, each += units)
				for (size_t unit = 0; unit < units; unit++)
					sum[unit] += each[unit];
		outputs = (struct alm_rows){inputs, 0, layer->n_inputs};
	}
	alm_segment_queries_backward(&network->segment, pass, outputs.at, grads);
}

static void backward(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_pass *pass, float *grads)
{
	const struct alm_weights weights = {network->values, network->packed};
	const struct alm_dense *head = &network->head;
	bool segments = network->spec.segment.width > 0, embedding = network->spec.embedding.width > 0;
	int n_layers = network->spec.n_layers, rows = pass->rows;
	alm_dense_backward(head, weights.packed, (int)alm_network_head_rows(network, pass->n_steps, rows),
		work->head_in, work->d_out, grads, work->d_head_in);
	if (work->head_mask && pass->noise)
		drop_head(network, work, pass, work->d_head_in, head->n_inputs);
	if (segments)
		backward_decode(network, work, &weights, pass, grads);
	struct alm_rows d_y = {work->d_head_in, (ptrdiff_t)rows * head->n_inputs, head->n_inputs};
	for (int i = n_layers - 1; i >= 0; i--) {
		const struct alm_layer *layer = &network->layers[i];
		bool is_top = i + 1 == n_layers;
		struct alm_layer_gradient gradient = {.states = work->d_states[i],
			.outputs = is_top && !network->spec.sequences ? NULL : &d_y,
			.last = is_top && !network->spec.sequences && !segments ? &d_y : NULL,
			.params = grads,
			.inputs = i > 0 || embedding ? work->d_between[i & 1] : work->segment.d_y};
		alm_layer_backward(layer, &work->layers[i], &weights, pass, &gradient);
		d_y = (struct alm_rows){gradient.inputs, (ptrdiff_t)rows * layer->n_inputs, layer->n_inputs};
	}
	if (embedding) {
		d_y.at += network->spec.n_features;
		alm_embedding_backward(&network->embedding, pass, &d_y, grads);
	}
	if (segments) {
		struct alm_rows first = alm_layer_inputs(&network->layers[0], &work->layers[0], rows);
		alm_segment_embed_backward(
			&network->segment, &work->segment, &weights, pass->n_steps, rows, &first, grads);
	}
}

void alm_network_forward(
	const struct alm_network *network, struct alm_network_work *work, const struct alm_pass *pass)
{
	uint64_t mode = alm_subnormal_flush();
	forward(network, work, pass);
	alm_subnormal_restore(mode);
}

void alm_network_backward(const struct alm_network *network, struct alm_network_work *work,
	const struct alm_pass *pass, float *grads)
{
	uint64_t mode = alm_subnormal_flush();
	backward(network, work, pass, grads);
	alm_subnormal_restore(mode);
}
