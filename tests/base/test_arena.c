#include <criterion/criterion.h>
#include <stdint.h>
#include "base/arena.h"

Test(arena, lends_aligned_zeroed_pieces_that_do_not_overlap)
{
	struct alm_arena arena;
	cr_assert_eq(alm_arena_init(&arena, alm_arena_cost(3) + alm_arena_cost(100), NULL), ALM_OK);
	char *a = alm_arena_take(&arena, 3), *b = alm_arena_take(&arena, 100);
	cr_assert_eq((uintptr_t)a % ALM_ALIGN, 0);
	cr_assert_eq((uintptr_t)b % ALM_ALIGN, 0);
	cr_assert_geq(b - a, 3);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(b[i], 0);
	alm_arena_release(&arena);
}

Test(arena, a_large_one_of_any_size_begins_at_a_large_page_and_is_zeroed_to_its_end)
{
	struct alm_arena arena;
	size_t size = ((size_t)4 << 20) + ALM_ALIGN;
	cr_assert_eq(alm_arena_init(&arena, size, NULL), ALM_OK);
	char *all = alm_arena_take(&arena, size);
	cr_assert_eq((uintptr_t)all % ((size_t)2 << 20), 0);
	cr_assert_eq(all[size - 1], 0);
	alm_arena_release(&arena);
}

Test(arena, takes_back_to_a_mark)
{
	struct alm_arena arena;
	cr_assert_eq(alm_arena_init(&arena, 1000, NULL), ALM_OK);
	size_t mark = arena.used;
	void *first = alm_arena_floats(&arena, 10);
	alm_arena_rewind(&arena, mark);
	cr_assert_eq(alm_arena_floats(&arena, 10), first);
	alm_arena_release(&arena);
	alm_arena_release(&arena);
}

Test(arena, a_size_that_cannot_be_is_an_error)
{
	struct alm_arena arena = {0};
	struct alm_error err;
	cr_assert_eq(alm_arena_init(&arena, SIZE_MAX - 5, &err), ALM_NO_MEMORY);
	cr_assert_null(arena.base);
}

Test(arena, products_of_sizes_know_when_they_overflow)
{
	size_t product = 7;
	cr_assert(alm_mul_size(3, 5, &product));
	cr_assert_eq(product, 15);
	cr_assert(alm_mul_size(SIZE_MAX, 1, &product));
	cr_assert_not(alm_mul_size(SIZE_MAX / 2 + 1, 2, &product));
}
