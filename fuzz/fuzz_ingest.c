/* Any bytes as a file that is ingested, up to the door of the database; the first two choose options. */
#include <string.h>
#include "ingest/preview.h"
#include "input.h"

static void look(const struct alm_ingest_options *options)
{
	struct alm_ingest *ingest = NULL;
	struct alm_preview preview;
	struct alm_error err = {0};
	enum alm_status status = alm_ingest_open(options, &ingest, &err);
	if (status == ALM_OK)
		status = alm_ingest_preview(ingest, NULL, &preview, &err);
	if (status == ALM_OK) {
		fuzz_expect(preview.summary.n_rows > 0 && preview.n_rows > 0, "there are rows");
		fuzz_expect(preview.summary.first_ms <= preview.summary.last_ms, "times are in order");
		alm_preview_release(&preview);
	}
	fuzz_expect(status == ALM_OK || err.text[0] != '\0', "an error says what is wrong");
	alm_ingest_close(ingest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const times[] = {NULL, NULL, "a", "a b", "c1 c2", "day hr"};
	if (n < 2)
		return 0;
	const char *path = fuzz_file(bytes + 2, n - 2);
	look(&(struct alm_ingest_options){.paths = &path,
		.n_paths = 1,
		.time = times[bytes[0] % 6],
		.series = bytes[0] & 64 ? "s" : NULL,
		.decimal = bytes[0] & 128 ? ',' : 0,
		.no_header = bytes[1] & 1,
		.wide_channel = bytes[1] & 2 ? "value" : NULL,
		.skip_bad = bytes[1] & 4 ? 3 : 0,
		.channels = bytes[1] & 8 ? "x" : NULL,
		.encoding = bytes[1] & 16 ? "latin1" : NULL});
	return 0;
}
