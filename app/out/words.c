#include "out/words.h"
#include <stdio.h>
#include "out/text.h"

/* Words that are listed: for people on one line, for programs. */
#define SHOWN  5
#define LISTED 20

/* Bytes of a word that are shown. */
#define WORD_BYTES 60

const char *words_text(
	const struct alm_tally *tally, const struct alm_names *words, char out[static WORDS_TEXT])
{
	int top[SHOWN], n = alm_tally_top(tally, SHOWN, top), more = alm_tally_distinct(tally) - n;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < n; i++) {
		char word[WORD_BYTES], count[TEXT_NUMBER];
		text_escape(words->name[top[i]], word, sizeof word);
		used += (size_t)snprintf(out + used, WORDS_TEXT - used, "%s%s (%s)", i ? ", " : "", word,
			text_count(tally->count[top[i]], count));
	}
	if (more > 0)
		snprintf(out + used, WORDS_TEXT - used, " and %d more", more);
	return out;
}

void words_json(struct alm_json *json, const struct alm_tally *tally, const struct alm_names *words)
{
	int top[LISTED], n = alm_tally_top(tally, LISTED, top);
	alm_json_integer(json, "words", alm_tally_distinct(tally));
	alm_json_array(json, "most");
	for (int i = 0; i < n; i++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "word", words->name[top[i]]);
		alm_json_integer(json, "count", tally->count[top[i]]);
		alm_json_close(json);
	}
	alm_json_close(json);
}
