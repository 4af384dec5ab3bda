/* A set of (series, time) keys and a list of series names, as open-addressing hash tables. Internal to ingest. */
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

struct alm_names {
	int n, room;
	char **name; /* [n]; owned */
	int *slot;   /* [room] number + 1, 0 = free; owned */
	int last;    /* the one found last: rows of a series mostly lie together */
};

/* The number of a name, which is added if it is new: *added says so. */
ALM_MUST_CHECK enum alm_status alm_names_number(struct alm_names *names, const char *name, size_t length,
	int *number, bool *added, struct alm_error *err);
void alm_names_release(struct alm_names *names);

#endif
