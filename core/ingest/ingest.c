#include "ingest/ingest.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/layout.h"
#include "ingest/local.h"
#include "ingest/sample.h"
#include "ingest/upsert.h"
#include "store/dataset_zone.h"

/* Rows between two looks at the clock and the wish to stop. */
#define CHECK_ROWS 4096

#define STOPPED "ingest was stopped; nothing was written"

struct alm_ingest {
	const struct alm_ingest_options *options;
	struct alm_csv *csv;
	struct alm_csv_row *header; /* NULL without one; one block, owned */
	struct alm_sample sample;
	int sample_at; /* next row of the sample to be written */
	struct alm_layout layout;
	struct alm_local_times local;
};

static enum alm_status read_header(struct alm_ingest *ingest, struct alm_error *err)
{
	const struct alm_csv_row *row;
	enum alm_status status = alm_csv_next(ingest->csv, &row, err);
	if (status != ALM_OK)
		return status;
	if (!row)
		return alm_fail(err, ALM_BAD_DATA, "'%s' is empty", alm_csv_name(ingest->csv));
	return alm_row_copy(row, &ingest->header, err);
}

enum alm_status alm_ingest_open(
	const struct alm_ingest_options *options, struct alm_ingest **out, struct alm_error *err)
{
	struct alm_ingest *ingest = calloc(1, sizeof *ingest);
	if (!ingest)
		return alm_fail_memory(err, sizeof *ingest);
	ingest->options = options;
	enum alm_status status = alm_csv_open(options->path, options->delimiter, &ingest->csv, err);
	if (status == ALM_OK && !options->no_header)
		status = read_header(ingest, err);
	if (status == ALM_OK)
		status = alm_sample_read(&ingest->sample, ingest->csv, err);
	if (status == ALM_OK && ingest->sample.n == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			ingest->header ? "'%s' has a header and no rows" : "'%s' is empty",
			alm_csv_name(ingest->csv));
	if (status == ALM_OK)
		status = alm_layout_find(&ingest->layout, options, alm_csv_name(ingest->csv), ingest->header,
			&ingest->sample, err);
	if (status == ALM_OK && options->tz)
		status = alm_local_init(&ingest->local, options->tz, &ingest->layout, &ingest->sample, err);
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
	alm_sample_release(&ingest->sample);
	free(ingest->header);
	alm_layout_release(&ingest->layout);
	alm_local_release(&ingest->local);
	alm_csv_close(ingest->csv);
	free(ingest);
}

/* The next row: from the sample, then from the file. */
static enum alm_status next_row(
	struct alm_ingest *ingest, const struct alm_csv_row **row, struct alm_error *err)
{
	if (ingest->sample_at == ingest->sample.n)
		return alm_csv_next(ingest->csv, row, err);
	*row = ingest->sample.row[ingest->sample_at++];
	return ALM_OK;
}

/* What a run holds on to. */
struct writing {
	struct alm_ingest *ingest;
	struct alm_db *db;
	struct alm_reporter *reporter;
	struct alm_dataset dataset;
	int *place;      /* [layout.n_channels] of each in the dataset; owned */
	double *ordered; /* [dataset.n_channels] values in its order; owned */
	double *values;  /* [layout.n_channels] as read; owned */
	struct alm_upsert upsert;
	struct alm_ingest_summary summary;
	double began_s;
};

/* Seconds hold every time of the sample? */
static enum alm_time_unit unit_of(const struct alm_ingest *ingest)
{
	const struct alm_layout *layout = &ingest->layout;
	for (int i = 0; i < ingest->sample.n; i++) {
		const struct alm_csv_row *row = ingest->sample.row[i];
		int64_t time_ms;
		if (row->n > layout->time &&
			alm_time_read(&layout->format, row->field[layout->time], row->length[layout->time],
				&time_ms) &&
			time_ms % 1000 != 0)
			return ALM_UNIT_MS;
	}
	return ALM_UNIT_S;
}

static enum alm_status create_dataset(struct writing *writing, struct alm_error *err)
{
	const struct alm_layout *layout = &writing->ingest->layout;
	const char **names = malloc((size_t)layout->n_channels * sizeof *names);
	if (!names)
		return alm_fail_memory(err, (size_t)layout->n_channels * sizeof *names);
	for (int i = 0; i < layout->n_channels; i++)
		names[i] = layout->name[layout->channel[i]];
	enum alm_status status = alm_dataset_create(writing->db, layout->options->dataset,
		unit_of(writing->ingest), names, layout->n_channels, &writing->dataset, err);
	free(names);
	writing->summary.created = status == ALM_OK;
	return status;
}

/* Finds the place of every channel of the file in the dataset; the two must be the same set. */
static enum alm_status match_channels(struct writing *writing, struct alm_error *err)
{
	const struct alm_layout *layout = &writing->ingest->layout;
	const struct alm_dataset *dataset = &writing->dataset;
	size_t n_file = (size_t)layout->n_channels, n_dataset = (size_t)dataset->n_channels;
	writing->place = malloc(n_file * sizeof *writing->place);
	writing->values = malloc(n_file * sizeof *writing->values);
	writing->ordered = malloc(n_dataset * sizeof *writing->ordered);
	if (!writing->place || !writing->values || !writing->ordered)
		return alm_fail_memory(err, n_dataset * sizeof *writing->ordered);
	for (size_t i = 0; i < n_dataset; i++)
		writing->ordered[i] = 0;
	for (size_t i = 0; i < n_file; i++) {
		const char *name = layout->name[layout->channel[i]];
		writing->place[i] = alm_dataset_channel(dataset, name);
		if (writing->place[i] < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: dataset '%s' has no channel '%s'; choose its channels with --channels, "
				"or another "
				"--dataset",
				layout->file, dataset->name, name);
		writing->ordered[writing->place[i]] = 1;
	}
	for (size_t i = 0; i < n_dataset; i++)
		if (writing->ordered[i] == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: channel '%s' of dataset '%s' is not in the file", layout->file,
				dataset->channels[i], dataset->name);
	return ALM_OK;
}

/* A zone that is given stays with the dataset; one that it has holds where none is given. */
static enum alm_status settle_zone(struct writing *writing, struct alm_error *err)
{
	struct alm_ingest *ingest = writing->ingest;
	char zone[ALM_ZONE_NAME] = "";
	enum alm_status status =
		ingest->options->tz
			? alm_dataset_zone_set(writing->db, &writing->dataset, ingest->options->tz, err)
			: alm_dataset_zone_get(writing->db, &writing->dataset, zone, err);
	if (status == ALM_OK && *zone != '\0')
		status = alm_local_inherit(&ingest->local, zone, &ingest->layout, &ingest->sample, err);
	if (status == ALM_OK && ingest->local.zone)
		writing->upsert.local = &ingest->local;
	return status;
}

static enum alm_status open_dataset(struct writing *writing, struct alm_error *err)
{
	const struct alm_ingest_options *options = writing->ingest->options;
	struct alm_error missing;
	enum alm_status status = alm_dataset_find(writing->db, options->dataset, &writing->dataset, &missing);
	if (status == ALM_NO_INPUT)
		status = create_dataset(writing, err);
	else if (status != ALM_OK && err)
		*err = missing;
	if (status == ALM_OK)
		status = match_channels(writing, err);
	if (status == ALM_OK)
		status = alm_upsert_open(
			&writing->upsert, writing->db, &writing->dataset, options->on_duplicate, err);
	if (status == ALM_OK)
		status = settle_zone(writing, err);
	return status;
}

/* Names the columns that have no place in the dataset: nobody should find out later. */
static void note_left_out(const struct writing *writing)
{
	const struct alm_layout *layout = &writing->ingest->layout;
	char list[512] = "";
	size_t used = 0;
	for (int column = 0; column < layout->n_columns; column++) {
		bool taken = column == layout->time || column == layout->series;
		for (int i = 0; i < layout->n_channels; i++)
			taken = taken || layout->channel[i] == column;
		if (taken || used >= sizeof list)
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
	if (!options->series && writing->upsert.n_duplicates > writing->summary.n_rows / 2)
		alm_note(writing->reporter,
			"%s: most rows have the time of another row; if the file holds several series, name "
			"their column with --series; if the hour is in a column of its own, join the two "
			"first",
			writing->ingest->layout.file);
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

static enum alm_status write_row(
	struct writing *writing, const struct alm_csv_row *row, struct alm_error *err)
{
	const struct alm_layout *layout = &writing->ingest->layout;
	struct alm_ingest_summary *summary = &writing->summary;
	struct alm_reading reading = {.values = writing->values};
	enum alm_status status = alm_layout_read(layout, row, &reading, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < layout->n_channels; i++)
		writing->ordered[writing->place[i]] = writing->values[i];
	reading.values = writing->ordered;
	status = alm_upsert_put(&writing->upsert, &reading, err);
	if (status == ALM_BAD_DATA)
		alm_fail_in(err, "%s:%ld", layout->file, row->line);
	if (status != ALM_OK)
		return status;
	summary->n_rows++;
	summary->n_nulls += (uint64_t)reading.n_nulls;
	summary->first_ms = reading.time_ms < summary->first_ms ? reading.time_ms : summary->first_ms;
	summary->last_ms = reading.time_ms > summary->last_ms ? reading.time_ms : summary->last_ms;
	return ALM_OK;
}

static enum alm_status write_rows(struct writing *writing, struct alm_error *err)
{
	for (uint64_t n = 1;; n++) {
		const struct alm_csv_row *row;
		enum alm_status status = next_row(writing->ingest, &row, err);
		if (status == ALM_OK && !row && writing->summary.n_rows == 0)
			return alm_fail_in(err, "no row of '%s' could be read; the last",
				alm_csv_name(writing->ingest->csv));
		if (status != ALM_OK || !row)
			return status;
		status = write_row(writing, row, err);
		if (status != ALM_OK)
			status = skip(writing, status, err);
		if (status != ALM_OK)
			return status;
		if (n % CHECK_ROWS != 0)
			continue;
		if (alm_stopped(writing->reporter))
			return alm_fail(err, ALM_INTERRUPTED, STOPPED);
		report(writing);
	}
}

static void summarise(struct writing *writing)
{
	struct alm_ingest_summary *summary = &writing->summary;
	const struct alm_layout *layout = &writing->ingest->layout;
	const struct alm_upsert *upsert = &writing->upsert;
	static const char *const kinds[] = {[ALM_TIME_ISO] = "iso", [ALM_TIME_UNIX] = "unix"};
	snprintf(summary->dataset, sizeof summary->dataset, "%s", writing->dataset.name);
	snprintf(summary->time_column, sizeof summary->time_column, "%s", layout->name[layout->time]);
	snprintf(summary->time_format, sizeof summary->time_format, "%s",
		layout->format.kind == ALM_TIME_PATTERN ? layout->format.pattern
							: kinds[layout->format.kind]);
	const struct alm_local_times *local = &writing->ingest->local;
	if (local->zone)
		snprintf(summary->zone, sizeof summary->zone, "%s", alm_zone_name(local->zone));
	summary->n_repeated = local->n_repeated;
	summary->n_skipped_local = local->n_skipped;
	summary->n_channels = writing->dataset.n_channels;
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
	struct writing writing = {
		.ingest = ingest, .db = db, .reporter = reporter, .began_s = alm_monotonic_s()};
	struct alm_error own = {0}; /* bad rows that are skipped are listed from here */
	err = err ? err : &own;
	writing.summary.first_ms = INT64_MAX;
	writing.summary.last_ms = INT64_MIN;
	enum alm_status status = alm_db_begin(db, err);
	if (status != ALM_OK)
		return status;
	status = open_dataset(&writing, err);
	if (status == ALM_OK) {
		note_left_out(&writing);
		status = write_rows(&writing, err);
	}
	/* Ctrl-C ends the whole pipeline: then the end of the input is not the end of the data. */
	if (status == ALM_OK && alm_stopped(reporter))
		status = alm_fail(err, ALM_INTERRUPTED, STOPPED);
	if (status == ALM_OK) {
		summarise(&writing);
		note_duplicates(&writing);
	}
	alm_upsert_close(&writing.upsert);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	else
		alm_db_rollback(db);
	if (status == ALM_OK)
		*out = writing.summary;
	else
		alm_ingest_summary_release(&writing.summary);
	alm_dataset_release(&writing.dataset);
	free(writing.place);
	free(writing.ordered);
	free(writing.values);
	return status;
}

void alm_ingest_summary_release(struct alm_ingest_summary *summary)
{
	for (int i = 0; i < summary->n_bad; i++)
		free(summary->bad[i]);
	free(summary->bad);
	*summary = (struct alm_ingest_summary){0};
}
