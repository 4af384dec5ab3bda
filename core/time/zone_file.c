/* A compiled zone, RFC 8536: two blocks of data, of which the second has 64-bit times, and a rule at the end. */
#include <stdlib.h>
#include <string.h>
#include "time/zone_part.h"

#define HEADER     44 /* bytes */
#define COUNT_MOST 100000

/* What is left to be read. */
struct input {
	const unsigned char *at;
	size_t left;
};

struct counts {
	size_t is_ut, is_standard, leaps, changes, types, letters;
};

/* The next n bytes, or NULL when there are not so many. */
static const unsigned char *take(struct input *input, size_t n)
{
	const unsigned char *at = input->at;
	if (n > input->left)
		return NULL;
	input->at += n;
	input->left -= n;
	return at;
}

/* A number of n bytes, the highest first, with its sign. */
static int64_t number(const unsigned char *bytes, int n)
{
	uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;
	for (int i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

static bool read_header(struct input *input, struct counts *counts)
{
	const unsigned char *header = take(input, HEADER);
	size_t *const into[] = {&counts->is_ut, &counts->is_standard, &counts->leaps, &counts->changes,
		&counts->types, &counts->letters};
	if (!header || memcmp(header, "TZif", 4) != 0 || header[4] < '2')
		return false;
	for (int i = 0; i < 6; i++) {
		int64_t count = number(header + 20 + 4 * i, 4);
		if (count < 0 || count > COUNT_MOST)
			return false;
		*into[i] = (size_t)count;
	}
	return true;
}

/* The first block, whose times have 32 bits, is for programs of long ago. */
static bool skip_block(struct input *input, const struct counts *counts)
{
	return take(input, counts->changes * 5 + counts->types * 6 + counts->letters + counts->leaps * 8 +
				   counts->is_standard + counts->is_ut) != NULL;
}

static bool read_changes(struct alm_zone *zone, struct input *input, const struct counts *counts)
{
	const unsigned char *times = take(input, 8 * counts->changes), *types = take(input, counts->changes);
	if (!times || !types)
		return false;
	zone->at_s = malloc((counts->changes + 1) * sizeof *zone->at_s);
	zone->type = malloc(counts->changes + 1);
	if (!zone->at_s || !zone->type)
		return false;
	zone->n_changes = counts->changes;
	for (size_t i = 0; i < counts->changes; i++) {
		zone->at_s[i] = number(times + 8 * i, 8);
		zone->type[i] = types[i];
		if (types[i] >= counts->types || (i > 0 && zone->at_s[i] <= zone->at_s[i - 1]))
			return false;
	}
	return true;
}

static bool read_types(struct alm_zone *zone, struct input *input, const struct counts *counts)
{
	const unsigned char *types = take(input, 6 * counts->types);
	if (!types || counts->types < 1 || counts->types > 256)
		return false;
	for (size_t i = 0; i < counts->types; i++) {
		int64_t offset = number(types + 6 * i, 4);
		if (offset < -26 * 3600 || offset > 26 * 3600)
			return false;
		zone->offset[i] = (int32_t)offset;
	}
	/* Zones that count leap seconds have clocks of their own. */
	return counts->leaps == 0 && take(input, counts->letters + counts->is_standard + counts->is_ut);
}

/* "\nEST5EDT,M3.2.0,M11.1.0\n", or nothing between: then the last change lasts. */
static bool read_rule(struct alm_zone *zone, struct input *input)
{
	char text[128];
	const unsigned char *begin = take(input, 1);
	const unsigned char *end = begin && *begin == '\n' ? memchr(input->at, '\n', input->left) : NULL;
	if (!end || (size_t)(end - input->at) >= sizeof text)
		return false;
	size_t length = (size_t)(end - input->at);
	memcpy(text, input->at, length);
	text[length] = '\0';
	zone->has_rule = length > 0;
	return length == 0 || alm_zone_rule_parse(text, &zone->rule);
}

bool alm_zone_parse(struct alm_zone *zone, const unsigned char *bytes, size_t n_bytes)
{
	struct input input = {bytes, n_bytes};
	struct counts counts;
	return read_header(&input, &counts) && skip_block(&input, &counts) && read_header(&input, &counts) &&
	       read_changes(zone, &input, &counts) && read_types(zone, &input, &counts) &&
	       read_rule(zone, &input);
}
