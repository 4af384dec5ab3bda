/* Vectors of things: which of them reach the first layer's inputs. Their gradient is in test_gradient.c. */
#include <criterion/criterion.h>
#include <string.h>
#include "nn/network.h"
#include "support/make.h"

/* Three things of two numbers; their mean is (3, 5). */
static const float vectors[] = {1, 2, 3, 4, 5, 9};

static void open_network(struct alm_network *network, const struct alm_cell *cell)
{
	struct alm_network_spec spec = {.n_features = 1,
		.n_layers = 1,
		.layers = {{.cell = &cell->facts, .units = 4}},
		.n_outputs = 1,
		.embedding = {.n = 3, .width = 2}};
	cr_assert_eq(alm_network_init(network, &spec, alm_kernel_best(), NULL), ALM_OK);
	const struct alm_tensor *tensor = alm_params_find(&network->params, "series");
	cr_assert(tensor && tensor->shape[0] == 3 && tensor->shape[1] == 2);
	memcpy(network->values + tensor->offset, vectors, sizeof vectors);
	alm_network_pack(network);
}

Test(embedding, gives_each_row_its_vector_at_every_step_and_the_mean_to_what_is_new)
{
	static const int embedded[] = {2, 0, 3};
	static const float expected[3][2] = {{3, 4}, {3, 5}, {5, 9}};
	struct alm_network network;
	struct alm_network_work work;
	struct alm_cell cell = make_cell("simple");
	open_network(&network, &cell);
	cr_assert_eq(alm_network_work_init(&work, &network, 4, 3, false, NULL), ALM_OK);
	for (int step = 0; step < 4; step++)
		for (int row = 0; row < 3; row++)
			*alm_network_input(&network, &work, 3, step, row) = 7;
	alm_network_forward(
		&network, &work, &(struct alm_pass){.rows = 3, .n_steps = 4, .embedded = embedded});
	for (int step = 0; step < 4; step++)
		for (int row = 0; row < 3; row++) {
			const float *input = alm_network_input(&network, &work, 3, step, row);
			cr_assert_float_eq(input[0], 7, 0, "what the caller wrote stays");
			cr_assert_arr_eq(
				input + 1, expected[row], sizeof expected[row], "step %d, row %d", step, row);
		}
	alm_network_work_release(&work);
	alm_network_release(&network);
}

Test(embedding, begins_with_small_vectors_that_differ)
{
	struct alm_network network;
	struct alm_cell cell = make_cell("simple");
	open_network(&network, &cell);
	alm_network_initialise(&network, 5);
	const float *values = network.values + alm_params_find(&network.params, "series")->offset;
	for (int i = 0; i < 6; i++)
		cr_assert(values[i] >= -0.05F && values[i] <= 0.05F && values[i] != 0);
	cr_assert_neq(values[0], values[2]);
	alm_network_release(&network);
}
