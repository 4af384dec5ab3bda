/* Any text as a number of every style. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/number.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct alm_number_style styles[] = {{'.', false}, {'.', true}, {',', false}};
	char *text = strndup((const char *)bytes, n);
	size_t length = strlen(text);
	double plain = 0, value;
	bool is_plain = alm_number_read(text, length, &plain);
	if (is_plain)
		fuzz_expect(
			isfinite(plain) && plain == strtod(text, NULL), "plain numbers are those of strtod");
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		bool read = alm_number_read_as(&styles[i], text, length, &value);
		fuzz_expect(!read || isfinite(value), "numbers are finite");
		if (is_plain && styles[i].decimal == '.')
			fuzz_expect(read && value == plain, "plain numbers are read with a point");
	}
	(void)alm_number_is_ambiguous(text, length);
	free(text);
	return 0;
}
