/*
 * Memory that is sized once and lent out in pieces: a frame, a network and a trainer each own one arena, so
 * that their hot paths allocate nothing and their release is one call.
 */
#ifndef ALM_BASE_ARENA_H
#define ALM_BASE_ARENA_H
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

#define ALM_ALIGN 64 /* bytes: a cache line, and the widest vector register */

struct alm_arena {
	char *base; /* owned */
	size_t n_bytes;
	size_t used;
};

/* Reserves n_bytes, zeroed and aligned. ALM_NO_MEMORY when refused. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_arena_init(struct alm_arena *arena, size_t n_bytes, struct alm_error *err);

/* Frees everything the arena lent. Safe on a zeroed arena. */
void alm_arena_release(struct alm_arena *arena);

/* Lends n_bytes, aligned; asserts that they fit: sizes are asked for before an arena is made. */
void *alm_arena_take(struct alm_arena *arena, size_t n_bytes);

/* Lends n floats, aligned. */
float *alm_arena_floats(struct alm_arena *arena, size_t n);

/* Takes back everything lent since `mark` (an earlier value of arena->used). */
void alm_arena_rewind(struct alm_arena *arena, size_t mark);

/* n_bytes rounded up to what alm_arena_take uses of the arena. */
size_t alm_arena_cost(size_t n_bytes);

/* a * b into *product; false on overflow. For sizes that come from files, SQL, plugins and options. */
ALM_MUST_CHECK bool alm_mul_size(size_t a, size_t b, size_t *product);

#endif
