#include "ingest/readings.h"
#include <stdlib.h>
#include <string.h>

/* Small enough that the handful on its way is in the second-level caches, large enough that handing over costs nothing. */
#define ROWS_MOST   512
#define VALUES_MOST 16384

enum alm_status alm_readings_init(
	struct alm_readings *batch, const struct alm_layout *layout, struct alm_error *err)
{
	int rows = layout->n_channels > 0 ? VALUES_MOST / layout->n_channels : ROWS_MOST;
	rows = rows < 1 ? 1 : rows > ROWS_MOST ? ROWS_MOST : rows;
	size_t n = (size_t)rows, n_values = n * (size_t)layout->n_channels;
	struct alm_readings made = {.room = rows};
	made.reading = calloc(n, sizeof *made.reading);
	made.values = calloc(n_values + 1, sizeof *made.values);
	made.series = calloc(n, sizeof *made.series);
	if (!made.reading || !made.values || !made.series) {
		alm_readings_release(&made);
		return alm_fail_memory(err, n_values * sizeof *made.values);
	}
	*batch = made;
	return ALM_OK;
}

void alm_readings_release(struct alm_readings *batch)
{
	free(batch->reading);
	free(batch->values);
	free(batch->series);
	alm_names_release(&batch->words);
	*batch = (struct alm_readings){0};
}

/* The row's texts are gone when the next one is read. */
static void keep(struct alm_readings *batch, struct alm_reading *reading)
{
	char *series = batch->series[batch->n];
	memcpy(series, reading->series, reading->series_length);
	series[reading->series_length] = '\0';
	reading->series = series;
	batch->reading[batch->n++] = *reading;
}

void alm_readings_read(struct alm_readings *batch, struct alm_input *input)
{
	const struct alm_layout *layout = &input->layout;
	size_t n_channels = (size_t)layout->n_channels;
	batch->n = 0;
	batch->at_end = batch->bad_row = false;
	batch->status = ALM_OK;
	while (batch->n < batch->room) {
		const struct alm_row *row;
		struct alm_reading reading = {
			.values = batch->values + (size_t)batch->n * n_channels, .words = &batch->words};
		batch->status = alm_input_next(input, &row, &batch->err);
		batch->at_end = batch->status == ALM_OK && !row;
		if (batch->status != ALM_OK || batch->at_end)
			return;
		batch->status = alm_layout_read(layout, row, &reading, &batch->err);
		batch->bad_row = batch->status == ALM_BAD_DATA;
		if (batch->status != ALM_OK)
			return;
		keep(batch, &reading);
	}
}

bool alm_readings_goes_on(const struct alm_readings *batch)
{
	return !batch->at_end && (batch->status == ALM_OK || batch->bad_row);
}
