/* Where a cell with an init of its own begins, and the options that it is given. */
#include <criterion/criterion.h>
#include <string.h>
#include "nn/network.h"
#include "support/make.h"

enum { UNITS = 9 };

static void open_network(struct alm_network *network, const struct alm_cell *cell, const float *option)
{
	struct alm_network_spec spec = {.n_features = 1, .n_layers = 1, .n_outputs = 1};
	spec.layers[0] = (struct alm_layer_spec){
		.cell = &cell->facts, .units = UNITS, .merge = ALM_MERGE_SUM, .option = option};
	cr_assert_eq(alm_network_init(network, &spec, alm_kernel_best(), NULL), ALM_OK);
}

static const float *tensor(const struct alm_network *network, const char *name)
{
	const struct alm_tensor *found = alm_params_find(&network->params, name);
	cr_assert_not_null(found, "%s", name);
	return network->values + found->offset;
}

/* Within the range, and not the same twice. */
static void spread_over(const float *values, float low, float high)
{
	for (int unit = 0; unit < UNITS; unit++) {
		cr_assert(values[unit] >= low && values[unit] < high, "%g", (double)values[unit]);
		for (int before = 0; before < unit; before++)
			cr_assert_neq(values[before], values[unit]);
	}
}

Test(cell_init, begins_where_the_cell_says_unit_by_unit)
{
	struct alm_cell cell = make_cell("tuned");
	struct alm_network network;
	open_network(&network, &cell, NULL);
	alm_network_initialise(&network, 1);
	spread_over(tensor(&network, "layer0.b"), 4.75f, 5.25f);
	spread_over(tensor(&network, "layer0.own"), 1, 2);
	cr_assert_neq(tensor(&network, "layer0.own")[0], tensor(&network, "layer0.reverse.own")[0]);
	alm_network_release(&network);
}

Test(cell_init, is_a_function_of_the_seed)
{
	struct alm_cell cell = make_cell("tuned");
	struct alm_network one, other;
	open_network(&one, &cell, NULL);
	open_network(&other, &cell, NULL);
	size_t n_bytes = one.params.n_floats * sizeof(float);
	alm_network_initialise(&one, 7);
	alm_network_initialise(&other, 8);
	cr_assert_neq(tensor(&one, "layer0.own")[0], tensor(&other, "layer0.own")[0]);
	alm_network_initialise(&other, 7);
	cr_assert_arr_eq(one.values, other.values, n_bytes);
	alm_network_release(&one);
	alm_network_release(&other);
}

Test(cell_init, sees_the_options_of_its_layer)
{
	struct alm_cell cell = make_cell("tuned");
	struct alm_network network;
	const float option[] = {0, 1};
	open_network(&network, &cell, option);
	alm_network_initialise(&network, 1);
	for (int unit = 0; unit < UNITS; unit++)
		cr_assert_eq(tensor(&network, "layer0.b")[unit], 5);
	alm_network_release(&network);
}

static float output(const float *option)
{
	struct alm_cell cell = make_cell("tuned");
	struct alm_network network;
	struct alm_network_work work;
	open_network(&network, &cell, option);
	cr_assert_eq(alm_network_work_init(&work, &network, 1, 1, false, NULL), ALM_OK);
	for (size_t i = 0; i < network.params.n_floats; i++)
		network.values[i] = 0.125f;
	alm_network_pack(&network);
	*alm_network_input(&network, &work, 1, 0, 0) = 1;
	struct alm_pass pass = {.rows = 1, .n_steps = 1};
	alm_network_forward(&network, &work, &pass);
	float out = *work.out;
	alm_network_work_release(&work);
	alm_network_release(&network);
	return out;
}

/* pre = 1/8 + 1/8; both directions give tanh(gain / 4), so out = 1/8 + 9 * 2 tanh(gain / 4) / 8. */
Test(cell_init, options_reach_forward)
{
	const float option[] = {0, 4};
	cr_assert_float_eq(output(NULL), 0.125 + 2.25 * 0.24491866240, 1e-6, "gain 1, the cell's own");
	cr_assert_float_eq(output(option), 0.125 + 2.25 * 0.76159415595, 1e-6, "gain 4");
}
