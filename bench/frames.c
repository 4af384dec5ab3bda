/*
 * Reads a dataset into frames as training does, its values and its grid, and prints how many values a second: the median of
 * five, of the rows alone and with the frames.
 *
 *     frames DATABASE DATASET
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/reporter.h"
#include "series/frame.h"
#include "store/dataset.h"

#define ROUNDS 5

/* What one reading took. */
struct took {
	double rows_s, frames_s, n_values;
};

static enum alm_status build(const struct alm_dataset *dataset, const struct alm_dataset_rows *rows,
	const char *const *names, struct alm_error *err)
{
	struct alm_panel panel;
	struct alm_panel_options options = {
		.channels = names, .n_data = dataset->n_channels, .until_ms = INT64_MAX};
	struct alm_series_rows *series = calloc((size_t)rows->n_series + 1, sizeof *series);
	if (!series)
		return alm_fail_memory(err, sizeof *series);
	for (int i = 0; i < rows->n_series; i++)
		series[i] = (struct alm_series_rows){rows->names[i], rows->first[i + 1] - rows->first[i],
			rows->times_ms + rows->first[i],
			rows->values + rows->first[i] * (size_t)rows->n_channels};
	enum alm_status status = alm_panel_build(series, rows->n_series, &options, &panel, NULL, err);
	free(series);
	if (status == ALM_OK)
		alm_panel_release(&panel);
	return status;
}

static enum alm_status measure(
	struct alm_db *db, const struct alm_dataset *dataset, struct took *took, struct alm_error *err)
{
	int columns[ALM_CHANNELS_MAX];
	const char *names[ALM_CHANNELS_MAX];
	struct alm_dataset_rows rows;
	for (int i = 0; i < dataset->n_channels; i++) {
		columns[i] = i;
		names[i] = dataset->channels[i];
	}
	double began = alm_monotonic_s();
	enum alm_status status =
		alm_dataset_read(db, dataset, columns, dataset->n_channels, INT64_MAX, &rows, err);
	if (status != ALM_OK)
		return status;
	took->rows_s = alm_monotonic_s() - began;
	took->n_values = (double)rows.n_rows * rows.n_channels;
	status = build(dataset, &rows, names, err);
	took->frames_s = alm_monotonic_s() - began;
	alm_dataset_rows_release(&rows);
	return status;
}

static int compare(const void *a, const void *b)
{
	const struct took *x = a, *y = b;
	return (x->frames_s > y->frames_s) - (x->frames_s < y->frames_s);
}

int main(int argc, char **argv)
{
	struct alm_db *db = NULL;
	struct alm_dataset dataset = {0};
	struct alm_error err = {.text = "usage: frames DATABASE DATASET"};
	struct alm_db_options reading = {.mode = ALM_DB_READ};
	struct took took[ROUNDS];
	enum alm_status status = argc == 3 ? alm_db_open(argv[1], &reading, &db, &err) : ALM_USAGE;
	if (status == ALM_OK)
		status = alm_dataset_find(db, argv[2], &dataset, &err);
	for (int i = 0; i < ROUNDS && status == ALM_OK; i++)
		status = measure(db, &dataset, &took[i], &err);
	alm_dataset_release(&dataset);
	alm_db_close(db);
	if (status != ALM_OK) {
		fprintf(stderr, "frames: %s\n", err.text);
		return alm_exit_code(status);
	}
	qsort(took, ROUNDS, sizeof *took, compare);
	const struct took *median = &took[ROUNDS / 2];
	printf("rows of a dataset;%.0f;%.1f\n", median->rows_s * 1e3,
		median->n_values / median->rows_s / 1e6);
	printf("its frames too;%.0f;%.1f\n", median->frames_s * 1e3,
		median->n_values / median->frames_s / 1e6);
	return EXIT_SUCCESS;
}
