/*
 * A chain of stages that bytes go through on their way from an input to its lines: read, unpacked, turned into UTF-8. Each
 * reads from the one below it. Internal to ingest; lines.c puts the chain together.
 */
#ifndef ALM_INGEST_STAGE_H
#define ALM_INGEST_STAGE_H
#include <stddef.h>
#include "base/status.h"

/* First member of every stage's own struct. */
struct alm_stage {
	/* At most room (> 16) bytes; *n is 0 at the end and only there. */
	enum alm_status (*read)(
		struct alm_stage *stage, char *to, size_t room, size_t *n, struct alm_error *err);
	void (*close)(struct alm_stage *stage); /* frees the stage, and not the one below */
	struct alm_stage *below;                /* NULL = none */
	const char *name;                       /* of the input, for messages; not owned */
};

/* Closes a stage and all below it; NULL is fine. */
void alm_stage_close_all(struct alm_stage *stage);

/* A file, or "-" for standard input. name must outlive it. ALM_NO_INPUT, ALM_NO_PERMISSION, ALM_BAD_DATA: a folder. */
ALM_MUST_CHECK enum alm_status alm_stage_file(
	const char *path, const char *name, struct alm_stage **out, struct alm_error *err);

/* The first bytes, at most ALM_STAGE_HEAD, of a file stage that has not been read. */
#define ALM_STAGE_HEAD 4
size_t alm_stage_file_head(const struct alm_stage *file, const unsigned char **head);

/*
 * Each takes over `below` when it is ALM_OK. Reading gives ALM_BAD_DATA for what is damaged, cut off, or no text of the
 * encoding.
 */
ALM_MUST_CHECK enum alm_status alm_stage_gzip(
	struct alm_stage *below, struct alm_stage **out, struct alm_error *err);
ALM_MUST_CHECK enum alm_status alm_stage_zstd(
	struct alm_stage *below, struct alm_stage **out, struct alm_error *err);

/* encoding: a name that iconv knows, else ALM_USAGE. NULL = UTF-8, unless a byte-order mark says UTF-16 or UTF-32. */
ALM_MUST_CHECK enum alm_status alm_stage_text(
	struct alm_stage *below, const char *encoding, struct alm_stage **out, struct alm_error *err);

/* What a text stage takes the input for: "UTF-8", the user's word, or what the byte-order mark said. */
const char *alm_stage_text_encoding(const struct alm_stage *text);

#endif
