#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "ingest/stage.h"
#include "ingest/utf8.h"

#define BLOCK         (64 * 1024)
#define NO_CONVERTER  ((iconv_t)-1)
#define ENCODING_MOST 40 /* bytes of a name */

struct text {
	struct alm_stage stage;
	char encoding[ENCODING_MOST + 1];
	bool given;        /* by the user */
	iconv_t converter; /* NO_CONVERTER: the bytes are UTF-8 as they are, and only checked */
	char in[BLOCK];    /* what was read and not taken yet; of UTF-8 only the head goes through it */
	size_t at, end;
	bool at_end, flushed;
	uint64_t offset; /* bytes of the input before in + at */
	long line;       /* line ends handed out */
	char last;       /* byte handed out */
	struct alm_utf8 utf8;
};

static enum alm_status fill(struct text *text, struct alm_error *err)
{
	size_t n;
	memmove(text->in, text->in + text->at, text->end - text->at);
	text->end -= text->at;
	text->at = 0;
	enum alm_status status =
		text->stage.below->read(text->stage.below, text->in + text->end, BLOCK - text->end, &n, err);
	if (status != ALM_OK)
		return status;
	text->at_end = n == 0;
	text->end += n;
	return ALM_OK;
}

/* Line ends in n bytes of a block after the byte `last`: LF, CRLF, or CR alone, which is seen at the byte after it. */
static long count_lines(char last, const char *bytes, size_t n)
{
	if (n == 0)
		return 0;
	int lines = (bytes[0] == '\n') | ((last == '\r') & (bytes[0] != '\n'));
#pragma omp simd reduction(+ : lines)
	for (size_t i = 1; i < n; i++)
		lines += (bytes[i] == '\n') | ((bytes[i - 1] == '\r') & (bytes[i] != '\n'));
	return lines;
}

static void hand_out(struct text *text, const char *bytes, size_t n)
{
	text->line += count_lines(text->last, bytes, n);
	text->last = n > 0 ? bytes[n - 1] : text->last;
}

/* Bytes that are no text may come of packed data that is damaged, which its checksum tells at the end. */
static enum alm_status check_packed(struct text *text, struct alm_error *err)
{
	struct alm_stage *below = text->stage.below;
	enum alm_status status = ALM_OK;
	size_t n = below->below ? 1 : 0;
	while (status == ALM_OK && n > 0)
		status = below->read(below, text->in, BLOCK, &n, err);
	return status;
}

/* byte: what stands there, or -1 when the input ends in the middle of a character. */
static enum alm_status bad_byte(
	struct text *text, long line, uint64_t offset, int byte, struct alm_error *err)
{
	enum alm_status status = check_packed(text, err);
	if (status != ALM_OK)
		return status;
	const char *advice =
		text->given ? "give another --encoding" : "give --encoding, such as latin1 or windows-1252";
	if (byte < 0)
		return alm_fail(err, ALM_BAD_DATA,
			"%s:%ld: the file ends at byte %llu in the middle of a character of %s; is it cut "
			"off? if not, %s",
			text->stage.name, line, (unsigned long long)offset, text->encoding, advice);
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: the byte 0x%02x at offset %llu is not %s; %s",
		text->stage.name, line, (unsigned)byte, (unsigned long long)offset, text->encoding, advice);
}

/* Of bytes[good]. Where a character has begun, it is its first byte that is none: of latin1, say, before an ASCII one. */
static enum alm_status not_utf8(struct text *text, const char *bytes, size_t good, struct alm_error *err)
{
	bool has_begun = text->utf8.missing > 0;
	uint64_t offset = text->offset + good - (has_begun ? (uint64_t)text->utf8.taken : 0);
	return bad_byte(text, text->line + 1 + count_lines(text->last, bytes, good), offset,
		has_begun ? text->utf8.first : (unsigned char)bytes[good], err);
}

/* UTF-8: straight from below, checked where it lies. */
static enum alm_status check(struct text *text, char *to, size_t room, size_t *n, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	size_t left = text->end - text->at;
	*n = left < room ? left : room;
	if (left == 0)
		status = text->stage.below->read(text->stage.below, to, room, n, err);
	else
		memcpy(to, text->in + text->at, *n);
	if (status != ALM_OK)
		return status;
	text->at += left > 0 ? *n : 0;
	if (*n == 0 && text->utf8.missing > 0)
		return bad_byte(text, text->line + 1, text->offset, -1, err);
	size_t good = alm_utf8_check(&text->utf8, to, *n);
	if (good < *n)
		return not_utf8(text, to, good, err);
	hand_out(text, to, *n);
	text->offset += *n;
	return ALM_OK;
}

/* One call of iconv; errno says why it stopped, 0 when it took all. */
static int convert_some(struct text *text, char *to, size_t room, size_t *n)
{
	char *from = text->in + text->at, *out = to;
	size_t left = text->end - text->at, space = room;
	bool flush = left == 0;
	errno = 0;
	size_t result = iconv(text->converter, flush ? NULL : &from, flush ? NULL : &left, &out, &space);
	int why = result == (size_t)-1 ? errno : 0;
	if (!flush) {
		size_t taken = (size_t)(from - (text->in + text->at));
		text->at += taken;
		text->offset += taken;
	}
	*n = room - space;
	return why;
}

static enum alm_status convert(struct text *text, char *to, size_t room, size_t *n, struct alm_error *err)
{
	bool wants_more = text->at == text->end;
	*n = 0;
	while (*n == 0) {
		if (wants_more && !text->at_end) {
			enum alm_status status = fill(text, err);
			if (status != ALM_OK)
				return status;
		}
		if (text->at == text->end && text->flushed)
			return ALM_OK;
		text->flushed = text->at == text->end; /* only at the end: then the converter's rest comes */
		int why = convert_some(text, to, room, n);
		if (why == EINVAL && text->at_end && *n == 0)
			return bad_byte(text, text->line + 1, text->offset, -1, err);
		if (why == EILSEQ && *n == 0)
			return bad_byte(
				text, text->line + 1, text->offset, (unsigned char)text->in[text->at], err);
		wants_more = true;
	}
	hand_out(text, to, *n);
	return ALM_OK;
}

static enum alm_status text_read(
	struct alm_stage *stage, char *to, size_t room, size_t *n, struct alm_error *err)
{
	struct text *text = (struct text *)stage;
	return text->converter == NO_CONVERTER ? check(text, to, room, n, err)
					       : convert(text, to, room, n, err);
}

static void text_close(struct alm_stage *stage)
{
	struct text *text = (struct text *)stage;
	if (text->converter != NO_CONVERTER)
		iconv_close(text->converter);
	free(text);
}

/* Of a byte-order mark that is not UTF-8's. The longer first: UTF-32's begins like UTF-16's. */
static const char *marked(const struct text *text)
{
	static const struct {
		size_t n;
		const char *bytes, *encoding;
	} marks[] = {{4, "\xff\xfe\0\0", "UTF-32"}, {4, "\0\0\xfe\xff", "UTF-32"}, {2, "\xff\xfe", "UTF-16"},
		{2, "\xfe\xff", "UTF-16"}};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (text->end >= marks[i].n && memcmp(text->in, marks[i].bytes, marks[i].n) == 0)
			return marks[i].encoding;
	return "UTF-8";
}

/* Letters, digits and -_.: only: what follows a slash would tell iconv to lose characters. */
static bool is_name(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("-_.:", name[i]))
			return false;
	return n > 0 && n <= ENCODING_MOST;
}

static enum alm_status open_converter(struct text *text, const char *encoding, struct alm_error *err)
{
	if (is_name(encoding)) {
		memcpy(text->encoding, encoding, strlen(encoding) + 1);
		if (strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0)
			return ALM_OK;
		text->converter = iconv_open("UTF-8", encoding);
	}
	if (text->converter != NO_CONVERTER)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE,
		"--encoding: no encoding '%.60s' is known; iconv -l lists those there are", encoding);
}

/* The head is read until it has what a mark takes. */
static enum alm_status read_head(struct text *text, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	while (status == ALM_OK && !text->at_end && text->end < 4)
		status = fill(text, err);
	return status;
}

enum alm_status alm_stage_text(
	struct alm_stage *below, const char *encoding, struct alm_stage **out, struct alm_error *err)
{
	struct text *text = calloc(1, sizeof *text);
	if (!text)
		return alm_fail_memory(err, sizeof *text);
	text->stage = (struct alm_stage){text_read, text_close, below, below->name};
	text->converter = NO_CONVERTER;
	text->given = encoding != NULL;
	enum alm_status status = read_head(text, err);
	if (status == ALM_OK)
		status = open_converter(text, encoding ? encoding : marked(text), err);
	if (status == ALM_OK)
		*out = &text->stage;
	else
		text_close(&text->stage);
	return status;
}

const char *alm_stage_text_encoding(const struct alm_stage *stage)
{
	return ((const struct text *)stage)->encoding;
}
