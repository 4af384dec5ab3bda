#include "series/ahead.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "time/timestamp.h"

/* Series that an error lists. */
#define LISTED 3

static int n_future(const struct alm_panel *panel)
{
	return panel->n_known - panel->n_calendar;
}

/* The values of one of the rows that were given. */
static void put_row(const struct alm_panel *panel, struct alm_frame *frame, size_t row, const float *values,
	const int *column)
{
	size_t at = row * (size_t)panel->n_channels + (size_t)(panel->n_channels - panel->n_known);
	for (int i = 0; i < n_future(panel); i++, at++) {
		if (isnan(values[column[i]]))
			continue;
		frame->values[at] = values[column[i]];
		frame->observed[at] = 1;
	}
}

enum alm_status alm_ahead_put(const struct alm_panel *panel, struct alm_frame *frame,
	const struct alm_series_rows *rows, int n_columns, const int *column, struct alm_error *err)
{
	for (size_t i = 0; i < rows->n_rows; i++) {
		bool on_grid;
		int64_t row = alm_freq_between(&panel->freq, frame->grid_ms, rows->times_ms[i], &on_grid) -
			      frame->grid_row;
		if (row < (int64_t)frame->n_rows || row >= (int64_t)(frame->n_rows + frame->n_ahead))
			continue;
		if (!on_grid) {
			char when[ALM_TIME_TEXT], step[ALM_FREQ_TEXT];
			alm_fail(err, ALM_BAD_DATA, "%s is not on the grid of %s that the model has",
				alm_time_print(rows->times_ms[i], when), alm_freq_print(&panel->freq, step));
			return alm_frame_blame(frame, ALM_BAD_DATA, err);
		}
		put_row(panel, frame, (size_t)row, rows->values + i * (size_t)n_columns, column);
	}
	return ALM_OK;
}

/* The target rows of a window at which a channel is not known. */
struct lack {
	size_t n, first, last;
};

static struct lack look(const struct alm_panel *panel, const struct alm_window_spec *spec,
	const struct alm_window *window, int channel)
{
	struct lack lack = {0};
	const struct alm_frame *frame = &panel->frames[window->frame];
	for (int64_t step = 0; step < spec->horizon; step++) {
		size_t row = alm_window_target_row(spec, window->now, step);
		if (frame->observed[row * (size_t)panel->n_channels + (size_t)channel])
			continue;
		if (lack.n++ == 0)
			lack.first = row;
		lack.last = row;
	}
	return lack;
}

/* "24 times of series 'a' (2020-01-01 00:00:00 to 2020-01-01 23:00:00)". Bytes written, at most all. */
static size_t describe(const struct alm_panel *panel, const struct alm_frame *frame, const struct lack *lack,
	char *text, size_t n_bytes)
{
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	int n = snprintf(text, n_bytes, "%zu time%s%s%s%s (%s to %s)", lack->n, lack->n == 1 ? "" : "s",
		*frame->series ? " of series '" : "", frame->series, *frame->series ? "'" : "",
		alm_time_print(alm_frame_time(panel, frame, (int64_t)lack->first), first),
		alm_time_print(alm_frame_time(panel, frame, (int64_t)lack->last), last));
	return n < 0 || (size_t)n >= n_bytes ? n_bytes : (size_t)n;
}

static enum alm_status check_channel(const struct alm_panel *panel, const struct alm_window_spec *spec,
	const struct alm_window *windows, size_t n, int channel, bool *lacks, struct alm_error *err)
{
	char text[640] = "";
	size_t used = 0, n_lacking = 0;
	for (size_t i = 0; i < n; i++) {
		const struct alm_frame *frame = &panel->frames[windows[i].frame];
		struct lack lack = look(panel, spec, &windows[i], channel);
		lacks[i] = lacks[i] || lack.n > 0;
		if (lack.n == 0 || n_lacking++ >= LISTED || used + 2 >= sizeof text)
			continue;
		if (n_lacking > 1)
			used += (size_t)snprintf(text + used, sizeof text - used, ", ");
		used += describe(panel, frame, &lack, text + used, sizeof text - used);
	}
	if (n_lacking == 0)
		return ALM_OK;
	char more[48] = "";
	if (n_lacking > LISTED)
		snprintf(more, sizeof more, " and of %zu more series", n_lacking - LISTED);
	return alm_fail(err, ALM_NO_INPUT,
		"future channel '%s' is not known for the whole horizon: it lacks %s%s; ingest these values, "
		"or give a file that has them with --future",
		panel->channels[channel], text, more);
}

enum alm_status alm_ahead_check(const struct alm_panel *panel, const struct alm_window_spec *spec,
	const struct alm_window *windows, size_t n, bool *lacks, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	int first = panel->n_channels - panel->n_known;
	memset(lacks, 0, n * sizeof *lacks);
	for (int i = 0; i < n_future(panel); i++) {
		enum alm_status one = check_channel(
			panel, spec, windows, n, first + i, lacks, status == ALM_OK ? err : NULL);
		status = status == ALM_OK ? one : status;
	}
	return status;
}
