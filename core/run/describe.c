#include "run/describe.h"
#include <stdlib.h>
#include "store/dataset_zone.h"

/* What one description holds on to. */
struct describing {
	const struct alm_describe_request *request;
	struct alm_db *db;
	struct alm_reporter *reporter;
	struct alm_description made;
	struct alm_dataset_extent extent;
};

static struct alm_series_rows view(const struct alm_dataset_rows *rows)
{
	return (struct alm_series_rows){.name = rows->names[0],
		.n_rows = rows->n_rows,
		.times_ms = rows->times_ms,
		.values = rows->values};
}

static enum alm_status measure(struct describing *describing, struct alm_error *err)
{
	const struct alm_describe_request *request = describing->request;
	struct alm_description *made = &describing->made;
	enum alm_status status = alm_dataset_measure(
		describing->db, &made->dataset, request->series, &describing->extent, err);
	if (status != ALM_OK)
		return status;
	if (describing->extent.n_rows == 0 && request->series)
		return alm_fail(err, ALM_NO_INPUT,
			"--series: dataset '%s' has no series '%s'; leave it out to see some that there are",
			made->dataset.name, request->series);
	if (describing->extent.n_rows == 0)
		return alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows; use almanac ingest",
			made->dataset.name);
	made->first_ms = describing->extent.first_ms;
	made->last_ms = describing->extent.last_ms;
	return ALM_OK;
}

/* The step as given, or inferred; that no step fits is part of the report. */
static enum alm_status find_freq(
	struct describing *describing, const struct alm_dataset_rows *rows, struct alm_error *err)
{
	struct alm_description *made = &describing->made;
	made->freq_given = describing->request->freq != NULL;
	enum alm_status status =
		made->freq_given ? alm_freq_parse("--freq", describing->request->freq, &made->freq, err)
				 : alm_freq_infer(rows->times_ms, rows->n_rows, &made->freq, &made->no_freq);
	made->has_freq = status == ALM_OK;
	if (status == ALM_BAD_DATA)
		return ALM_OK;
	if (status != ALM_OK && !made->freq_given && err)
		*err = made->no_freq;
	return status;
}

static enum alm_status find_seasons(
	struct describing *describing, const struct alm_dataset_rows *rows, struct alm_error *err)
{
	struct alm_description *made = &describing->made;
	struct alm_series_rows series = view(rows);
	enum alm_status status = ALM_OK;
	int n = rows->n_channels < ALM_DESCRIBE_SEASONS ? rows->n_channels : ALM_DESCRIBE_SEASONS;
	if (!made->has_freq)
		return ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++)
		if (!alm_dataset_is_category(&made->dataset, i))
			status = alm_seasons_find(
				&series, rows->n_channels, i, &made->freq, &made->seasons[i], err);
	made->n_seasons = n;
	return status;
}

/* What the series with most rows tells for all. */
static enum alm_status look_at_longest(struct describing *describing, struct alm_error *err)
{
	struct alm_dataset_reader *reader = NULL;
	const struct alm_dataset_rows *rows = NULL;
	enum alm_status status = alm_dataset_reader_open(
		describing->db, &describing->made.dataset, describing->extent.longest, &reader, err);
	if (status == ALM_OK)
		status = alm_dataset_reader_next(reader, &rows, err);
	if (status == ALM_OK && !rows)
		status = alm_fail(err, ALM_BUSY, "dataset '%s' is being changed; try again",
			describing->made.dataset.name);
	if (status == ALM_OK)
		status = find_freq(describing, rows, err);
	if (status == ALM_OK)
		status = find_seasons(describing, rows, err);
	alm_dataset_reader_close(reader);
	return status;
}

static enum alm_status profile_all(struct describing *describing, struct alm_error *err)
{
	struct alm_dataset_reader *reader = NULL;
	const struct alm_dataset_rows *rows = NULL;
	struct alm_description *made = &describing->made;
	struct alm_profile_options options = {.n_channels = made->dataset.n_channels,
		.category = made->dataset.category,
		.freq = made->freq,
		.first_ms = made->first_ms,
		.last_ms = made->last_ms,
		.strips = describing->request->strips,
		.strip_width = describing->request->strip_width};
	enum alm_status status = alm_profile_init(&made->profile, &options, err);
	if (status == ALM_OK)
		status = alm_dataset_reader_open(
			describing->db, &made->dataset, describing->request->series, &reader, err);
	while (status == ALM_OK && (status = alm_dataset_reader_next(reader, &rows, err)) == ALM_OK && rows) {
		struct alm_series_rows series = view(rows);
		status = alm_profile_add(&made->profile, &series, err);
		if (status == ALM_OK && alm_stopped(describing->reporter))
			status = alm_fail(err, ALM_INTERRUPTED, "describe was stopped");
	}
	if (status == ALM_OK)
		made->words = alm_dataset_reader_words(reader);
	alm_dataset_reader_close(reader);
	return status;
}

enum alm_status alm_run_describe(const struct alm_context *context,
	const struct alm_describe_request *request, struct alm_description *out, struct alm_error *err)
{
	struct describing describing = {.request = request, .reporter = context->reporter};
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &describing.db, err);
	if (status == ALM_OK)
		status = alm_dataset_find(describing.db, request->dataset, &describing.made.dataset, err);
	if (status == ALM_OK)
		status = alm_dataset_zone_get(
			describing.db, &describing.made.dataset, describing.made.zone, err);
	if (status == ALM_OK)
		status = measure(&describing, err);
	if (status == ALM_OK)
		status = look_at_longest(&describing, err);
	if (status == ALM_OK)
		status = profile_all(&describing, err);
	if (status == ALM_OK)
		*out = describing.made;
	else
		alm_description_release(&describing.made);
	alm_db_close(describing.db);
	return status;
}

void alm_description_release(struct alm_description *description)
{
	alm_profile_release(&description->profile);
	alm_names_release(&description->words);
	alm_dataset_release(&description->dataset);
	*description = (struct alm_description){0};
}
