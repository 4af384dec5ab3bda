/* The buffers that a worker needs to run a network: counted first, then lent by one arena. */
#include "nn/network.h"

/* Floats of each buffer; 0 = not needed. */
struct sizes {
	size_t initial, head_in, head_mask, out, d_out, d_head_in, d_between;
};

static size_t most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Widest inputs of the layers from `first` on. */
static size_t widest_inputs(const struct alm_network *network, int first)
{
	size_t widest = 0;
	for (int i = first; i < network->spec.n_layers; i++)
		widest = most(widest, (size_t)network->layers[i].n_inputs);
	return widest;
}

/* Floats of the states of a layer's one direction. */
static size_t state_floats(const struct alm_network *network, int layer, size_t rows)
{
	return alm_recurrent_state_floats(&network->layers[layer].direction[0], (int)rows);
}

static struct sizes sizes_of(const struct alm_network *network, int n_steps, int max_rows, bool training)
{
	const struct alm_network_spec *spec = &network->spec;
	size_t head_rows = alm_network_head_rows(network, n_steps, max_rows), rows = (size_t)max_rows;
	bool segments = spec->segment.width > 0;
	struct sizes sizes = {
		.head_in = head_rows * (size_t)network->head.ld, .out = head_rows * (size_t)spec->n_outputs};
	for (int i = 0; i < spec->n_layers && segments; i++)
		sizes.initial = most(sizes.initial, state_floats(network, i, head_rows));
	if (!training)
		return sizes;
	if (spec->head_dropout > 0)
		sizes.head_mask =
			(spec->sequences ? rows : head_rows) * (size_t)alm_network_top(network)->n_outputs;
	sizes.d_out = sizes.out;
	sizes.d_head_in = head_rows * (size_t)network->head.n_inputs;
	sizes.d_between = (size_t)n_steps * rows * widest_inputs(network, spec->embedding.width > 0 ? 0 : 1);
	if (segments)
		sizes.d_between = most(sizes.d_between, head_rows * widest_inputs(network, 0));
	return sizes;
}

static size_t work_bytes(const struct alm_network *network, int n_steps, int max_rows, bool training)
{
	struct sizes sizes = sizes_of(network, n_steps, max_rows, training);
	const size_t floats[] = {sizes.initial, sizes.head_in, sizes.head_mask, sizes.out, sizes.d_out,
		sizes.d_head_in, sizes.d_between, sizes.d_between};
	bool segments = network->spec.segment.width > 0;
	int head_rows = (int)alm_network_head_rows(network, n_steps, max_rows);
	size_t n_bytes = 0;
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		n_bytes += alm_arena_cost(floats[i] * sizeof(float));
	for (int i = 0; i < network->spec.n_layers; i++) {
		n_bytes += alm_layer_work_bytes(&network->layers[i], n_steps, max_rows, training);
		if (segments)
			n_bytes += alm_layer_work_bytes(&network->layers[i], 1, head_rows, training) +
				   alm_arena_cost(state_floats(network, i, (size_t)max_rows) * sizeof(float));
	}
	if (segments)
		n_bytes += alm_segment_work_bytes(&network->segment, n_steps, max_rows, training);
	return n_bytes;
}

static float *take(struct alm_arena *arena, size_t n)
{
	return n > 0 ? alm_arena_floats(arena, n) : NULL;
}

static void take_segments(struct alm_network_work *work, const struct alm_network *network)
{
	int head_rows = (int)alm_network_head_rows(network, work->n_steps, work->max_rows);
	alm_segment_work_init(&work->segment, &network->segment, work->n_steps, work->max_rows,
		work->training, &work->arena);
	for (int i = 0; i < network->spec.n_layers; i++) {
		alm_layer_work_init(
			&work->decoder[i], &network->layers[i], 1, head_rows, work->training, &work->arena);
		if (work->training)
			work->d_states[i] = alm_arena_floats(
				&work->arena, state_floats(network, i, (size_t)work->max_rows));
	}
}

enum alm_status alm_network_work_init(struct alm_network_work *work, const struct alm_network *network,
	int n_steps, int max_rows, bool training, struct alm_error *err)
{
	struct alm_network_work made = {.n_steps = n_steps, .max_rows = max_rows, .training = training};
	struct sizes sizes = sizes_of(network, n_steps, max_rows, training);
	enum alm_status status =
		alm_arena_init(&made.arena, work_bytes(network, n_steps, max_rows, training), err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < network->spec.n_layers; i++)
		alm_layer_work_init(
			&made.layers[i], &network->layers[i], n_steps, max_rows, training, &made.arena);
	if (network->spec.segment.width > 0)
		take_segments(&made, network);
	made.initial = take(&made.arena, sizes.initial);
	made.head_in = take(&made.arena, sizes.head_in);
	made.head_mask = take(&made.arena, sizes.head_mask);
	made.out = take(&made.arena, sizes.out);
	made.d_out = take(&made.arena, sizes.d_out);
	made.d_head_in = take(&made.arena, sizes.d_head_in);
	for (int i = 0; i < 2; i++)
		made.d_between[i] = take(&made.arena, sizes.d_between);
	*work = made;
	return ALM_OK;
}

void alm_network_work_release(struct alm_network_work *work)
{
	alm_arena_release(&work->arena);
	*work = (struct alm_network_work){0};
}
