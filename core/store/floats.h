/* Floats as they are stored: little-endian, whatever the machine. Internal to store. */
#ifndef ALM_STORE_FLOATS_H
#define ALM_STORE_FLOATS_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Between the host's floats and little-endian bytes, in place; nothing to do on most machines. */
static inline void alm_little_endian(float *values, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	for (size_t i = 0; i < n; i++) {
		uint32_t word;
		memcpy(&word, &values[i], sizeof word);
		word = __builtin_bswap32(word);
		memcpy(&values[i], &word, sizeof word);
	}
#else
	(void)values;
	(void)n;
#endif
}

#endif
