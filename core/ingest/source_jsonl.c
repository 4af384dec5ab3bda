/*
 * JSON lines by jansson: an object a line, of texts, numbers, true, false and null. The columns are the keys of the first
 * objects, in the order in which they come up; an object may leave any out, which is a missing value.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "ingest/row.h"

/* Objects whose keys are the columns: as many as ingest looks at before it decides, or as take so much memory. */
#define HEAD_OBJECTS 1000
#define HEAD_BYTES   (8 * 1024 * 1024)

struct jsonl {
	struct alm_source source;
	struct alm_lines *lines; /* not owned */
	char *line;              /* [line_room] one that came in parts; owned */
	size_t line_used, line_room;
	size_t n_bytes;  /* of the object read last */
	json_t *columns; /* object, key -> its place; owned */
	struct head {
		json_t *object;
		long line;
	} * head; /* [n_head] objects read before the first row; owned */
	int n_head, head_at;
	bool named;           /* the row of names has been given */
	const json_t **value; /* [n columns] of the object at hand; owned */
	struct alm_row_builder row;
};

static enum alm_status fail_at(const struct jsonl *jsonl, long line, const char *what, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "%s:%ld: %s", alm_lines_name(jsonl->lines), line, what);
}

static enum alm_status add_part(struct jsonl *jsonl, const struct alm_line *part, struct alm_error *err)
{
	size_t needed = jsonl->line_used + part->n;
	if (needed > ALM_ROW_BYTES_MAX)
		return fail_at(jsonl, part->number,
			"the line is longer than 1 MiB; is this no file of JSON lines", err);
	if (needed > jsonl->line_room) {
		char *grown = realloc(jsonl->line, ALM_ROW_BYTES_MAX);
		if (!grown)
			return alm_fail_memory(err, ALM_ROW_BYTES_MAX);
		jsonl->line = grown;
		jsonl->line_room = ALM_ROW_BYTES_MAX;
	}
	memcpy(jsonl->line + jsonl->line_used, part->text, part->n);
	jsonl->line_used = needed;
	return ALM_OK;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_blank(const struct alm_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (!is_space(line->text[i]))
			return false;
	return true;
}

/* A whole line that is not blank; line->text is NULL at the end. */
static enum alm_status whole_line(struct jsonl *jsonl, struct alm_line *line, struct alm_error *err)
{
	jsonl->line_used = 0;
	for (;;) {
		enum alm_status status = alm_lines_next(jsonl->lines, line, err);
		if (status != ALM_OK || !line->text)
			return status;
		if (line->ends && jsonl->line_used == 0) {
			if (is_blank(line))
				continue;
			return ALM_OK;
		}
		status = add_part(jsonl, line, err);
		if (status != ALM_OK)
			return status;
		if (!line->ends)
			continue;
		line->text = jsonl->line;
		line->n = jsonl->line_used;
		return ALM_OK;
	}
}

/* Bytes before the line's end, behind which the parser counts columns from 0 again. */
static size_t without_end(const struct alm_line *line)
{
	size_t n = line->n;
	while (n > 0 && (line->text[n - 1] == '\n' || line->text[n - 1] == '\r'))
		n--;
	return n;
}

/* Texts, numbers and the like; the reference is the caller's. *object is NULL at the end. */
static enum alm_status read_object(struct jsonl *jsonl, json_t **object, long *number, struct alm_error *err)
{
	struct alm_line line;
	json_error_t why;
	*object = NULL;
	enum alm_status status = whole_line(jsonl, &line, err);
	if (status != ALM_OK || !line.text)
		return status;
	*number = line.number;
	jsonl->n_bytes = line.n;
	json_t *read = json_loadb(line.text, without_end(&line), JSON_REJECT_DUPLICATES, &why);
	if (!read && json_error_code(&why) == json_error_out_of_memory)
		return alm_fail_memory(err, line.n);
	if (!read)
		return alm_fail(err, ALM_BAD_DATA, "%s:%ld: column %d: no JSON: %s",
			alm_lines_name(jsonl->lines), line.number, why.column, why.text);
	if (!json_is_object(read)) {
		json_decref(read);
		return fail_at(jsonl, line.number,
			"expected an object such as {\"time\": \"2020-01-01\", \"x\": 1}", err);
	}
	*object = read;
	return ALM_OK;
}

/* The keys that no object before had become columns. */
static enum alm_status take_columns(struct jsonl *jsonl, json_t *object, struct alm_error *err)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		if (json_object_get(jsonl->columns, key))
			continue;
		json_int_t place = (json_int_t)json_object_size(jsonl->columns);
		if (json_object_set_new(jsonl->columns, key, json_integer(place)) != 0)
			return alm_fail_memory(err, strlen(key));
	}
	return ALM_OK;
}

static enum alm_status read_head(struct jsonl *jsonl, struct alm_error *err)
{
	size_t n_bytes = 0;
	while (jsonl->n_head < HEAD_OBJECTS && n_bytes < HEAD_BYTES) {
		struct head *head = &jsonl->head[jsonl->n_head];
		enum alm_status status = read_object(jsonl, &head->object, &head->line, err);
		if (status != ALM_OK || !head->object)
			return status;
		jsonl->n_head++;
		n_bytes += 64 + 128 * json_object_size(head->object) + jsonl->n_bytes;
		status = take_columns(jsonl, head->object, err);
		if (status != ALM_OK)
			return status;
	}
	return ALM_OK;
}

/* The shortest text that reads back as the same number. */
static int print_real(double value, char out[static 32])
{
	int n = snprintf(out, 32, "%.15g", value);
	return strtod(out, NULL) == value ? n : snprintf(out, 32, "%.17g", value);
}

static enum alm_status add_value(
	struct jsonl *jsonl, const char *key, const json_t *value, long line, struct alm_error *err)
{
	char number[32];
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		return alm_row_add(&jsonl->row, json_string_value(value), json_string_length(value), err);
	case JSON_INTEGER:
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return alm_row_add(&jsonl->row, number, strlen(number), err);
	case JSON_REAL:
		print_real(json_real_value(value), number);
		return alm_row_add(&jsonl->row, number, strlen(number), err);
	case JSON_TRUE:
		return alm_row_add(&jsonl->row, "1", 1, err);
	case JSON_FALSE:
		return alm_row_add(&jsonl->row, "0", 1, err);
	case JSON_NULL:
		return alm_row_add(&jsonl->row, "", 0, err);
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return alm_fail(err, ALM_BAD_DATA,
		"%s:%ld: %s: expected a text, a number, true, false or null, found an object or a list",
		alm_lines_name(jsonl->lines), line, key);
}

/* Finds the values of an object's keys in the order of the columns. */
static enum alm_status place_values(struct jsonl *jsonl, json_t *object, long line, struct alm_error *err)
{
	const char *key;
	json_t *value;
	memset((void *)jsonl->value, 0, json_object_size(jsonl->columns) * sizeof *jsonl->value);
	json_object_foreach(object, key, value)
	{
		const json_t *place = json_object_get(jsonl->columns, key);
		if (!place)
			return alm_fail(err, ALM_BAD_DATA,
				"%s:%ld: the key '%s' is in none of the first %d objects; give one of those "
				"it, "
				"if only as null",
				alm_lines_name(jsonl->lines), line, key, jsonl->n_head);
		jsonl->value[json_integer_value(place)] = value;
	}
	return ALM_OK;
}

static enum alm_status give_object(
	struct jsonl *jsonl, json_t *object, long line, const struct alm_row **row, struct alm_error *err)
{
	const char *key;
	json_t *place;
	enum alm_status status = place_values(jsonl, object, line, err);
	json_object_foreach(jsonl->columns, key, place)
	{
		if (status == ALM_OK)
			status = add_value(jsonl, key, jsonl->value[json_integer_value(place)], line, err);
	}
	if (status == ALM_OK)
		*row = alm_row_finish(&jsonl->row, line);
	return status;
}

static enum alm_status give_names(struct jsonl *jsonl, const struct alm_row **row, struct alm_error *err)
{
	const char *key;
	json_t *place;
	enum alm_status status = ALM_OK;
	jsonl->named = true;
	json_object_foreach(jsonl->columns, key, place)
	{
		if (status == ALM_OK)
			status = alm_row_add(&jsonl->row, key, strlen(key), err);
	}
	if (status == ALM_OK)
		*row = alm_row_finish(&jsonl->row, jsonl->head[0].line);
	return status;
}

static enum alm_status next(struct alm_source *source, const struct alm_row **row, struct alm_error *err)
{
	struct jsonl *jsonl = (struct jsonl *)source;
	json_t *object = NULL;
	long line = 0;
	*row = NULL;
	alm_row_clear(&jsonl->row);
	if (jsonl->n_head == 0)
		return ALM_OK;
	if (!jsonl->named)
		return give_names(jsonl, row, err);
	if (jsonl->head_at < jsonl->n_head) {
		struct head *head = &jsonl->head[jsonl->head_at++];
		object = head->object;
		line = head->line;
		head->object = NULL;
	} else {
		enum alm_status status = read_object(jsonl, &object, &line, err);
		if (status != ALM_OK || !object)
			return status;
	}
	enum alm_status status = give_object(jsonl, object, line, row, err);
	json_decref(object);
	return status;
}

static void close(struct alm_source *source)
{
	struct jsonl *jsonl = (struct jsonl *)source;
	for (int i = 0; i < jsonl->n_head; i++)
		json_decref(jsonl->head[i].object);
	json_decref(jsonl->columns);
	free(jsonl->head);
	free(jsonl->line);
	free((void *)jsonl->value);
	alm_row_release(&jsonl->row);
	free(jsonl);
}

static enum alm_status start(struct jsonl *jsonl, struct alm_error *err)
{
	jsonl->columns = json_object();
	jsonl->head = calloc(HEAD_OBJECTS, sizeof *jsonl->head);
	if (!jsonl->columns || !jsonl->head)
		return alm_fail_memory(err, HEAD_OBJECTS * sizeof *jsonl->head);
	enum alm_status status = read_head(jsonl, err);
	if (status != ALM_OK)
		return status;
	size_t n = json_object_size(jsonl->columns);
	jsonl->value = calloc(n + 1, sizeof *jsonl->value);
	return jsonl->value ? ALM_OK : alm_fail_memory(err, n * sizeof *jsonl->value);
}

static enum alm_status open(struct alm_lines *lines, const struct alm_source_options *options,
	struct alm_source **out, struct alm_error *err)
{
	if (options->no_header || options->delimiter)
		return alm_fail(err, ALM_USAGE,
			"%s: '%s' holds JSON lines, whose keys are the names of columns",
			options->no_header ? "--no-header" : "--delimiter", alm_lines_name(lines));
	struct jsonl *jsonl = calloc(1, sizeof *jsonl);
	if (!jsonl)
		return alm_fail_memory(err, sizeof *jsonl);
	jsonl->lines = lines;
	enum alm_status status = start(jsonl, err);
	if (status == ALM_OK)
		*out = &jsonl->source;
	else
		close(&jsonl->source);
	return status;
}

static bool ends_in(const char *file, size_t n, const char *end)
{
	size_t n_end = strlen(end);
	return n >= n_end && strncasecmp(file + n - n_end, end, n_end) == 0;
}

/* By its name, without .gz or .zst; else by the brace that it begins with. */
static bool claims(const char *file, const char *head, size_t n)
{
	size_t length = strlen(file), at = 0;
	length -= ends_in(file, length, ".gz") ? 3 : ends_in(file, length, ".zst") ? 4 : 0;
	if (ends_in(file, length, ".jsonl") || ends_in(file, length, ".ndjson"))
		return true;
	while (at < n && is_space(head[at]))
		at++;
	return at < n && head[at] == '{';
}

const struct alm_source_kind alm_source_jsonl = {"jsonl", claims, open, next, close};
