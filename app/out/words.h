/* What a category holds, for people and for programs: how many words, and those there are most of. */
#ifndef APP_OUT_WORDS_H
#define APP_OUT_WORDS_H
#include "base/names.h"
#include "base/tally.h"
#include "store/json.h"

#define WORDS_TEXT 512 /* bytes that words_text needs */

/* "clear (8,712), mist (4,544) and 2 more". */
const char *words_text(
	const struct alm_tally *tally, const struct alm_names *words, char out[static WORDS_TEXT]);

/* "words": how many, and "most": a list of {"word": ..., "count": ...}. */
void words_json(struct alm_json *json, const struct alm_tally *tally, const struct alm_names *words);

#endif
