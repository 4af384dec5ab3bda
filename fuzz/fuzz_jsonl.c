/* Any bytes as JSON lines. */
#include <string.h>
#include "ingest/source.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *path = fuzz_file(bytes, n);
	const struct alm_source_options options = {.path = path};
	struct alm_lines *lines = NULL;
	struct alm_source *source = NULL;
	struct alm_error err = {0};
	const struct alm_row *row = NULL;
	int n_columns = 0;
	enum alm_status status = alm_lines_open(path, NULL, &lines, &err);
	if (status == ALM_OK)
		status = alm_source_jsonl.open(lines, &options, &source, &err);
	while (status == ALM_OK && (status = alm_source_jsonl.next(source, &row, &err)) == ALM_OK && row) {
		n_columns = n_columns ? n_columns : row->n;
		fuzz_expect(row->n == n_columns, "every row has all columns");
		for (int i = 0; i < row->n; i++)
			fuzz_expect(strlen(row->field[i]) == row->length[i], "fields are terminated texts");
	}
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	if (source)
		alm_source_jsonl.close(source);
	alm_lines_close(lines);
	return 0;
}
