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

static enum alm_status layout_init(
	struct layout *layout, const struct alm_text_table *rows, struct alm_error *err)
{
	size_t columns = (size_t)rows->n_columns, lines = (size_t)rows->n_rows + 1;
	*layout = (struct layout){.n_columns = rows->n_columns,
		.n_lines = rows->n_rows + 1,
		.shown = calloc(columns * lines, sizeof(char *)),
		.width = calloc(columns, sizeof(int))};
	bool failed = !layout->shown || !layout->width;
	for (int i = 0; i < layout->n_lines * layout->n_columns && !failed; i++) {
		int column = i % layout->n_columns;
		layout->shown[i] = text_escaped(text_at(rows, i / layout->n_columns, column));
		failed = !layout->shown[i];
		int width = failed ? 0 : text_width(layout->shown[i]);
		if (width > layout->width[column])
			layout->width[column] = width;
	}
	if (!failed)
		return ALM_OK;
	layout_release(layout);
	return alm_fail_memory(err, columns * lines * sizeof(char *));
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
	if (rows->n_columns == 0)
		return ALM_OK;
	enum alm_status status = layout_init(&layout, rows, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < layout.n_lines * layout.n_columns; i++) {
		int column = i % layout.n_columns;
		print_cell(to, layout.shown[i], layout.width[column], rows->numeric[column],
			column == layout.n_columns - 1);
	}
	layout_release(&layout);
	return ALM_OK;
}
