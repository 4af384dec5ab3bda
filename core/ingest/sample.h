/* The first rows of a source, kept so that they can be looked at before they are read. Internal to ingest. */
#ifndef ALM_INGEST_SAMPLE_H
#define ALM_INGEST_SAMPLE_H
#include "ingest/source.h"

/* So many rows, or as many as go over so much memory: rows may be very long. */
#define ALM_SAMPLE_ROWS  1000
#define ALM_SAMPLE_BYTES (8 * 1024 * 1024)

struct alm_sample {
	int n;
	struct alm_row **row; /* [n]; each one block of memory; owned */
};

/* Takes rows from the source; n is 0 when it has none. Release the result. */
ALM_MUST_CHECK enum alm_status alm_sample_read(
	struct alm_sample *sample, struct alm_source *source, struct alm_error *err);
void alm_sample_release(struct alm_sample *sample);

#endif
