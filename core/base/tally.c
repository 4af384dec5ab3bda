#include "base/tally.h"
#include <stdlib.h>
#include <string.h>

enum alm_status alm_tally_add(struct alm_tally *tally, int number, struct alm_error *err)
{
	if (number >= tally->room) {
		int room = tally->room ? tally->room : 16;
		while (room <= number)
			room *= 2;
		int64_t *grown = realloc(tally->count, (size_t)room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, (size_t)room * sizeof *grown);
		memset(grown + tally->room, 0, (size_t)(room - tally->room) * sizeof *grown);
		tally->count = grown;
		tally->room = room;
	}
	if (number >= tally->n)
		tally->n = number + 1;
	tally->count[number]++;
	return ALM_OK;
}

void alm_tally_release(struct alm_tally *tally)
{
	free(tally->count);
	*tally = (struct alm_tally){0};
}

int alm_tally_distinct(const struct alm_tally *tally)
{
	int n = 0;
	for (int i = 0; i < tally->n; i++)
		n += tally->count[i] > 0;
	return n;
}

/* Insertion into a short list in falling order. */
int alm_tally_top(const struct alm_tally *tally, int most, int *out)
{
	int n = 0;
	for (int i = 0; i < tally->n; i++) {
		int place = n;
		while (place > 0 && tally->count[out[place - 1]] < tally->count[i])
			place--;
		if (tally->count[i] == 0 || place == most)
			continue;
		n += n < most;
		memmove(out + place + 1, out + place, (size_t)(n - 1 - place) * sizeof *out);
		out[place] = i;
	}
	return n;
}
