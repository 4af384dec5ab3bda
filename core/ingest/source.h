/*
 * Where rows come from. A kind of source is one file, source_<name>.c, with a table of three functions, and a row in
 * source.def; ingest reads through this page and knows none by name. Internal to ingest.
 */
#ifndef ALM_INGEST_SOURCE_H
#define ALM_INGEST_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"
#include "ingest/lines.h"

#define ALM_ROW_BYTES_MAX (1024 * 1024)

struct alm_row {
	int n;
	const char **field;   /* [n] terminated texts; until the next row is asked for */
	const size_t *length; /* [n] */
	long line;            /* where the row begins, from 1 */
};

struct alm_source_options {
	const char *path;     /* "-" is standard input; not owned */
	const char *encoding; /* as iconv calls it; NULL = UTF-8, or what a byte-order mark says */
	char delimiter;       /* of CSV; 0 = recognised */
	bool no_header;       /* the first row is data; else it is the names of the columns */
};

struct alm_source;

/* Of a kind; static. */
struct alm_source_kind {
	const char *name;
	/* Whether a file is of this kind: the last part of its path, and the text it begins with. */
	bool (*claims)(const char *file, const char *head, size_t n);
	/* The lines stay the caller's and outlive the source. ALM_USAGE for options that the kind does not have. */
	enum alm_status (*open)(struct alm_lines *lines, const struct alm_source_options *options,
		struct alm_source **out, struct alm_error *err);
	/* *row is NULL at the end. ALM_BAD_DATA "file:line: ..."; what lines.h may give. */
	enum alm_status (*next)(struct alm_source *source, const struct alm_row **row, struct alm_error *err);
	void (*close)(struct alm_source *source);
};

/* First member of every kind's own struct. One thread. */
struct alm_source {
	const struct alm_source_kind *kind;
	struct alm_lines *lines; /* owned by alm_source_open and alm_source_close */
};

#define SOURCE(name) extern const struct alm_source_kind alm_source_##name;
#include "ingest/source.def"
#undef SOURCE

/* Opens the file, finds out its kind and opens that. Errors: of alm_lines_open and the kind. The caller closes. */
ALM_MUST_CHECK enum alm_status alm_source_open(
	const struct alm_source_options *options, struct alm_source **out, struct alm_error *err);
void alm_source_close(struct alm_source *source); /* NULL is fine */

/* The name for messages: the file's, or "stdin". */
const char *alm_source_name(const struct alm_source *source);

ALM_MUST_CHECK enum alm_status alm_source_next(
	struct alm_source *source, const struct alm_row **row, struct alm_error *err);

#endif
