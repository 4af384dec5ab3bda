/*
 * An input as lines of text: a file or standard input, unpacked when its first bytes are those of gzip or zstd, and
 * turned into UTF-8. Memory is bounded: a long line comes in parts. Internal to ingest.
 */
#ifndef ALM_INGEST_LINES_H
#define ALM_INGEST_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

struct alm_lines; /* one thread */

struct alm_line {
	const char *text; /* [n] with its end, LF, CRLF or CR; not terminated; until the next is asked for */
	size_t n;
	bool ends;   /* not merely a part: its end, or that of the input, is in it */
	long number; /* from 1 */
};

/*
 * path "-" is standard input; encoding NULL is UTF-8, or what a byte-order mark says. ALM_NO_INPUT, ALM_NO_PERMISSION;
 * ALM_BAD_DATA: a folder; ALM_USAGE: no such encoding. The caller closes.
 */
ALM_MUST_CHECK enum alm_status alm_lines_open(
	const char *path, const char *encoding, struct alm_lines **out, struct alm_error *err);
void alm_lines_close(struct alm_lines *lines); /* NULL is fine */

/* The name for messages: the file's, or "stdin". */
const char *alm_lines_name(const struct alm_lines *lines);

/* What the input was recognised as: "gzip", "zstd" or "none"; "UTF-8" or another encoding. */
const char *alm_lines_packing(const struct alm_lines *lines);
const char *alm_lines_encoding(const struct alm_lines *lines);

/* The text that has been read and not taken: of an open file its beginning. */
size_t alm_lines_peek(const struct alm_lines *lines, const char **text);

/* line->text is NULL at the end. ALM_BAD_DATA: damaged, cut off, no text of the encoding; ALM_IO; ALM_INTERRUPTED. */
ALM_MUST_CHECK enum alm_status alm_lines_next(
	struct alm_lines *lines, struct alm_line *line, struct alm_error *err);

#endif
