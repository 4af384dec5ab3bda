/* Lines as the texts of a column of times; and the first as a format that the others are read with. */
#include <stdlib.h>
#include <string.h>
#include "input.h"
#include "time/timestamp.h"

#define TEXTS_MOST 16

static void print_and_read(int64_t time_ms)
{
	char text[ALM_TIME_TEXT];
	struct alm_time_format iso = {.kind = ALM_TIME_ISO};
	int64_t again_ms = time_ms + 1;
	alm_time_print(time_ms, text);
	fuzz_expect(alm_time_read(&iso, text, strlen(text), &again_ms) && again_ms == time_ms,
		"a printed time reads back");
}

static void read_all(const struct alm_time_format *format, const char *const *texts, size_t n, int every)
{
	for (size_t i = 0; i < n; i++) {
		int64_t time_ms;
		bool read = alm_time_read(format, texts[i], strlen(texts[i]), &time_ms);
		fuzz_expect(read || !every, "a format that is recognised reads every text");
		/* An offset may lead out of the years that are printed. */
		if (read && time_ms >= INT64_C(-62135596800000) && time_ms <= INT64_C(253402300799999))
			print_and_read(time_ms);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *texts[TEXTS_MOST] = {0};
	char *all = strndup((const char *)bytes, n), *rest = all, *text;
	size_t n_texts = 0;
	struct alm_time_format format;
	while (n_texts < TEXTS_MOST && (text = strsep(&rest, "\n")) != NULL)
		texts[n_texts++] = text;
	if (alm_time_format_recognise(texts, n_texts, &format, NULL) == ALM_OK)
		read_all(&format, texts, n_texts, 1);
	if (alm_time_format_parse(texts[0], &format, NULL) == ALM_OK)
		read_all(&format, texts + 1, n_texts - 1, 0);
	free(all);
	return 0;
}
