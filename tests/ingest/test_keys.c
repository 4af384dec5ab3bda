#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "ingest/keys.h"

Test(keys, are_found_under_the_number_they_were_added_with)
{
	struct alm_keys keys = {0};
	for (int series = 0; series < 5; series++)
		for (int64_t hour = 0; hour < 3000; hour++)
			cr_assert_eq(alm_keys_add(&keys, series, hour * 3600000, NULL), ALM_OK);
	cr_assert_eq(keys.n, 15000);
	for (int series = 0; series < 5; series++)
		for (int64_t hour = 0; hour < 3000; hour++)
			cr_assert_eq(alm_keys_find(&keys, series, hour * 3600000),
				(size_t)series * 3000 + (size_t)hour);
	cr_assert_eq(alm_keys_find(&keys, 5, 0), SIZE_MAX);
	cr_assert_eq(alm_keys_find(&keys, 0, 1), SIZE_MAX);
	alm_keys_release(&keys);
}

Test(keys, an_empty_set_has_none)
{
	struct alm_keys keys = {0};
	cr_assert_eq(alm_keys_find(&keys, 0, 0), SIZE_MAX);
	alm_keys_release(&keys);
}
