#include "ingest/time_columns.h"
#include <string.h>

bool alm_time_columns_have(const struct alm_time_columns *columns, int column)
{
	for (int i = 0; i < columns->n; i++)
		if (columns->column[i] == column)
			return true;
	return false;
}

const char *alm_time_columns_text(const struct alm_time_columns *columns, const struct alm_row *row,
	char joined[static ALM_TIME_COLUMNS_TEXT], size_t *length)
{
	size_t used = 0;
	for (int i = 0; i < columns->n; i++)
		if (columns->column[i] >= row->n)
			return NULL;
	if (columns->n == 1) {
		*length = row->length[columns->column[0]];
		return row->field[columns->column[0]];
	}
	for (int i = 0; i < columns->n; i++) {
		size_t n = row->length[columns->column[i]];
		if (used + n + 2 > ALM_TIME_COLUMNS_TEXT)
			return NULL;
		if (i > 0)
			joined[used++] = ' ';
		memcpy(joined + used, row->field[columns->column[i]], n);
		used += n;
	}
	joined[used] = '\0';
	*length = used;
	return joined;
}

bool alm_time_columns_read(const struct alm_time_columns *columns, const struct alm_time_format *format,
	const struct alm_row *row, int64_t *time_ms)
{
	char joined[ALM_TIME_COLUMNS_TEXT];
	size_t length;
	const char *text = alm_time_columns_text(columns, row, joined, &length);
	return text && alm_time_read(format, text, length, time_ms);
}
