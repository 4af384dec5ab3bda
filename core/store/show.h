/*
 * What is there, as a table of texts for people and programs: the views of the schema, read as they are.
 */
#ifndef ALM_STORE_SHOW_H
#define ALM_STORE_SHOW_H
#include <stdbool.h>
#include "base/status.h"
#include "store/db.h"

struct alm_text_table {
	int n_columns, n_rows;
	char **columns; /* [n_columns]; owned */
	bool *numeric;  /* [n_columns] every value is a number or missing; owned */
	char **cells;   /* [n_rows][n_columns]; NULL = missing; owned */
};

/*
 * The view behind a word: datasets, sources, channels, models, versions, runs, forecasts, scores. `name` (NULL = all)
 * restricts to a dataset or model, `limit` (0 = none) to the newest rows. A file without Almanac's tables gives no
 * rows. ALM_USAGE for another word, listing them; ALM_NO_INPUT for a name that is no such thing. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_show(struct alm_db *db, const char *what, const char *name, int limit,
	struct alm_text_table *out, struct alm_error *err);

/* Whether alm_show knows the word: the same ALM_USAGE without any database. */
ALM_MUST_CHECK enum alm_status alm_show_check(const char *what, struct alm_error *err);
void alm_text_table_release(struct alm_text_table *table);

#endif
