/*
 * Buffers between pages that nobody may touch, for calling a cell that is not trusted yet: a step past the end of one,
 * or a write to one that is read only, stops the process at once, and the handler that is told the address can say which
 * buffer it was.
 */
#ifndef ALM_PROBE_GUARD_H
#define ALM_PROBE_GUARD_H
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

/*
 * One buffer: [before: page without rights][guard bytes][n floats, 64-byte aligned, as near to the end as that allows]
 * [guard bytes][page without rights]. Guard bytes are a quiet not-a-number of their own, so that what was read from them
 * shows in the results.
 */
struct alm_guard {
	char name[16]; /* as in the contract: "pre", "d_next" */
	float *at;     /* [n] */
	size_t n;
	void *map;
	size_t n_map_bytes;
};

/* Maps a buffer for n floats (0 is fine: at is then not NULL, but nothing may be read). Release with alm_guard_free. */
ALM_MUST_CHECK enum alm_status alm_guard_new(
	struct alm_guard *guard, const char *name, size_t n, struct alm_error *err);
void alm_guard_free(struct alm_guard *guard);

/* Whether it may be written to from now on. */
void alm_guard_set_writable(struct alm_guard *guard, bool writable);

/* Every float becomes the `poison`-th (0, 1) pattern, a not-a-number that no arithmetic makes: what stays was not written. */
void alm_guard_poison(struct alm_guard *guard, int poison);

/* The first place that still holds that pattern, or n. */
size_t alm_guard_unwritten(const struct alm_guard *guard, int poison);

/* Whether the guard bytes on both sides are as they were. */
bool alm_guard_is_whole(const struct alm_guard *guard);

/* Whether an address lies within the map, guard pages included. */
bool alm_guard_has(const struct alm_guard *guard, const void *address);

/* The buffer whose map has that address, among those that are not freed yet; NULL = none. Safe in a signal handler. */
const struct alm_guard *alm_guard_find(const void *address);

#endif
