/*
 * A frame is one unbroken stretch of a series on its regular grid: float32 values with gaps filled for the
 * network's inputs, and a mask of what was really observed. A panel is all frames of a dataset.
 *
 * Data channels are past channels, of which nothing is known after a row that is looked at, and behind them future ones,
 * such as prices or plans, which are known ahead as the calendar is. Between the two may stand static channels, which have one
 * value for the whole of a series; it need not be in every row.
 *
 * A channel may be a category, whose values are codes: between two of them there is no line, and a gap is always held at the
 * last one.
 *
 * A gap is a run of rows in which a data channel was not observed. A row belongs to a frame when every data channel
 * was observed in it or in the fill-limit rows before it; a frame ends with its last row in which any past channel was
 * observed. So a longer gap of any channel parts two frames, which no window crosses, and whether a row belongs to a
 * frame never depends on what came after it.
 *
 * The grid of a series begins at its first time. On a grid of months the greatest day of the month among its times
 * counts, so that 30 April, 31 May, 30 June are the ends of months and not the 30th.
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
	const char *name; /* empty when the dataset has no column for it */
	size_t n_rows;
	const int64_t *times_ms; /* [n_rows], strictly rising */
	const float *values;     /* [n_rows][n_channels]; NaN = missing */
};

struct alm_frame {
	const char *series; /* name; owned by the panel */
	int scale_row;      /* of the scaler that was attached to the panel; 0 until then */
	int vector; /* which learned vector the series has; 0 until a model is attached, and when it has none */
	bool left_out;    /* no window is of it: the model that is attached has no network for its series */
	int64_t start_ms; /* time of row 0 */
	int64_t grid_ms;  /* what the grid is counted from: row 0 is step grid_row after it */
	int64_t grid_row;
	size_t n_rows;     /* rows up to the last observation: what may be looked at */
	size_t n_ahead;    /* further rows in which only known-ahead channels hold values */
	float *values;     /* [n_rows + n_ahead][n_channels], gaps filled; owned */
	uint8_t *observed; /* [n_rows + n_ahead][n_channels], 1 = a real observation; owned */
	float *before; /* [n_data] last observation of a channel up to row 0, which may lie before it; owned */
};

struct alm_panel {
	struct alm_freq freq;
	enum alm_fill fill;
	int n_series;
	char **series;  /* [n_series] names; owned */
	int n_channels; /* past channels, static ones, future ones, then the calendar's, then those joined */
	int n_static;   /* how many do not change in a series */
	int n_known; /* how many of the last channels are known ahead: the future ones, the calendar's and those joined */
	int n_calendar;  /* how many of those are the calendar's and joined: known of every time */
	char **channels; /* [n_channels] names; owned */
	bool *category;  /* [n_channels] its values are codes; NULL = none is; owned */
	int n_frames;
	struct alm_frame *frames; /* by series, then time; owned */
	size_t n_gaps,
		n_missing; /* runs of rows that are missing whole, and how many rows, over all series */
};

struct alm_panel_options {
	const char *const *channels; /* [n_data] names of the data channels */
	int n_data;
	int n_static;         /* how many do not change in a series, before the future ones */
	int n_future;         /* how many of the last of them are known ahead */
	const bool *category; /* [n_data] its values are codes; NULL = none is */
	char *const *words;   /* what codes stand for, for messages */
	bool calendar;        /* append the calendar channels */
	int n_joined; /* behind these, channels that are zero until the caller fills them for every row */
	char *const *joined;  /* [n_joined] their names */
	struct alm_freq freq; /* all zero = infer */
	enum alm_fill fill;
	int64_t fill_limit; /* longest gap filled, in steps; 0 = the default, one season (at least 3) */
	int64_t until_ms;   /* rows after this instant do not exist; INT64_MAX = none */
	size_t n_ahead;     /* rows to add after the last one of every series */
};

/*
 * Lays n_series on the grid. Notes every kind of trouble through the reporter: rows and values that are missing, and
 * series whose last rows are in no frame. ALM_BAD_DATA, naming series, channel and time, for a time off the grid or not
 * after the one before it, a static channel without a value or with two, a value that is not finite, a channel without any observation, and when no frame comes out;
 * ALM_USAGE without a past channel. A gap at the end of a frame is held at the last observation (zero with
 * ALM_FILL_ZERO). The caller releases the panel.
 */
ALM_MUST_CHECK enum alm_status alm_panel_build(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, struct alm_panel *out, struct alm_reporter *reporter,
	struct alm_error *err);
void alm_panel_release(struct alm_panel *panel);

static inline bool alm_panel_is_category(const struct alm_panel *panel, int channel)
{
	return panel->category && panel->category[channel];
}

/* Time of a row of a frame (rows beyond the end are fine). */
int64_t alm_frame_time(const struct alm_panel *panel, const struct alm_frame *frame, int64_t row);

/* The frame of a panel that begins first, and the last instant of all. The panel has one. */
const struct alm_frame *alm_panel_range(const struct alm_panel *panel, int64_t *last_ms);

/* Puts "series 'x'" before an error that was made of a frame, unless its series has no name. Returns status. */
enum alm_status alm_frame_blame(const struct alm_frame *frame, enum alm_status status, struct alm_error *err);

/* First row whose time is at or after time_ms: 0..n_rows. */
size_t alm_frame_row_at(const struct alm_panel *panel, const struct alm_frame *frame, int64_t time_ms);

/*
 * The value of a data channel at `row` as somebody standing at row `now` (>= row) knew it: a gap that was
 * still open at `now` is held at its last observation, so that no later value shows through the fill.
 */
float alm_frame_value_known(
	const struct alm_panel *panel, const struct alm_frame *frame, size_t row, int channel, size_t now);

#endif
