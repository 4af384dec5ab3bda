#include <criterion/criterion.h>
#include <string.h>
#include "base/status.h"

Test(status, codes_are_those_of_sysexits)
{
	cr_assert_eq(alm_exit_code(ALM_OK), 0);
	cr_assert_eq(alm_exit_code(ALM_USAGE), 64);
	cr_assert_eq(alm_exit_code(ALM_BAD_DATA), 65);
	cr_assert_eq(alm_exit_code(ALM_BUSY), 75);
	cr_assert_eq(alm_exit_code(ALM_BAD_CONFIG), 78);
	cr_assert_str_eq(alm_status_text(ALM_BUSY), "busy, try later");
}

Test(status, an_error_carries_its_sentence_and_context)
{
	struct alm_error err;
	cr_assert_eq(alm_fail(&err, ALM_IO, "cannot read '%s'", "x"), ALM_IO);
	cr_assert_eq(alm_fail_in(&err, "model '%s'", "m"), ALM_IO);
	cr_assert_str_eq(err.text, "model 'm': cannot read 'x'");
	cr_assert_eq(alm_fail_memory(&err, 12), ALM_NO_MEMORY);
	cr_assert(strstr(err.text, "12 bytes"));
}

Test(status, nobody_needs_to_listen)
{
	cr_assert_eq(alm_fail(NULL, ALM_IO, "x"), ALM_IO);
	cr_assert_eq(alm_fail_memory(NULL, 1), ALM_NO_MEMORY);
}

Test(status, a_sentence_too_long_is_cut_and_terminated)
{
	struct alm_error err;
	char longer[3000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	alm_fail(&err, ALM_IO, "%s", longer);
	cr_assert_eq(strlen(err.text), sizeof err.text - 1);
	alm_fail_in(&err, "%s", longer);
	cr_assert_eq(strlen(err.text), sizeof err.text - 1);
}
