#include "base/arena.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A page of the larger kind, of which one entry of the address cache covers a whole buffer of the training loop. */
#define HUGE_PAGE ((size_t)2 << 20)

size_t alm_arena_cost(size_t n_bytes)
{
	return (n_bytes + ALM_ALIGN - 1) / ALM_ALIGN * ALM_ALIGN;
}

enum alm_status alm_arena_init(struct alm_arena *arena, size_t n_bytes, struct alm_error *err)
{
	if (n_bytes > SIZE_MAX / 2)
		return alm_fail_memory(err, n_bytes);
	size_t size = alm_arena_cost(n_bytes ? n_bytes : 1);
	bool is_large = size >= 2 * HUGE_PAGE;
	/* C11 has the size be a multiple of the alignment. What is rounded up is never touched. */
	size_t room = is_large ? (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE : size;
	char *base = aligned_alloc(is_large ? HUGE_PAGE : ALM_ALIGN, room);
	if (!base)
		return alm_fail_memory(err, size);
	if (is_large)
		madvise(base, room, MADV_HUGEPAGE); /* a wish: a kernel that cannot is only slower */
	memset(base, 0, size);
	*arena = (struct alm_arena){.base = base, .n_bytes = size};
	return ALM_OK;
}

void alm_arena_release(struct alm_arena *arena)
{
	free(arena->base);
	*arena = (struct alm_arena){0};
}

void *alm_arena_take(struct alm_arena *arena, size_t n_bytes)
{
	size_t cost = alm_arena_cost(n_bytes);
	assert(cost <= arena->n_bytes - arena->used);
	void *lent = arena->base + arena->used;
	arena->used += cost;
	return lent;
}

float *alm_arena_floats(struct alm_arena *arena, size_t n)
{
	return alm_arena_take(arena, n * sizeof(float));
}

void alm_arena_rewind(struct alm_arena *arena, size_t mark)
{
	assert(mark <= arena->used);
	arena->used = mark;
}

bool alm_mul_size(size_t a, size_t b, size_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}
