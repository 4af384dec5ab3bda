#include "base/count.h"
#include <stdio.h>

const char *alm_count_print(int64_t value, char out[static ALM_COUNT_TEXT])
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%lld", (long long)value);
	char *to = out;
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}
