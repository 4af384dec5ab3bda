#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"
#include "run/run.h"

enum { COLUMNS = 8 };
static const char *const cell_columns[COLUMNS] = {
	"cell", "version", "gates", "states", "saved", "summary", "path", "refused"};

/* Cells being listed as rows of texts. */
struct listing {
	struct alm_text_table *table;
	const char *name; /* NULL = all */
	enum alm_status status;
	struct alm_error *err;
};

static bool put(struct listing *listing, int column, const char *text)
{
	struct alm_text_table *table = listing->table;
	char *copy = text ? strdup(text) : NULL;
	table->cells[(table->n_rows - 1) * COLUMNS + column] = copy;
	if (text && !copy)
		listing->status = alm_fail_memory(listing->err, strlen(text) + 1);
	return listing->status == ALM_OK;
}

static bool put_number(struct listing *listing, int column, int value)
{
	char text[16];
	snprintf(text, sizeof text, "%d", value);
	return put(listing, column, text);
}

static bool visit(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	struct listing *listing = to;
	struct alm_text_table *table = listing->table;
	if (listing->name && (!cell || strcmp(cell->name, listing->name) != 0))
		return true;
	size_t n = ((size_t)table->n_rows + 1) * COLUMNS;
	char **grown = realloc(table->cells, n * sizeof *grown);
	if (!grown) {
		listing->status = alm_fail_memory(listing->err, n * sizeof *grown);
		return false;
	}
	table->cells = grown;
	memset(grown + n - COLUMNS, 0, COLUMNS * sizeof *grown);
	table->n_rows++;
	if (!cell)
		return put(listing, 6, path) && put(listing, 7, refused);
	return put(listing, 0, cell->name) && put(listing, 1, cell->facts.version) &&
	       put_number(listing, 2, cell->facts.gates) && put_number(listing, 3, cell->facts.states) &&
	       put_number(listing, 4, cell->facts.saved) && put(listing, 5, cell->facts.summary) &&
	       put(listing, 6, cell->path);
}

static enum alm_status begin_table(struct alm_text_table *table, struct alm_error *err)
{
	table->columns = calloc(COLUMNS, sizeof *table->columns);
	table->numeric = calloc(COLUMNS, sizeof *table->numeric);
	if (!table->columns || !table->numeric)
		return alm_fail_memory(err, COLUMNS * sizeof *table->columns);
	for (; table->n_columns < COLUMNS; table->n_columns++) {
		table->columns[table->n_columns] = strdup(cell_columns[table->n_columns]);
		if (!table->columns[table->n_columns])
			return alm_fail_memory(err, 1);
		table->numeric[table->n_columns] = table->n_columns >= 2 && table->n_columns <= 4;
	}
	return ALM_OK;
}

static enum alm_status show_cells(const struct alm_context *context, const char *name,
	struct alm_text_table *out, struct alm_error *err)
{
	struct alm_cell_folders folders;
	struct alm_text_table table = {0};
	struct listing listing = {.table = &table, .name = name, .err = err};
	enum alm_status status = alm_cell_folders_init(&folders, context->cell_path, err);
	if (status != ALM_OK)
		return status;
	status = begin_table(&table, err);
	if (status == ALM_OK)
		status = alm_cell_list(&folders, visit, &listing, err);
	if (status == ALM_OK)
		status = listing.status;
	alm_cell_folders_release(&folders);
	if (status == ALM_OK)
		*out = table;
	else
		alm_text_table_release(&table);
	return status;
}

enum alm_status alm_run_show(const struct alm_context *context, const char *what, const char *name, int limit,
	struct alm_text_table *out, struct alm_error *err)
{
	struct alm_db *db;
	struct alm_db_options options = {.mode = ALM_DB_READ, .timeout_ms = context->timeout_ms};
	if (strcmp(what, "cells") == 0)
		return show_cells(context, name, out, err);
	enum alm_status status = alm_show_check(what, err);
	if (status == ALM_OK)
		status = alm_db_open(context->db_path, &options, &db, err);
	if (status != ALM_OK)
		return status;
	status = alm_show(db, what, name, limit, out, err);
	alm_db_close(db);
	return status;
}
