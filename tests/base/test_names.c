#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "base/names.h"

static int number_of(struct alm_names *names, const char *name, bool expect_added)
{
	int number = -1;
	bool added = !expect_added;
	cr_assert_eq(alm_names_number(names, name, strlen(name), &number, &added, NULL), ALM_OK);
	cr_assert_eq(added, expect_added, "%s", name);
	return number;
}

Test(names, are_numbered_in_the_order_they_come)
{
	struct alm_names names = {0};
	char text[16];
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "shop %d", i);
		cr_assert_eq(number_of(&names, text, true), i);
		cr_assert_eq(number_of(&names, text, false), i);
	}
	for (int i = 999; i >= 0; i--) {
		snprintf(text, sizeof text, "shop %d", i);
		cr_assert_eq(number_of(&names, text, false), i);
	}
	alm_names_release(&names);
}

Test(names, a_part_of_a_name_is_another_name)
{
	struct alm_names names = {0};
	int number;
	bool added;
	cr_assert_eq(number_of(&names, "north", true), 0);
	cr_assert_eq(alm_names_number(&names, "north", 3, &number, &added, NULL), ALM_OK);
	cr_assert(added);
	cr_assert_str_eq(names.name[number], "nor");
	cr_assert_eq(number_of(&names, "", true), 2);
	alm_names_release(&names);
}
