#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "probe/log.h"

static int pipes[2];
static struct alm_check_log to;

static void setup(void)
{
	cr_assert_eq(pipe(pipes), 0);
	cr_assert_eq(fcntl(pipes[0], F_SETFL, O_NONBLOCK), 0);
	to = (struct alm_check_log){.fd = pipes[1]};
}

TestSuite(check_log, .init = setup);

static struct alm_check_record next(void)
{
	struct alm_check_record record;
	cr_assert_eq(read(pipes[0], &record, sizeof record), sizeof record);
	return record;
}

static bool is_empty(void)
{
	char byte;
	return read(pipes[0], &byte, 1) < 0;
}

/* Shorter writes to a pipe are never mixed (pipe(7)). */
Test(check_log, a_record_is_short_enough_to_be_written_whole)
{
	cr_assert_leq(sizeof(struct alm_check_record), PIPE_BUF);
}

Test(check_log, records_come_in_order_with_all_they_say)
{
	alm_check_phase(&to, "backward, units %d", 5);
	alm_check_passed(&to, "finite", "units %d", 5);
	alm_check_failed(&to, "sign", "turn it", "row %d", 2);
	alm_check_fact(&to, "gates", "%d", 3);
	alm_check_end(&to);
	struct alm_check_record record = next();
	cr_assert(record.kind == ALM_CHECK_PHASE && strcmp(record.name, "backward, units 5") == 0);
	record = next();
	cr_assert(record.kind == ALM_CHECK_PASSED && strcmp(record.name, "finite") == 0);
	cr_assert(strcmp(record.detail, "units 5") == 0 && record.advice[0] == '\0');
	record = next();
	cr_assert(record.kind == ALM_CHECK_FAILED && strcmp(record.name, "sign") == 0);
	cr_assert(strcmp(record.detail, "row 2") == 0 && strcmp(record.advice, "turn it") == 0);
	record = next();
	cr_assert(record.kind == ALM_CHECK_FACT && strcmp(record.detail, "3") == 0);
	cr_assert_eq(next().kind, ALM_CHECK_END);
	cr_assert(is_empty());
}

Test(check_log, the_phase_and_the_number_of_failures_are_kept)
{
	alm_check_phase(&to, "one");
	alm_check_phase(&to, "two");
	alm_check_failed(&to, "a", "", "x");
	alm_check_passed(&to, "b", "x");
	alm_check_failed(&to, "c", "", "x");
	cr_assert_str_eq(to.phase.name, "two");
	cr_assert_eq(to.n_failed, 2);
}

Test(check_log, texts_too_long_are_cut_and_terminated)
{
	char longer[1000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	alm_check_failed(&to, longer, longer, "%s", longer);
	struct alm_check_record record = next();
	cr_assert_eq(strlen(record.name), sizeof record.name - 1);
	cr_assert_eq(strlen(record.detail), sizeof record.detail - 1);
	cr_assert_eq(strlen(record.advice), sizeof record.advice - 1);
}

Test(check_log, without_a_pipe_failures_are_still_counted)
{
	to.fd = -1;
	alm_check_failed(&to, "a", "", "x");
	alm_check_end(&to);
	cr_assert_eq(to.n_failed, 1);
	cr_assert(is_empty());
}
