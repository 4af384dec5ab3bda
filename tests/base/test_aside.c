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
	alm_aside_wait(aside, 0);
	for (int i = 1; i <= 1000; i++) {
		alm_aside_begin(aside, add, &sum);
		alm_aside_wait(aside, 0);
		cr_assert_eq(sum, i);
	}
	alm_aside_wait(aside, 0);
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

struct step {
	int *sum, after;
};

/* Only in order do the steps come to 0, 1, 2 ... */
static void follow(void *job)
{
	struct step *step = job;
	step->after = (*step->sum)++;
}

Test(aside, work_is_done_in_the_order_in_which_it_was_begun_however_far_the_caller_is_ahead)
{
	enum { N = 1000, AHEAD = 3 };
	struct alm_aside *aside;
	static struct step steps[N];
	int sum = 0;
	cr_assert_eq(alm_aside_new(&aside, NULL), ALM_OK);
	for (int i = 0; i < N; i++) {
		steps[i] = (struct step){&sum, -1};
		alm_aside_begin(aside, follow, &steps[i]);
		alm_aside_wait(aside, AHEAD);
		if (i >= AHEAD)
			cr_assert_eq(steps[i - AHEAD].after, i - AHEAD);
	}
	alm_aside_wait(aside, 0);
	cr_assert_eq(sum, N);
	cr_assert_eq(steps[N - 1].after, N - 1);
	for (int i = 0; i < 3 * ALM_ASIDE_MOST; i++)
		alm_aside_begin(aside, add, &sum);
	alm_aside_free(aside);
	cr_assert_eq(sum, N + 3 * ALM_ASIDE_MOST);
}
