/*
 * Some rows of one file, read and checked, that wait to be taken: they share nothing with the file, so that the next ones can
 * be read meanwhile. Internal to ingest.
 */
#ifndef ALM_INGEST_READINGS_H
#define ALM_INGEST_READINGS_H
#include "ingest/input.h"

struct alm_readings {
	int n, room;
	struct alm_reading *reading;      /* [n] good rows, in order; owned */
	double *values;                   /* [room][n_channels] of theirs; owned */
	char (*series)[ALM_NAME_MAX + 1]; /* [room] of theirs; owned */
	struct alm_names words;           /* of the categories among their values; owned */
	/* What came after them, when there was room for more. */
	bool at_end;            /* of the file */
	bool bad_row;           /* a row that may be skipped: more can be read after it */
	enum alm_status status; /* why there are no more, or what is bad about the row */
	struct alm_error err;
};

/* Room for rows of a layout. Release. */
ALM_MUST_CHECK enum alm_status alm_readings_init(
	struct alm_readings *batch, const struct alm_layout *layout, struct alm_error *err);
void alm_readings_release(struct alm_readings *batch);

/* Reads rows until there is no more room, one is bad, or the file ends or fails. */
void alm_readings_read(struct alm_readings *batch, struct alm_input *input);

/* Whether more rows can be read after these. */
bool alm_readings_goes_on(const struct alm_readings *batch);

#endif
