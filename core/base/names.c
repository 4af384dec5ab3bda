#include "base/names.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Spreads the bits of a number over a word. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	return x ^ (x >> 32);
}

static bool is_name(const char *name, const char *text, size_t length)
{
	return strncmp(name, text, length) == 0 && name[length] == '\0';
}

static size_t name_slot(const struct alm_names *names, const char *text, size_t length)
{
	uint64_t hash = length;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	size_t mask = (size_t)names->room - 1, at = mix(hash) & mask;
	while (names->slot[at] != 0 && !is_name(names->name[names->slot[at] - 1], text, length))
		at = (at + 1) & mask;
	return at;
}

static enum alm_status grow_names(struct alm_names *names, struct alm_error *err)
{
	int room = names->room ? 2 * names->room : 64;
	char **name = realloc(names->name, (size_t)room / 2 * sizeof *name);
	if (name)
		names->name = name;
	int *slot = calloc((size_t)room, sizeof *slot);
	if (!name || !slot) {
		free(slot);
		return alm_fail_memory(err, (size_t)room * sizeof *slot);
	}
	free(names->slot);
	names->slot = slot;
	names->room = room;
	for (int i = 0; i < names->n; i++)
		slot[name_slot(names, name[i], strlen(name[i]))] = i + 1;
	return ALM_OK;
}

enum alm_status alm_names_number(struct alm_names *names, const char *name, size_t length, int *number,
	bool *added, struct alm_error *err)
{
	*added = false;
	if (names->n > 0 && is_name(names->name[names->last], name, length)) {
		*number = names->last;
		return ALM_OK;
	}
	if (names->n >= names->room / 2) {
		enum alm_status status = grow_names(names, err);
		if (status != ALM_OK)
			return status;
	}
	size_t at = name_slot(names, name, length);
	if (names->slot[at] == 0) {
		char *copy = strndup(name, length);
		if (!copy)
			return alm_fail_memory(err, length + 1);
		names->name[names->n] = copy;
		names->slot[at] = ++names->n;
		*added = true;
	}
	names->last = *number = names->slot[at] - 1;
	return ALM_OK;
}

int alm_names_find(const struct alm_names *names, const char *name)
{
	return names->room > 0 ? names->slot[name_slot(names, name, strlen(name))] - 1 : -1;
}

void alm_names_release(struct alm_names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	free(names->slot);
	*names = (struct alm_names){0};
}
