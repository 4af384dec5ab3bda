/* Decimal numbers in text, exact and without locale. Internal to ingest. */
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

#endif
