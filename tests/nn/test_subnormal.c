/* Numbers too small to be normal are zero for a network, and only for it. */
#include <criterion/criterion.h>
#include <math.h>
#include "nn/network.h"
#include "support/make.h"

/* 1e-41 in the mode of this thread, out of sight of the compiler. */
static float tiny(void)
{
	volatile float small = 1e-38f, factor = 1e-3f;
	return small * factor;
}

/* What tanh(1e-30 * 1e-12) times 1e30 comes to: 1e-12, if 1e-42 is a number. */
Test(subnormal, numbers_are_zero_inside_a_network_and_themselves_again_behind_it)
{
	struct alm_cell cell = make_cell("simple");
	struct alm_network network;
	struct alm_network_work work;
	struct alm_network_spec spec = {.n_features = 1, .n_layers = 1, .n_outputs = 1};
	spec.layers[0] = (struct alm_layer_spec){.cell = &cell.facts, .units = 1};
	cr_assert_eq(alm_network_init(&network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&work, &network, 1, 1, true, NULL), ALM_OK);
	network.values[alm_params_find(&network.params, "layer0.W")->offset] = 1e-30f;
	network.values[alm_params_find(&network.params, "head.W")->offset] = 1e30f;
	alm_network_pack(&network);
	*alm_network_input(&network, &work, 1, 0, 0) = 1e-12f;
	struct alm_pass pass = {.rows = 1, .n_steps = 1};
	alm_network_forward(&network, &work, &pass);
	cr_assert_eq(*work.out, 0, "%g", (double)*work.out);
	cr_assert_eq(fpclassify(tiny()), FP_SUBNORMAL);

	float grads[8] = {0};
	cr_assert_leq(network.params.n_floats, 8);
	*work.d_out = 1e-38f;
	network.values[alm_params_find(&network.params, "head.W")->offset] = 1e-3f;
	alm_network_pack(&network);
	alm_network_backward(&network, &work, &pass, grads);
	cr_assert_eq(grads[alm_params_find(&network.params, "layer0.b")->offset], 0);
	cr_assert_eq(fpclassify(tiny()), FP_SUBNORMAL);
	alm_network_work_release(&work);
	alm_network_release(&network);
}
