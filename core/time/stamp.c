#include "time/stamp.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_MS    INT64_C(-62135596800000) /* 0001-01-01 */
#define MOST_MS     INT64_C(253402300799999) /* 9999-12-31 */
#define JULIAN_1970 2440587.5                /* the Julian day of 1970-01-01 00:00 */
#define DAY_MS      86400000.0
#define DIGITS      24 /* bytes of a whole number as text */

static const struct {
	const char *words, *description;
} kinds[] = {
	[ALM_STAMP_TEXT] = {"iso", "ISO 8601"},
	[ALM_STAMP_S] = {"s", "Unix seconds"},
	[ALM_STAMP_MS] = {"ms", "Unix milliseconds"},
	[ALM_STAMP_US] = {"us", "Unix microseconds"},
	[ALM_STAMP_JULIAN] = {"julian", "Julian days"},
};

enum alm_status alm_stamp_parse(const char *words, struct alm_stamp *out, struct alm_error *err)
{
	struct alm_stamp stamp = {.kind = ALM_STAMP_TEXT};
	struct alm_error why;
	for (size_t i = ALM_STAMP_S; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(words, kinds[i].words) == 0)
			stamp.kind = (enum alm_stamp_kind)i;
	if (strcmp(words, "unix") == 0)
		stamp.kind = ALM_STAMP_S;
	if (stamp.kind == ALM_STAMP_TEXT && alm_time_format_parse(words, &stamp.text, &why) != ALM_OK)
		return alm_fail(err, ALM_USAGE,
			"--time-format: expected iso, s, ms, us, julian or a strptime format of at most %zu "
			"bytes such as '%%m/%%d/%%Y %%H:%%M', found '%s'",
			sizeof stamp.text.pattern - 1, words);
	*out = stamp;
	return ALM_OK;
}

const char *alm_stamp_words(const struct alm_stamp *stamp)
{
	bool pattern = stamp->kind == ALM_STAMP_TEXT && stamp->text.kind == ALM_TIME_PATTERN;
	return pattern ? stamp->text.pattern : kinds[stamp->kind].words;
}

const char *alm_stamp_describe(const struct alm_stamp *stamp)
{
	bool pattern = stamp->kind == ALM_STAMP_TEXT && stamp->text.kind == ALM_TIME_PATTERN;
	return pattern ? stamp->text.pattern : kinds[stamp->kind].description;
}

/* A text that is a whole number and nothing else. */
static bool whole_number(const char *text, int64_t *out)
{
	char *end;
	size_t digits = strspn(text + (*text == '-'), "0123456789");
	if (digits == 0 || text[(*text == '-') + digits] != '\0')
		return false;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	*out = value;
	return errno == 0;
}

static bool in_range(int64_t ms, int64_t *time_ms)
{
	if (ms < LEAST_MS || ms > MOST_MS)
		return false;
	*time_ms = ms;
	return true;
}

static bool read_whole(enum alm_stamp_kind kind, int64_t value, int64_t *time_ms)
{
	if (kind == ALM_STAMP_S)
		return value >= LEAST_MS / 1000 && value <= MOST_MS / 1000 && in_range(value * 1000, time_ms);
	if (kind == ALM_STAMP_MS)
		return in_range(value, time_ms);
	return in_range(value / 1000 - (value % 1000 < 0), time_ms);
}

static bool read_real(enum alm_stamp_kind kind, double value, int64_t *time_ms)
{
	double ms = kind == ALM_STAMP_JULIAN ? round((value - JULIAN_1970) * DAY_MS)
		    : kind == ALM_STAMP_S    ? round(value * 1000)
		    : kind == ALM_STAMP_MS   ? floor(value)
					     : floor(value / 1000);
	return ms >= (double)LEAST_MS && ms <= (double)MOST_MS && in_range((int64_t)ms, time_ms);
}

static bool read_text(const struct alm_stamp *stamp, const struct alm_stamp_value *value, int64_t *time_ms)
{
	static const struct alm_time_format seconds = {.kind = ALM_TIME_UNIX};
	char digits[DIGITS];
	if (stamp->kind == ALM_STAMP_S)
		return alm_time_read(&seconds, value->text, value->length, time_ms);
	if (value->type == ALM_VALUE_TEXT)
		return alm_time_read(&stamp->text, value->text, value->length, time_ms);
	if (value->type == ALM_VALUE_REAL || stamp->text.kind != ALM_TIME_PATTERN)
		return false;
	int n = snprintf(digits, sizeof digits, "%lld", (long long)value->integer);
	return alm_time_read(&stamp->text, digits, (size_t)n, time_ms);
}

bool alm_stamp_read(const struct alm_stamp *stamp, const struct alm_stamp_value *value, int64_t *time_ms)
{
	int64_t whole;
	bool text = value->type == ALM_VALUE_TEXT;
	if (stamp->kind == ALM_STAMP_TEXT || (text && stamp->kind == ALM_STAMP_S))
		return read_text(stamp, value, time_ms);
	if (value->type == ALM_VALUE_REAL)
		return read_real(stamp->kind, value->real, time_ms);
	if (text ? !whole_number(value->text, &whole) : (whole = value->integer, false))
		return false;
	return stamp->kind == ALM_STAMP_JULIAN ? read_real(stamp->kind, (double)whole, time_ms)
					       : read_whole(stamp->kind, whole, time_ms);
}

/* ---- recognising */

static double number_of(const struct alm_stamp_value *value)
{
	return value->type == ALM_VALUE_REAL ? value->real : (double)value->integer;
}

/* The smallest and largest number, and the largest magnitude. */
struct extent {
	double low, high, magnitude;
	bool whole; /* every one */
};

static struct extent measure(const struct alm_stamp_value *values, size_t n)
{
	struct extent extent = {.low = INFINITY, .high = -INFINITY, .whole = true};
	for (size_t i = 0; i < n; i++) {
		double number = number_of(&values[i]);
		extent.low = fmin(extent.low, number);
		extent.high = fmax(extent.high, number);
		extent.whole = extent.whole && values[i].type != ALM_VALUE_REAL;
	}
	extent.magnitude = fmax(fabs(extent.low), fabs(extent.high));
	return extent;
}

static bool reads_all(const struct alm_stamp *stamp, const struct alm_stamp_value *values, size_t n)
{
	int64_t time_ms;
	for (size_t i = 0; i < n; i++)
		if (!alm_stamp_read(stamp, &values[i], &time_ms))
			return false;
	return true;
}

/* Years, or days written as one number. */
static bool recognise_digits(
	const struct extent *extent, const struct alm_stamp_value *values, size_t n, struct alm_stamp *out)
{
	struct alm_stamp stamp = {.kind = ALM_STAMP_TEXT, .text = {.kind = ALM_TIME_PATTERN}};
	bool years = extent->low >= 1000 && extent->high <= 9999;
	bool days = extent->low >= 10000101 && extent->high <= 99991231;
	if (!extent->whole || (!years && !days))
		return false;
	snprintf(stamp.text.pattern, sizeof stamp.text.pattern, "%s", years ? "%Y" : "%Y%m%d");
	if (!reads_all(&stamp, values, n))
		return false;
	*out = stamp;
	return true;
}

static enum alm_status recognise_numbers(
	const struct alm_stamp_value *values, size_t n, struct alm_stamp *out, struct alm_error *err)
{
	struct extent extent = measure(values, n);
	struct alm_stamp stamp = {.kind = extent.magnitude < 1e11   ? ALM_STAMP_S
					  : extent.magnitude < 1e14 ? ALM_STAMP_MS
								    : ALM_STAMP_US};
	if (extent.low >= 2e6 && extent.high <= 3e6)
		stamp.kind = ALM_STAMP_JULIAN;
	else if (recognise_digits(&extent, values, n, out))
		return ALM_OK;
	if (!(extent.magnitude < 1e17))
		return alm_fail(err, ALM_BAD_DATA,
			"%.17g is too large for Unix microseconds; divide it in a --query", extent.magnitude);
	*out = stamp;
	return ALM_OK;
}

static enum alm_status recognise_texts(
	const struct alm_stamp_value *values, size_t n, struct alm_stamp *out, struct alm_error *err)
{
	const char **texts = malloc(n * sizeof *texts);
	struct alm_stamp_value *numbers = malloc(n * sizeof *numbers);
	struct alm_stamp stamp = {.kind = ALM_STAMP_TEXT};
	bool whole = true;
	if (!texts || !numbers) {
		free(texts);
		free(numbers);
		return alm_fail_memory(err, n * sizeof *numbers);
	}
	for (size_t i = 0; i < n; i++) {
		texts[i] = values[i].text;
		numbers[i] = (struct alm_stamp_value){.type = ALM_VALUE_INTEGER};
		whole = whole && whole_number(texts[i], &numbers[i].integer);
	}
	enum alm_status status = whole ? recognise_numbers(numbers, n, &stamp, err)
				       : alm_time_format_recognise(texts, n, &stamp.text, err);
	if (status == ALM_OK && !whole && stamp.text.kind == ALM_TIME_UNIX)
		stamp.kind = ALM_STAMP_S;
	if (status == ALM_OK)
		*out = stamp;
	free(texts);
	free(numbers);
	return status;
}

enum alm_status alm_stamp_recognise(
	const struct alm_stamp_value *values, size_t n, struct alm_stamp *out, struct alm_error *err)
{
	size_t texts = 0;
	for (size_t i = 0; i < n; i++)
		texts += values[i].type == ALM_VALUE_TEXT;
	if (n == 0)
		return alm_fail(
			err, ALM_BAD_DATA, "there is no time to recognise the format by; give --time-format");
	if (texts > 0 && texts < n)
		return alm_fail(err, ALM_BAD_DATA,
			"some times are texts and some are numbers; make them one with a --query");
	return texts ? recognise_texts(values, n, out, err) : recognise_numbers(values, n, out, err);
}
