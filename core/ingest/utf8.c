#include "ingest/utf8.h"
#include <stdint.h>
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Bytes below 128 from `at` on, eight at a time: most of what data is made of. */
static size_t skip_ascii(const char *bytes, size_t at, size_t n)
{
	uint64_t word;
	for (; at + sizeof word <= n; at += sizeof word) {
		memcpy(&word, bytes + at, sizeof word);
		if (word & HIGH_BITS)
			break;
	}
	while (at < n && (unsigned char)bytes[at] < 0x80)
		at++;
	return at;
}

/*
 * The first byte says how many follow and, together with the table of RFC 3629 (4), what the first of them may be: no
 * longer form than needed (e0, f0), no surrogates (ed), nothing above U+10FFFF (f4).
 */
static int begin(struct alm_utf8 *state, unsigned char first)
{
	*state = (struct alm_utf8){.taken = 1, .first = first, .low = 0x80, .high = 0xbf};
	if (first >= 0xc2 && first <= 0xdf)
		state->missing = 1;
	else if (first >= 0xe0 && first <= 0xef)
		state->missing = 2;
	else if (first >= 0xf0 && first <= 0xf4)
		state->missing = 3;
	else
		return 0;
	if (first == 0xe0)
		state->low = 0xa0;
	else if (first == 0xed)
		state->high = 0x9f;
	else if (first == 0xf0)
		state->low = 0x90;
	else if (first == 0xf4)
		state->high = 0x8f;
	return 1;
}

size_t alm_utf8_check(struct alm_utf8 *state, const char *bytes, size_t n)
{
	for (size_t at = 0; at < n; at++) {
		if (state->missing == 0) {
			at = skip_ascii(bytes, at, n);
			if (at == n)
				return n;
			if (!begin(state, (unsigned char)bytes[at]))
				return at;
			continue;
		}
		unsigned char byte = (unsigned char)bytes[at];
		if (byte < state->low || byte > state->high)
			return at;
		state->missing--;
		state->taken++;
		state->low = 0x80;
		state->high = 0xbf;
	}
	return n;
}
