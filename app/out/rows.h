/* A table of texts, filled cell by cell from left to right. Errors stick: ask once, at the end. */
#ifndef APP_OUT_ROWS_H
#define APP_OUT_ROWS_H
#include <stdbool.h>
#include "base/status.h"
#include "store/show.h"

struct rows_column {
	const char *name;
	bool numeric;
};

struct rows {
	struct alm_text_table table; /* whole rows only */
	int next;                    /* column of the next cell */
	bool failed;                 /* out of memory */
};

void rows_init(struct rows *rows, const struct rows_column *columns, int n_columns);
void rows_release(struct rows *rows);

/* The next cell; NULL = missing. */
void rows_text(struct rows *rows, const char *text);
void rows_real(struct rows *rows, double value, int decimals); /* missing when not finite */

/* ALM_NO_MEMORY when any cell was lost. */
ALM_MUST_CHECK enum alm_status rows_status(const struct rows *rows, struct alm_error *err);

#endif
