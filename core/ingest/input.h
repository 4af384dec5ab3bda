/* One file whose head has been read: its source, the names and first rows, and what its columns are. Internal to ingest. */
#ifndef ALM_INGEST_INPUT_H
#define ALM_INGEST_INPUT_H
#include "ingest/layout.h"
#include "ingest/source.h"

struct alm_input {
	struct alm_source *source; /* owned */
	struct alm_row *header;    /* NULL without one; one block, owned */
	struct alm_sample sample;
	int sample_at; /* next row of the sample to be given */
	struct alm_layout layout;
};

/* first: of the first of several files, NULL when it is this one. ALM_BAD_DATA, ALM_USAGE, ALM_NO_INPUT. Close. */
ALM_MUST_CHECK enum alm_status alm_input_open(struct alm_input *input,
	const struct alm_ingest_options *options, const char *path, const struct alm_layout *first,
	struct alm_error *err);
void alm_input_close(struct alm_input *input); /* also one that is zero */

/* Every row from the first on; *row is NULL at the end. */
ALM_MUST_CHECK enum alm_status alm_input_next(
	struct alm_input *input, const struct alm_row **row, struct alm_error *err);

#endif
