#include "nn/recurrent.h"
#include <stdio.h>
#include <string.h>

/* Steps whose weight gradient is taken in one product: enough rows for the kernel, few enough to be in cache.
 */
#define CHUNK 4

static bool is_split(const struct alm_recurrent *layer)
{
	return layer->cell->flags & ALMANAC_CELL_SPLIT;
}

static bool has_rec(const struct alm_recurrent *layer)
{
	return !(layer->cell->flags & ALMANAC_CELL_NO_REC);
}

static bool keeps_pre(const struct alm_recurrent *layer)
{
	return !(layer->cell->flags & ALMANAC_CELL_SAVED_ONLY);
}

/* G * U: columns of the products. */
static int width(const struct alm_recurrent *layer)
{
	return layer->cell->gates * layer->units;
}

/* Inner length of the first product: x, one and, where summed, h. */
static int depth(const struct alm_recurrent *layer)
{
	return layer->n_inputs + 1 + (has_rec(layer) && !is_split(layer) ? layer->units : 0);
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
	const struct almanac_cell *cell = layer->cell;
	int64_t gates = cell->gates, units = layer->units;
	enum alm_status status = add_tensor(
		params, prefix, "W", 3, (int64_t[]){layer->n_inputs, gates, units}, &layer->w, err);
	if (status == ALM_OK)
		status = add_tensor(params, prefix, "b", 2, (int64_t[]){gates, units}, &layer->b, err);
	if (status == ALM_OK && is_split(layer))
		status = add_tensor(params, prefix, "c", 2, (int64_t[]){gates, units}, &layer->c, err);
	if (status == ALM_OK && has_rec(layer))
		status = add_tensor(params, prefix, "U", 3, (int64_t[]){units, gates, units}, &layer->u, err);
	for (int i = 0; i < cell->n_params && status == ALM_OK; i++) {
		size_t offset;
		status =
			add_tensor(params, prefix, cell->params[i].name, 1, (int64_t[]){units}, &offset, err);
		if (i == 0)
			layer->p = offset;
	}
	return status;
}

enum alm_status alm_recurrent_init(struct alm_recurrent *layer, const struct almanac_cell *cell,
	const struct alm_kernel *kernel, int n_inputs, int units, const char *prefix,
	struct alm_params *params, size_t *n_packed, struct alm_error *err)
{
	struct alm_recurrent made = {.cell = cell, .kernel = kernel, .n_inputs = n_inputs, .units = units};
	made.ld = (n_inputs + 1 + units + 15) / 16 * 16;
	enum alm_status status = declare(&made, prefix, params, err);
	if (status != ALM_OK)
		return status;
	int n = width(&made);
	made.pack_forward = *n_packed;
	made.pack_split = made.pack_forward + alm_pack_floats(kernel, depth(&made), n);
	made.pack_back_h = made.pack_split + (is_split(&made) ? alm_pack_floats(kernel, 1 + units, n) : 0);
	made.pack_back_x = made.pack_back_h + (has_rec(&made) ? alm_pack_floats(kernel, n, units) : 0);
	*n_packed = made.pack_back_x + alm_pack_floats(kernel, n, n_inputs);
	*layer = made;
	return ALM_OK;
}

void alm_recurrent_pack(const struct alm_recurrent *layer, const float *params, float *packed)
{
	const struct alm_kernel *kernel = layer->kernel;
	int n = width(layer), units = layer->units;
	alm_pack(kernel, depth(layer), n, params + layer->w, n, packed + layer->pack_forward);
	if (is_split(layer))
		alm_pack(kernel, 1 + units, n, params + layer->c, n, packed + layer->pack_split);
	if (has_rec(layer))
		alm_pack_transposed(kernel, n, units, params + layer->u, n, packed + layer->pack_back_h);
	alm_pack_transposed(kernel, n, layer->n_inputs, params + layer->w, n, packed + layer->pack_back_x);
}

static size_t floats_cost(size_t a, size_t b, size_t c)
{
	return alm_arena_cost(a * b * c * sizeof(float));
}

size_t alm_recurrent_work_bytes(const struct alm_recurrent *layer, int n_steps, int max_rows, bool training)
{
	const struct almanac_cell *cell = layer->cell;
	size_t steps = (size_t)n_steps, rows = (size_t)max_rows;
	size_t gate = rows * (size_t)width(layer), state = rows * (size_t)(cell->states * layer->units);
	size_t kept = training && keeps_pre(layer) ? steps : 1;
	size_t n_bytes = floats_cost(steps + 1, rows, (size_t)layer->ld) + floats_cost(kept, gate, 1) +
			 floats_cost(training ? steps + 1 : 2, state, 1) + 2 * floats_cost(state, 1, 1);
	if (is_split(layer))
		n_bytes += floats_cost(kept, gate, 1);
	if (training)
		n_bytes += floats_cost(steps, rows, (size_t)cell->saved * (size_t)layer->units) +
			   floats_cost(CHUNK, gate, is_split(layer) ? 2 : 1) + ALM_ALIGN;
	return n_bytes;
}

void alm_recurrent_work_init(struct alm_recurrent_work *work, const struct alm_recurrent *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena)
{
	const struct almanac_cell *cell = layer->cell;
	size_t steps = (size_t)n_steps, rows = (size_t)max_rows;
	size_t gate = rows * (size_t)width(layer), state = rows * (size_t)(cell->states * layer->units);
	size_t kept = training && keeps_pre(layer) ? steps : 1;
	*work = (struct alm_recurrent_work){.n_steps = n_steps, .max_rows = max_rows, .training = training};
	work->z = alm_arena_floats(arena, (steps + 1) * rows * (size_t)layer->ld);
	work->pre = alm_arena_floats(arena, kept * gate);
	work->states = alm_arena_floats(arena, (training ? steps + 1 : 2) * state);
	work->d_next = alm_arena_floats(arena, state);
	work->d_prev = alm_arena_floats(arena, state);
	if (is_split(layer))
		work->rec = alm_arena_floats(arena, kept * gate);
	if (!training)
		return;
	work->saved = alm_arena_floats(arena, steps * rows * (size_t)cell->saved * (size_t)layer->units);
	work->d_pre = alm_arena_floats(arena, CHUNK * gate);
	if (is_split(layer))
		work->d_rec = alm_arena_floats(arena, CHUNK * gate);
}

static float *z_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step)
{
	return work->z + (size_t)step * (size_t)rows * (size_t)layer->ld;
}

float *alm_recurrent_input(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step, int row)
{
	return z_at(layer, work, rows, step) + (size_t)row * (size_t)layer->ld;
}

/* Floats of all states of a shard: [S][R][U]. */
static size_t state_floats(const struct alm_recurrent *layer, int rows)
{
	return (size_t)layer->cell->states * (size_t)rows * (size_t)layer->units;
}

/* States before step t; all are kept in training, the last two otherwise. */
static float *state_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step)
{
	return work->states + (size_t)(work->training ? step : step & 1) * state_floats(layer, rows);
}

const float *alm_recurrent_output(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows)
{
	return state_at(layer, work, rows, work->n_steps);
}

/* pre or rec of a step: one buffer when the cell keeps none. */
static float *gates_at(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	float *buffer, int rows, int step)
{
	if (!buffer || !work->training || !keeps_pre(layer))
		return buffer;
	return buffer + (size_t)step * (size_t)rows * (size_t)width(layer);
}

static float *saved_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step)
{
	if (!work->training)
		return NULL;
	return work->saved + (size_t)step * (size_t)rows * (size_t)layer->cell->saved * (size_t)layer->units;
}

/* Copies h [R][U] into rows of a wider buffer. */
static void scatter(int rows, int units, const float *h, float *to, int ld)
{
	for (int row = 0; row < rows; row++)
		memcpy(to + (size_t)row * (size_t)ld, h + (size_t)row * (size_t)units,
			(size_t)units * sizeof(float));
}

/* Z's constant column is one, its h of step 0 and the first states are zero. */
static void begin(const struct alm_recurrent *layer, struct alm_recurrent_work *work, int rows)
{
	for (int step = 0; step < work->n_steps; step++)
		for (int row = 0; row < rows; row++)
			alm_recurrent_input(layer, work, rows, step, row)[layer->n_inputs] = 1;
	for (int row = 0; row < rows; row++)
		memset(alm_recurrent_input(layer, work, rows, 0, row) + layer->n_inputs + 1, 0,
			(size_t)layer->units * sizeof(float));
	memset(state_at(layer, work, rows, 0), 0, state_floats(layer, rows) * sizeof(float));
}

static const float *own_params(const struct alm_recurrent *layer, const float *params)
{
	return layer->cell->n_params > 0 ? params + layer->p : NULL;
}

void alm_recurrent_forward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const float *params, const float *packed, int rows, const struct alm_recurrent *above,
	struct alm_recurrent_work *above_work)
{
	const struct alm_kernel *kernel = layer->kernel;
	int n = width(layer), units = layer->units;
	begin(layer, work, rows);
	for (int step = 0; step < work->n_steps; step++) {
		const float *z = z_at(layer, work, rows, step);
		float *pre = gates_at(layer, work, work->pre, rows, step);
		float *rec = gates_at(layer, work, work->rec, rows, step);
		alm_gemm_packed(kernel, rows, n, depth(layer), z, layer->ld, packed + layer->pack_forward,
			pre, n, false);
		if (rec)
			alm_gemm_packed(kernel, rows, n, 1 + units, z + layer->n_inputs, layer->ld,
				packed + layer->pack_split, rec, n, false);
		float *next = state_at(layer, work, rows, step + 1);
		layer->cell->forward(&(struct almanac_forward){
			.rows = rows,
			.units = units,
			.pre = pre,
			.rec = rec,
			.param = own_params(layer, params),
			.prev = state_at(layer, work, rows, step),
			.next = next,
			.saved = saved_at(layer, work, rows, step),
		});
		scatter(rows, units, next, z_at(layer, work, rows, step + 1) + layer->n_inputs + 1,
			layer->ld);
		if (above)
			scatter(rows, units, next, alm_recurrent_input(above, above_work, rows, step, 0),
				above->ld);
	}
}

static void add_to(size_t n, const float *restrict from, float *restrict to)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

/* One step of the cell's backward: d_next (complete) -> d_pre, d_rec of its place in the chunk, d_prev. */
static void backward_step(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const float *params, int rows, int step, float *d_pre, float *d_rec, float *grads)
{
	bool keeps = keeps_pre(layer);
	layer->cell->backward(&(struct almanac_backward){
		.rows = rows,
		.units = layer->units,
		.pre = keeps ? gates_at(layer, work, work->pre, rows, step) : NULL,
		.rec = keeps ? gates_at(layer, work, work->rec, rows, step) : NULL,
		.param = own_params(layer, params),
		.prev = state_at(layer, work, rows, step),
		.next = state_at(layer, work, rows, step + 1),
		.saved = saved_at(layer, work, rows, step),
		.d_next = work->d_next,
		.d_pre = d_pre,
		.d_rec = d_rec,
		.d_prev = work->d_prev,
		.d_param = layer->cell->n_params > 0 ? grads + layer->p : NULL,
	});
}

/* Weight gradients of n_steps steps from `first`, whose d_pre and d_rec fill the chunk in rising order. */
static void backward_weights(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	int rows, int first, int n_steps, const float *d_pre, const float *d_rec, float *grads)
{
	const float *z = z_at(layer, work, rows, first);
	int n = width(layer), k = n_steps * rows;
	alm_gemm_gradient(layer->kernel, depth(layer), n, k, z, layer->ld, d_pre, n, grads + layer->w, n);
	if (d_rec)
		alm_gemm_gradient(layer->kernel, 1 + layer->units, n, k, z + layer->n_inputs, layer->ld,
			d_rec, n, grads + layer->c, n);
}

void alm_recurrent_backward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const float *params, const float *packed, int rows, const float *d_last, const float *d_outputs,
	float *grads, float *d_inputs)
{
	const struct alm_kernel *kernel = layer->kernel;
	int n = width(layer), units = layer->units;
	size_t gate = (size_t)rows * (size_t)n, output = (size_t)rows * (size_t)units;
	memset(work->d_next, 0, state_floats(layer, rows) * sizeof(float));
	if (d_last)
		memcpy(work->d_next, d_last, output * sizeof(float));
	for (int step = work->n_steps - 1; step >= 0; step--) {
		int place = step % CHUNK;
		float *d_pre = work->d_pre + (size_t)place * gate;
		float *d_rec = work->d_rec ? work->d_rec + (size_t)place * gate : NULL;
		if (d_outputs)
			add_to(output, d_outputs + (size_t)step * output, work->d_next);
		backward_step(layer, work, params, rows, step, d_pre, d_rec, grads);
		if (has_rec(layer))
			alm_gemm_packed(kernel, rows, units, n, d_rec ? d_rec : d_pre, n,
				packed + layer->pack_back_h, work->d_prev, units, true);
		if (d_inputs)
			alm_gemm_packed(kernel, rows, layer->n_inputs, n, d_pre, n,
				packed + layer->pack_back_x,
				d_inputs + (size_t)step * (size_t)rows * (size_t)layer->n_inputs,
				layer->n_inputs, false);
		if (place == 0) {
			int n_steps = work->n_steps - step < CHUNK ? work->n_steps - step : CHUNK;
			backward_weights(layer, work, rows, step, n_steps, work->d_pre, work->d_rec, grads);
		}
		float *swap = work->d_next;
		work->d_next = work->d_prev;
		work->d_prev = swap;
	}
}
