/* The end of every series, as a forecast needs it. */
#include <stdlib.h>
#include "base/context.h"
#include "prepare/lay_out.h"
#include "prepare/prepare.h"
#include "prepare/resample_rows.h"
#include "time/timestamp.h"

/* The dataset's columns of the channels that a model was trained on. */
static enum alm_status find_columns(const struct alm_dataset *dataset, const struct alm_trained *trained,
	int **out, struct alm_error *err)
{
	size_t n_bytes = (size_t)trained->n_channels * sizeof(int);
	int *column = malloc(n_bytes);
	if (!column)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < trained->n_channels; i++) {
		column[i] = alm_dataset_channel(dataset, trained->channels[i]);
		if (column[i] < 0) {
			free(column);
			return alm_fail(err, ALM_BAD_CONFIG,
				"dataset '%s' no longer has channel '%s' that the model was trained on",
				dataset->name, trained->channels[i]);
		}
	}
	*out = column;
	return ALM_OK;
}

/*
 * The rows that a forecast looks at. Of a model that resamples these are all up to its end: how many make a bucket is not
 * known before they are read.
 */
static enum alm_status read_rows(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_trained *trained, const struct alm_dataset_tail *tail, struct alm_dataset_rows *out,
	struct alm_error *err)
{
	struct alm_freq bucket;
	if (*trained->spec.resample == '\0')
		return alm_dataset_read_tail(db, dataset, tail, out, err);
	enum alm_status status =
		alm_dataset_read(db, dataset, tail->columns, tail->n_columns, tail->until_ms, out, err);
	if (status != ALM_OK || out->n_rows == 0)
		return status;
	status = alm_resample_rows(&trained->spec, dataset, tail->columns, out, &bucket, err);
	if (status != ALM_OK)
		alm_dataset_rows_release(out);
	return status;
}

enum alm_status alm_prepare_newest(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_trained *trained, size_t n_rows, int64_t until_ms, struct alm_dataset_rows *out,
	struct alm_error *err)
{
	int *column = NULL;
	enum alm_status status = find_columns(dataset, trained, &column, err);
	if (status != ALM_OK)
		return status;
	struct alm_dataset_tail tail = {.columns = column,
		.n_columns = trained->n_channels,
		.n_past = trained->n_channels - trained->n_static - alm_trained_future(trained),
		.n_rows = n_rows,
		.until_ms = until_ms};
	status = read_rows(db, dataset, trained, &tail, out, err);
	free(column);
	return status;
}

enum alm_status alm_prepare_tail(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_trained *trained, int64_t until_ms,
	struct alm_panel *out, struct alm_error *err)
{
	const struct alm_plan *plan = &trained->plan;
	struct alm_dataset_rows rows = {0};
	int *column = NULL;
	enum alm_status status = find_columns(dataset, trained, &column, err);
	if (status != ALM_OK)
		return status;
	size_t n_ahead = (size_t)(plan->window.delay + plan->window.horizon);
	struct alm_dataset_tail tail = {.columns = column,
		.n_columns = trained->n_channels,
		.n_past = trained->n_channels - trained->n_static - alm_trained_future(trained),
		.n_rows = (size_t)alm_plan_rows_back(plan),
		.until_ms = until_ms,
		.n_ahead = n_ahead};
	status = read_rows(db, dataset, trained, &tail, &rows, err);
	if (status == ALM_OK && rows.n_rows == 0) {
		char when[ALM_TIME_TEXT];
		status = until_ms == INT64_MAX
				 ? alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows", dataset->name)
				 : alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows up to %s",
					   dataset->name, alm_time_print(until_ms, when));
	}
	if (status == ALM_OK) {
		struct alm_panel_options options = {.n_static = trained->n_static,
			.n_future = alm_trained_future(trained),
			.calendar = trained->spec.calendar,
			.freq = plan->freq,
			.fill = (enum alm_fill)trained->spec.fill,
			.fill_limit = plan->fill_limit,
			.until_ms = INT64_MAX, /* what was read ends where it should */
			.n_ahead = n_ahead};
		status = alm_lay_out(context, db, dataset, &trained->spec, column, trained->n_channels, &rows,
			options, out, err);
		if (status == ALM_OK)
			status = alm_lay_out_check(out, trained, err);
		if (status == ALM_OK)
			status = alm_vocabulary_encode(
				&trained->vocabulary, out, &rows.words, context->reporter, err);
	}
	alm_dataset_rows_release(&rows);
	free(column);
	return status;
}
