#include "prepare/resample_rows.h"
#include <stdlib.h>
#include <string.h>
#include "series/resample.h"

/* The step of the series with most rows, all zero when it has none. */
static struct alm_freq step_of(const struct alm_dataset_rows *rows)
{
	int longest = 0;
	struct alm_freq step = {0};
	for (int i = 1; i < rows->n_series; i++)
		if (rows->first[i + 1] - rows->first[i] > rows->first[longest + 1] - rows->first[longest])
			longest = i;
	size_t first = rows->first[longest];
	enum alm_status status =
		alm_freq_infer(rows->times_ms + first, rows->first[longest + 1] - first, &step, NULL);
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

enum alm_status alm_resample_rows(const struct alm_spec *spec, const struct alm_dataset *dataset,
	const int *column, struct alm_dataset_rows *rows, struct alm_freq *freq, struct alm_error *err)
{
	struct alm_freq bucket;
	enum alm_aggregate *aggregate = NULL;
	enum alm_status status = alm_freq_parse("--resample", spec->resample, &bucket, err);
	if (status != ALM_OK)
		return status;
	struct alm_resampling resampling = {
		.bucket = bucket, .rows = step_of(rows), .n_channels = rows->n_channels};
	status = check_step(&bucket, &resampling.rows, rows->times_ms[0], err);
	if (status == ALM_OK)
		status = find_aggregates(spec, dataset, column, rows->n_channels, &aggregate, err);
	if (status != ALM_OK)
		return status;
	resampling.aggregate = aggregate;
	gather(rows, &resampling);
	free(aggregate);
	if (rows->n_rows == 0)
		return alm_fail(err, ALM_BAD_DATA,
			"dataset '%s': --resample: in no series are all rows of one %s there", dataset->name,
			spec->resample);
	*freq = bucket;
	return ALM_OK;
}
