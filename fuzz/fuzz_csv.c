/* Any bytes as CSV; the first chooses the delimiter. */
#include <string.h>
#include "ingest/source.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char delimiters[] = {0, ',', ';', '\t', '|', ' '};
	struct alm_source *source = NULL;
	struct alm_error err = {0};
	if (n == 0)
		return 0;
	struct alm_source_options options = {.path = fuzz_file(bytes + 1, n - 1),
		.encoding = "latin1", /* every byte is a character: it is not the encoding that is tried */
		.delimiter = delimiters[*bytes % sizeof delimiters]};
	const struct alm_row *row = NULL;
	long line = 0;
	enum alm_status status = alm_source_open(&options, &source, &err);
	while (status == ALM_OK && (status = alm_source_next(source, &row, &err)) == ALM_OK && row) {
		fuzz_expect(row->n > 0 && row->line > line, "rows have fields and rising lines");
		line = row->line;
		for (int i = 0; i < row->n; i++)
			fuzz_expect(strlen(row->field[i]) == row->length[i], "fields are terminated texts");
	}
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	alm_source_close(source);
	return 0;
}
