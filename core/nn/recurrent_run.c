/* The loop over time of a recurrent direction, forward and backward. */
#include <string.h>
#include "nn/recurrent.h"

/* Steps of a row that are read: the rest is computed on nothing and leads nowhere. */
static int length_of(const struct alm_pass *pass, int row)
{
	return pass->lengths && pass->first == 0 ? pass->lengths[row] : pass->n_steps;
}

/* The step in time that a row's direction reads s-th; -1 when its sequence is over by then. */
static int time_of(const struct alm_recurrent *layer, const struct alm_pass *pass, int s, int row)
{
	int length = length_of(pass, row);
	if (s >= length)
		return -1;
	return layer->spec.reversed ? length - 1 - s : s;
}

static float *z_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step)
{
	return work->z + (size_t)step * (size_t)rows * (size_t)layer->ld;
}

/* States before the s-th step that is read; all are kept in training, the last two otherwise. */
static float *state_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int s)
{
	size_t slot = work->training ? (size_t)s : (size_t)s & 1;
	return work->states + slot * alm_recurrent_state_floats(layer, rows);
}

/* Whether the states after each row's last step were put aside. */
static bool has_ends(const struct alm_pass *pass)
{
	return pass->lengths && pass->first == 0;
}

const float *alm_recurrent_states(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, const struct alm_pass *pass)
{
	return has_ends(pass) ? work->ends : state_at(layer, work, pass->rows, pass->n_steps);
}

/* pre or rec of a step: one buffer when the cell keeps none. */
static float *gates_at(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	float *buffer, int rows, int step)
{
	if (!buffer || !work->training || !alm_recurrent_keeps_pre(layer))
		return buffer;
	return buffer + (size_t)step * (size_t)rows * (size_t)alm_recurrent_width(layer);
}

static float *saved_at(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, int step)
{
	if (!work->training)
		return NULL;
	size_t floats = (size_t)layer->spec.cell->saved * (size_t)layer->spec.units;
	return work->saved + (size_t)step * (size_t)rows * floats;
}

static const float *options(const struct alm_recurrent *layer)
{
	return layer->spec.cell->n_options > 0 ? layer->spec.option : NULL;
}

static const float *own_params(const struct alm_recurrent *layer, const float *params)
{
	return layer->spec.cell->n_params > 0 ? params + layer->p : NULL;
}

/* Copies h [R][U] into rows of a wider buffer. */
static void scatter(int rows, int units, const float *h, float *to, ptrdiff_t ld)
{
	for (int row = 0; row < rows; row++)
		memcpy(to + row * ld, h + (size_t)row * (size_t)units, (size_t)units * sizeof(float));
}

/* h on its way into the product of the s-th step: masked where h is dropped. */
static void feed_back(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	const struct alm_pass *pass, int s, const float *h)
{
	int units = layer->spec.units, rows = pass->rows;
	float *to = z_at(layer, work, rows, s) + layer->spec.n_inputs + 1;
	if (work->mask && pass->noise)
		alm_dropout_copy(rows, units, work->mask, h, to, layer->ld);
	else
		scatter(rows, units, h, to, layer->ld);
}

/* The states before the first step: given, trained, or zero. */
static void begin_states(const struct alm_recurrent *layer, const struct alm_weights *weights, int rows,
	const float *initial, float *states)
{
	size_t units = (size_t)layer->spec.units, n_bytes = units * sizeof(float);
	if (initial)
		memcpy(states, initial, alm_recurrent_state_floats(layer, rows) * sizeof(float));
	else if (!layer->spec.trained_state)
		memset(states, 0, alm_recurrent_state_floats(layer, rows) * sizeof(float));
	else
		for (size_t i = 0; i < (size_t)layer->spec.cell->states * (size_t)rows; i++)
			memcpy(states + i * units,
				weights->params + layer->initial + i / (size_t)rows * units, n_bytes);
}

/* The first h goes where the first product finds it. */
static void begin(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *initial)
{
	float *states = state_at(layer, work, pass->rows, pass->first);
	if (pass->first == 0) {
		work->begun_given = initial != NULL;
		begin_states(layer, weights, pass->rows, initial, states);
	} else if (work->has_ends) {
		memcpy(states, work->ends, alm_recurrent_state_floats(layer, pass->rows) * sizeof(float));
	}
	work->has_ends = has_ends(pass);
	if (work->mask && pass->noise)
		alm_dropout_draw(pass->noise, layer->spec.drop_place, layer->spec.recurrent_dropout,
			pass->rows, layer->spec.units, work->mask);
	feed_back(layer, work, pass, pass->first, states);
}

/* Puts aside the states [S][R][U] of the rows whose last step was the s-th. */
static void keep_ends(const struct alm_recurrent *layer, const struct alm_pass *pass, int s,
	const float *states, float *ends)
{
	size_t units = (size_t)layer->spec.units, rows = (size_t)pass->rows;
	for (int row = 0; row < pass->rows; row++)
		for (size_t state = 0;
			s + 1 == pass->lengths[row] && state < (size_t)layer->spec.cell->states; state++) {
			size_t at = (state * rows + (size_t)row) * units;
			memcpy(ends + at, states + at, units * sizeof(float));
		}
}

/* h [R][U] of the s-th step to where its time is; zero where a sequence is over. */
static void put_outputs(const struct alm_recurrent *layer, const struct alm_pass *pass, int s, const float *h,
	const struct alm_rows *out)
{
	size_t n_bytes = (size_t)layer->spec.units * sizeof(float);
	if (!layer->spec.reversed && !has_ends(pass)) {
		scatter(pass->rows, layer->spec.units, h, alm_rows_at(out, s, 0), out->ld);
		return;
	}
	for (int row = 0; row < pass->rows; row++) {
		int step = time_of(layer, pass, s, row);
		if (step >= 0)
			memcpy(alm_rows_at(out, step, row), h + (ptrdiff_t)row * layer->spec.units, n_bytes);
		else
			memset(alm_rows_at(out, s, row), 0, n_bytes);
	}
}

void alm_recurrent_forward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *initial,
	const struct alm_rows *out)
{
	const struct alm_kernel *kernel = layer->kernel;
	int n = alm_recurrent_width(layer), units = layer->spec.units, rows = pass->rows;
	begin(layer, work, weights, pass, initial);
	for (int s = pass->first; s < pass->n_steps; s++) {
		const float *z = z_at(layer, work, rows, s);
		float *pre = gates_at(layer, work, work->pre, rows, s);
		float *rec = gates_at(layer, work, work->rec, rows, s);
		float *next = state_at(layer, work, rows, s + 1);
		alm_gemm_packed(kernel, rows, n, alm_recurrent_depth(layer), z, layer->ld,
			weights->packed + layer->pack_forward, pre, n, false);
		if (rec)
			alm_gemm_packed(kernel, rows, n, 1 + units, z + layer->spec.n_inputs, layer->ld,
				weights->packed + layer->pack_split, rec, n, false);
		layer->spec.cell->forward(&(struct almanac_forward){
			.rows = rows,
			.units = units,
			.pre = pre,
			.rec = rec,
			.param = own_params(layer, weights->params),
			.prev = state_at(layer, work, rows, s),
			.next = next,
			.saved = saved_at(layer, work, rows, s),
			.option = options(layer),
		});
		if (has_ends(pass))
			keep_ends(layer, pass, s, next, work->ends);
		if (s + 1 < pass->n_steps)
			feed_back(layer, work, pass, s + 1, next);
		if (out)
			put_outputs(layer, pass, s, next, out);
	}
}

/* to [R][U] += rows of `from`, ld apart. */
static void add_rows(int rows, int units, const float *from, ptrdiff_t ld, float *to)
{
	for (int row = 0; row < rows; row++) {
		const float *restrict source = from + row * ld;
		float *restrict sum = to + (ptrdiff_t)row * units;
#pragma omp simd
		for (int unit = 0; unit < units; unit++)
			sum[unit] += source[unit];
	}
}

/* One step of the cell's backward: d_next (complete) -> d_pre, d_rec of its place in the chunk, d_prev. */
static void backward_cell(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, int s, float *d_pre, float *d_rec,
	float *grads)
{
	bool keeps = alm_recurrent_keeps_pre(layer);
	int rows = pass->rows;
	layer->spec.cell->backward(&(struct almanac_backward){
		.rows = rows,
		.units = layer->spec.units,
		.pre = keeps ? gates_at(layer, work, work->pre, rows, s) : NULL,
		.rec = keeps ? gates_at(layer, work, work->rec, rows, s) : NULL,
		.param = own_params(layer, weights->params),
		.prev = state_at(layer, work, rows, s),
		.next = state_at(layer, work, rows, s + 1),
		.saved = saved_at(layer, work, rows, s),
		.d_next = work->d_next,
		.d_pre = d_pre,
		.d_rec = d_rec,
		.d_prev = work->d_prev,
		.d_param = layer->spec.cell->n_params > 0 ? grads + layer->p : NULL,
		.option = options(layer),
	});
}

/* d_prev's h += the path through U, which recurrent dropout masks as it masked h. */
static void backward_h(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, const float *d_gates)
{
	int n = alm_recurrent_width(layer), units = layer->spec.units, rows = pass->rows;
	bool masked = work->mask && pass->noise;
	float *to = masked ? work->d_h : work->d_prev;
	alm_gemm_packed(layer->kernel, rows, units, n, d_gates, n, weights->packed + layer->pack_back_h, to,
		units, !masked);
	if (masked)
		alm_dropout_add(rows, units, work->mask, work->d_h, work->d_prev);
}

/* Adds what the s-th step's outputs get from above to d_next. */
static void add_outputs(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	const struct alm_pass *pass, int s, const struct alm_rows *outputs)
{
	int units = layer->spec.units;
	if (!layer->spec.reversed && !has_ends(pass)) {
		add_rows(pass->rows, units, alm_rows_at(outputs, s, 0), outputs->ld, work->d_next);
		return;
	}
	for (int row = 0; row < pass->rows; row++) {
		int step = time_of(layer, pass, s, row);
		if (step >= 0)
			add_rows(1, units, alm_rows_at(outputs, step, row), 0,
				work->d_next + (ptrdiff_t)row * units);
	}
}

/* The gradient of the inputs of the s-th step, at the time of each row. */
static void backward_inputs(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, int s, const float *d_pre,
	const struct alm_recurrent_gradient *gradient)
{
	int n = alm_recurrent_width(layer), rows = pass->rows, inputs = layer->spec.n_inputs;
	ptrdiff_t step_floats = (ptrdiff_t)rows * inputs;
	float *to = layer->spec.reversed ? work->d_x : gradient->inputs + s * step_floats;
	alm_gemm_packed(layer->kernel, rows, inputs, n, d_pre, n, weights->packed + layer->pack_back_x, to,
		inputs, false);
	for (int row = 0; row < rows && layer->spec.reversed; row++) {
		int step = time_of(layer, pass, s, row);
		if (step >= 0)
			add_rows(1, inputs, work->d_x + (ptrdiff_t)row * inputs, 0,
				gradient->inputs + step * step_floats + (ptrdiff_t)row * inputs);
	}
}

/* One step back, from a complete d_next to the next one. */
static void backward_step(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass, int s, float *d_pre, float *d_rec,
	float *grads)
{
	backward_cell(layer, work, weights, pass, s, d_pre, d_rec, grads);
	if (alm_recurrent_has_rec(layer))
		backward_h(layer, work, weights, pass, d_rec ? d_rec : d_pre);
	float *swap = work->d_next;
	work->d_next = work->d_prev;
	work->d_prev = swap;
}

/* The gradients of the weights are packed while steps add to them. */
static void begin_weights(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, const float *grads)
{
	int n = alm_recurrent_width(layer);
	alm_pack(layer->kernel, alm_recurrent_depth(layer), n, grads + layer->w, n, work->d_w);
	if (work->d_c)
		alm_pack(layer->kernel, 1 + layer->spec.units, n, grads + layer->c, n, work->d_c);
}

static void end_weights(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, float *grads)
{
	int n = alm_recurrent_width(layer);
	alm_unpack(layer->kernel, alm_recurrent_depth(layer), n, work->d_w, grads + layer->w, n);
	if (work->d_c)
		alm_unpack(layer->kernel, 1 + layer->spec.units, n, work->d_c, grads + layer->c, n);
}

/* Weight gradients of n_steps steps from `first` on, whose d_pre and d_rec fill the chunk in rising order. */
static void backward_weights(const struct alm_recurrent *layer, const struct alm_recurrent_work *work,
	int rows, int first, int n_steps)
{
	const float *z = z_at(layer, work, rows, first);
	int n = alm_recurrent_width(layer), k = n_steps * rows;
	alm_gemm_gradient_packed(
		layer->kernel, alm_recurrent_depth(layer), n, k, z, layer->ld, work->d_pre, n, work->d_w);
	if (work->d_rec)
		alm_gemm_gradient_packed(layer->kernel, 1 + layer->spec.units, n, k, z + layer->spec.n_inputs,
			layer->ld, work->d_rec, n, work->d_c);
}

/*
 * The gradient of the last states: at once where all rows end together, else put aside until each row's own last step.
 * Before that a row's gradient is zero, and as a cell's backward is linear in it nothing of the row reaches a weight.
 */
static void begin_backward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_pass *pass, const struct alm_recurrent_gradient *gradient)
{
	size_t n_bytes = alm_recurrent_state_floats(layer, pass->rows) * sizeof(float);
	float *to = has_ends(pass) ? work->d_ends : work->d_next;
	memset(work->d_next, 0, n_bytes);
	if (gradient->states)
		memcpy(to, gradient->states, n_bytes);
	else
		memset(to, 0, n_bytes);
	if (gradient->last)
		add_rows(pass->rows, layer->spec.units, gradient->last->at, gradient->last->ld, to);
}

/* The trained initial states are those of every row. */
static void backward_initial(
	const struct alm_recurrent *layer, const struct alm_recurrent_work *work, int rows, float *grads)
{
	int units = layer->spec.units;
	for (int i = 0; i < layer->spec.cell->states * rows; i++)
		add_rows(1, units, work->d_next + (ptrdiff_t)i * units, units,
			grads + layer->initial + (ptrdiff_t)(i / rows) * units);
}

void alm_recurrent_backward(const struct alm_recurrent *layer, struct alm_recurrent_work *work,
	const struct alm_weights *weights, const struct alm_pass *pass,
	const struct alm_recurrent_gradient *gradient)
{
	int rows = pass->rows;
	size_t gates = (size_t)rows * (size_t)alm_recurrent_width(layer);
	begin_backward(layer, work, pass, gradient);
	begin_weights(layer, work, gradient->params);
	for (int s = pass->n_steps - 1; s >= 0; s--) {
		int place = s % work->chunk, left = pass->n_steps - s;
		float *d_pre = work->d_pre + (size_t)place * gates;
		float *d_rec = work->d_rec ? work->d_rec + (size_t)place * gates : NULL;
		if (has_ends(pass))
			keep_ends(layer, pass, s, work->d_ends, work->d_next);
		if (gradient->outputs)
			add_outputs(layer, work, pass, s, gradient->outputs);
		backward_step(layer, work, weights, pass, s, d_pre, d_rec, gradient->params);
		if (gradient->inputs)
			backward_inputs(layer, work, weights, pass, s, d_pre, gradient);
		if (place == 0)
			backward_weights(layer, work, rows, s, left < work->chunk ? left : work->chunk);
	}
	end_weights(layer, work, gradient->params);
	if (layer->spec.trained_state && !work->begun_given)
		backward_initial(layer, work, rows, gradient->params);
}

const float *alm_recurrent_d_initial(const struct alm_recurrent_work *work)
{
	return work->d_next;
}
