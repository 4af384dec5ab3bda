#include "out/sparkline.h"
#include <math.h>
#include <string.h>

#define N_LEVELS 8

/* U+2581..U+2588, and signs that grow with the value where a font may not have those. */
static const char *const blocks[N_LEVELS] = {
	"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
static const char *const signs[N_LEVELS] = {"_", ".", "-", "~", "=", "+", "*", "#"};

struct range {
	double least, most;
};

static void widen(struct range *range, const double *values, int n)
{
	for (int i = 0; i < n; i++) {
		if (!isfinite(values[i]))
			continue;
		range->least = fmin(range->least, values[i]);
		range->most = fmax(range->most, values[i]);
	}
}

/* Mean of the known values of column `column` of `columns` that n values are shared out to; NaN without one. */
static double bucket(const double *values, int n, int column, int columns)
{
	long long first = (long long)column * n / columns, end = (long long)(column + 1) * n / columns;
	double sum = 0;
	int known = 0;
	for (long long i = first; i < end; i++)
		if (isfinite(values[i])) {
			sum += values[i] / (double)(end - first);
			known++;
		}
	return known ? sum * (double)(end - first) / known : NAN;
}

static char *append(char *to, const char *text)
{
	size_t n = strlen(text);
	memcpy(to, text, n + 1);
	return to + n;
}

static char *draw(char *to, const double *values, int n, int columns, const struct range *range, bool utf8)
{
	for (int column = 0; column < columns; column++) {
		double value = bucket(values, n, column, columns);
		/* Halves, so that the distance of two large values of opposite sign is still a number. */
		double height = range->most / 2 - range->least / 2;
		double share = height > 0 ? (value / 2 - range->least / 2) / height : 0.5;
		int level = isfinite(share) ? (int)(share * N_LEVELS) : 0;
		level = level >= N_LEVELS ? N_LEVELS - 1 : level < 0 ? 0 : level;
		to = append(to, isfinite(value) ? (utf8 ? blocks : signs)[level] : " ");
	}
	return to;
}

const char *sparkline_print(const struct sparkline *sparkline, char *out)
{
	struct range range = {INFINITY, -INFINITY};
	widen(&range, sparkline->history, sparkline->n_history);
	widen(&range, sparkline->values, sparkline->n_values);
	int columns = sparkline->width - 1, total = sparkline->n_history + sparkline->n_values;
	int ahead = sparkline->n_values, back = sparkline->n_history;
	if (total > columns) {
		ahead = (int)((long long)ahead * columns / total);
		if (ahead == 0 && sparkline->n_values > 0)
			ahead = 1;
		back = columns - ahead;
	}
	char *to = out;
	*to = '\0';
	to = draw(to, sparkline->history, sparkline->n_history, back, &range, sparkline->utf8);
	if (sparkline->n_history > 0)
		to = append(to, "|");
	draw(to, sparkline->values, sparkline->n_values, ahead, &range, sparkline->utf8);
	return out;
}

/* Rounding of sums of shares: what is within this of all is all. */
#define NEARLY 1e-4f

const char *sparkline_shares(const float *shares, int n, bool utf8, char *out)
{
	char *to = out;
	*to = '\0';
	for (int column = 0; column < n; column++) {
		int level =
			shares[column] >= 1 - NEARLY ? N_LEVELS - 1 : (int)(shares[column] * (N_LEVELS - 1));
		to = append(to, shares[column] > 0 ? (utf8 ? blocks : signs)[level] : " ");
	}
	return out;
}
