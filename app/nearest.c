#include "nearest.h"
#include <string.h>

#define WORD_MAX 31 /* longer words are cut: no verb or option has as many */

/* Levenshtein's distance: letters to insert, delete or replace. One row of the table is kept. */
static int distance(const char *from, const char *to)
{
	int row[WORD_MAX + 1];
	int n_from = (int)strnlen(from, WORD_MAX), n_to = (int)strnlen(to, WORD_MAX);
	for (int j = 0; j <= n_to; j++)
		row[j] = j;
	for (int i = 1; i <= n_from; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= n_to; j++) {
			int replaced = diagonal + (from[i - 1] != to[j - 1]);
			int best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best < replaced ? best : replaced;
		}
	}
	return row[n_to];
}

void nearest_begin(struct nearest *nearest, const char *word)
{
	/* A third of the letters may be wrong: more than that is another word. */
	int limit = (int)strnlen(word, WORD_MAX) / 3 + 1;
	*nearest = (struct nearest){.word = word, .distance = limit + 1};
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	int found = distance(nearest->word, candidate);
	if (found < nearest->distance) {
		nearest->distance = found;
		nearest->found = candidate;
	}
}
