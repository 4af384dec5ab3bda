#include "ingest/keys.h"
#include <stdlib.h>

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
