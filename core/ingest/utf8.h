/* Whether bytes that come in pieces are UTF-8 (RFC 3629). Internal to ingest. */
#ifndef ALM_INGEST_UTF8_H
#define ALM_INGEST_UTF8_H
#include <stddef.h>

/* Where in a character the pieces so far have ended; zero at the beginning. */
struct alm_utf8 {
	int missing;             /* bytes of the character that have not come; 0 = it is whole */
	int taken;               /* those that have */
	unsigned char first;     /* of them */
	unsigned char low, high; /* what the next may be */
};

/* The place of the first byte that cannot be, or n. */
size_t alm_utf8_check(struct alm_utf8 *state, const char *bytes, size_t n);

#endif
