#include "probe/guard.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/arena.h"

/* Quiet not-a-numbers. Arithmetic makes 0x7fc00000 or 0xffc00000, so that these can only have been copied. */
#define GUARD_BITS 0x7fc5a5a5u
static const uint32_t poison_bits[2] = {0x7fd00001u, 0x7fd00002u};

/* A signal handler is told nothing but an address: these are the buffers it may be in. map NULL = free place. */
#define LIVE_MAX 256
static struct alm_guard live[LIVE_MAX];

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Between the two pages without rights. */
static void *body(const struct alm_guard *guard)
{
	return (char *)guard->map + page();
}

/* In floats. */
static size_t body_floats(const struct alm_guard *guard)
{
	return (guard->n_map_bytes - 2 * page()) / sizeof(float);
}

static size_t rounded(size_t n_bytes, size_t to)
{
	return (n_bytes + to - 1) / to * to;
}

static void fill(float *at, size_t n, uint32_t bits)
{
	for (size_t i = 0; i < n; i++)
		memcpy(at + i, &bits, sizeof bits);
}

static bool is(const float *at, uint32_t bits)
{
	uint32_t found;
	memcpy(&found, at, sizeof found);
	return found == bits;
}

static bool all_are(const float *at, const float *end, uint32_t bits)
{
	while (at < end && is(at, bits))
		at++;
	return at == end;
}

/* Replaces the entry with that map; NULL finds a free one. More than there is place for are not remembered. */
static void remember(const void *map, const struct alm_guard *guard)
{
	for (int i = 0; i < LIVE_MAX; i++)
		if (live[i].map == map) {
			live[i] = *guard;
			return;
		}
}

enum alm_status alm_guard_new(struct alm_guard *guard, const char *name, size_t n, struct alm_error *err)
{
	size_t n_bytes;
	if (!alm_mul_size(n, sizeof(float), &n_bytes) || n_bytes > SIZE_MAX / 2)
		return alm_fail_memory(err, SIZE_MAX);
	size_t used = rounded(n_bytes, ALM_ALIGN);
	struct alm_guard made = {.n = n, .n_map_bytes = rounded(used + ALM_ALIGN, page()) + 2 * page()};
	snprintf(made.name, sizeof made.name, "%s", name);
	made.map = mmap(NULL, made.n_map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (made.map == MAP_FAILED)
		return alm_fail_memory(err, made.n_map_bytes);
	if (mprotect(body(&made), body_floats(&made) * sizeof(float), PROT_READ | PROT_WRITE) != 0) {
		munmap(made.map, made.n_map_bytes);
		return alm_fail_memory(err, made.n_map_bytes);
	}
	fill(body(&made), body_floats(&made), GUARD_BITS);
	made.at = (float *)body(&made) + body_floats(&made) - used / sizeof(float);
	memset(made.at, 0, n_bytes);
	remember(NULL, &made);
	*guard = made;
	return ALM_OK;
}

void alm_guard_free(struct alm_guard *guard)
{
	if (!guard->map)
		return;
	remember(guard->map, &(struct alm_guard){0});
	munmap(guard->map, guard->n_map_bytes);
	*guard = (struct alm_guard){0};
}

/* It can only fail for want of memory for the kernel's books; then the next write says so loudly enough. */
void alm_guard_set_writable(struct alm_guard *guard, bool writable)
{
	(void)mprotect(body(guard), body_floats(guard) * sizeof(float),
		writable ? PROT_READ | PROT_WRITE : PROT_READ);
}

void alm_guard_poison(struct alm_guard *guard, int poison)
{
	fill(guard->at, guard->n, poison_bits[poison]);
}

size_t alm_guard_unwritten(const struct alm_guard *guard, int poison)
{
	size_t i = 0;
	while (i < guard->n && !is(guard->at + i, poison_bits[poison]))
		i++;
	return i;
}

bool alm_guard_is_whole(const struct alm_guard *guard)
{
	const float *begin = body(guard);
	return all_are(begin, guard->at, GUARD_BITS) &&
	       all_are(guard->at + guard->n, begin + body_floats(guard), GUARD_BITS);
}

bool alm_guard_has(const struct alm_guard *guard, const void *address)
{
	uintptr_t at = (uintptr_t)address, from = (uintptr_t)guard->map;
	return from != 0 && at >= from && at - from < guard->n_map_bytes;
}

const struct alm_guard *alm_guard_find(const void *address)
{
	for (int i = 0; i < LIVE_MAX; i++)
		if (alm_guard_has(&live[i], address))
			return &live[i];
	return NULL;
}
