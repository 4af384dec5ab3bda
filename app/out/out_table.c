#include <stdlib.h>
#include "out/out.h"
#include "out/text.h"

/* Every text as it will be shown, headings first, and the widths of the columns. */
struct layout {
	int n_columns, n_lines;
	char **shown; /* [n_lines][n_columns]; owned */
	int *width;   /* [n_columns]; owned */
};

static const char *text_at(const struct alm_text_table *rows, int line, int column)
{
	if (line == 0)
		return rows->columns[column];
	const char *cell = rows->cells[(size_t)(line - 1) * (size_t)rows->n_columns + (size_t)column];
	return cell ? cell : "-";
}

static void layout_release(struct layout *layout)
{
	for (int i = 0; layout->shown && i < layout->n_lines * layout->n_columns; i++)
		free(layout->shown[i]);
	free(layout->shown);
	free(layout->width);
}

/* False when memory is out. Release it either way. */
static bool layout_init(struct layout *layout, const struct alm_text_table *rows)
{
	size_t columns = (size_t)rows->n_columns, lines = (size_t)rows->n_rows + 1;
	*layout = (struct layout){.n_columns = rows->n_columns,
		.n_lines = rows->n_rows + 1,
		.shown = calloc(columns * lines, sizeof(char *)),
		.width = calloc(columns, sizeof(int))};
	if (!layout->shown || !layout->width)
		return false;
	for (int i = 0; i < layout->n_lines * layout->n_columns; i++) {
		int column = i % layout->n_columns;
		layout->shown[i] = text_escaped(text_at(rows, i / layout->n_columns, column));
		if (!layout->shown[i])
			return false;
		int width = text_width(layout->shown[i]);
		if (width > layout->width[column])
			layout->width[column] = width;
	}
	return true;
}

static void print_cell(FILE *to, const char *text, int width, bool right, bool last)
{
	int blanks = width - text_width(text);
	if (right)
		fprintf(to, "%*s%s", blanks, "", text);
	else
		fprintf(to, "%s%*s", text, last ? 0 : blanks, "");
	fputs(last ? "\n" : "  ", to);
}

enum alm_status out_table(
	FILE *to, const char *title, const struct alm_text_table *rows, struct alm_error *err)
{
	(void)title; /* whoever asked for the table knows what it is */
	struct layout layout;
	enum alm_status status = ALM_OK;
	if (rows->n_columns == 0)
		return ALM_OK;
	if (layout_init(&layout, rows))
		for (int i = 0; i < layout.n_lines * layout.n_columns; i++) {
			int column = i % layout.n_columns;
			print_cell(to, layout.shown[i], layout.width[column], rows->numeric[column],
				column == layout.n_columns - 1);
		}
	else
		status = alm_fail(err, ALM_NO_MEMORY, "cannot allocate the table of %d rows", rows->n_rows);
	layout_release(&layout);
	return status;
}
