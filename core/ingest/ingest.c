#include "ingest/ingest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/files.h"
#include "ingest/input.h"
#include "ingest/target.h"

/* Rows between two looks at the clock and the wish to stop. */
#define CHECK_ROWS 4096

#define STOPPED "ingest was stopped; nothing was written"

struct alm_ingest {
	const struct alm_ingest_options *options;
	struct alm_files files;
	struct alm_input first;
};

enum alm_status alm_ingest_open(
	const struct alm_ingest_options *options, struct alm_ingest **out, struct alm_error *err)
{
	struct alm_ingest *ingest = calloc(1, sizeof *ingest);
	if (!ingest)
		return alm_fail_memory(err, sizeof *ingest);
	ingest->options = options;
	enum alm_status status = alm_files_find(&ingest->files, options->paths, options->n_paths, err);
	if (status == ALM_OK)
		status = alm_input_open(&ingest->first, options, ingest->files.path[0], NULL, err);
	if (status == ALM_OK)
		*out = ingest;
	else
		alm_ingest_close(ingest);
	return status;
}

void alm_ingest_close(struct alm_ingest *ingest)
{
	if (!ingest)
		return;
	alm_input_close(&ingest->first);
	alm_files_release(&ingest->files);
	free(ingest);
}

/* What a run holds on to. */
struct writing {
	struct alm_ingest *ingest;
	struct alm_reporter *reporter;
	struct alm_target target;
	struct alm_ingest_summary summary;
	uint64_t n_seen; /* rows, good and bad */
	double began_s;
};

/* Names the columns that have no place in the dataset: nobody should find out later. */
static void note_left_out(const struct writing *writing)
{
	const struct alm_layout *layout = &writing->ingest->first.layout;
	char list[512] = "";
	size_t used = 0;
	for (int column = 0; column < layout->n_columns && used < sizeof list; column++) {
		if (!alm_layout_leaves_out(layout, column))
			continue;
		int n = snprintf(
			list + used, sizeof list - used, "%s%s", used ? ", " : "", layout->name[column]);
		used += n > 0 ? (size_t)n : 0;
	}
	if (used > 0 && !layout->options->channels)
		alm_note(writing->reporter, "%s: left out, because they hold no numbers: %s", layout->file,
			list);
}

/* Several series read as one look like this. */
static void note_duplicates(const struct writing *writing)
{
	const struct alm_ingest_options *options = writing->ingest->options;
	if (!options->series && writing->target.upsert.n_duplicates > writing->summary.n_rows / 2)
		alm_note(writing->reporter,
			"%s: most rows have the time of another row; if the file holds several series, name "
			"their column with --series; if the hour is in a column of its own, name both as in "
			"--time 'date hour'",
			writing->ingest->first.layout.file);
}

static void report(const struct writing *writing)
{
	double elapsed = alm_monotonic_s() - writing->began_s;
	alm_progress(writing->reporter,
		&(struct alm_progress){.stage = "ingest",
			.fraction = -1,
			.done = writing->summary.n_rows,
			.unit = "rows",
			.rate_per_s = elapsed > 0 ? (double)writing->summary.n_rows / elapsed : 0,
			.left_s = -1,
			.detail = ""});
}

/* Counts a bad row that may be left out; past the number allowed it is the error. */
static enum alm_status skip(struct writing *writing, enum alm_status status, struct alm_error *err)
{
	struct alm_ingest_summary *summary = &writing->summary;
	int64_t allowed = writing->ingest->options->skip_bad;
	if (status != ALM_BAD_DATA || (int64_t)summary->n_skipped >= allowed) {
		if (status == ALM_BAD_DATA && allowed > 0)
			return alm_fail_in(err, "more than %lld bad rows, nothing was written; the next",
				(long long)allowed);
		return status;
	}
	summary->n_skipped++;
	if (summary->n_bad == ALM_BAD_ROWS_LISTED)
		return ALM_OK;
	if (!summary->bad)
		summary->bad = calloc(ALM_BAD_ROWS_LISTED, sizeof *summary->bad);
	char *text = summary->bad ? strdup(err->text) : NULL;
	if (!text)
		return alm_fail_memory(err, sizeof err->text);
	summary->bad[summary->n_bad++] = text;
	return ALM_OK;
}

static enum alm_status write_row(struct writing *writing, const struct alm_layout *layout,
	const struct alm_row *row, struct alm_error *err)
{
	struct alm_ingest_summary *summary = &writing->summary;
	struct alm_written written;
	enum alm_status status = alm_target_put(&writing->target, layout, row, &written, err);
	if (status != ALM_OK)
		return skip(writing, status, err);
	summary->n_rows++;
	summary->n_nulls += (uint64_t)written.n_nulls;
	summary->first_ms = written.time_ms < summary->first_ms ? written.time_ms : summary->first_ms;
	summary->last_ms = written.time_ms > summary->last_ms ? written.time_ms : summary->last_ms;
	return ALM_OK;
}

static enum alm_status write_file(struct writing *writing, struct alm_input *input, struct alm_error *err)
{
	uint64_t before = writing->summary.n_rows;
	enum alm_status status = alm_target_match(&writing->target, &input->layout, err);
	while (status == ALM_OK) {
		const struct alm_row *row;
		status = alm_input_next(input, &row, err);
		if (status == ALM_OK && !row && writing->summary.n_rows == before)
			return alm_fail_in(err, "no row of '%s' could be read; the last", input->layout.file);
		if (status != ALM_OK || !row)
			return status;
		status = write_row(writing, &input->layout, row, err);
		if (++writing->n_seen % CHECK_ROWS != 0 || status != ALM_OK)
			continue;
		if (alm_stopped(writing->reporter))
			return alm_fail(err, ALM_INTERRUPTED, STOPPED);
		report(writing);
	}
	return status;
}

/* The head of the first file has been read; the others are opened when it is their turn. */
static enum alm_status write_files(struct writing *writing, struct alm_error *err)
{
	struct alm_ingest *ingest = writing->ingest;
	enum alm_status status = write_file(writing, &ingest->first, err);
	for (int i = 1; status == ALM_OK && i < ingest->files.n; i++) {
		struct alm_input input = {0};
		status = alm_input_open(
			&input, ingest->options, ingest->files.path[i], &ingest->first.layout, err);
		if (status == ALM_OK)
			status = write_file(writing, &input, err);
		alm_input_close(&input);
	}
	return status;
}

static void summarise(struct writing *writing)
{
	struct alm_ingest_summary *summary = &writing->summary;
	const struct alm_layout *layout = &writing->ingest->first.layout;
	const struct alm_upsert *upsert = &writing->target.upsert;
	static const char *const kinds[] = {[ALM_TIME_ISO] = "iso", [ALM_TIME_UNIX] = "unix"};
	snprintf(summary->dataset, sizeof summary->dataset, "%s", writing->target.dataset.name);
	alm_layout_time_names(layout, summary->time_column);
	snprintf(summary->time_format, sizeof summary->time_format, "%s",
		layout->format.kind == ALM_TIME_PATTERN ? layout->format.pattern
							: kinds[layout->format.kind]);
	summary->created = writing->target.created;
	summary->n_files = writing->ingest->files.n;
	summary->n_channels = writing->target.dataset.n_channels;
	summary->n_series = upsert->names.n;
	summary->n_inserted = upsert->n_inserted;
	summary->n_updated = upsert->n_updated;
	summary->n_unchanged = upsert->n_unchanged;
	summary->n_duplicates = upsert->n_duplicates;
	summary->seconds = alm_monotonic_s() - writing->began_s;
}

enum alm_status alm_ingest_run(struct alm_ingest *ingest, struct alm_db *db, struct alm_reporter *reporter,
	struct alm_ingest_summary *out, struct alm_error *err)
{
	struct writing writing = {.ingest = ingest, .reporter = reporter, .began_s = alm_monotonic_s()};
	struct alm_error own = {0}; /* bad rows that are skipped are listed from here */
	err = err ? err : &own;
	writing.summary.first_ms = INT64_MAX;
	writing.summary.last_ms = INT64_MIN;
	enum alm_status status = alm_db_begin(db, err);
	if (status != ALM_OK)
		return status;
	status = alm_target_open(&writing.target, db, &ingest->first, err);
	if (status == ALM_OK) {
		note_left_out(&writing);
		status = write_files(&writing, err);
	}
	/* Ctrl-C ends the whole pipeline: then the end of the input is not the end of the data. */
	if (status == ALM_OK && alm_stopped(reporter))
		status = alm_fail(err, ALM_INTERRUPTED, STOPPED);
	if (status == ALM_OK) {
		summarise(&writing);
		note_duplicates(&writing);
	}
	alm_target_close(&writing.target);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	else
		alm_db_rollback(db);
	if (status == ALM_OK)
		*out = writing.summary;
	else
		alm_ingest_summary_release(&writing.summary);
	return status;
}

void alm_ingest_summary_release(struct alm_ingest_summary *summary)
{
	for (int i = 0; i < summary->n_bad; i++)
		free(summary->bad[i]);
	free(summary->bad);
	*summary = (struct alm_ingest_summary){0};
}
