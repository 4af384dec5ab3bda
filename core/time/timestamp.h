/*
 * Instants are int64 milliseconds since 1970-01-01T00:00:00Z ("time_ms"), proleptic Gregorian, years 1 to 9999.
 * This module reads them from text in a known or recognised format and writes them as ISO 8601.
 */
#ifndef ALM_TIME_TIMESTAMP_H
#define ALM_TIME_TIMESTAMP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

#define ALM_TIME_TEXT 32 /* bytes that alm_time_print needs */

enum alm_time_kind {
	ALM_TIME_ISO,     /* 2017-01-31, 2017-01-31 04:05[:06[.789]], T or blank, optional Z or +hh:mm */
	ALM_TIME_UNIX,    /* seconds, decimal, may be negative, optional fraction */
	ALM_TIME_PATTERN, /* a strptime(3) format */
};

struct alm_time_format {
	enum alm_time_kind kind;
	char pattern[64]; /* of ALM_TIME_PATTERN */
};

/* A format from the user's words: "iso", "unix", or anything with a '%'. ALM_USAGE with the choices otherwise. */
ALM_MUST_CHECK enum alm_status alm_time_format_parse(
	const char *text, struct alm_time_format *out, struct alm_error *err);

/*
 * The format that reads every one of the n texts: ISO, Unix seconds, or one of the common patterns with
 * '/', '.', '-' or blanks, month-first or day-first, two- or four-digit year, with or without time of day, which may be
 * the hour alone, and AM/PM.
 * ALM_BAD_DATA when none does (names the first text) or when month-first and day-first both do (names the
 * --time-format flag with both patterns).
 */
ALM_MUST_CHECK enum alm_status alm_time_format_recognise(
	const char *const *texts, size_t n, struct alm_time_format *out, struct alm_error *err);

/*
 * One instant from length bytes of text (need not be terminated; blanks around it are skipped); the whole
 * text must be used. False for what is not a date of the calendar (30 February, hour 25). No allocation.
 * Texts without an offset are taken as UTC. Fast for ISO and the common patterns: no strptime, no locale.
 */
ALM_MUST_CHECK bool alm_time_read(
	const struct alm_time_format *format, const char *text, size_t length, int64_t *time_ms);

/* ISO 8601 in UTC without zone: "2017-01-31 04:05:06", milliseconds only when there are some. */
const char *alm_time_print(int64_t time_ms, char out[static ALM_TIME_TEXT]);

/* A time as users give it to options: ISO 8601. ALM_USAGE naming `option` otherwise. */
ALM_MUST_CHECK enum alm_status alm_time_option(
	const char *option, const char *text, int64_t *time_ms, struct alm_error *err);

#endif
