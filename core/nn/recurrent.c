#include "nn/recurrent.h"
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "nn/init.h"

bool alm_recurrent_is_split(const struct alm_recurrent *layer)
{
	return layer->spec.cell->flags & ALMANAC_CELL_SPLIT;
}

bool alm_recurrent_has_rec(const struct alm_recurrent *layer)
{
	return !(layer->spec.cell->flags & ALMANAC_CELL_NO_REC);
}

bool alm_recurrent_keeps_pre(const struct alm_recurrent *layer)
{
	return !(layer->spec.cell->flags & ALMANAC_CELL_SAVED_ONLY);
}

int alm_recurrent_width(const struct alm_recurrent *layer)
{
	return layer->spec.cell->gates * layer->spec.units;
}

int alm_recurrent_depth(const struct alm_recurrent *layer)
{
	bool summed = alm_recurrent_has_rec(layer) && !alm_recurrent_is_split(layer);
	return layer->spec.n_inputs + 1 + (summed ? layer->spec.units : 0);
}

size_t alm_recurrent_state_floats(const struct alm_recurrent *layer, int rows)
{
	return (size_t)layer->spec.cell->states * (size_t)rows * (size_t)layer->spec.units;
}

/* Uniform numbers that the cell's init asks for. */
static size_t n_draws(const struct alm_recurrent *layer)
{
	const struct almanac_cell *cell = layer->spec.cell;
	return cell->init ? (size_t)(cell->gates + cell->n_params) * (size_t)layer->spec.units : 0;
}

static bool drops(const struct alm_recurrent *layer)
{
	return layer->spec.recurrent_dropout > 0 && alm_recurrent_has_rec(layer);
}

static enum alm_status add_tensor(struct alm_params *params, const char *prefix, const char *name, int n_dims,
	const int64_t *shape, size_t *offset, struct alm_error *err)
{
	char full[ALM_TENSOR_NAME];
	snprintf(full, sizeof full, "%s.%s", prefix, name);
	return alm_params_add(params, full, n_dims, shape, offset, err);
}

static enum alm_status declare(
	struct alm_recurrent *layer, const char *prefix, struct alm_params *params, struct alm_error *err)
{
	const struct almanac_cell *cell = layer->spec.cell;
	int64_t gates = cell->gates, units = layer->spec.units;
	enum alm_status status = add_tensor(
		params, prefix, "W", 3, (int64_t[]){layer->spec.n_inputs, gates, units}, &layer->w, err);
	if (status == ALM_OK)
		status = add_tensor(params, prefix, "b", 2, (int64_t[]){gates, units}, &layer->b, err);
	if (status == ALM_OK && alm_recurrent_is_split(layer))
		status = add_tensor(params, prefix, "c", 2, (int64_t[]){gates, units}, &layer->c, err);
	if (status == ALM_OK && alm_recurrent_has_rec(layer))
		status = add_tensor(params, prefix, "U", 3, (int64_t[]){units, gates, units}, &layer->u, err);
	for (int i = 0; i < cell->n_params && status == ALM_OK; i++) {
		size_t offset;
		status =
			add_tensor(params, prefix, cell->params[i].name, 1, (int64_t[]){units}, &offset, err);
		if (i == 0)
			layer->p = offset;
	}
	if (status == ALM_OK && layer->spec.trained_state)
		status = add_tensor(params, prefix, "state.initial", 2, (int64_t[]){cell->states, units},
			&layer->initial, err);
	return status;
}

enum alm_status alm_recurrent_init(struct alm_recurrent *layer, const struct alm_recurrent_spec *spec,
	const struct alm_kernel *kernel, const char *prefix, struct alm_params *params, size_t *n_packed,
	struct alm_error *err)
{
	struct alm_recurrent made = {.spec = *spec, .kernel = kernel};
	int inputs = spec->n_inputs, units = spec->units;
	made.ld = (inputs + 1 + units + 15) / 16 * 16;
	enum alm_status status = declare(&made, prefix, params, err);
	if (status != ALM_OK)
		return status;
	int n = alm_recurrent_width(&made);
	bool split = alm_recurrent_is_split(&made), rec = alm_recurrent_has_rec(&made);
	made.pack_forward = *n_packed;
	made.pack_split = made.pack_forward + alm_pack_floats(kernel, alm_recurrent_depth(&made), n);
	made.pack_back_h = made.pack_split + (split ? alm_pack_floats(kernel, 1 + units, n) : 0);
	made.pack_back_x = made.pack_back_h + (rec ? alm_pack_floats(kernel, n, units) : 0);
	made.draws = made.pack_back_x + alm_pack_floats(kernel, n, inputs);
	*n_packed = made.draws + n_draws(&made);
	*layer = made;
	return ALM_OK;
}

/* Streams that the gates' matrices leave free: they take two a gate, of at most 64. */
enum { DRAW_STREAM = 256 };

/* Where biases and the cell's own parameters begin: as its facts say, then as its init does. */
static void initialise_cell(
	const struct alm_recurrent *layer, uint64_t seed, uint64_t stream, float *params, float *packed)
{
	const struct almanac_cell *cell = layer->spec.cell;
	int units = layer->spec.units;
	float *bias = params + layer->b, *own = params + layer->p, *uniform = packed + layer->draws;
	for (int i = 0; i < cell->gates * units; i++)
		bias[i] = cell->gate_bias ? cell->gate_bias[i / units] : 0;
	for (int i = 0; i < cell->n_params * units; i++)
		own[i] = cell->params[i / units].init;
	for (size_t i = 0; i < n_draws(layer); i++) {
		/* the largest float below 1: rounding must not reach it */
		float draw = (float)alm_rng_uniform(seed, stream + DRAW_STREAM, i);
		uniform[i] = draw < 1 ? draw : 0x1.fffffep-1f;
	}
	if (cell->init)
		cell->init(&(struct almanac_init){.units = units,
			.option = cell->n_options > 0 ? layer->spec.option : NULL,
			.uniform = uniform,
			.bias = bias,
			.param = cell->n_params > 0 ? own : NULL});
}

void alm_recurrent_initialise(
	const struct alm_recurrent *layer, uint64_t seed, uint64_t stream, float *params, float *packed)
{
	const struct almanac_cell *cell = layer->spec.cell;
	int units = layer->spec.units, n = alm_recurrent_width(layer);
	for (int gate = 0; gate < cell->gates; gate++) {
		alm_init_glorot_uniform(layer->spec.n_inputs, units, n, seed, stream + 2 * (uint64_t)gate,
			params + layer->w + gate * units);
		if (alm_recurrent_has_rec(layer))
			alm_init_orthogonal(units, n, seed, stream + 2 * (uint64_t)gate + 1,
				params + layer->u + gate * units);
	}
	initialise_cell(layer, seed, stream, params, packed);
	if (alm_recurrent_is_split(layer))
		memset(params + layer->c, 0, (size_t)n * sizeof(float));
	if (layer->spec.trained_state)
		memset(params + layer->initial, 0, alm_recurrent_state_floats(layer, 1) * sizeof(float));
}

void alm_recurrent_pack(const struct alm_recurrent *layer, const float *params, float *packed)
{
	const struct alm_kernel *kernel = layer->kernel;
	int n = alm_recurrent_width(layer), units = layer->spec.units;
	alm_pack(kernel, alm_recurrent_depth(layer), n, params + layer->w, n, packed + layer->pack_forward);
	if (alm_recurrent_is_split(layer))
		alm_pack(kernel, 1 + units, n, params + layer->c, n, packed + layer->pack_split);
	if (alm_recurrent_has_rec(layer))
		alm_pack_transposed(kernel, n, units, params + layer->u, n, packed + layer->pack_back_h);
	alm_pack_transposed(
		kernel, n, layer->spec.n_inputs, params + layer->w, n, packed + layer->pack_back_x);
}

/* Floats of each buffer of a shard, in the order of the struct. */
struct sizes {
	size_t z, gates, states, ends, saved, mask, d_x, chunk, d_w, d_c, state;
};

static int chunk_steps(const struct alm_recurrent *layer, int max_rows)
{
	size_t rows = (size_t)max_rows, least = (ALM_CHUNK_ROWS + rows - 1) / rows;
	size_t steps = ALM_CHUNK_FLOATS / (rows * (size_t)alm_recurrent_width(layer));
	steps = steps < least ? least : steps;
	return steps < ALM_CHUNK_STEPS ? (int)steps : ALM_CHUNK_STEPS;
}

static struct sizes sizes_of(const struct alm_recurrent *layer, int n_steps, int max_rows, bool training)
{
	size_t steps = (size_t)n_steps, rows = (size_t)max_rows;
	size_t gates = rows * (size_t)alm_recurrent_width(layer);
	size_t state = alm_recurrent_state_floats(layer, max_rows);
	struct sizes sizes = {
		.z = steps * rows * (size_t)layer->ld, .gates = gates, .states = 2 * state, .ends = state};
	if (!training)
		return sizes;
	if (alm_recurrent_keeps_pre(layer))
		sizes.gates = steps * gates;
	sizes.states = (steps + 1) * state;
	sizes.saved = steps * rows * (size_t)layer->spec.cell->saved * (size_t)layer->spec.units;
	sizes.chunk = (size_t)chunk_steps(layer, max_rows) * gates;
	sizes.d_w = alm_pack_floats(layer->kernel, alm_recurrent_depth(layer), alm_recurrent_width(layer));
	if (alm_recurrent_is_split(layer))
		sizes.d_c = alm_pack_floats(layer->kernel, 1 + layer->spec.units, alm_recurrent_width(layer));
	sizes.state = state;
	sizes.d_x = layer->spec.reversed ? rows * (size_t)layer->spec.n_inputs : 0;
	sizes.mask = drops(layer) ? rows * (size_t)layer->spec.units : 0;
	return sizes;
}

size_t alm_recurrent_work_bytes(const struct alm_recurrent *layer, int n_steps, int max_rows, bool training)
{
	struct sizes sizes = sizes_of(layer, n_steps, max_rows, training);
	size_t both = alm_recurrent_is_split(layer) ? 2 : 1;
	const size_t floats[] = {sizes.z, sizes.states, sizes.ends, sizes.saved, sizes.mask, sizes.mask,
		sizes.d_x, sizes.d_w, sizes.d_c, sizes.state, sizes.state, sizes.state};
	size_t n_bytes = both * (alm_arena_cost(sizes.gates * sizeof(float)) +
					alm_arena_cost(sizes.chunk * sizeof(float)));
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		n_bytes += alm_arena_cost(floats[i] * sizeof(float));
	return n_bytes;
}

void alm_recurrent_work_init(struct alm_recurrent_work *work, const struct alm_recurrent *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena)
{
	struct sizes sizes = sizes_of(layer, n_steps, max_rows, training);
	bool split = alm_recurrent_is_split(layer);
	*work = (struct alm_recurrent_work){.n_steps = n_steps,
		.max_rows = max_rows,
		.chunk = chunk_steps(layer, max_rows),
		.training = training};
	work->z = alm_arena_floats(arena, sizes.z);
	/* The constant of every step and row lies in the same column however many rows a pass has: it is written once. */
	for (size_t at = (size_t)layer->spec.n_inputs; at < sizes.z; at += (size_t)layer->ld)
		work->z[at] = 1;
	work->pre = alm_arena_floats(arena, sizes.gates);
	work->rec = split ? alm_arena_floats(arena, sizes.gates) : NULL;
	work->states = alm_arena_floats(arena, sizes.states);
	work->ends = alm_arena_floats(arena, sizes.ends);
	if (!training)
		return;
	work->saved = alm_arena_floats(arena, sizes.saved);
	work->mask = sizes.mask ? alm_arena_floats(arena, sizes.mask) : NULL;
	work->d_h = sizes.mask ? alm_arena_floats(arena, sizes.mask) : NULL;
	work->d_x = sizes.d_x ? alm_arena_floats(arena, sizes.d_x) : NULL;
	work->d_pre = alm_arena_floats(arena, sizes.chunk);
	work->d_rec = split ? alm_arena_floats(arena, sizes.chunk) : NULL;
	work->d_w = alm_arena_floats(arena, sizes.d_w);
	work->d_c = split ? alm_arena_floats(arena, sizes.d_c) : NULL;
	work->d_next = alm_arena_floats(arena, sizes.state);
	work->d_prev = alm_arena_floats(arena, sizes.state);
	work->d_ends = alm_arena_floats(arena, sizes.state);
}

struct alm_rows alm_recurrent_inputs(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows)
{
	return (struct alm_rows){work->z, (ptrdiff_t)rows * layer->ld, layer->ld};
}
