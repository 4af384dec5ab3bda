#include "nn/layer.h"
#include <stdio.h>
#include <string.h>

/* Places that drop: each layer has one for its inputs and one for each direction's state. */
enum { DROP_INPUTS, DROP_STATE };

static int drop_place(int index, int which)
{
	return ALM_DROP_LAYERS + index * ALM_DROP_PLACES + which;
}

static void take_options(struct alm_recurrent_spec *direction, const float *option)
{
	const struct almanac_cell *cell = direction->cell;
	for (int i = 0; i < cell->n_options; i++)
		direction->option[i] = option ? option[i] : cell->options[i].value;
}

void alm_layer_set_option(struct alm_layer *layer, int option, float value)
{
	for (int i = 0; i < layer->n_directions; i++)
		layer->direction[i].spec.option[option] = value;
}

enum alm_status alm_layer_init(struct alm_layer *layer, const struct alm_layer_spec *spec, int index,
	int n_inputs, const struct alm_kernel *kernel, struct alm_params *params, size_t *n_packed,
	struct alm_error *err)
{
	struct alm_layer made = {.spec = *spec, .index = index, .n_inputs = n_inputs};
	made.spec.option = NULL; /* the caller's, and may end */
	made.n_directions = spec->merge == ALM_MERGE_NONE ? 1 : 2;
	made.n_outputs = spec->merge == ALM_MERGE_CONCAT ? 2 * spec->units : spec->units;
	if (spec->skip && n_inputs != made.n_outputs)
		return alm_fail(err, ALM_USAGE,
			"--skip: layer %d has %d inputs and %d outputs; they must be as many to be added",
			index + 1, n_inputs, made.n_outputs);
	char prefix[32];
	enum alm_status status = ALM_OK;
	for (int i = 0; i < made.n_directions && status == ALM_OK; i++) {
		struct alm_recurrent_spec one = {.cell = spec->cell,
			.n_inputs = n_inputs,
			.units = spec->units,
			.reversed = i == 1,
			.trained_state = spec->trained_state,
			.recurrent_dropout = spec->recurrent_dropout,
			.drop_place = drop_place(index, DROP_STATE + i)};
		take_options(&one, spec->option);
		snprintf(prefix, sizeof prefix, i ? "layer%d.reverse" : "layer%d", index);
		status = alm_recurrent_init(&made.direction[i], &one, kernel, prefix, params, n_packed, err);
	}
	snprintf(prefix, sizeof prefix, "layer%d", index);
	if (status == ALM_OK && spec->norm)
		status = alm_norm_init(&made.norm, made.n_outputs, prefix, params, err);
	if (status == ALM_OK)
		*layer = made;
	return status;
}

void alm_layer_initialise(const struct alm_layer *layer, uint64_t seed, float *params, float *packed)
{
	for (int i = 0; i < layer->n_directions; i++)
		alm_recurrent_initialise(&layer->direction[i], seed,
			((uint64_t)layer->index << 32) + ((uint64_t)i << 16), params, packed);
	if (layer->spec.norm)
		alm_norm_initialise(&layer->norm, params);
}

void alm_layer_pack(const struct alm_layer *layer, const float *params, float *packed)
{
	for (int i = 0; i < layer->n_directions; i++)
		alm_recurrent_pack(&layer->direction[i], params, packed);
}

/* Whether the directions' outputs are the layer's as they are, side by side. */
static bool is_plain(const struct alm_layer *layer)
{
	enum alm_merge merge = layer->spec.merge;
	return !layer->spec.norm && !layer->spec.skip &&
	       (merge == ALM_MERGE_NONE || merge == ALM_MERGE_CONCAT);
}

/* Floats of one row before merging. */
static int merged_width(const struct alm_layer *layer)
{
	return layer->n_directions * layer->spec.units;
}

/* Floats of each buffer of a shard, in the order of the struct. */
struct sizes {
	size_t mask, merged, normal, d_merged, row;
};

static struct sizes sizes_of(const struct alm_layer *layer, int n_steps, int max_rows, bool training)
{
	size_t rows = (size_t)max_rows, all = (size_t)n_steps * rows;
	bool plain = is_plain(layer);
	struct sizes sizes = {.row = (size_t)layer->n_outputs};
	sizes.merged = plain ? 0 : all * (size_t)merged_width(layer);
	if (!training)
		return sizes;
	sizes.mask = layer->spec.dropout > 0 ? rows * (size_t)layer->n_inputs : 0;
	sizes.normal = layer->spec.norm ? all * (size_t)(layer->n_outputs + 1) : 0;
	sizes.d_merged = sizes.merged;
	return sizes;
}

size_t alm_layer_work_bytes(const struct alm_layer *layer, int n_steps, int max_rows, bool training)
{
	struct sizes sizes = sizes_of(layer, n_steps, max_rows, training);
	const size_t floats[] = {sizes.mask, sizes.merged, sizes.normal, sizes.d_merged, sizes.row};
	size_t n_bytes = 0;
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		n_bytes += alm_arena_cost(floats[i] * sizeof(float));
	for (int i = 0; i < layer->n_directions; i++)
		n_bytes += alm_recurrent_work_bytes(&layer->direction[i], n_steps, max_rows, training);
	return n_bytes;
}

static float *take(struct alm_arena *arena, size_t n)
{
	return n > 0 ? alm_arena_floats(arena, n) : NULL;
}

void alm_layer_work_init(struct alm_layer_work *work, const struct alm_layer *layer, int n_steps,
	int max_rows, bool training, struct alm_arena *arena)
{
	struct sizes sizes = sizes_of(layer, n_steps, max_rows, training);
	*work = (struct alm_layer_work){.training = training};
	for (int i = 0; i < layer->n_directions; i++)
		alm_recurrent_work_init(
			&work->direction[i], &layer->direction[i], n_steps, max_rows, training, arena);
	work->mask = take(arena, sizes.mask);
	work->merged = take(arena, sizes.merged);
	work->normal = take(arena, sizes.normal);
	work->d_merged = take(arena, sizes.d_merged);
	work->row = take(arena, sizes.row);
}

struct alm_rows alm_layer_inputs(const struct alm_layer *layer, const struct alm_layer_work *work, int rows)
{
	return alm_recurrent_inputs(&layer->direction[0], &work->direction[0], rows);
}

/* The second direction's own copy of the inputs, in the order of reading: each row's last step first. */
static void reverse_inputs(const struct alm_layer *layer, const struct alm_layer_work *work,
	const struct alm_pass *pass, const struct alm_rows *from)
{
	struct alm_rows to = alm_recurrent_inputs(&layer->direction[1], &work->direction[1], pass->rows);
	size_t n_bytes = (size_t)layer->n_inputs * sizeof(float);
	for (int row = 0; row < pass->rows; row++) {
		int length = pass->lengths ? pass->lengths[row] : pass->n_steps;
		for (int step = 0; step < length; step++)
			memcpy(alm_rows_at(&to, length - 1 - step, row), alm_rows_at(from, step, row),
				n_bytes);
		for (int step = length; step < pass->n_steps; step++)
			memset(alm_rows_at(&to, step, row), 0, n_bytes);
	}
}

/* Drops inputs in place and gives the second direction its own. */
static void prepare_inputs(
	const struct alm_layer *layer, struct alm_layer_work *work, const struct alm_pass *pass)
{
	struct alm_rows inputs = alm_layer_inputs(layer, work, pass->rows);
	bool drop = work->mask && pass->noise;
	if (drop)
		alm_dropout_draw(pass->noise, drop_place(layer->index, DROP_INPUTS), layer->spec.dropout,
			pass->rows, layer->n_inputs, work->mask);
	for (int step = pass->first; step < pass->n_steps && drop; step++)
		alm_dropout_apply(pass->rows, layer->n_inputs, work->mask, alm_rows_at(&inputs, step, 0),
			(int)inputs.ld);
	if (layer->n_directions == 2)
		reverse_inputs(layer, work, pass, &inputs);
}

/* Rows of the buffer [T][R][directions * U]. */
static struct alm_rows merged_rows(const struct alm_layer *layer, float *buffer, int rows)
{
	int width = merged_width(layer);
	return (struct alm_rows){buffer, (ptrdiff_t)rows * width, width};
}

static struct alm_rows direction_rows(const struct alm_layer *layer, struct alm_rows rows, int direction)
{
	rows.at += direction * layer->spec.units;
	return rows;
}

static float *normal_at(
	const struct alm_layer *layer, const struct alm_layer_work *work, int rows, int step, int row)
{
	if (!work->normal)
		return NULL;
	return work->normal + ((ptrdiff_t)step * rows + row) * (layer->n_outputs + 1);
}

/* One row: from the directions' outputs, and x for the skip, to y [D]. */
static void finish_row(const struct alm_layer *layer, const float *params, const float *merged,
	const float *x, float *normal, float *y)
{
	int units = layer->spec.units;
	if (layer->spec.merge == ALM_MERGE_SUM || layer->spec.merge == ALM_MERGE_MEAN) {
		float share = layer->spec.merge == ALM_MERGE_MEAN ? 0.5f : 1;
		for (int unit = 0; unit < units; unit++)
			y[unit] = share * (merged[unit] + merged[units + unit]);
	} else {
		memcpy(y, merged, (size_t)layer->n_outputs * sizeof(float));
	}
	if (layer->spec.norm)
		alm_norm_forward(&layer->norm, params, y, normal);
	for (int i = 0; i < layer->n_outputs && layer->spec.skip; i++)
		y[i] += x[i];
}

void alm_layer_forward(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *initial,
	const struct alm_rows *out)
{
	bool plain = is_plain(layer);
	struct alm_rows to = {0}, x = alm_layer_inputs(layer, work, pass->rows);
	if (out)
		to = plain ? *out : merged_rows(layer, work->merged, pass->rows);
	prepare_inputs(layer, work, pass);
	for (int i = 0; i < layer->n_directions; i++) {
		struct alm_rows rows = direction_rows(layer, to, out ? i : 0);
		alm_recurrent_forward(&layer->direction[i], &work->direction[i], weights, pass, initial,
			out ? &rows : NULL);
	}
	for (int step = pass->first; step < pass->n_steps && out && !plain; step++)
		for (int row = 0; row < pass->rows; row++)
			finish_row(layer, weights->params, alm_rows_at(&to, step, row),
				alm_rows_at(&x, step, row), normal_at(layer, work, pass->rows, step, row),
				alm_rows_at(out, step, row));
}

/* The last step of a row's sequence. */
static int last_step(const struct alm_pass *pass, int row)
{
	return pass->lengths && pass->first == 0 ? pass->lengths[row] - 1 : pass->n_steps - 1;
}

void alm_layer_last(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const struct alm_rows *out)
{
	struct alm_rows x = alm_layer_inputs(layer, work, pass->rows);
	size_t units = (size_t)layer->spec.units;
	bool plain = is_plain(layer);
	for (int row = 0; row < pass->rows; row++) {
		float *to = alm_rows_at(out, 0, row);
		float *merged = plain ? to : work->merged + row * merged_width(layer);
		for (int i = 0; i < layer->n_directions; i++)
			memcpy(merged + (size_t)i * units,
				alm_recurrent_states(&layer->direction[i], &work->direction[i], pass) +
					(size_t)row * units,
				units * sizeof(float));
		if (!plain)
			finish_row(layer, weights->params, merged, alm_rows_at(&x, last_step(pass, row), row),
				normal_at(layer, work, pass->rows, 0, row), to);
	}
}

/* One row: from the gradient of y to those of the directions' outputs. */
static void backward_row(const struct alm_layer *layer, const struct alm_layer_work *work,
	const float *params, const float *d_y, const float *normal, float *grads, float *d_merged)
{
	int units = layer->spec.units;
	float share = layer->spec.merge == ALM_MERGE_MEAN ? 0.5f : 1, *row = work->row;
	memcpy(row, d_y, (size_t)layer->n_outputs * sizeof(float));
	if (layer->spec.norm)
		alm_norm_backward(&layer->norm, params, normal, row, grads);
	if (layer->spec.merge == ALM_MERGE_NONE || layer->spec.merge == ALM_MERGE_CONCAT) {
		memcpy(d_merged, row, (size_t)layer->n_outputs * sizeof(float));
		return;
	}
	for (int unit = 0; unit < units; unit++)
		d_merged[unit] = d_merged[units + unit] = share * row[unit];
}

/* Gradients of `n_steps` steps (1: the last output) from y to the directions, in work->d_merged. */
static struct alm_rows backward_rows(const struct alm_layer *layer, const struct alm_layer_work *work,
	const float *params, const struct alm_pass *pass, const struct alm_rows *d_y, int n_steps,
	float *grads)
{
	if (is_plain(layer))
		return *d_y;
	struct alm_rows d_merged = merged_rows(layer, work->d_merged, pass->rows);
	for (int step = 0; step < n_steps; step++)
		for (int row = 0; row < pass->rows; row++)
			backward_row(layer, work, params, alm_rows_at(d_y, step, row),
				normal_at(layer, work, pass->rows, step, row), grads,
				alm_rows_at(&d_merged, step, row));
	return d_merged;
}

/* The skip's gradient joins that of the inputs, and what was dropped gets none. */
static void finish_inputs(const struct alm_layer *layer, const struct alm_layer_work *work,
	const struct alm_pass *pass, const struct alm_layer_gradient *gradient)
{
	int n = layer->n_inputs;
	for (int step = 0; step < pass->n_steps; step++)
		for (int row = 0; row < pass->rows; row++) {
			float *to = gradient->inputs + ((ptrdiff_t)step * pass->rows + row) * n;
			const float *from = NULL;
			if (layer->spec.skip && gradient->outputs)
				from = alm_rows_at(gradient->outputs, step, row);
			else if (layer->spec.skip && gradient->last && step == last_step(pass, row))
				from = alm_rows_at(gradient->last, 0, row);
			for (int i = 0; i < n && from; i++)
				to[i] += from[i];
			if (work->mask && pass->noise)
				alm_dropout_apply(1, n, work->mask + (ptrdiff_t)row * n, to, n);
		}
}

void alm_layer_backward(const struct alm_layer *layer, struct alm_layer_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass,
	const struct alm_layer_gradient *gradient)
{
	const struct alm_rows *d_y = gradient->outputs ? gradient->outputs : gradient->last;
	struct alm_rows d_rows = {0};
	if (d_y)
		d_rows = backward_rows(layer, work, weights->params, pass, d_y,
			gradient->outputs ? pass->n_steps : 1, gradient->params);
	for (int i = 0; i < layer->n_directions; i++) {
		struct alm_rows rows = direction_rows(layer, d_rows, d_y ? i : 0);
		alm_recurrent_backward(&layer->direction[i], &work->direction[i], weights, pass,
			&(struct alm_recurrent_gradient){.states = gradient->states,
				.last = gradient->last ? &rows : NULL,
				.outputs = gradient->outputs ? &rows : NULL,
				.params = gradient->params,
				.inputs = gradient->inputs});
	}
	if (gradient->inputs && (layer->spec.skip || (work->mask && pass->noise)))
		finish_inputs(layer, work, pass, gradient);
}
