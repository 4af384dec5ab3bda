#include "prepare/merge.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

/* Rows as they come to be. */
struct merging {
	const struct alm_supplied *supplied;
	int place; /* among its series */
	int n_future;
	const struct alm_dataset_rows *rows;
	size_t n;
	int64_t *times_ms; /* [n] */
	float *values;     /* [n][n_channels] */
};

/* The rows of the supplied series of a name, which is not before the last one asked for: from *first up to the end returned. */
static size_t find_series(struct merging *merging, const char *name, size_t *first)
{
	const struct alm_dataset_rows *rows = &merging->supplied->rows;
	while (merging->place < rows->n_series && strcmp(rows->names[merging->place], name) < 0)
		merging->place++;
	bool there = merging->place < rows->n_series && strcmp(rows->names[merging->place], name) == 0;
	*first = there ? rows->first[merging->place] : 0;
	return there ? rows->first[merging->place + 1] : 0;
}

/* A row of the dataset, or an empty one, at the end of those that are made. Returns its values. */
static float *add_row(struct merging *merging, int64_t time_ms, const float *values)
{
	size_t n_channels = (size_t)merging->rows->n_channels;
	float *to = merging->values + merging->n * n_channels;
	merging->times_ms[merging->n++] = time_ms;
	for (size_t i = 0; i < n_channels; i++)
		to[i] = values ? values[i] : NAN;
	return to;
}

static void put_values(const struct merging *merging, size_t supplied_row, float *to)
{
	const struct alm_dataset_rows *from = &merging->supplied->rows;
	const float *values = from->values + supplied_row * (size_t)from->n_channels;
	to += merging->rows->n_channels - merging->n_future;
	for (int i = 0; i < merging->n_future; i++) {
		float value = values[merging->supplied->column[i]];
		if (!isnan(value))
			to[i] = value;
	}
}

static void merge_series(struct merging *merging, int series, int64_t from_ms)
{
	const struct alm_dataset_rows *rows = merging->rows, *from = &merging->supplied->rows;
	size_t row = rows->first[series], end = rows->first[series + 1], other;
	size_t other_end = find_series(merging, rows->names[series], &other);
	while (other < other_end && from->times_ms[other] < from_ms)
		other++;
	while (row < end || other < other_end) {
		bool there =
			row < end && (other == other_end || rows->times_ms[row] <= from->times_ms[other]);
		int64_t time_ms = there ? rows->times_ms[row] : from->times_ms[other];
		float *to = add_row(
			merging, time_ms, there ? rows->values + row * (size_t)rows->n_channels : NULL);
		row += there ? 1 : 0;
		if (other < other_end && from->times_ms[other] == time_ms)
			put_values(merging, other++, to);
	}
}

enum alm_status alm_merge_ahead(const struct alm_supplied *supplied, int n_future, const int64_t *from_ms,
	struct alm_dataset_rows *rows, struct alm_error *err)
{
	struct merging merging = {.supplied = supplied, .n_future = n_future, .rows = rows};
	size_t n_rows = rows->n_rows + supplied->rows.n_rows, n_bytes;
	if (!alm_mul_size(n_rows, (size_t)rows->n_channels * sizeof(float), &n_bytes))
		return alm_fail_memory(err, SIZE_MAX);
	merging.times_ms = malloc(n_rows * sizeof *merging.times_ms);
	merging.values = malloc(n_bytes);
	if (!merging.times_ms || !merging.values) {
		free(merging.times_ms);
		free(merging.values);
		return alm_fail_memory(err, n_bytes);
	}
	for (int i = 0; i < rows->n_series; i++) {
		size_t first = merging.n;
		merge_series(&merging, i, from_ms[i]);
		rows->first[i] = first; /* of a series that has been merged */
	}
	rows->first[rows->n_series] = rows->n_rows = merging.n;
	free(rows->times_ms);
	free(rows->values);
	rows->times_ms = merging.times_ms;
	rows->values = merging.values;
	return ALM_OK;
}
