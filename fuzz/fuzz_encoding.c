/* Any bytes through the stages: packed when they begin so, and of an encoding that the first chooses. */
#include "ingest/lines.h"
#include "ingest/utf8.h"
#include "input.h"

#define TEXT_MOST (16 * 1024 * 1024) /* few bytes can unpack to very many */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const encodings[] = {NULL, "latin1", "windows-1252", "utf-16", "utf-16be",
		"utf-32", "shift_jis", "big5-hkscs", "iso-2022-jp", "utf-7", "gb18030", "euc-jp"};
	struct alm_lines *lines = NULL;
	struct alm_line line = {0};
	struct alm_error err = {0};
	struct alm_utf8 utf8 = {0};
	size_t n_text = 0;
	if (n == 0)
		return 0;
	const char *path = fuzz_file(bytes + 1, n - 1);
	const char *encoding = encodings[*bytes % (sizeof encodings / sizeof *encodings)];
	enum alm_status status = alm_lines_open(path, encoding, &lines, &err);
	while (status == ALM_OK && n_text < TEXT_MOST &&
		(status = alm_lines_next(lines, &line, &err)) == ALM_OK && line.text) {
		fuzz_expect(alm_utf8_check(&utf8, line.text, line.n) == line.n, "lines are UTF-8");
		n_text += line.n;
	}
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	alm_lines_close(lines);
	return 0;
}
