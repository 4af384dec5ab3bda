/* The promise of the contract: what was released stays where it was, and cells that were built for it go on working. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "abi/fields.h"
#include "nn/network.h"
#include "support/make.h"

static const struct abi_fields *const released[] = {&abi_fields_1, &abi_fields_2};

#define N_RELEASED (sizeof released / sizeof *released)

static const struct abi_field *find(const struct abi_fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (strcmp(fields->field[i].name, name) == 0)
			return &fields->field[i];
	return NULL;
}

Test(abi, every_field_of_every_released_contract_is_where_it_was)
{
	for (size_t contract = 0; contract < N_RELEASED; contract++)
		for (size_t i = 0; i < released[contract]->n; i++) {
			const struct abi_field *was = &released[contract]->field[i];
			const struct abi_field *is = find(&abi_fields_now, was->name);
			cr_assert_not_null(is, "%s is gone", was->name);
			cr_assert_eq(is->offset, was->offset, "%s was moved", was->name);
			cr_assert_eq(is->size, was->size, "%s has another size", was->name);
		}
}

Test(abi, flags_mean_what_they_meant)
{
	for (size_t contract = 0; contract < N_RELEASED; contract++) {
		cr_assert_eq(abi_fields_now.split, released[contract]->split);
		cr_assert_eq(abi_fields_now.no_rec, released[contract]->no_rec);
		cr_assert_eq(abi_fields_now.saved_only, released[contract]->saved_only);
	}
}

Test(abi, every_contract_up_to_todays_is_kept_as_it_was_released)
{
	cr_assert_eq(N_RELEASED, ALMANAC_CELL_ABI, "copy the header to tests/abi/%d", ALMANAC_CELL_ABI);
}

/* One unit of one input through four steps: h = a h' + (1 - a) pre with a = sigmoid(1/2) and W = 1, b = 0. */
static float leak(const struct alm_cell *cell)
{
	struct alm_network network;
	struct alm_network_work work;
	struct alm_network_spec spec = {.n_features = 1, .n_layers = 1, .n_outputs = 1};
	spec.layers[0] = (struct alm_layer_spec){.cell = &cell->facts, .units = 1};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, 4, 1, false, NULL), ALM_OK);
	alm_network_initialise(&network, 1);
	network.values[alm_params_find(&network.params, "layer0.W")->offset] = 1;
	network.values[alm_params_find(&network.params, "layer0.U")->offset] = 0;
	network.values[alm_params_find(&network.params, "head.W")->offset] = 1;
	alm_network_pack(&network);
	for (int step = 0; step < 4; step++)
		*alm_network_input(&network, &work, 1, step, 0) = (float)(step + 1);
	struct alm_pass pass = {.rows = 1, .n_steps = 4};
	alm_network_forward(&network, &work, &pass);
	float out = *work.out;
	alm_network_work_release(&work);
	alm_network_release(&network);
	return out;
}

Test(abi, a_cell_built_for_any_released_contract_works)
{
	double a = 0.62245933120, h = 0;
	for (int step = 1; step <= 4; step++)
		h = a * h + (1 - a) * step;
	for (size_t contract = 1; contract <= N_RELEASED; contract++) {
		char name[16];
		snprintf(name, sizeof name, "contract%zu", contract);
		struct alm_cell cell = make_cell(name);
		cr_assert_eq(cell.facts.n_options, 0);
		cr_assert_null(cell.facts.init);
		cr_assert_float_eq(leak(&cell), h, 1e-5, "%s", name);
	}
}
