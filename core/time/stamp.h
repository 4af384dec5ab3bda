/*
 * Times as databases hold them: text in one of the formats of timestamp.h, or a number counted from an epoch. This module
 * knows the encodings, reads a value by one, and recognises which one a column has.
 *
 * Recognised, from the first values of a column:
 *   texts                           as in timestamp.h; digits alone as the numbers they are
 *   numbers in 2,000,000..3,000,000 Julian days (the years 763 to 3501)
 *   whole numbers of 4 or 8 digits  a year, or a day as yyyymmdd, when every one is in the calendar
 *   by the largest magnitude        below 1e11 Unix seconds, below 1e14 milliseconds, below 1e17 microseconds
 */
#ifndef ALM_TIME_STAMP_H
#define ALM_TIME_STAMP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "time/timestamp.h"

enum alm_stamp_kind {
	ALM_STAMP_TEXT, /* in `text`; whole numbers are read as their digits */
	ALM_STAMP_S,    /* Unix seconds, with or without fraction */
	ALM_STAMP_MS,
	ALM_STAMP_US,     /* what is finer than a millisecond is dropped */
	ALM_STAMP_JULIAN, /* days since noon of 24 November 4714 BC, as SQLite's julianday() gives them */
};

struct alm_stamp {
	enum alm_stamp_kind kind;
	struct alm_time_format text; /* of ALM_STAMP_TEXT */
};

/* A value as a database gives it. */
struct alm_stamp_value {
	enum { ALM_VALUE_INTEGER, ALM_VALUE_REAL, ALM_VALUE_TEXT } type;
	int64_t integer;
	double real;
	const char *text; /* terminated; not owned */
	size_t length;
};

/* From the user's words: iso, unix or s, ms, us, julian, or a strptime format. ALM_USAGE with the choices otherwise. */
ALM_MUST_CHECK enum alm_status alm_stamp_parse(
	const char *words, struct alm_stamp *out, struct alm_error *err);

/* The words that alm_stamp_parse takes for it; lives as long as the stamp. */
const char *alm_stamp_words(const struct alm_stamp *stamp);

/* The same for people: "Unix milliseconds". */
const char *alm_stamp_describe(const struct alm_stamp *stamp);

/* ALM_BAD_DATA when no encoding fits all n values, when there are none, or when texts fit two formats. */
ALM_MUST_CHECK enum alm_status alm_stamp_recognise(
	const struct alm_stamp_value *values, size_t n, struct alm_stamp *out, struct alm_error *err);

/* False for what is no time of the years 1 to 9999 in this encoding. */
ALM_MUST_CHECK bool alm_stamp_read(
	const struct alm_stamp *stamp, const struct alm_stamp_value *value, int64_t *time_ms);

#endif
