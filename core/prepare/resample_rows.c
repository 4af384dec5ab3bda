#include "prepare/resample_rows.h"
#include <stdlib.h>
#include <string.h>
#include "prepare/merge.h"
#include "series/resample.h"

/* Channels that lie beside each other; none stands for whatever a row holds. */
struct channels {
	int first, n;
};

static bool has_value(const struct alm_dataset_rows *rows, size_t row, const struct channels *of)
{
	return of->n == 0 ||
	       alm_row_has_value(rows->values + row * (size_t)rows->n_channels, of->first, of->n);
}

/* The times of a series at which one of the channels has a value. Returns how many. */
static size_t list_times(
	const struct alm_dataset_rows *rows, int series, const struct channels *of, int64_t *times_ms)
{
	size_t n = 0;
	for (size_t row = rows->first[series]; row < rows->first[series + 1]; row++)
		if (has_value(rows, row, of))
			times_ms[n++] = rows->times_ms[row];
	return n;
}

/* The step of the series with most rows that have a value, all zero when it has none. `times_ms` [n_rows] is lent. */
static struct alm_freq step_of(
	const struct alm_dataset_rows *rows, const struct channels *of, int64_t *times_ms)
{
	int longest = 0;
	size_t most = 0;
	struct alm_freq step = {0};
	for (int i = 0; i < rows->n_series; i++) {
		size_t n = list_times(rows, i, of, times_ms);
		longest = n > most ? i : longest;
		most = n > most ? n : most;
	}
	list_times(rows, longest, of, times_ms);
	enum alm_status status = alm_freq_infer(times_ms, most, &step, NULL);
	return status == ALM_OK ? step : (struct alm_freq){0};
}

static enum alm_status check_step(
	const struct alm_freq *bucket, const struct alm_freq *rows, int64_t time_ms, struct alm_error *err)
{
	char wanted[ALM_FREQ_TEXT], there[ALM_FREQ_TEXT];
	if (!alm_freq_known(rows) || alm_freq_add(bucket, time_ms, 1) >= alm_freq_add(rows, time_ms, 1))
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "--resample: %s is finer than the step of the data, %s",
		alm_freq_print(bucket, wanted), alm_freq_print(rows, there));
}

/* The aggregate of every column, which the caller frees. */
static enum alm_status find_aggregates(const struct alm_spec *spec, const struct alm_dataset *dataset,
	const int *column, int n, enum alm_aggregate **out, struct alm_error *err)
{
	enum alm_aggregate *aggregate = malloc((size_t)n * sizeof *aggregate);
	const char **names = malloc((size_t)n * sizeof *names);
	bool *category = malloc((size_t)n * sizeof *category);
	enum alm_status status =
		aggregate && names && category ? ALM_OK : alm_fail_memory(err, (size_t)n * sizeof *names);
	for (int i = 0; status == ALM_OK && i < n; i++) {
		names[i] = dataset->channels[column[i]];
		category[i] = alm_dataset_is_category(dataset, column[i]);
	}
	if (status == ALM_OK)
		status = alm_aggregate_parse(spec->aggregate, names, category, n, aggregate, err);
	free(names);
	free(category);
	if (status == ALM_OK)
		*out = aggregate;
	else
		free(aggregate);
	return status;
}

/* Each series in its place, then one behind the other. */
static void gather(struct alm_dataset_rows *rows, const struct alm_resampling *resampling)
{
	size_t n_channels = (size_t)rows->n_channels, at = 0;
	for (int i = 0; i < rows->n_series; i++) {
		size_t first = rows->first[i], n = rows->first[i + 1] - first;
		n = alm_resample(resampling, rows->times_ms + first, rows->values + first * n_channels, n);
		memmove(rows->times_ms + at, rows->times_ms + first, n * sizeof *rows->times_ms);
		memmove(rows->values + at * n_channels, rows->values + first * n_channels,
			n * n_channels * sizeof *rows->values);
		rows->first[i] = at;
		at += n;
	}
	rows->first[rows->n_series] = rows->n_rows = at;
}

/* Whether a bucket holds a past value; where nothing is known ahead, whether there is one. */
static bool has_buckets(const struct alm_dataset_rows *rows, const struct channels *past)
{
	for (size_t row = 0; row < rows->n_rows; row++)
		if (has_value(rows, row, past))
			return true;
	return false;
}

/* Puts what is supplied into the buckets of every series that lie ahead. */
static enum alm_status merge(const struct alm_supplied *supplied, const struct alm_resampling *resampling,
	struct alm_dataset_rows *rows, struct alm_error *err)
{
	int64_t *from_ms = malloc(((size_t)rows->n_series + 1) * sizeof *from_ms);
	if (!from_ms)
		return alm_fail_memory(err, (size_t)rows->n_series * sizeof *from_ms);
	for (int i = 0; i < rows->n_series; i++) {
		size_t first = rows->first[i];
		from_ms[i] = alm_resample_ahead(resampling, rows->times_ms + first,
			rows->values + first * (size_t)rows->n_channels, rows->first[i + 1] - first);
	}
	enum alm_status status = alm_merge_ahead(supplied, resampling->n_future, from_ms, rows, err);
	free(from_ms);
	return status;
}

/* The steps [n_future] of the channels that are known ahead, each by its own values. The caller frees them. */
static enum alm_status find_ahead(
	const struct alm_dataset_rows *rows, int n_future, struct alm_freq **out, struct alm_error *err)
{
	int64_t *times_ms = malloc((rows->n_rows + 1) * sizeof *times_ms);
	struct alm_freq *ahead = malloc(((size_t)n_future + 1) * sizeof *ahead);
	if (!times_ms || !ahead) {
		free(times_ms);
		free(ahead);
		return alm_fail_memory(err, rows->n_rows * sizeof *times_ms);
	}
	for (int i = 0; i < n_future; i++)
		ahead[i] = step_of(rows, &(struct channels){rows->n_channels - n_future + i, 1}, times_ms);
	free(times_ms);
	*out = ahead;
	return ALM_OK;
}

/* The step by which past values tell how far a series has come. */
static enum alm_status find_step(const struct alm_dataset_rows *rows, const struct channels *past,
	struct alm_freq *out, struct alm_error *err)
{
	int64_t *times_ms = malloc((rows->n_rows + 1) * sizeof *times_ms);
	if (!times_ms)
		return alm_fail_memory(err, rows->n_rows * sizeof *times_ms);
	*out = step_of(rows, past, times_ms);
	free(times_ms);
	return ALM_OK;
}

static struct channels past_of(const struct alm_resample_request *request, int n_channels)
{
	int n_past = n_channels - request->n_static - request->n_future;
	return (struct channels){0, request->n_future > 0 ? n_past : 0};
}

enum alm_status alm_resample_rows(const struct alm_resample_request *request, struct alm_dataset_rows *rows,
	struct alm_freq *freq, struct alm_error *err)
{
	const struct alm_spec *spec = request->spec;
	enum alm_aggregate *aggregate = NULL;
	struct alm_freq *ahead = NULL;
	struct channels past = past_of(request, rows->n_channels);
	struct alm_resampling resampling = {
		.n_channels = rows->n_channels, .n_static = request->n_static, .n_future = request->n_future};
	enum alm_status status = alm_freq_parse("--resample", spec->resample, &resampling.bucket, err);
	if (status == ALM_OK)
		status = find_step(rows, &past, &resampling.rows, err);
	if (status == ALM_OK)
		status = check_step(&resampling.bucket, &resampling.rows, rows->times_ms[0], err);
	if (status == ALM_OK)
		status = find_aggregates(
			spec, request->dataset, request->column, rows->n_channels, &aggregate, err);
	if (status == ALM_OK && request->supplied)
		status = merge(request->supplied, &resampling, rows, err);
	if (status == ALM_OK)
		status = find_ahead(rows, request->n_future, &ahead, err);
	if (status == ALM_OK) {
		resampling.aggregate = aggregate;
		resampling.ahead = ahead;
		gather(rows, &resampling);
		*freq = resampling.bucket;
	}
	free(aggregate);
	free(ahead);
	if (status == ALM_OK && !has_buckets(rows, &past))
		return alm_fail(err, ALM_BAD_DATA,
			"dataset '%s': --resample: in no series are all rows of one %s there",
			request->dataset->name, spec->resample);
	return status;
}
