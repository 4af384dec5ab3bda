#include "probe/rig.h"
#include <string.h>
#include <sys/mman.h>
#include "base/rng.h"

static size_t input_floats(const struct alm_rig_shape *shape)
{
	return (size_t)shape->steps * (size_t)shape->rows * (size_t)shape->inputs;
}

static size_t out_floats(const struct alm_rig_shape *shape)
{
	return (size_t)shape->steps * (size_t)shape->rows * (size_t)shape->units;
}

static enum alm_status map_arena(struct alm_arena *arena, size_t n_bytes, struct alm_error *err)
{
	void *map = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return alm_fail_memory(err, n_bytes);
	*arena = (struct alm_arena){.base = map, .n_bytes = n_bytes};
	return ALM_OK;
}

static enum alm_status lend(struct alm_rig *rig, size_t n_packed, struct alm_error *err)
{
	const struct alm_rig_shape *shape = &rig->shape;
	size_t n = rig->params.n_floats, in = input_floats(shape), out = out_floats(shape);
	const size_t sizes[] = {n, n, n_packed, in, in, out, out};
	float **const places[] = {&rig->values, &rig->grads, &rig->packed, &rig->inputs, &rig->d_inputs,
		&rig->out, &rig->weights};
	size_t n_bytes = alm_recurrent_work_bytes(&rig->layer, shape->steps, shape->rows, true);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		n_bytes += alm_arena_cost(sizes[i] * sizeof(float));
	enum alm_status status = map_arena(&rig->arena, n_bytes, err);
	if (status != ALM_OK)
		return status;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		*places[i] = alm_arena_floats(&rig->arena, sizes[i]);
	alm_recurrent_work_init(&rig->work, &rig->layer, shape->steps, shape->rows, true, &rig->arena);
	return ALM_OK;
}

/* between -size and size */
static void draw(float *at, size_t n, double size, uint64_t seed, uint64_t stream)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (float)(size * (2 * alm_rng_uniform(seed, stream, i) - 1));
}

enum { INPUTS = 1001, WEIGHTS, VALUES }; /* streams that a layer's own initial values do not use */

enum alm_status alm_rig_new(struct alm_rig *rig, const struct almanac_cell *cell,
	const struct alm_rig_shape *shape, uint64_t seed, struct alm_error *err)
{
	size_t n_packed = 0;
	*rig = (struct alm_rig){.shape = *shape, .params = {.room = ALM_RIG_TENSORS}};
	rig->params.tensor = rig->tensors;
	struct alm_recurrent_spec spec = {.cell = cell, .n_inputs = shape->inputs, .units = shape->units};
	for (int i = 0; i < cell->n_options; i++)
		spec.option[i] = cell->options[i].value;
	enum alm_status status = alm_recurrent_init(
		&rig->layer, &spec, alm_kernel_best(), "layer", &rig->params, &n_packed, err);
	if (status == ALM_OK)
		status = lend(rig, n_packed, err);
	if (status != ALM_OK)
		return status;
	alm_recurrent_initialise(&rig->layer, seed, 0, rig->values, rig->packed);
	/* Nothing may stay at zero, where a missing term would not show. The draw lies in grads until it is added. */
	draw(rig->grads, rig->params.n_floats, 0.2, seed, VALUES);
	for (size_t i = 0; i < rig->params.n_floats; i++)
		rig->values[i] += rig->grads[i];
	draw(rig->inputs, input_floats(shape), 1.5, seed, INPUTS);
	draw(rig->weights, out_floats(shape), 1, seed, WEIGHTS);
	return ALM_OK;
}

void alm_rig_free(struct alm_rig *rig)
{
	if (rig->arena.base)
		munmap(rig->arena.base, rig->arena.n_bytes);
	*rig = (struct alm_rig){0};
}

static struct alm_weights weights_of(const struct alm_rig *rig)
{
	return (struct alm_weights){rig->values, rig->packed};
}

void alm_rig_forward(struct alm_rig *rig, int first, int rows, float *out)
{
	const struct alm_rig_shape *shape = &rig->shape;
	struct alm_weights weights = weights_of(rig);
	struct alm_pass pass = {.rows = rows, .n_steps = shape->steps};
	struct alm_rows to = {out, (ptrdiff_t)rows * shape->units, shape->units};
	struct alm_rows x = alm_recurrent_inputs(&rig->layer, &rig->work, rows);
	alm_recurrent_pack(&rig->layer, rig->values, rig->packed);
	for (int step = 0; step < shape->steps; step++)
		for (int row = 0; row < rows; row++)
			memcpy(alm_rows_at(&x, step, row),
				rig->inputs + (ptrdiff_t)(step * shape->rows + first + row) * shape->inputs,
				(size_t)shape->inputs * sizeof(float));
	alm_recurrent_forward(&rig->layer, &rig->work, &weights, &pass, NULL, &to);
}

void alm_rig_backward(struct alm_rig *rig)
{
	const struct alm_rig_shape *shape = &rig->shape;
	struct alm_weights weights = weights_of(rig);
	struct alm_pass pass = {.rows = shape->rows, .n_steps = shape->steps};
	struct alm_rows outputs = {rig->weights, (ptrdiff_t)shape->rows * shape->units, shape->units};
	memset(rig->grads, 0, rig->params.n_floats * sizeof(float));
	alm_recurrent_backward(&rig->layer, &rig->work, &weights, &pass,
		&(struct alm_recurrent_gradient){
			.outputs = &outputs, .params = rig->grads, .inputs = rig->d_inputs});
}
