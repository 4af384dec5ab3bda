#include "out/rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "out/text.h"

void rows_init(struct rows *rows, const struct rows_column *columns, int n_columns)
{
	struct alm_text_table *table = &rows->table;
	*rows = (struct rows){0};
	table->columns = calloc((size_t)n_columns, sizeof *table->columns);
	table->numeric = calloc((size_t)n_columns, sizeof *table->numeric);
	rows->failed = !table->columns || !table->numeric;
	for (int i = 0; i < n_columns && !rows->failed; i++) {
		table->columns[i] = strdup(columns[i].name);
		table->numeric[i] = columns[i].numeric;
		rows->failed = !table->columns[i];
		table->n_columns = i + 1;
	}
}

void rows_release(struct rows *rows)
{
	alm_text_table_release(&rows->table);
}

/* A further row of missing cells. */
static bool grow(struct alm_text_table *table)
{
	size_t columns = (size_t)table->n_columns, first = (size_t)table->n_rows * columns;
	char **cells = realloc(table->cells, (first + columns) * sizeof *cells);
	if (!cells)
		return false;
	memset(cells + first, 0, columns * sizeof *cells);
	table->cells = cells;
	table->n_rows++;
	return true;
}

void rows_text(struct rows *rows, const char *text)
{
	struct alm_text_table *table = &rows->table;
	if (rows->failed || (rows->next == 0 && !grow(table))) {
		rows->failed = true;
		return;
	}
	char **cell =
		&table->cells[(size_t)(table->n_rows - 1) * (size_t)table->n_columns + (size_t)rows->next];
	*cell = text ? strdup(text) : NULL;
	rows->failed = text && !*cell;
	rows->next = (rows->next + 1) % table->n_columns;
}

void rows_real(struct rows *rows, double value, int decimals)
{
	char text[TEXT_NUMBER];
	rows_text(rows, isfinite(value) ? text_real(value, decimals, text) : NULL);
}

enum alm_status rows_status(const struct rows *rows, struct alm_error *err)
{
	return rows->failed ? alm_fail(err, ALM_NO_MEMORY, "cannot allocate the table of results") : ALM_OK;
}
