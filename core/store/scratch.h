/*
 * Notes about rows, of which there may be too many for memory: a kind, a series' number and a time give some bytes. They
 * lie in a file of SQLite's temporary folder ($SQLITE_TMPDIR, $TMPDIR, /var/tmp, /tmp) without a name, which is made when a
 * few megabytes are not enough and is gone with the process.
 */
#ifndef ALM_STORE_SCRATCH_H
#define ALM_STORE_SCRATCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

struct alm_scratch; /* one thread */

/* What a note is found by. */
struct alm_scratch_key {
	int kind; /* the caller's */
	int series;
	int64_t time_ms;
};

/* Nothing is opened before the first note. The caller closes. */
ALM_MUST_CHECK enum alm_status alm_scratch_new(struct alm_scratch **out, struct alm_error *err);
void alm_scratch_close(struct alm_scratch *scratch); /* NULL is fine */

/* Writes a note of n_bytes, over the one that is there. ALM_IO: the temporary folder is full or cannot be written. */
ALM_MUST_CHECK enum alm_status alm_scratch_put(struct alm_scratch *scratch, const struct alm_scratch_key *key,
	const void *bytes, size_t n_bytes, struct alm_error *err);

/* *found false and nothing else when there is no note of n_bytes with that key. */
ALM_MUST_CHECK enum alm_status alm_scratch_get(struct alm_scratch *scratch, const struct alm_scratch_key *key,
	void *bytes, size_t n_bytes, bool *found, struct alm_error *err);

/* The same of the latest note of kind and series at or before the time, which takes the place of key's. */
ALM_MUST_CHECK enum alm_status alm_scratch_get_before(struct alm_scratch *scratch,
	struct alm_scratch_key *key, void *bytes, size_t n_bytes, bool *found, struct alm_error *err);

#endif
