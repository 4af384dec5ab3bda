#include "ingest/row.h"
#include <stdlib.h>
#include <string.h>

void alm_row_clear(struct alm_row_builder *builder)
{
	builder->n = 0;
	builder->text_used = 0;
}

void alm_row_release(struct alm_row_builder *builder)
{
	free(builder->text);
	free(builder->offset);
	free(builder->length);
	free(builder->field);
	*builder = (struct alm_row_builder){0};
}

static bool grow_fields(struct alm_row_builder *builder)
{
	int room = builder->room ? 2 * builder->room : 32;
	size_t *offset = realloc(builder->offset, (size_t)room * sizeof *offset);
	if (offset)
		builder->offset = offset;
	size_t *length = realloc(builder->length, (size_t)room * sizeof *length);
	if (length)
		builder->length = length;
	const char **field = realloc(builder->field, (size_t)room * sizeof *field);
	if (field)
		builder->field = field;
	if (!offset || !length || !field)
		return false;
	builder->room = room;
	return true;
}

static bool grow_text(struct alm_row_builder *builder, size_t more)
{
	size_t room = builder->text_room ? builder->text_room : 4096;
	while (room < builder->text_used + more)
		room *= 2;
	char *text = room == builder->text_room ? builder->text : realloc(builder->text, room);
	if (!text)
		return false;
	builder->text = text;
	builder->text_room = room;
	return true;
}

enum alm_status alm_row_add(
	struct alm_row_builder *builder, const char *text, size_t n, struct alm_error *err)
{
	if (builder->text_used + n > ALM_ROW_BYTES_MAX)
		return alm_fail(err, ALM_BAD_DATA, "the row is longer than 1 MiB");
	if ((builder->n == builder->room && !grow_fields(builder)) ||
		(builder->text_used + n + 1 > builder->text_room && !grow_text(builder, n + 1)))
		return alm_fail_memory(err, builder->text_room);
	if (n > 0)
		memcpy(builder->text + builder->text_used, text, n);
	builder->text[builder->text_used + n] = '\0';
	builder->offset[builder->n] = builder->text_used;
	builder->length[builder->n++] = n;
	builder->text_used += n + 1;
	return ALM_OK;
}

static void cut_blanks(const char **from, const char **to)
{
	while (*from < *to && (**from == ' ' || **from == '\t'))
		(*from)++;
	while (*from < *to && ((*to)[-1] == ' ' || (*to)[-1] == '\t'))
		(*to)--;
}

enum alm_status alm_row_split(
	struct alm_row_builder *builder, const char *line, size_t n, char delimiter, struct alm_error *err)
{
	alm_row_clear(builder);
	if (n + 1 > builder->text_room && !grow_text(builder, n + 1))
		return alm_fail_memory(err, n + 1);
	memcpy(builder->text, line, n);
	builder->text[n] = delimiter; /* the last field ends like the others */
	builder->text_used = n + 1;
	for (size_t at = 0; at <= n;) {
		if (builder->n == builder->room && !grow_fields(builder))
			return alm_fail_memory(err, (size_t)builder->room * sizeof *builder->field);
		const char *from = builder->text + at, *to = memchr(from, delimiter, n + 1 - at);
		at = (size_t)(to - builder->text) + 1;
		cut_blanks(&from, &to);
		builder->text[to - builder->text] = '\0';
		builder->offset[builder->n] = (size_t)(from - builder->text);
		builder->length[builder->n++] = (size_t)(to - from);
	}
	return ALM_OK;
}

const struct alm_row *alm_row_finish(struct alm_row_builder *builder, long line)
{
	for (int i = 0; i < builder->n; i++)
		builder->field[i] = builder->text + builder->offset[i];
	builder->row = (struct alm_row){
		.n = builder->n, .field = builder->field, .length = builder->length, .line = line};
	return &builder->row;
}

size_t alm_row_bytes(const struct alm_row *row)
{
	size_t n_bytes = sizeof *row;
	for (int i = 0; i < row->n; i++)
		n_bytes += sizeof(char *) + sizeof(size_t) + row->length[i] + 1;
	return n_bytes;
}

enum alm_status alm_row_copy(const struct alm_row *row, struct alm_row **out, struct alm_error *err)
{
	size_t n = (size_t)row->n;
	struct alm_row *copy = malloc(alm_row_bytes(row));
	if (!copy)
		return alm_fail_memory(err, alm_row_bytes(row));
	const char **field = (const char **)(copy + 1);
	size_t *length = (size_t *)(field + n);
	char *text = (char *)(length + n);
	for (size_t i = 0; i < n; i++) {
		memcpy(text, row->field[i], row->length[i] + 1);
		field[i] = text;
		length[i] = row->length[i];
		text += row->length[i] + 1;
	}
	*copy = (struct alm_row){row->n, field, length, row->line};
	*out = copy;
	return ALM_OK;
}
