#include "ingest/number.h"
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

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
