/* Policies as texts: defaults, every kind of value, and what is refused. */
#include <criterion/criterion.h>
#include <string.h>
#include "model/policy.h"

static struct alm_error err;

static void refused(const char *key, const char *text, const char *why)
{
	struct alm_policy policy;
	alm_policy_init(&policy);
	cr_assert_eq(alm_policy_set(&policy, key, text, &err), ALM_USAGE, "%s %s", key, text);
	cr_assert(strstr(err.text, why), "'%s' is not in '%s'", why, err.text);
}

Test(policy, without_one_every_new_row_counts)
{
	struct alm_policy policy;
	alm_policy_init(&policy);
	cr_assert_lt(policy.every.count, 0);
	cr_assert_eq(policy.after_rows, 0);
	cr_assert_lt(policy.if_worse, 0);
	cr_assert_not(policy.always);
	cr_assert_eq(policy.start, ALM_START_AUTO);
	cr_assert_lt(policy.holdout.count, 0);
	cr_assert_float_eq(policy.margin, 0.01, 1e-12);
	cr_assert_eq(policy.keep, 5);
}

Test(policy, takes_each_kind_of_value_and_an_empty_one_takes_it_back)
{
	struct alm_policy policy;
	alm_policy_init(&policy);
	cr_assert_eq(alm_policy_set(&policy, "every", "7d", &err), ALM_OK);
	cr_assert_eq(policy.every.count, INT64_C(7) * 86400000);
	cr_assert_eq(alm_policy_set(&policy, "if-worse", "12.5%", &err), ALM_OK);
	cr_assert_float_eq(policy.if_worse, 0.125, 1e-12);
	cr_assert_eq(alm_policy_set(&policy, "start", "cold", &err), ALM_OK);
	cr_assert_eq(policy.start, ALM_START_COLD);
	cr_assert_eq(alm_policy_set(&policy, "every", "", &err), ALM_OK);
	cr_assert_lt(policy.every.count, 0);
	cr_assert_eq(alm_policy_set(&policy, "if-worse", "", &err), ALM_OK);
	cr_assert_lt(policy.if_worse, 0);
}

Test(policy, refuses_values_that_mean_nothing_and_names_the_option)
{
	refused("every", "weekly",
		"--every: expected a length of time such as 12h, 7d or 1mo, found 'weekly'");
	refused("every", "168", "--every: expected a length of time such as 12h, 7d or 1mo, found '168'");
	refused("every", "soon", "--every");
	refused("after-rows", "-1", "--after-rows: expected a whole number from 0, found '-1'");
	refused("after-rows", "99999999999", "--after-rows");
	refused("if-worse", "10", "--if-worse: expected a percentage such as 10%, found '10'");
	refused("margin", "-1%", "--margin");
	refused("margin", "nan%", "--margin");
	refused("always", "maybe", "--always: expected yes or no");
	refused("start", "hot", "--start: expected auto, warm or cold, found 'hot'");
	refused("often", "yes", "no policy 'often'");
}
