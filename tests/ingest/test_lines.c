/* Bytes of every packing and encoding on their way to lines. */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "ingest/lines.h"
#include "ingest/utf8.h"
#include "support/make.h"

static char *folder, *path;

static void setup(void)
{
	folder = make_folder();
	path = make_path(folder, "in.csv");
}

static void teardown(void)
{
	free(folder);
	free(path);
}

TestSuite(lines, .init = setup, .fini = teardown);

struct bytes {
	char *at;
	size_t n;
};

static void put(const char *mode, const void *bytes, size_t n)
{
	FILE *file = fopen(path, mode);
	cr_assert(file);
	cr_assert_eq(fwrite(bytes, 1, n, file), n);
	cr_assert_eq(fclose(file), 0);
}

/* 40,000 lines, longer than any buffer on the way. */
static struct bytes long_text(void)
{
	struct bytes text = {malloc(2000000), 0};
	for (int i = 0; i < 40000; i++)
		text.n +=
			(size_t)sprintf(text.at + text.n, "%d,\xc3\xbc\xe2\x82\xac%d\n", i, i * 7919 % 10007);
	return text;
}

/* A gzip member (RFC 1952). */
static struct bytes gzipped(const struct bytes *text)
{
	z_stream stream = {0};
	struct bytes out = {malloc(text->n + 1000), 0};
	cr_assert_eq(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (unsigned char *)text->at;
	stream.avail_in = (unsigned)text->n;
	stream.next_out = (unsigned char *)out.at;
	stream.avail_out = (unsigned)text->n + 1000;
	cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out.n = stream.total_out;
	deflateEnd(&stream);
	return out;
}

/* With a checksum, as the program zstd makes them. */
static struct bytes zstandard(const struct bytes *text)
{
	struct bytes out = {malloc(ZSTD_compressBound(text->n)), 0};
	ZSTD_CCtx *context = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	out.n = ZSTD_compress2(context, out.at, ZSTD_compressBound(text->n), text->at, text->n);
	ZSTD_freeCCtx(context);
	cr_assert_not(ZSTD_isError(out.n));
	return out;
}

/* The text of all lines, or NULL with the error. */
static char *read_all(const char *encoding, struct bytes *all, struct alm_error *err)
{
	struct alm_lines *lines = NULL;
	struct alm_line line = {0};
	*all = (struct bytes){calloc(1, 8000000), 0};
	enum alm_status status = alm_lines_open(path, encoding, &lines, err);
	while (status == ALM_OK && (status = alm_lines_next(lines, &line, err)) == ALM_OK && line.text) {
		memcpy(all->at + all->n, line.text, line.n);
		all->n += line.n;
	}
	alm_lines_close(lines);
	if (status == ALM_OK)
		return all->at;
	free(all->at);
	return NULL;
}

static void gives(const char *encoding, const char *text, size_t n)
{
	struct bytes all;
	struct alm_error err;
	cr_assert_not_null(read_all(encoding, &all, &err), "%s", err.text);
	cr_assert_eq(all.n, n, "%zu bytes instead of %zu", all.n, n);
	cr_assert_eq(memcmp(all.at, text, n), 0);
	free(all.at);
}

static void fails(const char *encoding, enum alm_status status, const char *error)
{
	struct bytes all;
	struct alm_error err = {0};
	cr_assert_null(read_all(encoding, &all, &err), "expected '%s'", error);
	cr_assert_eq(err.status, status, "%s", err.text);
	cr_assert(strstr(err.text, error), "%s", err.text);
}

Test(lines, a_gzip_file_is_recognised_by_its_bytes)
{
	struct bytes text = long_text(), packed = gzipped(&text);
	put("w", packed.at, packed.n);
	gives(NULL, text.at, text.n);
	free(text.at);
	free(packed.at);
}

Test(lines, members_of_a_gzip_file_follow_each_other_and_zeros_may_end_it)
{
	struct bytes text = {"a,b\n", 4}, packed = gzipped(&text);
	put("w", packed.at, packed.n);
	put("a", packed.at, packed.n);
	put("a", "\0\0\0\0\0\0", 6);
	gives(NULL, "a,b\na,b\n", 8);
	free(packed.at);
}

Test(lines, a_zstd_file_is_recognised_by_its_bytes)
{
	struct bytes text = long_text(), packed = zstandard(&text);
	put("w", packed.at, packed.n);
	gives(NULL, text.at, text.n);
	put("a", packed.at, packed.n);
	char *twice = malloc(2 * text.n);
	memcpy(twice, text.at, text.n);
	memcpy(twice + text.n, text.at, text.n);
	gives(NULL, twice, 2 * text.n);
	free(twice);
	free(text.at);
	free(packed.at);
}

Test(lines, packed_files_that_are_cut_off_anywhere_are_refused)
{
	struct bytes text = {"time,x\n1970-01-01,1\n", 20};
	struct bytes packed[] = {gzipped(&text), zstandard(&text)};
	static const char *const names[] = {"gzip", "zstd"};
	for (int i = 0; i < 2; i++) {
		for (size_t n = 4; n < packed[i].n; n++) {
			char error[80];
			snprintf(error, sizeof error, "ends in the middle of its %s data: it is cut off",
				names[i]);
			put("w", packed[i].at, n);
			fails(NULL, ALM_BAD_DATA, error);
		}
		free(packed[i].at);
	}
}

Test(lines, packed_files_that_are_damaged_are_refused)
{
	struct bytes text = long_text();
	struct bytes packed[] = {gzipped(&text), zstandard(&text)};
	for (int i = 0; i < 2; i++) {
		for (size_t at = packed[i].n / 3; at < packed[i].n / 3 + 40; at++)
			packed[i].at[at] = (char)~packed[i].at[at];
		put("w", packed[i].at, packed[i].n);
		fails(NULL, ALM_BAD_DATA, "in.csv' is damaged: ");
		free(packed[i].at);
	}
	free(text.at);
}

Test(lines, what_follows_packed_data_is_refused)
{
	struct bytes text = {"a,b\n", 4};
	struct bytes packed[] = {gzipped(&text), zstandard(&text)};
	for (int i = 0; i < 2; i++) {
		put("w", packed[i].at, packed[i].n);
		put("a", "and more", 8);
		fails(NULL, ALM_BAD_DATA, "is damaged");
		free(packed[i].at);
	}
}

Test(lines, other_encodings_are_turned_into_utf8)
{
	put("w", "M\xfcnchen,5\n", 10);
	gives("latin1", "M\xc3\xbcnchen,5\n", 11);
	put("w", "\x80,5\n", 4);
	gives("windows-1252", "\xe2\x82\xac,5\n", 6);
	put("w", "a\0\n\0\xac\x20", 6);
	gives("utf-16le", "a\n\xe2\x82\xac", 5);
}

Test(lines, a_byte_order_mark_says_what_the_encoding_is)
{
	put("w",
		"\xff\xfe"
		"a\0\n\0\xac\x20",
		8);
	gives(NULL, "a\n\xe2\x82\xac", 5);
	put("w",
		"\xfe\xff"
		"\0a\0\n\x20\xac",
		8);
	gives(NULL, "a\n\xe2\x82\xac", 5);
	put("w",
		"\xff\xfe\0\0"
		"a\0\0\0\n\0\0\0",
		12);
	gives(NULL, "a\n", 2);
	put("w",
		"\xef\xbb\xbf"
		"a\n",
		5);
	gives(NULL, "a\n", 2);
	gives("utf-8", "a\n", 2);
}

/* Every character of latin1 in a text longer than any buffer, beside the definition: code points are the bytes. */
Test(lines, a_long_text_of_another_encoding_is_whole)
{
	struct bytes in = {malloc(400000), 0}, expected = {malloc(800000), 0};
	for (int i = 0; i < 300000; i++) {
		int c = i % 256 == '\0' ? 'x' : i % 256;
		in.at[in.n++] = (char)c;
		if (c >= 0x80)
			expected.at[expected.n++] = (char)(0xc0 | c >> 6);
		expected.at[expected.n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	put("w", in.at, in.n);
	gives("latin1", expected.at, expected.n);
	free(in.at);
	free(expected.at);
}

Test(lines, bytes_that_are_not_utf8_name_line_and_offset_and_the_option)
{
	put("w", "a,b\nM\xfcnchen,5\n", 14);
	fails(NULL, ALM_BAD_DATA,
		"in.csv:2: the byte 0xfc at offset 5 is not UTF-8; give --encoding, such as latin1 or "
		"windows-1252");
	put("w", "a,b\ncaf\xe9,5\n", 11);
	fails(NULL, ALM_BAD_DATA, "in.csv:2: the byte 0xe9 at offset 7 is not UTF-8");
	put("w", "a\n\xe2\x82,5\n", 7);
	fails(NULL, ALM_BAD_DATA, "in.csv:2: the byte 0xe2 at offset 2 is not UTF-8");
	put("w", "a\rb\r\n\rM\xfc", 8);
	fails(NULL, ALM_BAD_DATA, "in.csv:4: the byte 0xfc at offset 7");
	put("w", "a\n\xe2\x82", 4);
	fails(NULL, ALM_BAD_DATA, "in.csv:2: the file ends at byte 4 in the middle of a character of UTF-8");
}

Test(lines, bytes_that_are_not_of_the_encoding_name_line_and_offset)
{
	put("w", "a,b\n\x81,5\n", 8);
	fails("windows-1252", ALM_BAD_DATA,
		"in.csv:2: the byte 0x81 at offset 4 is not windows-1252; give another --encoding");
	put("w", "a\0\n\0b", 5);
	fails("utf-16le", ALM_BAD_DATA, "in.csv:2: the file ends at byte 4 in the middle of a character");
}

Test(lines, an_encoding_that_nobody_knows_is_wrong_usage)
{
	put("w", "a\n", 2);
	fails("klingon", ALM_USAGE, "--encoding: no encoding 'klingon' is known; iconv -l lists");
	fails("latin1//IGNORE", ALM_USAGE, "--encoding: no encoding");
	fails("", ALM_USAGE, "--encoding: no encoding");
}

/* Every text of up to four bytes out of a choice that meets every rule, beside the C library's own reading. */
Test(utf8, agrees_with_the_library_on_every_short_text)
{
	static const unsigned char choice[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
		0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
	size_t n = sizeof choice;
	iconv_t library = iconv_open("UTF-16LE", "UTF-8");
	for (size_t code = 0; code < n * n * n * n; code++) {
		char text[4] = {(char)choice[code % n], (char)choice[code / n % n],
			(char)choice[code / n / n % n], (char)choice[code / n / n / n]};
		char out[16], *from = text, *to = out;
		size_t left = 4, room = sizeof out;
		struct alm_utf8 state = {0};
		bool good = iconv(library, &from, &left, &to, &room) != (size_t)-1;
		bool mine = alm_utf8_check(&state, text, 3) == 3 &&
			    alm_utf8_check(&state, text + 3, 1) == 1 && state.missing == 0;
		cr_assert_eq(mine, good, "%02x %02x %02x %02x", text[0] & 255, text[1] & 255, text[2] & 255,
			text[3] & 255);
		iconv(library, NULL, NULL, NULL, NULL);
	}
	iconv_close(library);
}
