#include "ingest/walk.h"
#include <stdlib.h>
#include <string.h>

/* Rows between two looks at the clock and the wish to stop. */
#define CHECK_ROWS 4096

#define STOPPED "ingest was stopped; nothing was written"

struct walk {
	struct alm_ingest *ingest;
	struct alm_sink *sink;
	struct alm_reporter *reporter;
	struct alm_ingest_summary *summary;
	uint64_t n_seen; /* rows, good and bad */
	double began_s;
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

static void report(const struct walk *walk)
{
	double elapsed = alm_monotonic_s() - walk->began_s;
	alm_progress(walk->reporter,
		&(struct alm_progress){.stage = "ingest",
			.fraction = -1,
			.done = walk->summary->n_rows,
			.unit = "rows",
			.rate_per_s = elapsed > 0 ? (double)walk->summary->n_rows / elapsed : 0,
			.left_s = -1,
			.detail = ""});
}

/* Counts a bad row that may be left out; past the number allowed it is the error. */
static enum alm_status skip(const struct walk *walk, enum alm_status status, struct alm_error *err)
{
	struct alm_ingest_summary *summary = walk->summary;
	int64_t allowed = walk->ingest->options->skip_bad;
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

static enum alm_status walk_row(const struct walk *walk, const struct alm_layout *layout,
	const struct alm_row *row, struct alm_error *err)
{
	struct alm_ingest_summary *summary = walk->summary;
	struct alm_taken taken;
	enum alm_status status = walk->sink->take(walk->sink, layout, row, &taken, err);
	if (status != ALM_OK)
		return skip(walk, status, err);
	summary->n_rows++;
	summary->n_nulls += (uint64_t)taken.n_nulls;
	summary->first_ms = taken.time_ms < summary->first_ms ? taken.time_ms : summary->first_ms;
	summary->last_ms = taken.time_ms > summary->last_ms ? taken.time_ms : summary->last_ms;
	return ALM_OK;
}

static enum alm_status walk_file(struct walk *walk, struct alm_input *input, struct alm_error *err)
{
	uint64_t before = walk->summary->n_rows;
	enum alm_status status = walk->sink->begin(walk->sink, &input->layout, err);
	while (status == ALM_OK) {
		const struct alm_row *row;
		status = alm_input_next(input, &row, err);
		if (status == ALM_OK && !row && walk->summary->n_rows == before)
			return alm_fail_in(err, "no row of '%s' could be read; the last", input->layout.file);
		if (status != ALM_OK || !row)
			return status;
		status = walk_row(walk, &input->layout, row, err);
		if (++walk->n_seen % CHECK_ROWS != 0 || status != ALM_OK)
			continue;
		if (alm_stopped(walk->reporter))
			return alm_fail(err, ALM_INTERRUPTED, STOPPED);
		report(walk);
	}
	return status;
}

/* The head of the first file has been read; the others are opened when it is their turn. */
static enum alm_status walk_files(struct walk *walk, struct alm_error *err)
{
	struct alm_ingest *ingest = walk->ingest;
	enum alm_status status = walk_file(walk, &ingest->first, err);
	for (int i = 1; status == ALM_OK && i < ingest->files.n; i++) {
		struct alm_input input = {0};
		status = alm_input_open(
			&input, ingest->options, ingest->files.path[i], &ingest->first.layout, err);
		if (status == ALM_OK)
			status = walk_file(walk, &input, err);
		alm_input_close(&input);
	}
	return status;
}

enum alm_status alm_walk(struct alm_ingest *ingest, struct alm_sink *sink, struct alm_reporter *reporter,
	struct alm_ingest_summary *summary, struct alm_error *err)
{
	struct walk walk = {ingest, sink, reporter, summary, 0, alm_monotonic_s()};
	summary->first_ms = INT64_MAX;
	summary->last_ms = INT64_MIN;
	summary->n_files = ingest->files.n;
	enum alm_status status = walk_files(&walk, err);
	/* Ctrl-C ends the whole pipeline: then the end of the input is not the end of the data. */
	if (status == ALM_OK && alm_stopped(reporter))
		return alm_fail(err, ALM_INTERRUPTED, STOPPED);
	return status;
}
