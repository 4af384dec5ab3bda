#include "ingest/keys.h"
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	return x ^ (x >> 32);
}

static size_t key_slot(const struct alm_keys *keys, int series, int64_t time_ms)
{
	size_t at = mix(mix((uint64_t)time_ms) + (uint64_t)series) & (keys->room - 1);
	while (keys->slot[at] != 0) {
		const struct alm_key *key = &keys->key[keys->slot[at] - 1];
		if (key->time_ms == time_ms && key->series == series)
			break;
		at = (at + 1) & (keys->room - 1);
	}
	return at;
}

size_t alm_keys_find(const struct alm_keys *keys, int series, int64_t time_ms)
{
	if (keys->n == 0)
		return SIZE_MAX;
	size_t number = keys->slot[key_slot(keys, series, time_ms)];
	return number ? number - 1 : SIZE_MAX;
}

static enum alm_status grow_keys(struct alm_keys *keys, struct alm_error *err)
{
	size_t room = keys->room ? 2 * keys->room : 1024;
	struct alm_key *key = realloc(keys->key, room / 2 * sizeof *key);
	if (key)
		keys->key = key;
	size_t *slot = calloc(room, sizeof *slot);
	if (!key || !slot) {
		free(slot);
		return alm_fail_memory(err, room * sizeof *slot);
	}
	free(keys->slot);
	keys->slot = slot;
	keys->room = room;
	for (size_t i = 0; i < keys->n; i++)
		slot[key_slot(keys, key[i].series, key[i].time_ms)] = i + 1;
	return ALM_OK;
}

enum alm_status alm_keys_add(struct alm_keys *keys, int series, int64_t time_ms, struct alm_error *err)
{
	if (keys->n >= keys->room / 2) {
		enum alm_status status = grow_keys(keys, err);
		if (status != ALM_OK)
			return status;
	}
	keys->key[keys->n] = (struct alm_key){time_ms, series};
	keys->slot[key_slot(keys, series, time_ms)] = ++keys->n;
	return ALM_OK;
}

void alm_keys_release(struct alm_keys *keys)
{
	free(keys->key);
	free(keys->slot);
	*keys = (struct alm_keys){0};
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

void alm_names_release(struct alm_names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	free(names->slot);
	*names = (struct alm_names){0};
}
