/* A set of (series, time) keys as an open-addressing hash table. Internal to ingest. */
#ifndef ALM_INGEST_KEYS_H
#define ALM_INGEST_KEYS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

/* Keys in the order they were added; a key's place is its number. */
struct alm_keys {
	size_t n, room; /* room is a power of two, or 0 */
	struct alm_key {
		int64_t time_ms;
		int series;
	} * key;      /* [n]; owned */
	size_t *slot; /* [room] number + 1, 0 = free; owned */
};

/* The number of the key, or SIZE_MAX. */
size_t alm_keys_find(const struct alm_keys *keys, int series, int64_t time_ms);

/* Adds a key that is not there. */
ALM_MUST_CHECK enum alm_status alm_keys_add(
	struct alm_keys *keys, int series, int64_t time_ms, struct alm_error *err);
void alm_keys_release(struct alm_keys *keys);

#endif
