#include <criterion/criterion.h>
#include "base/aside.h"

static void add(void *job)
{
	int *sum = job;
	*sum += 1;
}

Test(aside, work_that_was_begun_is_done_after_waiting)
{
	struct alm_aside *aside;
	int sum = 0;
	cr_assert_eq(alm_aside_new(&aside, NULL), ALM_OK);
	alm_aside_wait(aside);
	for (int i = 1; i <= 1000; i++) {
		alm_aside_begin(aside, add, &sum);
		alm_aside_wait(aside);
		cr_assert_eq(sum, i);
	}
	alm_aside_wait(aside);
	alm_aside_free(aside);
	alm_aside_free(NULL);
}

Test(aside, work_that_nobody_waits_for_is_done_before_it_ends)
{
	for (int i = 0; i < 200; i++) {
		struct alm_aside *aside;
		int sum = 0;
		cr_assert_eq(alm_aside_new(&aside, NULL), ALM_OK);
		alm_aside_begin(aside, add, &sum);
		alm_aside_free(aside);
		cr_assert_eq(sum, 1);
	}
}
