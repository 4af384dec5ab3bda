/* A row that is put together field by field, in memory that is used again for the next. Internal to ingest. */
#ifndef ALM_INGEST_ROW_H
#define ALM_INGEST_ROW_H
#include "ingest/source.h"

struct alm_row_builder {
	char *text; /* [text_room] the fields, each terminated; owned */
	size_t text_used, text_room;
	size_t *offset, *length; /* [room]; owned */
	const char **field;      /* [room]; owned */
	int n, room;
	struct alm_row row;
};

void alm_row_clear(struct alm_row_builder *builder);
void alm_row_release(struct alm_row_builder *builder);

/* ALM_BAD_DATA, without a place, when the row would be longer than ALM_ROW_BYTES_MAX. */
ALM_MUST_CHECK enum alm_status alm_row_add(
	struct alm_row_builder *builder, const char *text, size_t n, struct alm_error *err);

/*
 * Makes the row of a line without quotes and without its end: what lies between delimiters, blanks around it cut off. What
 * was added before is gone. The line is not longer than ALM_ROW_BYTES_MAX.
 */
ALM_MUST_CHECK enum alm_status alm_row_split(
	struct alm_row_builder *builder, const char *line, size_t n, char delimiter, struct alm_error *err);

/* The row of what was added; until the builder is cleared. */
const struct alm_row *alm_row_finish(struct alm_row_builder *builder, long line);

/* A row that lives on, in one block of memory: free() it. */
ALM_MUST_CHECK enum alm_status alm_row_copy(
	const struct alm_row *row, struct alm_row **out, struct alm_error *err);

/* Memory that the copy takes. */
size_t alm_row_bytes(const struct alm_row *row);

#endif
