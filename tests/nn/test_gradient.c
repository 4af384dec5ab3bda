/*
 * Every gradient of every cell there is, against finite differences, through whole networks: the built-in cells and those
 * of tests/cells that are no broken ones, which use every liberty of the contract.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "cell/cell.h"
#include "nn/network.h"

struct shape {
	int layers, units, features, steps, rows, extra, outputs;
};

static const struct shape shapes[] = {
	{1, 4, 3, 5, 2, 0, 2},
	{1, 1, 1, 1, 1, 0, 1},
	{1, 7, 2, 9, 5, 3, 3},
	{1, 17, 5, 4, 3, 1, 1},
	{2, 5, 3, 6, 4, 2, 2},
	{3, 3, 1, 3, 1, 0, 1},
};

#define N_SHAPES (int)(sizeof shapes / sizeof *shapes)

/* A network with random weights, its inputs, and random weights of its outputs in the loss. */
struct rig {
	struct shape shape;
	struct alm_network network;
	struct alm_network_work work;
	float *weights; /* [rows][outputs] */
	float *grads;
};

static float random_value(uint64_t stream, uint64_t counter)
{
	return (float)(2 * alm_rng_uniform(11, stream, counter) - 1);
}

static void open_rig(struct rig *rig, const struct alm_cell *cell, const struct shape *shape)
{
	struct alm_network_spec spec = {.n_features = shape->features,
		.n_layers = shape->layers,
		.n_extra = shape->extra,
		.n_outputs = shape->outputs};
	for (int i = 0; i < shape->layers; i++)
		spec.layers[i] = (struct alm_layer_spec){&cell->facts, shape->units + i};
	rig->shape = *shape;
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&rig->work, &rig->network, shape->steps, shape->rows, true, NULL),
		ALM_OK);
	for (size_t i = 0; i < rig->network.params.n_floats; i++)
		rig->network.values[i] = 0.7f * random_value(1, i);
	size_t n = (size_t)shape->rows * (size_t)shape->outputs;
	rig->weights = malloc(n * sizeof(float));
	for (size_t i = 0; i < n; i++)
		rig->weights[i] = random_value(2, i);
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
		for (int row = 0; row < shape->rows; row++)
			for (int f = 0; f < shape->features; f++)
				alm_network_input(&rig->network, &rig->work, shape->rows, step, row)[f] =
					random_value(3, (uint64_t)((step * 100 + row) * 100 + f));
	for (int row = 0; row < shape->rows; row++)
		for (int e = 0; e < shape->extra; e++)
			alm_network_extra(&rig->network, &rig->work, row)[e] =
				random_value(4, (uint64_t)(row * 100 + e));
	alm_network_forward(&rig->network, &rig->work, shape->rows);
	for (int i = 0; i < shape->rows * shape->outputs; i++)
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
 * The five-point formula, whose error is of the fourth order in h: so h can be large enough that the rounding of a float32
 * loss, about 1e-7, divided by it, stays below 1e-5.
 */
static double difference(struct rig *rig, size_t at)
{
	const float h = 0x1p-6f;
	float value = rig->network.values[at];
	double near = loss_at(rig, at, value + h) - loss_at(rig, at, value - h);
	double far = loss_at(rig, at, value + 2 * h) - loss_at(rig, at, value - 2 * h);
	return (8 * near - far) / (12 * (double)h);
}

/* Worst error over a tensor, relative to its largest element. */
static double worst_error(struct rig *rig, const struct alm_tensor *tensor)
{
	double worst = 0, largest = 1e-3;
	size_t stride = tensor->n / 60 + 1; /* at most sixty elements of each */
	for (size_t i = 0; i < tensor->n; i += stride) {
		double expected = difference(rig, tensor->offset + i);
		double error = fabs(expected - (double)rig->grads[tensor->offset + i]);
		worst = error > worst ? error : worst;
		largest = fabs(expected) > largest ? fabs(expected) : largest;
	}
	return worst / largest;
}

static bool check_cell(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	if (!cell && strstr(path, "/test-cells/")) /* refused on purpose */
		return true;
	cr_assert(cell, "%s: %s", path, refused);
	++*(int *)to;
	for (int which = 0; which < N_SHAPES; which++) {
		struct rig rig;
		open_rig(&rig, cell, &shapes[which]);
		loss(&rig);
		for (int i = 0; i < shapes[which].rows * shapes[which].outputs; i++)
			rig.work.d_out[i] = rig.weights[i];
		alm_network_backward(&rig.network, &rig.work, shapes[which].rows, rig.grads);
		for (int i = 0; i < rig.network.params.n; i++) {
			double worst = worst_error(&rig, &rig.network.params.tensor[i]);
			cr_assert_lt(worst, 1e-3, "%s, shape %d, %s: %g", cell->name, which,
				rig.network.params.tensor[i].name, worst);
		}
		close_rig(&rig);
	}
	return true;
}

Test(gradient, of_every_cell_equals_finite_differences)
{
	struct alm_cell_folders folders;
	int n_cells = 0;
	cr_assert_eq(alm_cell_folders_init(&folders, getenv("ALMANAC_TEST_CELLS"), NULL), ALM_OK);
	cr_assert_eq(alm_cell_list(&folders, check_cell, &n_cells, NULL), ALM_OK);
	cr_assert_geq(n_cells, 7);
	alm_cell_folders_release(&folders);
}
