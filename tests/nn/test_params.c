#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include "nn/params.h"

Test(params, tensors_lie_one_behind_the_other)
{
	struct alm_params params = {0};
	size_t a, b;
	cr_assert_eq(alm_params_add(&params, "a", 2, (int64_t[]){3, 4}, &a, NULL), ALM_OK);
	cr_assert_eq(alm_params_add(&params, "b", 1, (int64_t[]){5}, &b, NULL), ALM_OK);
	cr_assert_eq(a, 0);
	cr_assert_eq(b, 12);
	cr_assert_eq(params.n_floats, 17);
	cr_assert_eq(alm_params_find(&params, "b")->offset, 12);
	cr_assert_null(alm_params_find(&params, "c"));
	alm_params_release(&params);
}

Test(params, a_tensor_too_large_for_memory_is_refused)
{
	struct alm_params params = {0};
	size_t offset;
	cr_assert_eq(alm_params_add(&params, "a", 3, (int64_t[]){INT64_MAX, INT64_MAX, 2}, &offset, NULL),
		ALM_USAGE);
	cr_assert_eq(alm_params_add(&params, "a", 1, (int64_t[]){0}, &offset, NULL), ALM_USAGE);
	cr_assert_eq(params.n, 0);
	alm_params_release(&params);
}

Test(params, the_tensor_that_is_not_finite_is_found)
{
	struct alm_params params = {0};
	size_t offset;
	float block[] = {1, 2, 3, INFINITY, 5};
	cr_assert_eq(alm_params_add(&params, "a", 1, (int64_t[]){3}, &offset, NULL), ALM_OK);
	cr_assert_eq(alm_params_add(&params, "b", 1, (int64_t[]){2}, &offset, NULL), ALM_OK);
	cr_assert_str_eq(alm_params_not_finite(&params, block)->name, "b");
	block[3] = 0;
	cr_assert_null(alm_params_not_finite(&params, block));
	alm_params_release(&params);
}
