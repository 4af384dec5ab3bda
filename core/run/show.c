#include "run/show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"

enum column { CELL, VERSION, CONTRACT, GATES, STATES, SAVED, OPTIONS, SUMMARY, PATH, REFUSED, COLUMNS };
static const char *const cell_columns[COLUMNS] = {
	"cell", "version", "contract", "gates", "states", "saved", "options", "summary", "path", "refused"};

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

/* "forget_bias=1 (-10..10)", one behind the other; nothing for a cell without options. */
static bool put_options(struct listing *listing, const struct almanac_cell *cell)
{
	char text[1024] = "";
	for (int i = 0; i < cell->n_options; i++) {
		const struct almanac_option *option = &cell->options[i];
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s=%g (%g..%g)", used ? ", " : "", option->name,
			(double)option->value, (double)option->low, (double)option->high);
	}
	return put(listing, OPTIONS, *text ? text : NULL);
}

static bool put_cell(struct listing *listing, const struct alm_cell *cell)
{
	const struct almanac_cell *facts = &cell->facts;
	return put(listing, CELL, cell->name) && put(listing, VERSION, facts->version) &&
	       put_number(listing, CONTRACT, facts->abi_min) && put_number(listing, GATES, facts->gates) &&
	       put_number(listing, STATES, facts->states) && put_number(listing, SAVED, facts->saved) &&
	       put_options(listing, facts) && put(listing, SUMMARY, facts->summary) &&
	       put(listing, PATH, cell->path);
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
	return cell ? put_cell(listing, cell) : put(listing, PATH, path) && put(listing, REFUSED, refused);
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
		table->numeric[table->n_columns] = table->n_columns >= CONTRACT && table->n_columns <= SAVED;
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
	if (strcmp(what, "cells") == 0)
		return show_cells(context, name, out, err);
	enum alm_status status = alm_show_check(what, err);
	if (status == ALM_OK)
		status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status != ALM_OK)
		return status;
	status = alm_show(db, what, name, limit, out, err);
	alm_db_close(db);
	return status;
}
