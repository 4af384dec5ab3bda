/* A curve in one line of text: history, a bar, the forecast, both on one scale. */
#ifndef APP_OUT_SPARKLINE_H
#define APP_OUT_SPARKLINE_H
#include <stdbool.h>
#include <stddef.h>

struct sparkline {
	const double *history; /* [n_history], NaN = missing; not owned */
	int n_history;
	const double *values; /* [n_values]; not owned */
	int n_values;
	int width; /* columns at most, the bar included; longer curves are averaged */
	bool utf8; /* block elements; otherwise plain ASCII */
};

/*
 * Shares of 0..1, one a column, in the same signs: a blank for none, the highest sign for nothing less than all. out must
 * hold SPARKLINE_TEXT(n) bytes.
 */
const char *sparkline_shares(const float *shares, int n, bool utf8, char *out);

#define SPARKLINE_TEXT(width) (4 * (size_t)(width) + 4) /* bytes that sparkline_print needs */

/* out must hold SPARKLINE_TEXT(width) bytes; width at least 3. */
const char *sparkline_print(const struct sparkline *sparkline, char *out);

#endif
