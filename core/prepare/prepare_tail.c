/* The end of every series, as a forecast needs it. */
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "prepare/lay_out.h"
#include "prepare/prepare.h"
#include "prepare/resample_rows.h"
#include "prepare/supply.h"
#include "series/resample.h"
#include "store/dataset_zone.h"
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

/* What is read, and for which model. */
struct reading {
	const struct alm_context *context;
	struct alm_db *db;
	const struct alm_dataset *dataset;
	const struct alm_trained *trained;
	struct alm_dataset_tail tail;
	const char *future; /* a file; NULL = none */
};

/* Opens the tail of the dataset that a model needs; the caller frees its columns. */
static enum alm_status open_tail(struct reading *reading, int **column, struct alm_error *err)
{
	const struct alm_trained *trained = reading->trained;
	enum alm_status status = find_columns(reading->dataset, trained, column, err);
	reading->tail.columns = *column;
	reading->tail.n_columns = trained->n_channels;
	reading->tail.n_past = trained->n_channels - trained->n_static - alm_trained_future(trained);
	return status;
}

/* The file of what is known ahead, as the series of the names have it. Release the result. */
static enum alm_status read_file(const struct reading *reading, char *const *names, int n_series,
	struct alm_supplied *out, struct alm_error *err)
{
	char zone[ALM_ZONE_NAME];
	enum alm_status status = alm_dataset_zone_get(reading->db, reading->dataset, zone, err);
	if (status != ALM_OK)
		return status;
	struct alm_supply_file file = {.path = reading->future, .zone = zone};
	return alm_supply_read(reading->context, &file, reading->trained, names, n_series, out, err);
}

/* Leaves of every series the rows up to the last with a past value, and n_ahead more, as alm_dataset_read_tail does. */
static void cut_ahead(struct alm_dataset_rows *rows, const struct alm_dataset_tail *tail)
{
	size_t n_channels = (size_t)rows->n_channels, at = 0;
	for (int i = 0; i < rows->n_series; i++) {
		size_t first = rows->first[i], end = rows->first[i + 1], known = end;
		while (known > first &&
			!alm_row_has_value(rows->values + (known - 1) * n_channels, 0, tail->n_past))
			known--;
		if (known > first && end - known > tail->n_ahead)
			end = known + tail->n_ahead;
		memmove(rows->times_ms + at, rows->times_ms + first, (end - first) * sizeof *rows->times_ms);
		memmove(rows->values + at * n_channels, rows->values + first * n_channels,
			(end - first) * n_channels * sizeof *rows->values);
		rows->first[i] = at;
		at += end - first;
	}
	rows->first[rows->n_series] = rows->n_rows = at;
}

/* Gathers the rows, and those of the file, into the model's buckets. */
static enum alm_status resample(
	const struct reading *reading, struct alm_dataset_rows *rows, struct alm_error *err)
{
	const struct alm_trained *trained = reading->trained;
	struct alm_freq bucket;
	struct alm_supplied supplied = {0};
	struct alm_resample_request request = {.spec = &trained->spec,
		.dataset = reading->dataset,
		.column = reading->tail.columns,
		.n_static = trained->n_static,
		.n_future = alm_trained_future(trained),
		.supplied = reading->future ? &supplied : NULL};
	enum alm_status status = ALM_OK;
	if (reading->future)
		status = read_file(reading, rows->names, rows->n_series, &supplied, err);
	if (status == ALM_OK && reading->future)
		status = alm_supply_match(reading->context, trained, &supplied, rows, err);
	if (status == ALM_OK)
		status = alm_resample_rows(&request, rows, &bucket, err);
	if (status == ALM_OK && request.n_future > 0)
		cut_ahead(rows, &reading->tail);
	alm_supplied_release(&supplied);
	return status;
}

/*
 * All rows of a model that resamples: how many make a bucket is not known before they are read. Only where something is known
 * ahead does a row after the end count.
 */
static enum alm_status read_fine(
	const struct reading *reading, struct alm_dataset_rows *out, struct alm_error *err)
{
	struct alm_dataset_tail tail = reading->tail;
	tail.n_rows = tail.n_ahead = SIZE_MAX;
	return alm_trained_future(reading->trained) > 0
		       ? alm_dataset_read_tail(reading->db, reading->dataset, &tail, out, err)
		       : alm_dataset_read(reading->db, reading->dataset, tail.columns, tail.n_columns,
				 tail.until_ms, out, err);
}

/* The rows that a forecast looks at. */
static enum alm_status read_rows(
	const struct reading *reading, struct alm_dataset_rows *out, struct alm_error *err)
{
	if (*reading->trained->spec.resample == '\0')
		return alm_dataset_read_tail(reading->db, reading->dataset, &reading->tail, out, err);
	enum alm_status status = read_fine(reading, out, err);
	if (status != ALM_OK || out->n_rows == 0)
		return status;
	status = resample(reading, out, err);
	if (status != ALM_OK)
		alm_dataset_rows_release(out);
	return status;
}

enum alm_status alm_prepare_newest(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_trained *trained, size_t n_rows, int64_t until_ms, struct alm_dataset_rows *out,
	struct alm_error *err)
{
	int *column = NULL;
	struct reading reading = {.db = db,
		.dataset = dataset,
		.trained = trained,
		.tail = {.n_rows = n_rows, .until_ms = until_ms}};
	enum alm_status status = open_tail(&reading, &column, err);
	if (status == ALM_OK)
		status = read_rows(&reading, out, err);
	free(column);
	return status;
}

static enum alm_status no_rows(const struct reading *reading, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	const char *name = reading->dataset->name;
	if (reading->tail.until_ms == INT64_MAX)
		return alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows", name);
	return alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows up to %s", name,
		alm_time_print(reading->tail.until_ms, when));
}

/* Lays the rows on the model's grid, in the numbers of its vocabulary. */
static enum alm_status lay_out(const struct reading *reading, const struct alm_dataset_rows *rows,
	struct alm_panel *out, struct alm_error *err)
{
	const struct alm_trained *trained = reading->trained;
	struct alm_panel_options options = {.n_static = trained->n_static,
		.n_future = alm_trained_future(trained),
		.calendar = trained->spec.calendar,
		.freq = trained->plan.freq,
		.fill = (enum alm_fill)trained->spec.fill,
		.fill_limit = trained->plan.fill_limit,
		.until_ms = INT64_MAX, /* what was read ends where it should */
		.n_ahead = reading->tail.n_ahead};
	enum alm_status status = alm_lay_out(reading->context, reading->db, reading->dataset, &trained->spec,
		reading->tail.columns, trained->n_channels, rows, options, out, err);
	if (status == ALM_OK)
		status = alm_lay_out_check(out, trained, err);
	if (status == ALM_OK)
		status = alm_vocabulary_encode(
			&trained->vocabulary, out, &rows->words, reading->context->reporter, err);
	return status;
}

/* The file's values over those of the dataset, where the rows have the step of the model. */
static enum alm_status put_file(const struct reading *reading, struct alm_panel *panel, struct alm_error *err)
{
	struct alm_supplied supplied = {0};
	if (!reading->future || *reading->trained->spec.resample != '\0')
		return ALM_OK;
	enum alm_status status = read_file(reading, panel->series, panel->n_series, &supplied, err);
	if (status == ALM_OK)
		status = alm_supply_put(reading->context, reading->trained, &supplied, panel, err);
	alm_supplied_release(&supplied);
	return status;
}

enum alm_status alm_prepare_tail(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_trained *trained,
	const struct alm_tail_request *request, struct alm_panel *out, struct alm_error *err)
{
	const struct alm_plan *plan = &trained->plan;
	struct alm_dataset_rows rows = {0};
	int *column = NULL;
	struct reading reading = {.context = context,
		.db = db,
		.dataset = dataset,
		.trained = trained,
		.tail = {.n_rows = (size_t)alm_plan_rows_back(plan),
			.until_ms = request->until_ms,
			.n_ahead = (size_t)(plan->window.delay + plan->window.horizon)},
		.future = request->future};
	enum alm_status status = open_tail(&reading, &column, err);
	if (status == ALM_OK)
		status = read_rows(&reading, &rows, err);
	if (status == ALM_OK && rows.n_rows == 0)
		status = no_rows(&reading, err);
	if (status == ALM_OK)
		status = lay_out(&reading, &rows, out, err);
	if (status == ALM_OK)
		status = put_file(&reading, out, err);
	alm_dataset_rows_release(&rows);
	free(column);
	return status;
}
