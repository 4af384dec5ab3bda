#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "probe/guard.h"

static int pipes[2];

/* The kernel is asked to copy from or to the address: it refuses where a program would be stopped. */
static bool can_read(const void *at)
{
	return write(pipes[1], at, 1) == 1;
}

static bool can_write(void *at)
{
	cr_assert_eq(write(pipes[1], "x", 1), 1);
	if (read(pipes[0], at, 1) == 1)
		return true;
	char left;
	cr_assert_eq(read(pipes[0], &left, 1), 1);
	return false;
}

static void setup(void)
{
	cr_assert_eq(pipe(pipes), 0);
}

TestSuite(guard, .init = setup);

static struct alm_guard guard_of(size_t n)
{
	struct alm_guard guard;
	struct alm_error err;
	cr_assert_eq(alm_guard_new(&guard, "next", n, &err), ALM_OK, "%s", err.text);
	return guard;
}

Test(guard, a_buffer_is_aligned_and_zero_and_has_its_name)
{
	for (size_t n = 1; n < 3000; n += 37) {
		struct alm_guard guard = guard_of(n);
		cr_assert_eq((uintptr_t)guard.at % ALM_ALIGN, 0);
		cr_assert_str_eq(guard.name, "next");
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(guard.at[i], 0);
		alm_guard_free(&guard);
	}
}

Test(guard, nothing_can_be_touched_past_the_page_before_or_after)
{
	struct alm_guard guard = guard_of(64);
	cr_assert(can_write(guard.at + 63));
	cr_assert_not(can_read(guard.at + 64));
	cr_assert_not(can_write(guard.at + 64));
	cr_assert_not(can_read((char *)guard.map + 1));
	alm_guard_free(&guard);
}

Test(guard, a_buffer_of_nothing_has_an_address_that_cannot_be_read)
{
	struct alm_guard guard = guard_of(0);
	cr_assert_not_null(guard.at);
	cr_assert_not(can_read(guard.at));
	alm_guard_free(&guard);
}

Test(guard, an_input_can_be_read_but_not_written)
{
	struct alm_guard guard = guard_of(5);
	alm_guard_set_writable(&guard, false);
	cr_assert(can_read(guard.at));
	cr_assert_not(can_write(guard.at));
	alm_guard_set_writable(&guard, true);
	cr_assert(can_write(guard.at));
	alm_guard_free(&guard);
}

Test(guard, a_step_over_either_end_shows_though_it_hits_no_page)
{
	struct alm_guard guard = guard_of(5);
	cr_assert(alm_guard_is_whole(&guard));
	cr_assert(isnan(guard.at[-1]) && isnan(guard.at[5]));
	guard.at[0] = guard.at[4] = 1;
	cr_assert(alm_guard_is_whole(&guard));
	float before = guard.at[-1];
	guard.at[-1] = 1;
	cr_assert_not(alm_guard_is_whole(&guard));
	memcpy(guard.at - 1, &before, sizeof before);
	cr_assert(alm_guard_is_whole(&guard));
	guard.at[5] = 1;
	cr_assert_not(alm_guard_is_whole(&guard));
	alm_guard_free(&guard);
}

Test(guard, what_was_not_written_is_found_also_where_a_not_a_number_was)
{
	struct alm_guard guard = guard_of(7);
	for (int poison = 0; poison < 2; poison++) {
		alm_guard_poison(&guard, poison);
		cr_assert_eq(alm_guard_unwritten(&guard, poison), 0);
		cr_assert_eq(alm_guard_unwritten(&guard, 1 - poison), 7);
		for (size_t i = 0; i < 7; i++)
			guard.at[i] = i == 3 ? NAN : (float)i;
		cr_assert_eq(alm_guard_unwritten(&guard, poison), 7);
		alm_guard_poison(&guard, poison);
		for (size_t i = 0; i < 5; i++)
			guard.at[i] = 0;
		cr_assert_eq(alm_guard_unwritten(&guard, poison), 5);
	}
	alm_guard_free(&guard);
}

Test(guard, an_address_tells_its_buffer_until_that_is_freed)
{
	struct alm_guard one = guard_of(100), two = guard_of(100);
	strcpy(two.name, "two");
	cr_assert(alm_guard_has(&one, one.at) && alm_guard_has(&one, one.at + 100));
	cr_assert_not(alm_guard_has(&one, two.at));
	cr_assert_eq(alm_guard_find(one.at + 100)->at, one.at);
	cr_assert_eq(alm_guard_find((char *)two.map + 1)->at, two.at);
	cr_assert_null(alm_guard_find(pipes));
	const void *where = one.at;
	alm_guard_free(&one);
	cr_assert_null(alm_guard_find(where));
	cr_assert_not(alm_guard_has(&one, where));
	alm_guard_free(&one);
	alm_guard_free(&two);
}

Test(guard, more_buffers_than_are_remembered_still_work)
{
	enum { MANY = 300 };
	static struct alm_guard guards[MANY];
	for (int i = 0; i < MANY; i++)
		guards[i] = guard_of(1);
	for (int i = 0; i < MANY; i++) {
		guards[i].at[0] = 1;
		cr_assert(alm_guard_is_whole(&guards[i]));
		alm_guard_free(&guards[i]);
	}
}

Test(guard, a_size_that_does_not_fit_is_refused)
{
	struct alm_guard guard = {.n = 7};
	struct alm_error err = {0};
	cr_assert_eq(alm_guard_new(&guard, "pre", SIZE_MAX / 2, &err), ALM_NO_MEMORY);
	cr_assert_eq(alm_guard_new(&guard, "pre", SIZE_MAX / 16, &err), ALM_NO_MEMORY);
	cr_assert_eq(guard.n, 7);
}
