#include "ingest/lines.h"
#include <stdlib.h>
#include <string.h>
#include "ingest/stage.h"

#define BLOCK (256 * 1024)

struct alm_lines {
	char *name;
	const char *packing;
	struct alm_stage *text; /* the last stage; owned with all below it */
	char *block;            /* [BLOCK] */
	size_t at, end;
	bool at_end;
	long n_ended;
};

const char *alm_lines_name(const struct alm_lines *lines)
{
	return lines->name;
}

const char *alm_lines_packing(const struct alm_lines *lines)
{
	return lines->packing;
}

const char *alm_lines_encoding(const struct alm_lines *lines)
{
	return alm_stage_text_encoding(lines->text);
}

size_t alm_lines_peek(const struct alm_lines *lines, const char **text)
{
	*text = lines->block + lines->at;
	return lines->end - lines->at;
}

typedef enum alm_status open_stage(struct alm_stage *, struct alm_stage **, struct alm_error *);

/* How a file is packed stands in its first bytes (RFC 1952, RFC 8878), whatever its name says. */
static open_stage *recognise_packing(struct alm_lines *lines, const struct alm_stage *file)
{
	const unsigned char *head;
	size_t n = alm_stage_file_head(file, &head);
	lines->packing = "none";
	if (n >= 2 && memcmp(head, "\x1f\x8b", 2) == 0) {
		lines->packing = "gzip";
		return alm_stage_gzip;
	}
	bool frame = n == 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0;
	bool skippable = n == 4 && (head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0;
	if (!frame && !skippable)
		return NULL;
	lines->packing = "zstd";
	return alm_stage_zstd;
}

static enum alm_status open_chain(
	struct alm_lines *lines, const char *path, const char *encoding, struct alm_error *err)
{
	struct alm_stage *last = NULL, *next = NULL;
	enum alm_status status = alm_stage_file(path, lines->name, &last, err);
	if (status != ALM_OK)
		return status;
	open_stage *unpack = recognise_packing(lines, last);
	if (unpack && (status = unpack(last, &next, err)) == ALM_OK)
		last = next;
	if (status == ALM_OK)
		status = alm_stage_text(last, encoding, &next, err);
	if (status == ALM_OK)
		lines->text = next;
	else
		alm_stage_close_all(last);
	return status;
}

/* Reads behind what is left of the block. */
static enum alm_status fill(struct alm_lines *lines, struct alm_error *err)
{
	size_t n;
	memmove(lines->block, lines->block + lines->at, lines->end - lines->at);
	lines->end -= lines->at;
	lines->at = 0;
	enum alm_status status =
		lines->text->read(lines->text, lines->block + lines->end, BLOCK - lines->end, &n, err);
	if (status != ALM_OK)
		return status;
	lines->at_end = n == 0;
	lines->end += n;
	return ALM_OK;
}

/* Stages give what they have: the first line, by which a source recognises its kind, may take several reads. */
static enum alm_status read_head(struct alm_lines *lines, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && !lines->at_end && lines->end < BLOCK / 4 &&
		!memchr(lines->block, '\n', lines->end))
		status = fill(lines, err);
	/* A byte-order mark, whatever the encoding was. */
	if (status == ALM_OK && lines->end >= 3 && memcmp(lines->block, "\xef\xbb\xbf", 3) == 0)
		lines->at = 3;
	return status;
}

enum alm_status alm_lines_open(
	const char *path, const char *encoding, struct alm_lines **out, struct alm_error *err)
{
	struct alm_lines *lines = calloc(1, sizeof *lines);
	if (!lines)
		return alm_fail_memory(err, sizeof *lines);
	lines->name = strdup(strcmp(path, "-") == 0 ? "stdin" : path);
	lines->block = malloc(BLOCK);
	enum alm_status status = lines->name && lines->block ? ALM_OK : alm_fail_memory(err, BLOCK);
	if (status == ALM_OK)
		status = open_chain(lines, path, encoding, err);
	if (status == ALM_OK)
		status = read_head(lines, err);
	if (status == ALM_OK)
		*out = lines;
	else
		alm_lines_close(lines);
	return status;
}

void alm_lines_close(struct alm_lines *lines)
{
	if (!lines)
		return;
	alm_stage_close_all(lines->text);
	free(lines->name);
	free(lines->block);
	free(lines);
}

/* Bytes of the block up to and with the end of its first line; 0 when the line does not end in it. */
static size_t line_length(const struct alm_lines *lines)
{
	const char *from = lines->block + lines->at;
	size_t n = lines->end - lines->at;
	const char *lf = memchr(from, '\n', n);
	size_t before = lf ? (size_t)(lf - from) : n;
	const char *cr = memchr(from, '\r', before);
	if (cr && cr + 1 < from + n)
		return (size_t)(cr - from) + (cr[1] == '\n' ? 2 : 1);
	if (cr && lines->at_end)
		return n;
	return lf ? before + 1 : 0;
}

enum alm_status alm_lines_next(struct alm_lines *lines, struct alm_line *line, struct alm_error *err)
{
	size_t n = line_length(lines);
	while (n == 0 && !lines->at_end && lines->end - lines->at < BLOCK) {
		enum alm_status status = fill(lines, err);
		if (status != ALM_OK)
			return status;
		n = line_length(lines);
	}
	bool ends = n > 0;
	if (!ends)
		n = lines->end - lines->at;
	*line = (struct alm_line){.n = n, .number = lines->n_ended + 1};
	if (n == 0)
		return ALM_OK;
	line->text = lines->block + lines->at;
	lines->at += n;
	lines->n_ended += ends;
	line->ends = ends || (lines->at_end && lines->at == lines->end);
	return ALM_OK;
}
