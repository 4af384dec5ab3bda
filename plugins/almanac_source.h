/*
 * The contract between Almanac and a source: a shared library that reads the rows of one query from another kind of
 * database. Almanac only reads from a source: it runs the query, asks for one row after the other, and closes.
 *
 * A source is loaded, like a cell, from a file that only root or the user may change: <scheme>.so in `sources` beside the
 * program, for URLs <scheme>://... All functions of one connection are called by one thread. Texts that a source gives live
 * until its next call. A source must not print, change signals or the locale, or let a password out of `open`.
 */
#ifndef ALMANAC_SOURCE_H
#define ALMANAC_SOURCE_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALMANAC_SOURCE_ABI 1

/* Why something failed; the host makes its exit code of it. */
enum almanac_source_failure {
	ALMANAC_SOURCE_BAD_URL =
		1, /* not understood; the text must not repeat it: there may be a password in it */
	ALMANAC_SOURCE_UNAVAILABLE, /* no connection, or it was lost, or the server ended the query */
	ALMANAC_SOURCE_BAD_QUERY,   /* it cannot run, or gives no rows */
	ALMANAC_SOURCE_NO_TABLE,    /* a table of it is not there */
	ALMANAC_SOURCE_WRITES,      /* it would change something */
	ALMANAC_SOURCE_STOPPED,     /* the host asked for it */
	ALMANAC_SOURCE_NO_MEMORY
};

struct almanac_source_error {
	int32_t failure; /* enum almanac_source_failure */
	char text[500];  /* one line, without a full stop */
};

enum almanac_value_type {
	ALMANAC_VALUE_NULL,
	ALMANAC_VALUE_INTEGER,
	ALMANAC_VALUE_REAL, /* NaN is a missing value */
	ALMANAC_VALUE_TEXT, /* also times: ISO 8601, in UTC */
	ALMANAC_VALUE_BYTES
};

struct almanac_value {
	int32_t type; /* enum almanac_value_type */
	int64_t integer;
	double real;
	const char *text; /* of every type but NULL; terminated */
	size_t length;
};

struct almanac_source_request {
	const char *url, *query; /* one statement that changes nothing */
	int (*stopped)(
		void *context); /* not 0 when the host wants to stop: asked at least once a second while waiting */
	void *context;
};

struct almanac_source_connection; /* the source's own */

struct almanac_source {
	uint32_t size; /* sizeof(struct almanac_source) where you compiled; fields are only ever appended */
	uint16_t abi_min; /* oldest contract you need */
	uint16_t flags;   /* zero */
	const char *name; /* the scheme: [a-z][a-z0-9]* */

	/* The URL without its passwords into out: what is stored, shown and used later. 0 = done. */
	int (*location)(const char *url, char *out, size_t size, struct almanac_source_error *err);

	/* Connects and runs the query until its columns are known, in a transaction that can only read. NULL = failed. */
	struct almanac_source_connection *(*open)(
		const struct almanac_source_request *request, struct almanac_source_error *err);
	int (*n_columns)(struct almanac_source_connection *connection);
	const char *(*column)(struct almanac_source_connection *connection, int column);

	/* The next row into values[n_columns]: 1 = there is one, 0 = the end, -1 = failed. Memory does not grow with rows. */
	int (*next)(struct almanac_source_connection *connection, struct almanac_value *values,
		struct almanac_source_error *err);

	/* Ends the query, also in the middle, and the connection. */
	void (*close)(struct almanac_source_connection *connection);
};

/* The one symbol a source exports. Static data: never freed, never changed. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const struct almanac_source *
almanac_source_v1(void);

#ifdef __cplusplus
}
#endif
#endif
