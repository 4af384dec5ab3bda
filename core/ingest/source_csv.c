/*
 * Comma-separated values: lines end in LF, CRLF or CR, blanks around fields are cut off, empty lines are passed over.
 * What is quoted, as in RFC 4180, is libcsv's; lines without a quote are taken apart here, to the same fields.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/row.h"

struct csv {
	struct alm_source source;
	struct csv_parser parser;
	struct alm_lines *lines; /* not owned */
	struct alm_row_builder row;
	char delimiter;
	long row_line; /* on which the row being read began */
	bool row_begun, row_done, finished;
	enum alm_status status; /* of adding fields */
	struct alm_error why;
};

/* libcsv: a field has ended. */
static void on_field(void *bytes, size_t n, void *data)
{
	struct csv *csv = data;
	if (csv->status == ALM_OK)
		csv->status = alm_row_add(&csv->row, bytes, n, &csv->why);
}

/* libcsv: a row has ended. */
static void on_row(int end, void *data)
{
	(void)end;
	struct csv *csv = data;
	csv->row_done = true;
}

/* libcsv keeps a field until it ends: an unclosed quote must not eat the machine's memory. */
static void *bounded_realloc(void *old, size_t n)
{
	return n > 2 * ALM_ROW_BYTES_MAX ? NULL : realloc(old, n);
}

static enum alm_status fail_at(const struct csv *csv, long line, const char *what, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s", alm_lines_name(csv->lines), line, what);
}

/* libcsv asks for ever less, down to one byte: it was not our bound that refused unless its buffer has reached that. */
static bool lacks_memory(struct csv *csv)
{
	return csv_error(&csv->parser) == CSV_ENOMEM &&
	       csv_get_buffer_size(&csv->parser) < 2 * ALM_ROW_BYTES_MAX;
}

/* What feeding the parser came to. */
static enum alm_status check_parser(struct csv *csv, long line, bool complete, struct alm_error *err)
{
	if (csv->status == ALM_NO_MEMORY || lacks_memory(csv))
		return alm_fail_memory(err, csv->row.text_room);
	if (csv->status != ALM_OK || csv_error(&csv->parser) == CSV_ENOMEM)
		return fail_at(csv, csv->row_line,
			"the row is longer than 1 MiB; is a quote not closed, or is this no CSV file", err);
	if (!complete)
		return fail_at(csv, line,
			"a quote stands inside a field or a field goes on after its closing quote; double it "
			"(\"\") inside quotes",
			err);
	return ALM_OK;
}

/* Whether a line has no row: blanks only, of which a delimiter is none. */
static bool is_blank(const struct csv *csv, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] == csv->delimiter || !strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

/* The last line may lack its end; a quote may lack its close. */
static enum alm_status finish(struct csv *csv, struct alm_error *err)
{
	csv->finished = true;
	if (csv_fini(&csv->parser, on_field, on_row, csv) == 0)
		return check_parser(csv, csv->row_line, true, err);
	return fail_at(csv, csv->row_line, "a quote that opens in this row is never closed", err);
}

/*
 * A line without quotes is a row of its own. Most files have no others, and libcsv, which looks at each byte, was a third of
 * the time of reading them. It stands before a row here, and does not miss this one.
 */
static enum alm_status split_line(struct csv *csv, const struct alm_line *line, struct alm_error *err)
{
	size_t n = line->n;
	while (n > 0 && (line->text[n - 1] == '\n' || line->text[n - 1] == '\r'))
		n--;
	if (is_blank(csv, line->text, n))
		return ALM_OK;
	csv->row_done = true;
	return alm_row_split(&csv->row, line->text, n, csv->delimiter, err);
}

/* Takes one line, or a part of one that is very long. */
static enum alm_status take_line(struct csv *csv, struct alm_error *err)
{
	struct alm_line line;
	enum alm_status status = alm_lines_next(csv->lines, &line, err);
	if (status != ALM_OK)
		return status;
	if (!line.text)
		return finish(csv, err);
	if (!csv->row_begun)
		csv->row_line = line.number;
	if (memchr(line.text, '\0', line.n))
		return fail_at(csv, line.number,
			"a zero byte; is this no text file? for UTF-16 give --encoding utf-16", err);
	if (!csv->row_begun && line.ends && !memchr(line.text, '"', line.n))
		return split_line(csv, &line, err);
	csv->row_begun = csv->row_begun || !is_blank(csv, line.text, line.n);
	size_t parsed = csv_parse(&csv->parser, line.text, line.n, on_field, on_row, csv);
	return check_parser(csv, line.number, parsed == line.n, err);
}

static enum alm_status next(struct alm_source *source, const struct alm_row **row, struct alm_error *err)
{
	struct csv *csv = (struct csv *)source;
	alm_row_clear(&csv->row);
	csv->row_done = false;
	csv->row_begun = false;
	while (!csv->row_done && !csv->finished) {
		enum alm_status status = take_line(csv, err);
		if (status != ALM_OK)
			return status;
	}
	*row = csv->row_done ? alm_row_finish(&csv->row, csv->row_line) : NULL;
	return ALM_OK;
}

/* The delimiter that the first line has most of, outside quotes. */
static char recognise_delimiter(const struct alm_lines *lines)
{
	static const char candidates[] = ",;\t|";
	size_t count[sizeof candidates] = {0}, best = 0;
	const char *text;
	size_t n = alm_lines_peek(lines, &text);
	bool quoted = false;
	for (size_t at = 0; at < n; at++) {
		char c = text[at];
		if (c == '"')
			quoted = !quoted;
		else if ((c == '\n' || c == '\r') && !quoted)
			break;
		const char *found = c && !quoted ? strchr(candidates, c) : NULL;
		if (found)
			count[found - candidates]++;
	}
	for (size_t i = 1; candidates[i] != '\0'; i++)
		if (count[i] > count[best])
			best = i;
	return candidates[best];
}

static enum alm_status open(struct alm_lines *lines, const struct alm_source_options *options,
	struct alm_source **out, struct alm_error *err)
{
	struct csv *csv = calloc(1, sizeof *csv);
	if (!csv || csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		free(csv);
		return alm_fail_memory(err, sizeof *csv);
	}
	csv->lines = lines;
	csv_set_realloc_func(&csv->parser, bounded_realloc);
	csv->delimiter = options->delimiter ? options->delimiter : recognise_delimiter(lines);
	csv_set_delim(&csv->parser, (unsigned char)csv->delimiter);
	*out = &csv->source;
	return ALM_OK;
}

static void close(struct alm_source *source)
{
	struct csv *csv = (struct csv *)source;
	csv_free(&csv->parser);
	alm_row_release(&csv->row);
	free(csv);
}

/* What no other kind claims is CSV. */
static bool claims(const char *file, const char *head, size_t n)
{
	(void)file;
	(void)head;
	(void)n;
	return true;
}

const struct alm_source_kind alm_source_csv = {"csv", claims, open, next, close};
