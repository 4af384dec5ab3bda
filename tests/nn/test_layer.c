/* What a layer promises whatever its cell: rows of uneven length, runs that go on, masks that hold for a sequence. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "base/rng.h"
#include "nn/network.h"
#include "support/make.h"

#define STEPS 7
#define ROWS  4

static float value(int step, int row)
{
	return (float)(2 * alm_rng_uniform(1, (uint64_t)row, (uint64_t)step) - 1);
}

struct rig {
	struct alm_cell cell;
	struct alm_network network;
	struct alm_network_work work;
};

static void open_rig(struct rig *rig, const char *cell, struct alm_layer_spec around, bool training)
{
	rig->cell = make_cell(cell);
	around.cell = &rig->cell.facts;
	around.units = 6;
	struct alm_network_spec spec = {
		.n_features = 1, .n_layers = 2, .layers = {around, around}, .n_outputs = 3};
	spec.layers[0].skip = false;
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&rig->work, &rig->network, STEPS, ROWS, training, NULL), ALM_OK);
	alm_network_initialise(&rig->network, 4);
}

static void close_rig(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
}

/* Runs one row of the first `length` steps alone. */
static void run_alone(struct rig *rig, int row, int length, float out[3])
{
	struct alm_pass pass = {.rows = 1, .n_steps = length};
	for (int step = 0; step < length; step++)
		*alm_network_input(&rig->network, &rig->work, 1, step, 0) = value(step, row);
	alm_network_forward(&rig->network, &rig->work, &pass);
	memcpy(out, rig->work.out, 3 * sizeof(float));
}

static void check_uneven(const char *cell, struct alm_layer_spec around)
{
	struct rig rig;
	float alone[ROWS][3];
	const int lengths[ROWS] = {3, STEPS, 1, 5};
	open_rig(&rig, cell, around, false);
	for (int row = 0; row < ROWS; row++)
		run_alone(&rig, row, lengths[row], alone[row]);
	for (int step = 0; step < STEPS; step++)
		for (int row = 0; row < ROWS; row++)
			*alm_network_input(&rig.network, &rig.work, ROWS, step, row) =
				step < lengths[row] ? value(step, row) : 1000;
	struct alm_pass pass = {.rows = ROWS, .n_steps = STEPS, .lengths = lengths};
	alm_network_forward(&rig.network, &rig.work, &pass);
	cr_assert_arr_eq(rig.work.out, alone, sizeof alone, "%s, merge %d", cell, around.merge);
	close_rig(&rig);
}

Test(layer, a_row_that_ends_early_is_as_if_it_were_alone)
{
	static const char *const cells[] = {"simple", "lstm", "gru"};
	for (int i = 0; i < 3; i++)
		for (enum alm_merge merge = ALM_MERGE_NONE; merge <= ALM_MERGE_MEAN; merge++) {
			check_uneven(cells[i], (struct alm_layer_spec){.merge = merge});
			check_uneven(cells[i], (struct alm_layer_spec){.merge = merge, .norm = true});
		}
	check_uneven("lstm", (struct alm_layer_spec){.skip = true});
}

/* Seven steps at once, and the same in passes of three, one and three, of rows that began with uneven lengths. */
Test(layer, a_run_that_goes_on_is_as_if_it_had_never_paused)
{
	struct rig rig;
	float whole[ROWS][3];
	const int lengths[ROWS] = {3, 2, 3, 1};
	const int ends[] = {3, 4, STEPS};
	open_rig(&rig, "lstm", (struct alm_layer_spec){.skip = true, .norm = true}, false);
	for (int row = 0; row < ROWS; row++) {
		/* Alone, the steps that a short row does not have are left out. */
		struct alm_pass pass = {.rows = 1, .n_steps = STEPS - 3 + lengths[row]};
		for (int step = 0; step < pass.n_steps; step++)
			*alm_network_input(&rig.network, &rig.work, 1, step, 0) =
				value(step < lengths[row] ? step : step + 3 - lengths[row], row);
		alm_network_forward(&rig.network, &rig.work, &pass);
		memcpy(whole[row], rig.work.out, sizeof whole[row]);
	}
	for (int step = 0; step < STEPS; step++)
		for (int row = 0; row < ROWS; row++)
			*alm_network_input(&rig.network, &rig.work, ROWS, step, row) = value(step, row);
	struct alm_pass pass = {.rows = ROWS, .lengths = lengths};
	for (int i = 0; i < 3; i++, pass.first = pass.n_steps, pass.lengths = NULL) {
		pass.n_steps = ends[i];
		alm_network_forward(&rig.network, &rig.work, &pass);
	}
	cr_assert_arr_eq(rig.work.out, whole, sizeof whole);
	close_rig(&rig);
}

Test(layer, dropout_is_only_for_training)
{
	struct rig plain, dropping;
	float out[2][3];
	open_rig(&plain, "gru", (struct alm_layer_spec){.skip = false}, true);
	open_rig(&dropping, "gru", (struct alm_layer_spec){.dropout = 0.5, .recurrent_dropout = 0.5}, true);
	run_alone(&plain, 0, STEPS, out[0]);
	run_alone(&dropping, 0, STEPS, out[1]);
	cr_assert_arr_eq(out[0], out[1], sizeof out[0]);
	close_rig(&plain);
	close_rig(&dropping);
}

/* The one input of the first layer is dropped at every step or at none, and then doubled. */
Test(layer, an_input_is_dropped_for_the_whole_sequence)
{
	struct rig rig;
	int n_dropped = 0;
	open_rig(&rig, "simple", (struct alm_layer_spec){.dropout = 0.5}, true);
	for (uint64_t draw = 0; draw < 20; draw++) {
		struct alm_noise noise = {.seed = draw};
		struct alm_pass pass = {.rows = 1, .n_steps = STEPS, .noise = &noise};
		for (int step = 0; step < STEPS; step++)
			*alm_network_input(&rig.network, &rig.work, 1, step, 0) = 1;
		alm_network_forward(&rig.network, &rig.work, &pass);
		float first = *alm_network_input(&rig.network, &rig.work, 1, 0, 0);
		cr_assert(first == 0 || first == 2);
		n_dropped += first == 0;
		for (int step = 0; step < STEPS; step++)
			cr_assert_eq(*alm_network_input(&rig.network, &rig.work, 1, step, 0), first);
	}
	cr_assert(n_dropped > 2 && n_dropped < 18);
	close_rig(&rig);
}

Test(layer, a_skip_needs_as_many_inputs_as_outputs)
{
	struct alm_cell cell = make_cell("gru");
	struct alm_network network;
	struct alm_error err = {0};
	struct alm_network_spec spec = {.n_features = 3,
		.n_layers = 1,
		.layers = {{.cell = &cell.facts, .units = 4, .skip = true}},
		.n_outputs = 1};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--skip: layer 1 has 3 inputs and 4 outputs"), "%s", err.text);
}

Test(layer, a_share_that_is_dropped_lies_below_one)
{
	struct alm_cell cell = make_cell("gru");
	struct alm_network network;
	struct alm_error err = {0};
	struct alm_network_spec spec = {.n_features = 3,
		.n_layers = 1,
		.layers = {{.cell = &cell.facts, .units = 4, .recurrent_dropout = 1}},
		.n_outputs = 1};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--recurrent-dropout"), "%s", err.text);
	spec.layers[0].recurrent_dropout = 0;
	spec.layers[0].dropout = (double)NAN;
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), &err), ALM_USAGE);
	spec.layers[0].dropout = 0;
	spec.head_dropout = 1.5;
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--head-dropout"), "%s", err.text);
}
