/*
 * Outputs and gradients against what PyTorch computed: of every built-in cell in stacks of one direction and two
 * (tests/data/pytorch_reference.py), and of segments (tests/data/segrnn_reference.py).
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "nn/network.h"
#include "support/make.h"

struct array {
	char name[64];
	int n;
	float *values;
};

/* A case: what stands in its first line behind the cell, and its arrays. */
struct reference {
	char cell[16];
	int size[8];
	int n;
	struct array arrays[48];
};

static const struct array *find(const struct reference *reference, const char *name)
{
	for (int i = 0; i < reference->n; i++)
		if (strcmp(reference->arrays[i].name, name) == 0)
			return &reference->arrays[i];
	cr_assert_fail("no %s", name);
	return NULL;
}

/* The next case of n_sizes sizes; false at the end. A line that is no case belongs to the one before. */
static bool read_case(FILE *file, int n_sizes, struct reference *reference)
{
	memset(reference, 0, sizeof *reference);
	if (fscanf(file, " case %15s", reference->cell) != 1)
		return false;
	for (int i = 0; i < n_sizes; i++)
		cr_assert_eq(fscanf(file, "%d", &reference->size[i]), 1);
	for (;;) {
		struct array *array = &reference->arrays[reference->n];
		long at = ftell(file);
		if (fscanf(file, " %63s", array->name) != 1)
			return true;
		if (strcmp(array->name, "case") == 0) {
			cr_assert_eq(fseek(file, at, SEEK_SET), 0);
			return true;
		}
		cr_assert_eq(fscanf(file, "%d", &array->n), 1);
		array->values = malloc((size_t)array->n * sizeof(float));
		for (int i = 0; i < array->n; i++)
			cr_assert_eq(fscanf(file, "%f", &array->values[i]), 1);
		reference->n++;
	}
}

/* Calls check for every case of a file of tests/data; how many there were. */
static int each_case(const char *name, int n_sizes, void (*check)(const struct reference *reference))
{
	char *folder = make_path(getenv("ALMANAC_SOURCE_DIR"), "tests/data"), *path = make_path(folder, name);
	FILE *file = fopen(path, "r");
	struct reference reference;
	int n = 0;
	cr_assert(file, "%s", path);
	for (; read_case(file, n_sizes, &reference); n++) {
		check(&reference);
		for (int i = 0; i < reference.n; i++)
			free(reference.arrays[i].values);
	}
	fclose(file);
	free(path);
	free(folder);
	return n;
}

/* Weights of the same name; a head that the reference does not have passes the outputs through. */
static void set_weights(struct alm_network *network, const struct reference *reference, bool has_head)
{
	for (int i = 0; i < network->params.n; i++) {
		const struct alm_tensor *tensor = &network->params.tensor[i];
		if (!has_head && strncmp(tensor->name, "head", 4) == 0)
			continue;
		const struct array *array = find(reference, tensor->name);
		cr_assert_eq((size_t)array->n, tensor->n, "%s", tensor->name);
		memcpy(network->values + tensor->offset, array->values, tensor->n * sizeof(float));
	}
	const struct alm_tensor *head = alm_params_find(&network->params, "head.W");
	int outputs = network->spec.n_outputs;
	for (int i = 0; i < outputs && !has_head; i++)
		network->values[head->offset + (size_t)(i * outputs + i)] = 1;
	alm_network_pack(network);
}

static void compare(const char *what, const float *ours, const struct array *theirs, double tolerance,
	bool relative, const struct reference *reference)
{
	double largest = relative ? 1e-6 : 1;
	for (int i = 0; relative && i < theirs->n; i++)
		largest = fmax(largest, fabs((double)theirs->values[i]));
	for (int i = 0; i < theirs->n; i++)
		cr_assert_lt(fabs((double)ours[i] - (double)theirs->values[i]) / largest, tolerance,
			"%s of %s %d %d %d %d: %s[%d] is %g, PyTorch has %g", what, reference->cell,
			reference->size[0], reference->size[1], reference->size[2], reference->size[3],
			theirs->name, i, (double)ours[i], (double)theirs->values[i]);
}

/* Inputs are in place: forward, backward, and both compared. */
static void run_and_compare(struct alm_network *network, struct alm_network_work *work,
	const struct alm_pass *pass, const struct reference *reference, bool has_head)
{
	alm_network_forward(network, work, pass);
	compare("output", work->out, find(reference, "out"), 1e-5, false, reference);
	float *grads = calloc(network->params.n_floats, sizeof(float));
	memcpy(work->d_out, find(reference, "d_out")->values,
		(size_t)find(reference, "d_out")->n * sizeof(float));
	alm_network_backward(network, work, pass, grads);
	for (int i = 0; i < network->params.n; i++) {
		const struct alm_tensor *tensor = &network->params.tensor[i];
		char name[80];
		snprintf(name, sizeof name, "d_%s", tensor->name);
		if (has_head || strncmp(tensor->name, "head", 4) != 0)
			compare("gradient", grads + tensor->offset, find(reference, name), 1e-4, true,
				reference);
	}
	free(grads);
}

static void load(const struct alm_network *network, const struct alm_network_work *work, int steps, int rows,
	const float *x)
{
	int features = network->spec.n_features;
	for (int step = 0; step < steps; step++)
		for (int row = 0; row < rows; row++, x += features)
			memcpy(alm_network_input(network, work, rows, step, row), x,
				(size_t)features * sizeof(float));
}

static void check_stack(const struct reference *reference)
{
	const int *size = reference->size;
	int layers = size[0], directions = size[1], units = size[3], steps = size[5], rows = size[6];
	struct alm_cell cell = make_cell(reference->cell);
	struct alm_network network;
	struct alm_network_work work;
	struct alm_network_spec spec = {.n_features = size[4],
		.n_layers = layers,
		.n_outputs = directions * units,
		.sequences = size[2]};
	for (int i = 0; i < layers; i++)
		spec.layers[i] = (struct alm_layer_spec){.cell = &cell.facts,
			.units = units,
			.merge = directions == 2 ? ALM_MERGE_CONCAT : ALM_MERGE_NONE};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, steps, rows, true, NULL), ALM_OK);
	set_weights(&network, reference, false);
	load(&network, &work, steps, rows, find(reference, "x")->values);
	struct alm_pass pass = {.rows = rows, .n_steps = steps};
	run_and_compare(&network, &work, &pass, reference, false);
	alm_network_work_release(&work);
	alm_network_release(&network);
}

static void check_segments(const struct reference *reference)
{
	const int *size = reference->size;
	int units = size[0], width = size[1], steps = size[2], rows = size[4], channels[8];
	struct alm_cell cell = make_cell(reference->cell);
	struct alm_network network;
	struct alm_network_work work;
	struct alm_network_spec spec = {.n_features = width,
		.n_layers = 1,
		.layers = {{.cell = &cell.facts, .units = units}},
		.n_outputs = width,
		.segment = {.width = width, .n_positions = size[3], .n_channels = size[5]}};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, steps, rows, true, NULL), ALM_OK);
	set_weights(&network, reference, true);
	load(&network, &work, steps, rows, find(reference, "x")->values);
	for (int row = 0; row < rows; row++)
		channels[row] = (int)find(reference, "channel_of")->values[row];
	struct alm_pass pass = {.rows = rows, .n_steps = steps, .channels = channels};
	run_and_compare(&network, &work, &pass, reference, true);
	alm_network_work_release(&work);
	alm_network_release(&network);
}

Test(pytorch, outputs_and_gradients_of_every_built_in_cell_agree)
{
	cr_assert_eq(each_case("pytorch_reference.txt", 7, check_stack), 30);
}

Test(pytorch, outputs_and_gradients_of_segments_agree)
{
	cr_assert_eq(each_case("segrnn_reference.txt", 6, check_segments), 4);
}
