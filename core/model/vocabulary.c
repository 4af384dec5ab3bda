#include "model/vocabulary.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Unknown words that a note lists. */
#define LISTED 3

enum alm_status alm_vocabulary_init(struct alm_vocabulary *vocabulary, int n_channels, struct alm_error *err)
{
	struct alm_vocabulary made = {
		.n_channels = n_channels, .words = calloc((size_t)n_channels + 1, sizeof *made.words)};
	if (!made.words)
		return alm_fail_memory(err, (size_t)n_channels * sizeof *made.words);
	*vocabulary = made;
	return ALM_OK;
}

void alm_vocabulary_release(struct alm_vocabulary *vocabulary)
{
	for (int i = 0; i < vocabulary->n_channels; i++)
		alm_names_release(&vocabulary->words[i]);
	free(vocabulary->words);
	*vocabulary = (struct alm_vocabulary){0};
}

enum alm_status alm_vocabulary_add(
	struct alm_vocabulary *vocabulary, int channel, const char *word, struct alm_error *err)
{
	int number;
	bool added;
	return alm_names_number(&vocabulary->words[channel], word, strlen(word), &number, &added, err);
}

/* Every word of a list becomes one of a channel. */
static enum alm_status add_all(
	struct alm_vocabulary *vocabulary, int channel, char *const *word, int n, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++)
		status = alm_vocabulary_add(vocabulary, channel, word[i], err);
	return status;
}

enum alm_status alm_vocabulary_copy(
	struct alm_vocabulary *vocabulary, const struct alm_vocabulary *from, struct alm_error *err)
{
	struct alm_vocabulary made;
	enum alm_status status = alm_vocabulary_init(&made, from->n_channels, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < from->n_channels && status == ALM_OK; i++)
		status = add_all(&made, i, from->words[i].name, from->words[i].n, err);
	if (status == ALM_OK)
		*vocabulary = made;
	else
		alm_vocabulary_release(&made);
	return status;
}

/* Marks the codes that a channel was observed to have within a part: seen [words]. Returns how many. */
static int look(const struct alm_panel *panel, int channel, const struct alm_part *part, bool *seen)
{
	int n = 0;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		size_t end = alm_frame_row_at(panel, frame, part->to_ms);
		for (size_t row = alm_frame_row_at(panel, frame, part->from_ms); row < end; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)channel;
			int code = (int)frame->values[at];
			if (!frame->observed[at] || seen[code])
				continue;
			seen[code] = true;
			n++;
		}
	}
	return n;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* `seen` [words] and `word` [words] are to work with. */
static enum alm_status learn(struct alm_vocabulary *vocabulary, const struct alm_panel *panel, int channel,
	const struct alm_names *words, const struct alm_part *part, bool *seen, char **word,
	struct alm_error *err)
{
	memset(seen, 0, (size_t)words->n);
	int n = look(panel, channel, part, seen), at = 0;
	if (n == 0)
		return alm_fail(err, ALM_BAD_DATA,
			"channel '%s' has no observed value in the training part; leave it out with --past "
			"or move --valid-from",
			panel->channels[channel]);
	if (n > ALM_VOCABULARY_MAX)
		return alm_fail(err, ALM_BAD_DATA,
			"channel '%s' has %d different texts in the training part, a category at most %d; "
			"leave it out with --past, or gather rare ones before ingest",
			panel->channels[channel], n, ALM_VOCABULARY_MAX);
	for (int code = 0; code < words->n; code++)
		if (seen[code])
			word[at++] = words->name[code];
	qsort(word, (size_t)n, sizeof *word, by_bytes);
	return add_all(vocabulary, channel, word, n, err);
}

enum alm_status alm_vocabulary_learn(struct alm_vocabulary *vocabulary, const struct alm_panel *panel,
	const struct alm_names *words, const struct alm_part *part, struct alm_error *err)
{
	struct alm_vocabulary made;
	size_t n = (size_t)words->n;
	enum alm_status status = alm_vocabulary_init(&made, panel->n_channels, err);
	if (status != ALM_OK)
		return status;
	bool *seen = malloc(n + 1);
	char **word = malloc((n + 1) * sizeof *word);
	if (!seen || !word)
		status = alm_fail_memory(err, n * sizeof *word);
	for (int i = 0; status == ALM_OK && i < panel->n_channels; i++)
		if (alm_panel_is_category(panel, i))
			status = learn(&made, panel, i, words, part, seen, word, err);
	free(seen);
	free(word);
	if (status == ALM_OK)
		*vocabulary = made;
	else
		alm_vocabulary_release(&made);
	return status;
}

int alm_vocabulary_number(const struct alm_vocabulary *vocabulary, int channel, const char *word)
{
	const struct alm_names *words = &vocabulary->words[channel];
	char *const *found =
		words->n > 0 ? bsearch(&word, words->name, (size_t)words->n, sizeof *words->name, by_bytes)
			     : NULL;
	return found ? 1 + (int)(found - words->name) : 0;
}

/* Counts the observed values of a channel whose word is unknown, how many words these are, and says so. */
static void note_unknown(const struct alm_panel *panel, int channel, const struct alm_names *words,
	const int *number, bool *told, struct alm_reporter *reporter)
{
	char list[256] = "";
	size_t used = 0, n_values = 0;
	int n_words = 0;
	memset(told, 0, (size_t)words->n);
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		for (size_t row = 0; row < frame->n_rows + frame->n_ahead; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)channel;
			int code = (int)frame->values[at];
			if (!frame->observed[at] || number[code] > 0)
				continue;
			n_values++;
			if (!told[code] && n_words++ < LISTED && used < sizeof list - 1)
				used += (size_t)snprintf(list + used, sizeof list - used, "%s'%s'",
					used ? ", " : "", words->name[code]);
			told[code] = true;
		}
	}
	if (n_values > 0)
		alm_note(reporter,
			"channel '%s': %zu value%s of %d word%s that the training part does not have, seen "
			"as "
			"unknown: %s%s",
			panel->channels[channel], n_values, n_values == 1 ? "" : "s", n_words,
			n_words == 1 ? "" : "s", list, n_words > LISTED ? " ..." : "");
}

static void renumber(struct alm_panel *panel, int channel, const int *number)
{
	size_t n_channels = (size_t)panel->n_channels;
	for (int i = 0; i < panel->n_frames; i++) {
		struct alm_frame *frame = &panel->frames[i];
		for (size_t row = 0; row < frame->n_rows + frame->n_ahead; row++) {
			float *value = &frame->values[row * n_channels + (size_t)channel];
			*value = (float)number[(int)*value];
		}
		frame->before[channel] = (float)number[(int)frame->before[channel]];
	}
}

enum alm_status alm_vocabulary_encode(const struct alm_vocabulary *vocabulary, struct alm_panel *panel,
	const struct alm_names *words, struct alm_reporter *reporter, struct alm_error *err)
{
	size_t n = (size_t)words->n;
	int *number = malloc((n + 1) * sizeof *number);
	bool *told = malloc(n + 1);
	if (!number || !told) {
		free(number);
		free(told);
		return alm_fail_memory(err, n * sizeof *number);
	}
	for (int channel = 0; channel < panel->n_channels; channel++) {
		if (!alm_panel_is_category(panel, channel))
			continue;
		for (int code = 0; code < words->n; code++)
			number[code] = alm_vocabulary_number(vocabulary, channel, words->name[code]);
		note_unknown(panel, channel, words, number, told, reporter);
		renumber(panel, channel, number);
	}
	free(number);
	free(told);
	return ALM_OK;
}
