/* Decimal numbers in text, exact and without locale, as programs and as people write them. Internal to ingest. */
#ifndef ALM_INGEST_NUMBER_H
#define ALM_INGEST_NUMBER_H
#include <stdbool.h>
#include <stddef.h>

/*
 * Reads length bytes, all of them, as [+-]digits[.digits][e[+-]digits] and rounds to the nearest double as strtod does.
 * False for anything else: empty, hexadecimal, "inf", "nan", a decimal comma, a number too large for a double. text[length]
 * must be readable and no digit.
 */
bool alm_number_read(const char *text, size_t length, double *out);

/* How the numbers of a file are written. */
struct alm_number_style {
	char decimal; /* '.' or ',' */
	/*
	 * Nobody said so and no number has shown it: "1,234" may be 1234 or 1.234 and is refused, while "1,234.5" is
	 * read. Only with '.'.
	 */
	bool uncertain;
};

/*
 * As alm_number_read, and also with thousands set apart, always three digits: by the other of point and comma, by blanks or
 * by no-break blanks (U+00A0, U+202F): "1.234.567,5" with a decimal comma, "1,234.5" with a point.
 */
bool alm_number_read_as(const struct alm_number_style *style, const char *text, size_t length, double *out);

/* Whether a comma before three digits is all that a text has: "1,234". */
bool alm_number_is_ambiguous(const char *text, size_t length);

#endif
