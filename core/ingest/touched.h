/*
 * Which of the rows that a dataset had before an ingest have come again, and what they were: exact, in memory that does not
 * grow with them. Rows in order of time are a run of one series, known by its ends; runs that are over, and rows that
 * came back changed, are notes of a scratch file. Internal to ingest.
 */
#ifndef ALM_INGEST_TOUCHED_H
#define ALM_INGEST_TOUCHED_H
#include "store/scratch.h"

/* Every row of the series that the dataset has in it, ends included, is of this ingest. from > to: there is none yet. */
struct alm_run_of_rows {
	int64_t from_ms, to_ms;
};

#define ALM_NO_RUN ((struct alm_run_of_rows){INT64_MAX, INT64_MIN})

/* Whether the dataset's row is of this ingest. `run` is the series' last. */
ALM_MUST_CHECK enum alm_status alm_touched_has(struct alm_scratch *scratch, int series,
	const struct alm_run_of_rows *run, int64_t time_ms, bool *has, struct alm_error *err);

/* A row later than the run: it becomes its end, or, where rows lie between that were `passed` over, the next run's begin. */
ALM_MUST_CHECK enum alm_status alm_touched_go_on(struct alm_scratch *scratch, int series,
	struct alm_run_of_rows *run, int64_t time_ms, bool passed, struct alm_error *err);

/* A row out of order that alm_touched_has did not know. */
ALM_MUST_CHECK enum alm_status alm_touched_add(
	struct alm_scratch *scratch, int series, int64_t time_ms, struct alm_error *err);

/*
 * What the dataset had at a time before: a fingerprint of the row, 0 when it had none. *was is left as it is where
 * nothing was noted: then the row is what it has been.
 */
ALM_MUST_CHECK enum alm_status alm_touched_was(
	struct alm_scratch *scratch, int series, int64_t time_ms, uint64_t *was, struct alm_error *err);
ALM_MUST_CHECK enum alm_status alm_touched_note_was(
	struct alm_scratch *scratch, int series, int64_t time_ms, uint64_t was, struct alm_error *err);

/* Kinds of notes: here, and for those who share the scratch file. */
enum { ALM_NOTE_RUN, ALM_NOTE_WAS, ALM_NOTE_MEAN };

#endif
