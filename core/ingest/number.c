#include "ingest/number.h"
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
	1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A number taken apart: digits * 10^exponent. */
struct decimal {
	uint64_t digits;
	int n_digits; /* significant ones, leading zeros left out */
	int exponent;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a run of digits into the number; after the point each lowers the exponent. Returns how many. */
static size_t take_digits(const char **at, struct decimal *decimal, int lower)
{
	const char *begin = *at;
	for (; is_digit(**at); (*at)++) {
		decimal->n_digits += decimal->n_digits > 0 || **at != '0';
		if (decimal->n_digits <= 19) {
			decimal->digits = decimal->digits * 10 + (uint64_t)(**at - '0');
			decimal->exponent -= lower;
		}
	}
	return (size_t)(*at - begin);
}

static bool take_exponent(const char **at, struct decimal *decimal)
{
	bool negative = **at == '-';
	int value = 0;
	if (**at == '-' || **at == '+')
		(*at)++;
	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++)
		value = value < 100000 ? value * 10 + (**at - '0') : value;
	decimal->exponent += negative ? -value : value;
	return true;
}

/*
 * Up to 15 digits and a power of ten that is exact: one multiplication or division of two exact doubles is
 * rounded once, so it is the nearest double (W. D. Clinger, How to read floating point numbers accurately, 1990).
 * Everything else goes through strtod.
 */
bool alm_number_read(const char *text, size_t length, double *out)
{
	const char *at = text, *end = text + length;
	struct decimal decimal = {0};
	bool negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	size_t n = take_digits(&at, &decimal, 0);
	if (*at == '.') {
		at++;
		n += take_digits(&at, &decimal, 1);
	}
	if (n == 0)
		return false;
	if (*at == 'e' || *at == 'E') {
		at++;
		if (!take_exponent(&at, &decimal))
			return false;
	}
	if (at != end)
		return false;
	double value = (double)decimal.digits;
	if (decimal.n_digits <= 15 && decimal.exponent >= -22 && decimal.exponent <= 22) {
		value = decimal.exponent < 0 ? value / powers[-decimal.exponent]
					     : value * powers[decimal.exponent];
		*out = negative ? -value : value;
		return true;
	}
	/* The program's locale may want a decimal comma; "C" is built in, so asking for it takes nothing. */
	value = strtod_l(text, NULL, newlocale(LC_ALL_MASK, "C", (locale_t)0));
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}

/* Longest number with thousands set apart. */
#define GROUPED_MAX 64

/* Bytes of what sets thousands apart at the beginning of a text, 0 = nothing does. */
static size_t separator_length(const char *text, size_t length, char group)
{
	if (length > 0 && (*text == group || *text == ' '))
		return 1;
	if (length >= 2 && memcmp(text, "\xc2\xa0", 2) == 0)
		return 2;
	return length >= 3 && memcmp(text, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

/*
 * Copies the digits before the decimal sign, without what sets them apart. Returns the bytes taken, 0 when the groups are
 * no thousands: one to three digits that do not begin with zero, then three and three, with one and the same separator.
 */
static size_t take_groups(char group, const char *text, size_t length, char *out, size_t *used)
{
	size_t at = 0, run = 0;
	const char *first = NULL; /* separator */
	for (;; at++) {
		if (at < length && is_digit(text[at])) {
			out[(*used)++] = text[at];
			run++;
			continue;
		}
		if (first && run != 3)
			return 0;
		size_t n = separator_length(text + at, length - at, group);
		if (n == 0)
			return at;
		bool begins = run >= 1 && run <= 3 && *text != '0';
		if (first ? memcmp(first, text + at, n) != 0 : !begins)
			return 0;
		first = text + at;
		at += n - 1;
		run = 0;
	}
}

/* The number as alm_number_read takes it; 0 when it is none. */
static size_t ungroup(char decimal, const char *text, size_t length, char out[static GROUPED_MAX])
{
	size_t at = 0, used = 0;
	if (length >= GROUPED_MAX)
		return 0;
	if (length > 0 && (*text == '-' || *text == '+'))
		out[used++] = text[at++];
	size_t n = take_groups(decimal == ',' ? '.' : ',', text + at, length - at, out, &used);
	if (n == 0 && (length == at || text[at] != decimal))
		return 0;
	for (at += n; at < length; at++) {
		if (text[at] != decimal && text[at] == '.')
			return 0;
		out[used++] = text[at] == decimal ? '.' : text[at];
	}
	out[used] = '\0';
	return used;
}

bool alm_number_is_ambiguous(const char *text, size_t length)
{
	size_t sign = length > 0 && (*text == '-' || *text == '+');
	size_t at = sign;
	while (at < length && is_digit(text[at]))
		at++;
	bool comma = at > sign && at <= sign + 3 && length == at + 4 && text[at] == ',';
	return comma && is_digit(text[at + 1]) && is_digit(text[at + 2]) && is_digit(text[at + 3]);
}

bool alm_number_read_as(const struct alm_number_style *style, const char *text, size_t length, double *out)
{
	char plain[GROUPED_MAX];
	if (style->decimal == '.' && alm_number_read(text, length, out))
		return true;
	if (style->uncertain && alm_number_is_ambiguous(text, length))
		return false;
	size_t n = ungroup(style->decimal, text, length, plain);
	return n > 0 && alm_number_read(plain, n, out);
}
