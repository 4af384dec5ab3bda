/* SHA-256 (FIPS 180-4, by Nettle) of bytes and of files, as lower-case hex. */
#ifndef ALM_BASE_HASH_H
#define ALM_BASE_HASH_H
#include <stddef.h>
#include "base/status.h"

#define ALM_HASH_TEXT 65 /* 64 hex digits and the terminating zero */

struct alm_hash_part {
	const void *bytes;
	size_t n_bytes;
};

/* Hash of the parts one after the other. */
void alm_hash_parts(const struct alm_hash_part *parts, int n_parts, char out[static ALM_HASH_TEXT]);

/* Hash of an open file from its start; the offset is left at the end. ALM_IO when it cannot be read. */
ALM_MUST_CHECK enum alm_status alm_hash_file(
	int fd, const char *path, char out[static ALM_HASH_TEXT], struct alm_error *err);

#endif
