/*
 * The words that a model knows of each of its categories. They are learned on the training part alone, and numbered from 1 in
 * the order of their bytes; every other word, also one that comes up in the validation part or later, is 0, unknown.
 */
#ifndef ALM_MODEL_VOCABULARY_H
#define ALM_MODEL_VOCABULARY_H
#include <stdbool.h>
#include "base/names.h"
#include "base/reporter.h"
#include "base/status.h"
#include "series/frame.h"
#include "series/window.h"

#define ALM_VOCABULARY_MAX 1000 /* words of one category */

/* All zero: no category. */
struct alm_vocabulary {
	int n_channels;
	struct alm_names *
		words; /* [n_channels] in order, word i has number i + 1; none of a channel of numbers; owned */
};

/* Of n_channels channels, without a word. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_vocabulary_init(
	struct alm_vocabulary *vocabulary, int n_channels, struct alm_error *err);
void alm_vocabulary_release(struct alm_vocabulary *vocabulary);

/* Appends a word, which must come after the others of the channel. */
ALM_MUST_CHECK enum alm_status alm_vocabulary_add(
	struct alm_vocabulary *vocabulary, int channel, const char *word, struct alm_error *err);

/* A copy. */
ALM_MUST_CHECK enum alm_status alm_vocabulary_copy(
	struct alm_vocabulary *vocabulary, const struct alm_vocabulary *from, struct alm_error *err);

/*
 * The words that the panel's categories were observed to have within a part; `words` is what its codes stand for. ALM_BAD_DATA
 * naming the channel: none, or more than ALM_VOCABULARY_MAX. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_vocabulary_learn(struct alm_vocabulary *vocabulary,
	const struct alm_panel *panel, const struct alm_names *words, const struct alm_part *part,
	struct alm_error *err);

/* The number of a word: 0 = unknown. */
int alm_vocabulary_number(const struct alm_vocabulary *vocabulary, int channel, const char *word);

/*
 * Numbers in the place of the panel's codes. Unknown words are counted and noted, of each channel. ALM_NO_MEMORY; then the panel
 * is as it was.
 */
ALM_MUST_CHECK enum alm_status alm_vocabulary_encode(const struct alm_vocabulary *vocabulary,
	struct alm_panel *panel, const struct alm_names *words, struct alm_reporter *reporter,
	struct alm_error *err);

#endif
