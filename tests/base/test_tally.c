#include <criterion/criterion.h>
#include "base/tally.h"

Test(tally, gives_the_most_frequent_first_and_of_equal_ones_the_lower)
{
	static const int seen[] = {7, 3, 40, 3, 7, 9, 40, 40, 5};
	struct alm_tally tally = {0};
	int top[4] = {-1, -1, -1, -1};
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		cr_assert_eq(alm_tally_add(&tally, seen[i], NULL), ALM_OK);
	cr_assert_eq(alm_tally_distinct(&tally), 5);
	cr_assert_eq(alm_tally_top(&tally, 3, top), 3);
	cr_assert_eq(top[0], 40);
	cr_assert_eq(top[1], 3);
	cr_assert_eq(top[2], 7);
	cr_assert_eq(top[3], -1, "no more than was asked for is written");
	cr_assert_eq(tally.count[40], 3);
	alm_tally_release(&tally);
}

Test(tally, of_nothing_has_nothing)
{
	struct alm_tally tally = {0};
	int top[1];
	cr_assert_eq(alm_tally_distinct(&tally), 0);
	cr_assert_eq(alm_tally_top(&tally, 1, top), 0);
	alm_tally_release(&tally);
}
