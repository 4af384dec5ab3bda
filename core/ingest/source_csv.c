#include "ingest/source_csv.h"
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256 * 1024)

struct alm_csv {
	char *path;
	const char *name; /* path, or "stdin" */
	int fd;
	struct csv_parser parser;
	bool parser_made, at_end, finished;
	long line;     /* physical lines fed so far */
	long row_line; /* line on which the row being read began */
	char *block;   /* [BLOCK] */
	size_t block_at, block_end;
	char *text; /* [text_room] fields of the row, each terminated */
	size_t text_used, text_room;
	size_t *offset, *length; /* [field_room] */
	const char **field;      /* [field_room] */
	int n_fields, field_room;
	bool row_begun, row_done, too_long, no_memory;
	struct alm_csv_row row;
};

const char *alm_csv_name(const struct alm_csv *csv)
{
	return csv->name;
}

static bool grow_fields(struct alm_csv *csv)
{
	int room = csv->field_room ? 2 * csv->field_room : 32;
	size_t *offset = realloc(csv->offset, (size_t)room * sizeof *offset);
	if (offset)
		csv->offset = offset;
	size_t *length = realloc(csv->length, (size_t)room * sizeof *length);
	if (length)
		csv->length = length;
	const char **field = realloc(csv->field, (size_t)room * sizeof *field);
	if (field)
		csv->field = field;
	if (!offset || !length || !field)
		return false;
	csv->field_room = room;
	return true;
}

static bool grow_text(struct alm_csv *csv, size_t more)
{
	size_t room = csv->text_room ? csv->text_room : 4096;
	while (room < csv->text_used + more)
		room *= 2;
	char *text = room == csv->text_room ? csv->text : realloc(csv->text, room);
	if (!text)
		return false;
	csv->text = text;
	csv->text_room = room;
	return true;
}

/* libcsv: a field has ended. */
static void on_field(void *bytes, size_t n, void *data)
{
	struct alm_csv *csv = data;
	if (csv->text_used + n > ALM_CSV_ROW_MAX) {
		csv->too_long = true;
		return;
	}
	if ((csv->n_fields == csv->field_room && !grow_fields(csv)) ||
		(csv->text_used + n + 1 > csv->text_room && !grow_text(csv, n + 1))) {
		csv->no_memory = true;
		return;
	}
	if (n > 0)
		memcpy(csv->text + csv->text_used, bytes, n);
	csv->text[csv->text_used + n] = '\0';
	csv->offset[csv->n_fields] = csv->text_used;
	csv->length[csv->n_fields++] = n;
	csv->text_used += n + 1;
}

/* libcsv: a row has ended. */
static void on_row(int end, void *data)
{
	(void)end;
	struct alm_csv *csv = data;
	csv->row_done = true;
}

/* libcsv keeps a field until it ends: an unclosed quote must not eat the machine's memory. */
static void *bounded_realloc(void *old, size_t n)
{
	return n > 2 * ALM_CSV_ROW_MAX ? NULL : realloc(old, n);
}

/* Reads behind what is left of the block. A read that a signal breaks off is one that was asked to stop. */
static enum alm_status fill(struct alm_csv *csv, struct alm_error *err)
{
	memmove(csv->block, csv->block + csv->block_at, csv->block_end - csv->block_at);
	csv->block_end -= csv->block_at;
	csv->block_at = 0;
	ssize_t n = read(csv->fd, csv->block + csv->block_end, BLOCK - csv->block_end);
	if (n < 0 && errno == EINTR)
		return alm_fail(
			err, ALM_INTERRUPTED, "reading '%s' was stopped; nothing was written", csv->name);
	if (n < 0)
		return alm_fail(err, ALM_IO, "cannot read '%s': %s", csv->name, strerror(errno));
	csv->at_end = n == 0;
	csv->block_end += (size_t)n;
	return ALM_OK;
}

/* Bytes of the block up to and with the end of its first line; 0 when the line does not end in it. */
static size_t line_length(const struct alm_csv *csv)
{
	const char *from = csv->block + csv->block_at;
	size_t n = csv->block_end - csv->block_at;
	const char *lf = memchr(from, '\n', n);
	size_t before = lf ? (size_t)(lf - from) : n;
	const char *cr = memchr(from, '\r', before);
	if (cr && cr + 1 < from + n)
		return (size_t)(cr - from) + (cr[1] == '\n' ? 2 : 1);
	if (cr && csv->at_end)
		return n;
	return lf ? before + 1 : 0;
}

static enum alm_status fail_at(const struct alm_csv *csv, long line, const char *what, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s", csv->name, line, what);
}

/* What feeding the parser came to. */
static enum alm_status check_parser(struct alm_csv *csv, bool complete, struct alm_error *err)
{
	if (csv->no_memory)
		return alm_fail_memory(err, csv->text_room);
	if (csv->too_long || csv_error(&csv->parser) == CSV_ENOMEM)
		return fail_at(csv, csv->row_line,
			"the row is longer than 1 MiB; is a quote not closed, or is this no CSV file", err);
	if (!complete)
		return fail_at(csv, csv->line,
			"a quote stands inside a field or a field goes on after its closing quote; double it "
			"(\"\") inside quotes",
			err);
	return ALM_OK;
}

static bool is_blank(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

/* Feeds one line, or a part of one that is longer than the block. */
static enum alm_status feed_line(struct alm_csv *csv, struct alm_error *err)
{
	size_t n = line_length(csv);
	while (n == 0 && !csv->at_end && csv->block_end - csv->block_at < BLOCK) {
		enum alm_status status = fill(csv, err);
		if (status != ALM_OK)
			return status;
		n = line_length(csv);
	}
	bool ends = n > 0;
	if (!ends)
		n = csv->block_end - csv->block_at;
	if (n == 0)
		return ALM_OK;
	const char *line = csv->block + csv->block_at;
	if (!csv->row_begun)
		csv->row_line = csv->line + 1;
	if (memchr(line, '\0', n))
		return fail_at(csv, csv->line + 1, "a zero byte; is this no text file", err);
	csv->row_begun = csv->row_begun || !is_blank(line, n);
	size_t parsed = csv_parse(&csv->parser, line, n, on_field, on_row, csv);
	csv->block_at += n;
	csv->line += ends;
	return check_parser(csv, parsed == n, err);
}

/* The last line may lack its end; a quote may lack its close. */
static enum alm_status finish(struct alm_csv *csv, struct alm_error *err)
{
	csv->finished = true;
	if (csv_fini(&csv->parser, on_field, on_row, csv) == 0)
		return check_parser(csv, true, err);
	return fail_at(csv, csv->row_line, "a quote that opens in this row is never closed", err);
}

enum alm_status alm_csv_next(struct alm_csv *csv, const struct alm_csv_row **row, struct alm_error *err)
{
	csv->n_fields = 0;
	csv->text_used = 0;
	csv->row_done = false;
	csv->row_begun = false;
	while (!csv->row_done && !csv->finished) {
		bool empty = csv->at_end && csv->block_at == csv->block_end;
		enum alm_status status = empty ? finish(csv, err) : feed_line(csv, err);
		if (status != ALM_OK)
			return status;
	}
	*row = NULL;
	if (!csv->row_done)
		return ALM_OK;
	for (int i = 0; i < csv->n_fields; i++)
		csv->field[i] = csv->text + csv->offset[i];
	csv->row = (struct alm_csv_row){
		.n = csv->n_fields, .field = csv->field, .length = csv->length, .line = csv->row_line};
	*row = &csv->row;
	return ALM_OK;
}

/* The delimiter that the first line has most of, outside quotes. */
static char recognise_delimiter(const struct alm_csv *csv)
{
	static const char candidates[] = ",;\t|";
	size_t count[sizeof candidates] = {0};
	bool quoted = false;
	for (size_t at = csv->block_at; at < csv->block_end; at++) {
		char c = csv->block[at];
		if (c == '"')
			quoted = !quoted;
		else if ((c == '\n' || c == '\r') && !quoted)
			break;
		const char *found = c && !quoted ? strchr(candidates, c) : NULL;
		if (found)
			count[found - candidates]++;
	}
	size_t best = 0;
	for (size_t i = 1; candidates[i] != '\0'; i++)
		if (count[i] > count[best])
			best = i;
	return candidates[best];
}

/* Passes over a byte-order mark; refuses what is no text in one byte a character. */
static enum alm_status look_at_start(struct alm_csv *csv, struct alm_error *err)
{
	const unsigned char *start = (const unsigned char *)csv->block;
	if (csv->block_end >= 2 &&
		((start[0] == 0xff && start[1] == 0xfe) || (start[0] == 0xfe && start[1] == 0xff)))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is UTF-16; convert it with iconv -f UTF-16 -t UTF-8",
			csv->name);
	if (csv->block_end >= 2 && start[0] == 0x1f && start[1] == 0x8b)
		return alm_fail(
			err, ALM_BAD_DATA, "'%s' is compressed; use zcat and ingest from -", csv->name);
	if (csv->block_end >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
		csv->block_at = 3;
	return ALM_OK;
}

static enum alm_status open_file(struct alm_csv *csv, struct alm_error *err)
{
	struct stat info;
	if (strcmp(csv->path, "-") == 0) {
		csv->name = "stdin";
		csv->fd = STDIN_FILENO;
		return ALM_OK;
	}
	csv->fd = open(csv->path, O_RDONLY | O_CLOEXEC);
	if (csv->fd < 0)
		return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT,
			"cannot open '%s': %s", csv->path, strerror(errno));
	if (fstat(csv->fd, &info) == 0 && S_ISDIR(info.st_mode))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is a folder, not a CSV file", csv->path);
	posix_fadvise(csv->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return ALM_OK;
}

static enum alm_status start(struct alm_csv *csv, char delimiter, struct alm_error *err)
{
	enum alm_status status = open_file(csv, err);
	if (status != ALM_OK)
		return status;
	csv->block = malloc(BLOCK);
	if (!csv->block || csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return alm_fail_memory(err, BLOCK);
	csv->parser_made = true;
	csv_set_realloc_func(&csv->parser, bounded_realloc);
	status = fill(csv, err);
	if (status == ALM_OK)
		status = look_at_start(csv, err);
	if (status == ALM_OK)
		csv_set_delim(
			&csv->parser, (unsigned char)(delimiter ? delimiter : recognise_delimiter(csv)));
	return status;
}

enum alm_status alm_csv_open(const char *path, char delimiter, struct alm_csv **out, struct alm_error *err)
{
	struct alm_csv *csv = calloc(1, sizeof *csv);
	char *copy = strdup(path);
	if (!csv || !copy) {
		free(csv);
		free(copy);
		return alm_fail_memory(err, sizeof *csv);
	}
	csv->path = copy;
	csv->name = copy;
	csv->fd = -1;
	enum alm_status status = start(csv, delimiter, err);
	if (status != ALM_OK)
		alm_csv_close(csv);
	else
		*out = csv;
	return status;
}

void alm_csv_close(struct alm_csv *csv)
{
	if (!csv)
		return;
	if (csv->fd > STDIN_FILENO)
		close(csv->fd);
	if (csv->parser_made)
		csv_free(&csv->parser);
	free(csv->path);
	free(csv->block);
	free(csv->text);
	free(csv->offset);
	free(csv->length);
	free(csv->field);
	free(csv);
}
