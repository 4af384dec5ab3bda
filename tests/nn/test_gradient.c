/*
 * Every gradient of every cell there is, against finite differences, through whole networks: the built-in cells, those of
 * examples/cells, and those of tests/cells that are no broken ones, which use every liberty of the contract; and all that the
 * host builds around a cell, one thing at a time and together.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "cell/cell.h"
#include "nn/network.h"
#include "support/make.h"

struct shape {
	int layers, units, features, steps, rows, extra, outputs;
	struct alm_layer_spec around; /* what every layer has; a skip only above the first */
	bool sequences, uneven;       /* uneven: rows end at different steps */
	double head_dropout;
	struct alm_segment_spec segment;
	struct alm_embedding_spec embedding; /* rows are things 0, 1 ... in turn, 0 of them new */
};

/* What every cell is tried with. */
static const struct shape shapes[] = {
	{1, 4, 3, 5, 2, 0, 2, .sequences = false},
	{1, 1, 1, 1, 1, 0, 1, .sequences = false},
	{1, 7, 2, 9, 5, 3, 3, .uneven = true},
	{1, 17, 5, 4, 3, 1, 1, .around = {.merge = ALM_MERGE_CONCAT}, .uneven = true},
	{2, 5, 3, 6, 4, 2, 2, .sequences = true, .around = {.recurrent_dropout = 0.4}},
	{3, 3, 1, 3, 1, 0, 1, .around = {.trained_state = true}},
};

/* What one cell is tried with: everything around it. */
static const struct shape around[] = {
	{2, 4, 3, 7, 3, 1, 2, .around = {.merge = ALM_MERGE_SUM}},
	{2, 4, 3, 6, 3, 1, 2, .around = {.merge = ALM_MERGE_MEAN}, .sequences = true},
	{2, 4, 3, 7, 3, 0, 2, .around = {.merge = ALM_MERGE_CONCAT}, .sequences = true, .uneven = true},
	{2, 4, 3, 5, 3, 0, 2, .around = {.norm = true}},
	{2, 5, 3, 5, 3, 0, 2, .around = {.norm = true, .merge = ALM_MERGE_MEAN}, .sequences = true},
	{3, 4, 3, 5, 3, 0, 2, .around = {.skip = true}},
	{3, 9, 3, 5, 3, 2, 2, .around = {.skip = true, .norm = true}, .sequences = true, .uneven = true},
	{2, 4, 3, 5, 3, 0, 2, .around = {.dropout = 0.5}, .head_dropout = 0.3},
	{3, 6, 3, 9, 4, 2, 2,
		.around = {.merge = ALM_MERGE_SUM,
			.dropout = 0.3,
			.recurrent_dropout = 0.3,
			.skip = true,
			.norm = true,
			.trained_state = true},
		.sequences = true, .uneven = true, .head_dropout = 0.3},
	{1, 5, 2, 6, 5, 1, 2, .embedding = {3, 4}, .uneven = true},
	{2, 4, 3, 5, 4, 0, 2, .embedding = {2, 3},
		.around = {.merge = ALM_MERGE_CONCAT, .dropout = 0.4, .norm = true}, .sequences = true},
	{1, 6, 5, 4, 3, 0, 5, .segment = {5, 3, 2}},
	{2, 4, 3, 5, 2, 0, 6, .segment = {3, 2, 3},
		.around = {.recurrent_dropout = 0.3, .trained_state = true, .skip = true},
		.head_dropout = 0.4},
};

/* A network with random weights, its inputs, and random weights of its outputs in the loss. */
struct rig {
	struct shape shape;
	struct alm_network network;
	struct alm_network_work work;
	struct alm_noise noise;
	int lengths[8], channels[8], embedded[8];
	struct alm_pass pass;
	int n_out;
	float *weights; /* [n_out] */
	float *grads;
};

static float random_value(uint64_t stream, uint64_t counter)
{
	return (float)(2 * alm_rng_uniform(11, stream, counter) - 1);
}

static void open_network(struct rig *rig, const struct alm_cell *cell, const struct shape *shape)
{
	struct alm_network_spec spec = {.n_features = shape->features,
		.n_layers = shape->layers,
		.n_extra = shape->extra,
		.n_outputs = shape->outputs,
		.sequences = shape->sequences,
		.head_dropout = shape->head_dropout,
		.segment = shape->segment,
		.embedding = shape->embedding};
	for (int i = 0; i < shape->layers; i++) {
		spec.layers[i] = shape->around;
		spec.layers[i].cell = &cell->facts;
		spec.layers[i].units = shape->around.skip ? shape->units : shape->units + i;
		spec.layers[i].skip = shape->around.skip && i > 0;
	}
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&rig->work, &rig->network, shape->steps, shape->rows, true, NULL),
		ALM_OK);
}

static void open_rig(struct rig *rig, const struct alm_cell *cell, const struct shape *shape)
{
	*rig = (struct rig){.shape = *shape, .noise = {.seed = 3, .step = 2, .first_row = 7}};
	open_network(rig, cell, shape);
	for (size_t i = 0; i < rig->network.params.n_floats; i++)
		rig->network.values[i] = 0.7f * random_value(1, i);
	for (int row = 0; row < shape->rows; row++) {
		rig->lengths[row] = 1 + row * (shape->steps - 1) / shape->rows;
		rig->channels[row] = row % 2;
		rig->embedded[row] = row % (shape->embedding.n + 1);
	}
	rig->pass = (struct alm_pass){.rows = shape->rows,
		.n_steps = shape->steps,
		.lengths = shape->uneven ? rig->lengths : NULL,
		.channels = rig->channels,
		.embedded = rig->embedded,
		.noise = &rig->noise};
	rig->n_out = shape->outputs * (int)alm_network_head_rows(&rig->network, shape->steps, shape->rows);
	rig->weights = malloc((size_t)rig->n_out * sizeof(float));
	for (int i = 0; i < rig->n_out; i++)
		rig->weights[i] = random_value(2, (uint64_t)i);
	/* A step after a row's end has no target. */
	for (int row = 0; row < shape->rows && shape->uneven && shape->sequences; row++)
		for (int step = rig->lengths[row]; step < shape->steps; step++)
			memset(rig->weights + alm_network_out_at(&rig->network, shape->rows, step, row), 0,
				(size_t)shape->outputs * sizeof(float));
	rig->grads = calloc(rig->network.params.n_floats, sizeof(float));
}

static void close_rig(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
	free(rig->weights);
	free(rig->grads);
}

/* Runs forward and returns the weighted sum of the outputs. */
static double loss(struct rig *rig)
{
	const struct shape *shape = &rig->shape;
	double sum = 0;
	alm_network_pack(&rig->network);
	for (int step = 0; step < shape->steps; step++)
		for (int row = 0; row < shape->rows; row++) {
			for (int f = 0; f < shape->features; f++)
				alm_network_input(&rig->network, &rig->work, shape->rows, step, row)[f] =
					random_value(3, (uint64_t)((step * 100 + row) * 100 + f));
			for (int e = 0; e < shape->extra; e++)
				alm_network_extra(&rig->network, &rig->work, shape->rows, step, row)[e] =
					random_value(4, (uint64_t)((step * 100 + row) * 100 + e));
		}
	alm_network_forward(&rig->network, &rig->work, &rig->pass);
	for (int i = 0; i < rig->n_out; i++)
		sum += (double)rig->work.out[i] * (double)rig->weights[i];
	return sum;
}

static double loss_at(struct rig *rig, size_t at, float value)
{
	float kept = rig->network.values[at];
	rig->network.values[at] = value;
	double sum = loss(rig);
	rig->network.values[at] = kept;
	return sum;
}

/*
 * The five-point formula, whose error is of the fourth order in h while that of rounding a float32 loss grows with 1 / h.
 */
static double difference(struct rig *rig, size_t at, float h)
{
	float value = rig->network.values[at];
	double near = loss_at(rig, at, value + h) - loss_at(rig, at, value - h);
	double far = loss_at(rig, at, value + 2 * h) - loss_at(rig, at, value - 2 * h);
	return (8 * near - far) / (12 * (double)h);
}

/* Worst error over a tensor, relative to its largest element; each element at the h that suits its curvature best, and
 * the smallest of which seldom steps over a kink of a cell that has any: a gradient that is wrong agrees at none. */
static double worst_error(struct rig *rig, const struct alm_tensor *tensor)
{
	const float widths[] = {0x1p-5f, 0x1p-6f, 0x1p-7f, 0x1p-9f, 0x1p-11f};
	double worst = 0, largest = 1e-3;
	size_t stride = tensor->n / 60 + 1; /* at most sixty elements of each */
	for (size_t i = 0; i < tensor->n; i += stride) {
		double least = INFINITY;
		for (int width = 0; width < (int)(sizeof widths / sizeof *widths); width++) {
			double expected = difference(rig, tensor->offset + i, widths[width]);
			double error = fabs(expected - (double)rig->grads[tensor->offset + i]);
			largest = fabs(expected) > largest ? fabs(expected) : largest;
			least = error < least ? error : least;
		}
		worst = least > worst ? least : worst;
	}
	return worst / largest;
}

static void check_shape(const struct alm_cell *cell, const struct shape *shape, int which)
{
	struct rig rig;
	open_rig(&rig, cell, shape);
	loss(&rig);
	memcpy(rig.work.d_out, rig.weights, (size_t)rig.n_out * sizeof(float));
	alm_network_backward(&rig.network, &rig.work, &rig.pass, rig.grads);
	for (int i = 0; i < rig.network.params.n; i++) {
		double worst = worst_error(&rig, &rig.network.params.tensor[i]);
		cr_assert_lt(worst, 1e-3, "%s, shape %d, %s: %g", cell->name, which,
			rig.network.params.tensor[i].name, worst);
	}
	close_rig(&rig);
}

static bool check_cell(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	if (!cell && strstr(path, "/test-cells/")) /* refused on purpose */
		return true;
	cr_assert(cell, "%s: %s", path, refused);
	++*(int *)to;
	for (int which = 0; which < (int)(sizeof shapes / sizeof *shapes); which++)
		check_shape(cell, &shapes[which], which);
	return true;
}

Test(gradient, of_every_cell_equals_finite_differences)
{
	struct alm_cell_folders folders;
	int n_cells = 0;
	char path[2 * PATH_MAX];
	snprintf(path, sizeof path, "%s:%s", getenv("ALMANAC_EXAMPLE_CELLS"), getenv("ALMANAC_TEST_CELLS"));
	cr_assert_eq(alm_cell_folders_init(&folders, path, NULL), ALM_OK);
	cr_assert_eq(alm_cell_list(&folders, check_cell, &n_cells, NULL), ALM_OK);
	cr_assert_geq(n_cells, 10);
	alm_cell_folders_release(&folders);
}

Test(gradient, of_everything_around_a_cell_equals_finite_differences)
{
	struct alm_cell lstm = make_cell("lstm"), gru = make_cell("gru");
	for (int which = 0; which < (int)(sizeof around / sizeof *around); which++) {
		check_shape(&lstm, &around[which], which);
		check_shape(&gru, &around[which], which);
	}
}

/* The gradient of the same few rows, worked on where there is room for so many: the more, the fewer steps go into one product. */
static float *gradient_with_room(const struct alm_cell *cell, const struct shape *shape, int room, size_t *n)
{
	struct rig rig;
	open_rig(&rig, cell, shape);
	alm_network_work_release(&rig.work);
	cr_assert_eq(alm_network_work_init(&rig.work, &rig.network, shape->steps, room, true, NULL), ALM_OK);
	loss(&rig);
	memcpy(rig.work.d_out, rig.weights, (size_t)rig.n_out * sizeof(float));
	alm_network_backward(&rig.network, &rig.work, &rig.pass, rig.grads);
	float *grads = rig.grads;
	*n = rig.network.params.n_floats;
	rig.grads = NULL;
	close_rig(&rig);
	return grads;
}

Test(gradient, is_the_same_but_for_rounding_however_many_steps_go_into_one_product)
{
	static const struct shape shape = {1, 64, 3, 19, 5, 0, 2, .sequences = true};
	static const char *const cells[] = {"lstm", "gru", "simple"};
	static const int rooms[] = {128, 200, 2000};
	for (int i = 0; i < 9; i++) {
		struct alm_cell cell = make_cell(cells[i / 3]);
		size_t n, again;
		float *few = gradient_with_room(&cell, &shape, shape.rows, &n);
		float *many = gradient_with_room(&cell, &shape, rooms[i % 3], &again);
		cr_assert_eq(n, again);
		for (size_t at = 0; at < n; at++)
			cr_assert_float_eq(many[at], few[at], 1e-4f * (1 + fabsf(few[at])),
				"%s, room %d, at %zu", cell.name, rooms[i % 3], at);
		free(few);
		free(many);
	}
}
