#include "ingest/walk.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/aside.h"
#include "ingest/readings.h"

#define STOPPED "ingest was stopped; nothing was written"

/* Batches of rows that are read ahead, so that neither thread waits for the other where one of its batches takes longer. */
#define BATCHES 4

struct walk {
	struct alm_ingest *ingest;
	struct alm_sink *sink;
	struct alm_reporter *reporter;
	struct alm_ingest_summary *summary;
	double began_s;
	struct alm_aside *aside;
	enum alm_status given; /* what giving rows has come to; with *err of the thread that gives them */
	struct alm_error *err; /* the caller's */
	atomic_bool failed;    /* that it has come to no good, for the thread that reads */
};

/* Rows on their way to the sink. */
struct giving {
	struct walk *walk;
	const struct alm_layout *layout;
	struct alm_readings batch;
	uint64_t n_rows; /* of the whole walk, when they have been given */
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
	if (status == ALM_OK && options->tz)
		status = alm_local_init(&ingest->local, options->tz, err);
	if (status == ALM_OK)
		status = alm_local_begin(&ingest->local, &ingest->first, err);
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
	alm_local_release(&ingest->local);
	alm_files_release(&ingest->files);
	free(ingest);
}

static void report(const struct walk *walk, uint64_t n_rows)
{
	double elapsed = alm_monotonic_s() - walk->began_s;
	alm_progress(walk->reporter, &(struct alm_progress){.stage = "ingest",
					     .fraction = -1,
					     .done = n_rows,
					     .unit = "rows",
					     .rate_per_s = elapsed > 0 ? (double)n_rows / elapsed : 0,
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

static enum alm_status give_row(const struct giving *giving, struct alm_reading *reading)
{
	const struct walk *walk = giving->walk;
	struct alm_ingest_summary *summary = walk->summary;
	enum alm_status status = walk->sink->take(walk->sink, giving->layout, reading, walk->err);
	if (status != ALM_OK)
		return skip(walk, status, walk->err);
	summary->n_rows++;
	summary->n_nulls += (uint64_t)reading->n_nulls;
	summary->first_ms = reading->time_ms < summary->first_ms ? reading->time_ms : summary->first_ms;
	summary->last_ms = reading->time_ms > summary->last_ms ? reading->time_ms : summary->last_ms;
	return ALM_OK;
}

/* The rows of a batch, then what came after them: so what was wrong first in the file is what is said. */
static enum alm_status give_batch(const struct giving *giving)
{
	const struct walk *walk = giving->walk;
	const struct alm_readings *batch = &giving->batch;
	enum alm_status status = ALM_OK;
	for (int i = 0; status == ALM_OK && i < batch->n; i++)
		status = give_row(giving, &batch->reading[i]);
	if (status != ALM_OK || batch->status == ALM_OK)
		return status;
	*walk->err = batch->err;
	return batch->bad_row ? skip(walk, batch->status, walk->err) : batch->status;
}

/* On the second thread. */
static void give(void *job)
{
	struct giving *giving = job;
	struct walk *walk = giving->walk;
	if (walk->given == ALM_OK)
		walk->given = give_batch(giving);
	atomic_store(&walk->failed, walk->given != ALM_OK);
	giving->n_rows = walk->summary->n_rows;
}

/* While batches are given to the sink, the next ones are filled from the file. */
static enum alm_status give_all(struct walk *walk, struct alm_input *input, struct giving givings[BATCHES])
{
	bool goes_on = true, stopped = false;
	for (int at = 0; goes_on && !stopped && !atomic_load(&walk->failed); at = (at + 1) % BATCHES) {
		struct giving *giving = &givings[at];
		alm_aside_wait(walk->aside, BATCHES - 1); /* for the batch that was here before */
		if (giving->n_rows > 0)
			report(walk, giving->n_rows);
		alm_readings_read(&giving->batch, input);
		goes_on = alm_readings_goes_on(&giving->batch);
		alm_aside_begin(walk->aside, give, giving);
		stopped = alm_stopped(walk->reporter);
	}
	alm_aside_wait(walk->aside, 0);
	if (walk->given == ALM_OK && stopped)
		return alm_fail(walk->err, ALM_INTERRUPTED, STOPPED);
	if (walk->given == ALM_OK)
		report(walk, walk->summary->n_rows);
	return walk->given;
}

static enum alm_status walk_file(struct walk *walk, struct alm_input *input)
{
	uint64_t before = walk->summary->n_rows;
	struct giving givings[BATCHES] = {0};
	enum alm_status status = alm_local_begin(&walk->ingest->local, input, walk->err);
	if (status == ALM_OK)
		status = walk->sink->begin(walk->sink, &input->layout, walk->err);
	for (int i = 0; status == ALM_OK && i < BATCHES; i++) {
		givings[i] = (struct giving){.walk = walk, .layout = &input->layout, .n_rows = before};
		status = alm_readings_init(&givings[i].batch, &input->layout, walk->err);
	}
	if (status == ALM_OK)
		status = give_all(walk, input, givings);
	for (int i = 0; i < BATCHES; i++)
		alm_readings_release(&givings[i].batch);
	if (status == ALM_OK && walk->summary->n_rows == before)
		return alm_fail_in(walk->err, "no row of '%s' could be read; the last", input->layout.file);
	return status;
}

/* The head of the first file has been read; the others are opened when it is their turn. */
static enum alm_status walk_files(struct walk *walk)
{
	struct alm_ingest *ingest = walk->ingest;
	enum alm_status status = walk_file(walk, &ingest->first);
	for (int i = 1; status == ALM_OK && i < ingest->files.n; i++) {
		struct alm_input input = {0};
		status = alm_input_open(
			&input, ingest->options, ingest->files.path[i], &ingest->first.layout, walk->err);
		if (status == ALM_OK)
			status = walk_file(walk, &input);
		alm_input_close(&input);
	}
	return status;
}

enum alm_status alm_walk(struct alm_ingest *ingest, struct alm_sink *sink, struct alm_reporter *reporter,
	struct alm_ingest_summary *summary, struct alm_error *err)
{
	struct walk walk = {.ingest = ingest,
		.sink = sink,
		.reporter = reporter,
		.summary = summary,
		.began_s = alm_monotonic_s(),
		.err = err};
	summary->first_ms = INT64_MAX;
	summary->last_ms = INT64_MIN;
	summary->n_files = ingest->files.n;
	enum alm_status status = alm_aside_new(&walk.aside, err);
	if (status == ALM_OK)
		status = walk_files(&walk);
	alm_aside_free(walk.aside);
	/* Ctrl-C ends the whole pipeline: then the end of the input is not the end of the data. */
	if (status == ALM_OK && alm_stopped(reporter))
		return alm_fail(err, ALM_INTERRUPTED, STOPPED);
	return status;
}
