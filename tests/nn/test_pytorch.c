/* Outputs and gradients of every built-in cell against what PyTorch computed: tests/data/pytorch_reference.py. */
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

struct reference {
	char cell[16];
	int layers, directions, sequences, units, features, steps, rows;
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

/* The next case; false at the end. A line that is no case belongs to the one before. */
static bool read_case(FILE *file, struct reference *reference)
{
	memset(reference, 0, sizeof *reference);
	if (fscanf(file, " case %15s %d %d %d %d %d %d %d", reference->cell, &reference->layers,
		    &reference->directions, &reference->sequences, &reference->units, &reference->features,
		    &reference->steps, &reference->rows) != 8)
		return false;
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

static void set_weights(struct alm_network *network, const struct reference *reference)
{
	for (int i = 0; i < network->params.n; i++) {
		const struct alm_tensor *tensor = &network->params.tensor[i];
		if (strncmp(tensor->name, "layer", 5) != 0)
			continue;
		const struct array *array = find(reference, tensor->name);
		cr_assert_eq((size_t)array->n, tensor->n, "%s", tensor->name);
		memcpy(network->values + tensor->offset, array->values, tensor->n * sizeof(float));
	}
	/* The head passes the outputs through. */
	const struct alm_tensor *head = alm_params_find(&network->params, "head.W");
	int outputs = network->spec.n_outputs;
	for (int i = 0; i < outputs; i++)
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
			"%s of %d %s layers of %d units: %s[%d] is %g, PyTorch has %g", what,
			reference->layers, reference->cell, reference->units, theirs->name, i,
			(double)ours[i], (double)theirs->values[i]);
}

static void check_case(const struct reference *reference)
{
	struct alm_cell cell = make_cell(reference->cell);
	struct alm_network network;
	struct alm_network_work work;
	struct alm_network_spec spec = {.n_features = reference->features,
		.n_layers = reference->layers,
		.n_outputs = reference->directions * reference->units,
		.sequences = reference->sequences};
	for (int i = 0; i < reference->layers; i++)
		spec.layers[i] = (struct alm_layer_spec){.cell = &cell.facts,
			.units = reference->units,
			.merge = reference->directions == 2 ? ALM_MERGE_CONCAT : ALM_MERGE_NONE};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, reference->steps, reference->rows, true, NULL),
		ALM_OK);
	set_weights(&network, reference);
	const float *x = find(reference, "x")->values;
	for (int step = 0; step < reference->steps; step++)
		for (int row = 0; row < reference->rows; row++, x += reference->features)
			memcpy(alm_network_input(&network, &work, reference->rows, step, row), x,
				(size_t)reference->features * sizeof(float));
	struct alm_pass pass = {.rows = reference->rows, .n_steps = reference->steps};
	alm_network_forward(&network, &work, &pass);
	compare("output", work.out, find(reference, "out"), 1e-5, false, reference);
	float *grads = calloc(network.params.n_floats, sizeof(float));
	memcpy(work.d_out, find(reference, "d_out")->values,
		(size_t)find(reference, "d_out")->n * sizeof(float));
	alm_network_backward(&network, &work, &pass, grads);
	for (int i = 0; i < network.params.n; i++) {
		const struct alm_tensor *tensor = &network.params.tensor[i];
		char name[80];
		snprintf(name, sizeof name, "d_%s", tensor->name);
		if (strncmp(tensor->name, "layer", 5) == 0)
			compare("gradient", grads + tensor->offset, find(reference, name), 1e-4, true,
				reference);
	}
	free(grads);
	alm_network_work_release(&work);
	alm_network_release(&network);
}

Test(pytorch, outputs_and_gradients_of_every_built_in_cell_agree)
{
	char *path = make_path(getenv("ALMANAC_SOURCE_DIR"), "tests/data/pytorch_reference.txt");
	FILE *file = fopen(path, "r");
	struct reference reference;
	int n = 0;
	cr_assert(file, "%s", path);
	for (; read_case(file, &reference); n++) {
		check_case(&reference);
		for (int i = 0; i < reference.n; i++)
			free(reference.arrays[i].values);
	}
	cr_assert_eq(n, 30);
	fclose(file);
	free(path);
}
