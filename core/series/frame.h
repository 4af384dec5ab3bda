/*
 * A frame is one unbroken stretch of a series on its regular grid: float32 values with gaps filled for the
 * network's inputs, and a mask of what was really observed. A panel is all frames of a dataset.
 *
 * A gap is a run of rows in which a data channel was not observed. One longer than the fill limit ends a frame;
 * the next begins where every data channel has been observed again within the limit: no window crosses it. In
 * the rows of a frame before a channel's first observation in it, the observation before the frame is held.
 */
#ifndef ALM_SERIES_FRAME_H
#define ALM_SERIES_FRAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "time/freq.h"

enum alm_fill { ALM_FILL_LINEAR, ALM_FILL_PREVIOUS, ALM_FILL_ZERO };

/* The rows of one series as they come from outside. Not owned. */
struct alm_series_rows {
	const char *name;
	size_t n_rows;
	const int64_t *times_ms; /* [n_rows], strictly rising */
	const float *values;     /* [n_rows][n_channels]; NaN = missing */
};

struct alm_frame {
	const char *series; /* name; owned by the panel */
	int64_t start_ms;   /* time of row 0 */
	size_t n_rows;      /* rows up to the last observation: what may be looked at */
	size_t n_ahead;     /* further rows in which only known-ahead (calendar) channels hold values */
	float *values;      /* [n_rows + n_ahead][n_channels], gaps filled; owned */
	uint8_t *observed;  /* [n_rows + n_ahead][n_channels], 1 = a real observation; owned */
};

struct alm_panel {
	struct alm_freq freq;
	enum alm_fill fill;
	int n_series;
	char **series;   /* [n_series] names; owned */
	int n_channels;  /* data channels, then the calendar's */
	int n_known;     /* how many of the last channels are known ahead */
	char **channels; /* [n_channels] names; owned */
	int n_frames;
	struct alm_frame *frames; /* by series, then time; owned */
	size_t n_gaps,
		n_missing; /* runs of rows that are missing whole, and how many rows, over all series */
};

struct alm_panel_options {
	const char *const *channels; /* [n_data] names of the data channels */
	int n_data;
	bool calendar;        /* append the calendar channels */
	struct alm_freq freq; /* all zero = infer */
	enum alm_fill fill;
	int64_t fill_limit; /* longest gap filled, in steps; 0 = the default, one season (at least 3) */
	int64_t until_ms;   /* rows after this instant do not exist; INT64_MAX = none */
	size_t n_ahead;     /* rows to add after the last one of every series */
};

/*
 * Lays n_series on the grid. Notes every kind of trouble through the reporter (gaps: count, longest, first).
 * A time off the grid, a channel without any observation (named) and values that are not finite are
 * ALM_BAD_DATA. Linear fill only uses observations; a gap at the end of a frame is held at the last value.
 * The caller releases the panel.
 */
ALM_MUST_CHECK enum alm_status alm_panel_build(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, struct alm_panel *out, struct alm_reporter *reporter,
	struct alm_error *err);
void alm_panel_release(struct alm_panel *panel);

/* Time of a row of a frame (rows beyond the end are fine). */
int64_t alm_frame_time(const struct alm_panel *panel, const struct alm_frame *frame, int64_t row);

/* First row whose time is at or after time_ms: 0..n_rows. */
size_t alm_frame_row_at(const struct alm_panel *panel, const struct alm_frame *frame, int64_t time_ms);

/*
 * The value of a data channel at `row` as somebody standing at row `now` (>= row) knew it: a gap that was
 * still open at `now` is held at its last observation, so that no later value shows through the fill.
 */
float alm_frame_value_known(
	const struct alm_panel *panel, const struct alm_frame *frame, size_t row, int channel, size_t now);

#endif
