/* Any bytes as CSV, also those that would be recognised as something else; the first chooses the delimiter. */
#include <string.h>
#include "ingest/source.h"
#include "input.h"

static void read_rows(struct alm_source *source)
{
	struct alm_error err = {0};
	const struct alm_row *row = NULL;
	long line = 0;
	enum alm_status status;
	while ((status = alm_source_csv.next(source, &row, &err)) == ALM_OK && row) {
		fuzz_expect(row->n > 0 && row->line > line, "rows have fields and rising lines");
		line = row->line;
		for (int i = 0; i < row->n; i++)
			fuzz_expect(strlen(row->field[i]) == row->length[i], "fields are terminated texts");
	}
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	alm_source_csv.close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char delimiters[] = {0, ',', ';', '\t', '|', ' '};
	struct alm_lines *lines = NULL;
	struct alm_source *source = NULL;
	struct alm_error err = {0};
	if (n == 0)
		return 0;
	const char *path = fuzz_file(bytes + 1, n - 1);
	struct alm_source_options options = {
		.path = path, .delimiter = delimiters[*bytes % sizeof delimiters]};
	/* As latin1 every byte is a character: it is not the encoding that is tried. */
	enum alm_status status = alm_lines_open(path, "latin1", &lines, &err);
	if (status == ALM_OK)
		status = alm_source_csv.open(lines, &options, &source, &err);
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	if (status == ALM_OK)
		read_rows(source);
	alm_lines_close(lines);
	return 0;
}
