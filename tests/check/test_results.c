#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "check/results.h"

static struct alm_check_results results;
static struct alm_error err;

static enum alm_status add(enum alm_check_kind kind, const char *name, const char *detail)
{
	struct alm_check_record record = {.kind = (int32_t)kind};
	snprintf(record.name, sizeof record.name, "%s", name);
	snprintf(record.detail, sizeof record.detail, "%s", detail);
	return alm_check_results_add(&results, &record, &err);
}

static void teardown(void)
{
	alm_check_results_release(&results);
}

TestSuite(check_results, .fini = teardown);

Test(check_results, what_passes_in_every_round_is_one_check)
{
	for (int round = 0; round < 3; round++)
		cr_assert_eq(add(ALM_CHECK_PASSED, "finite", round == 0 ? "first" : "later"), ALM_OK);
	cr_assert(results.n == 1 && results.n_passed == 1 && results.n_failed == 0);
	cr_assert_str_eq(results.items[0].detail, "first");
}

Test(check_results, what_fails_in_one_round_has_failed_at_its_place)
{
	cr_assert_eq(add(ALM_CHECK_PASSED, "finite", "x"), ALM_OK);
	cr_assert_eq(add(ALM_CHECK_PASSED, "other", "x"), ALM_OK);
	cr_assert_eq(add(ALM_CHECK_FAILED, "finite", "why"), ALM_OK);
	cr_assert_eq(add(ALM_CHECK_FAILED, "finite", "why again"), ALM_OK);
	cr_assert_eq(add(ALM_CHECK_PASSED, "finite", "x"), ALM_OK);
	cr_assert(results.n == 2 && results.n_passed == 1 && results.n_failed == 1);
	cr_assert_eq(results.items[0].kind, ALM_CHECK_FAILED);
	cr_assert_str_eq(results.items[0].detail, "why");
}

Test(check_results, a_fact_may_have_the_name_of_a_check)
{
	cr_assert_eq(add(ALM_CHECK_PASSED, "name", "the file's own"), ALM_OK);
	cr_assert_eq(add(ALM_CHECK_FACT, "name", "gru"), ALM_OK);
	cr_assert(results.n == 2 && results.n_passed == 1);
	cr_assert_str_eq(alm_check_results_fact(&results, "name"), "gru");
	cr_assert_null(alm_check_results_fact(&results, "gates"));
}

Test(check_results, a_failure_can_be_made_of_parts)
{
	cr_assert_eq(alm_check_results_fail(&results, "exit", "code 0", "do not", &err), ALM_OK);
	cr_assert_eq(results.n_failed, 1);
	cr_assert_str_eq(results.items[0].advice, "do not");
}

Test(check_results, there_is_a_limit_to_what_is_taken)
{
	char name[16];
	for (int i = 0; i < ALM_RESULTS_MAX; i++) {
		snprintf(name, sizeof name, "%d", i);
		cr_assert_eq(add(ALM_CHECK_PASSED, name, ""), ALM_OK);
	}
	cr_assert_eq(add(ALM_CHECK_PASSED, "one more", ""), ALM_BAD_DATA);
	cr_assert_eq(add(ALM_CHECK_FAILED, "7", ""), ALM_OK);
	cr_assert(results.n == ALM_RESULTS_MAX && results.n_failed == 1);
}
