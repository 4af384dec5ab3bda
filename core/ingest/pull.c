#include "ingest/pull.h"
#include <stdlib.h>
#include "ingest/upsert.h"

/* Rows between two looks at the wish to stop. */
#define CHECK_ROWS 4096

/* What one pull holds on to. */
struct pulling {
	const struct alm_dataset *dataset;
	struct alm_origin_cursor *cursor;
	struct alm_upsert upsert;
	struct alm_names words; /* what the codes of categories stand for; owned */
	double *values;         /* [n_channels]; owned */
	int64_t overlap_ms;
	struct alm_reporter *reporter;
	struct alm_pull_summary summary;
	double began_s;
};

static enum alm_status open_source(struct pulling *pulling, struct alm_db *db, struct alm_error *err)
{
	const struct alm_dataset *dataset = pulling->dataset;
	size_t n = (size_t)dataset->n_channels;
	const char **names = malloc(n * sizeof *names);
	pulling->values = malloc(n * sizeof *pulling->values);
	enum alm_status status =
		names && pulling->values ? ALM_OK : alm_fail_memory(err, n * sizeof *pulling->values);
	for (size_t i = 0; i < n && status == ALM_OK; i++)
		names[i] = dataset->channels[i];
	if (status == ALM_OK)
		status = alm_origin_open(db, dataset->source,
			&(struct alm_origin_columns){
				dataset->n_channels, names, dataset->category, &pulling->words},
			&pulling->cursor, err);
	free(names);
	return status;
}

/* The earliest time that is taken, INT64_MIN for a series that is new. */
static int64_t begin_of(int64_t last_ms, int64_t overlap_ms)
{
	return last_ms < INT64_MIN + overlap_ms + 1 ? INT64_MIN : last_ms - overlap_ms + 1;
}

static enum alm_status take_row(
	struct pulling *pulling, const struct alm_origin_row *row, struct alm_error *err)
{
	struct alm_pull_summary *summary = &pulling->summary;
	int64_t last_ms;
	enum alm_status status =
		alm_upsert_last(&pulling->upsert, row->series, row->series_length, &last_ms, err);
	summary->n_read++;
	if (status != ALM_OK || row->time_ms < begin_of(last_ms, pulling->overlap_ms))
		return status;
	for (int i = 0; i < pulling->dataset->n_channels; i++)
		pulling->values[i] = row->values[i];
	struct alm_reading reading = {.series = row->series,
		.series_length = row->series_length,
		.time_ms = row->time_ms,
		.values = pulling->values};
	status = alm_upsert_put(&pulling->upsert, &reading, err);
	bool first = summary->n_taken++ == 0;
	summary->n_nulls += (uint64_t)row->n_nulls;
	summary->first_ms = first || row->time_ms < summary->first_ms ? row->time_ms : summary->first_ms;
	summary->last_ms = first || row->time_ms > summary->last_ms ? row->time_ms : summary->last_ms;
	return status;
}

static void report(const struct pulling *pulling)
{
	double elapsed = alm_monotonic_s() - pulling->began_s;
	alm_progress(pulling->reporter,
		&(struct alm_progress){.stage = "copy",
			.fraction = -1,
			.done = pulling->summary.n_read,
			.unit = "rows",
			.rate_per_s = elapsed > 0 ? (double)pulling->summary.n_read / elapsed : 0,
			.left_s = -1,
			.detail = ""});
}

static enum alm_status take_rows(struct pulling *pulling, struct alm_error *err)
{
	const struct alm_origin_row *row;
	enum alm_status status;
	while ((status = alm_origin_next(pulling->cursor, &row, err)) == ALM_OK && row) {
		status = take_row(pulling, row, err);
		if (status != ALM_OK)
			break;
		if (pulling->summary.n_read % CHECK_ROWS != 0)
			continue;
		if (alm_stopped(pulling->reporter))
			return alm_fail(err, ALM_INTERRUPTED, "copying was stopped; nothing was written");
		report(pulling);
	}
	return status;
}

static void summarise(struct pulling *pulling)
{
	struct alm_pull_summary *summary = &pulling->summary;
	const struct alm_upsert *upsert = &pulling->upsert;
	summary->n_series = upsert->names.n;
	summary->n_inserted = upsert->n_inserted;
	summary->n_updated = upsert->n_updated;
	summary->n_unchanged = upsert->n_unchanged;
	summary->n_duplicates = upsert->n_duplicates;
}

enum alm_status alm_pull(struct alm_db *db, const struct alm_dataset *dataset, int64_t overlap_ms,
	struct alm_reporter *reporter, struct alm_pull_summary *out, struct alm_error *err)
{
	struct pulling pulling = {.dataset = dataset,
		.overlap_ms = overlap_ms,
		.reporter = reporter,
		.began_s = alm_monotonic_s()};
	enum alm_status status =
		alm_upsert_open(&pulling.upsert, db, dataset, &pulling.words, ALM_DUPLICATE_LAST, err);
	if (status == ALM_OK)
		status = open_source(&pulling, db, err);
	if (status == ALM_OK)
		status = take_rows(&pulling, err);
	if (status == ALM_OK) {
		summarise(&pulling);
		*out = pulling.summary;
	}
	alm_origin_close(pulling.cursor);
	alm_upsert_close(&pulling.upsert);
	alm_names_release(&pulling.words);
	free(pulling.values);
	return status;
}
