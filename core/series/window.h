/*
 * A window is one sample: up to lookback rows in, horizon rows out. Windows are indices into the frames of a panel,
 * never copies. With `now` the last input row of a window, the last one that a forecast may look at:
 *
 *      inputs   now - i * sampling               i = lookback-1 .. 0, those from row 0 on
 *      targets  now + 1 + delay + j              j = 0 .. horizon-1
 *
 * A window has at least min_lookback inputs, which is the whole lookback unless less is allowed: then the beginning of a
 * frame, and a frame shorter than the lookback, take part too. span = (min_lookback-1) * sampling + 1 + delay + horizon
 * rows. A frame of n rows holds (n - span) / stride + 1 windows (none when n < span). The last window always ends on the
 * last usable row; `stride` counts back from it. A part (train, valid, test) holds the windows whose targets all lie in
 * it; inputs may reach back before it. A frame that is left out holds none.
 */
#ifndef ALM_SERIES_WINDOW_H
#define ALM_SERIES_WINDOW_H
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/status.h"
#include "series/frame.h"

struct alm_window_spec {
	int64_t lookback, sampling, delay, horizon, stride; /* rows; all >= 1 but delay >= 0 */
	int64_t min_lookback;                               /* 1..lookback; 0 = the whole lookback */
};

struct alm_window {
	int frame;  /* index into the panel */
	size_t now; /* row of the last input */
};

/* An interval of time, [from_ms, to_ms). */
struct alm_part {
	int64_t from_ms, to_ms;
};

struct alm_windows {
	const struct alm_panel *panel; /* not owned, must outlive this */
	struct alm_window_spec spec;
	size_t n;          /* windows in all */
	size_t *n_before;  /* [n_frames + 1] windows before each frame; owned */
	size_t *first_now; /* [n_frames] `now` of each frame's first window; owned */
};

/* ALM_USAGE, naming the option, when a member is out of range or the span overflows. */
ALM_MUST_CHECK enum alm_status alm_window_check(const struct alm_window_spec *spec, struct alm_error *err);

/* Rows from the first input to the last target of the shortest window. */
int64_t alm_window_span(const struct alm_window_spec *spec);

/* The closed formula above for a frame of n_rows. */
size_t alm_window_count(const struct alm_window_spec *spec, size_t n_rows);

/* Steps of a window's inputs: min_lookback..lookback. */
int alm_window_inputs(const struct alm_window_spec *spec, size_t now);

/* Rows of the frame that a window's input steps (0 .. inputs-1) and target steps (0 .. horizon-1) touch. */
size_t alm_window_input_row(const struct alm_window_spec *spec, size_t now, int64_t step);
static inline size_t alm_window_target_row(const struct alm_window_spec *spec, size_t now, int64_t step)
{
	return now + (size_t)(1 + spec->delay + step);
}

/* Indexes the windows of a part. No window is not an error: n is 0. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_windows_init(struct alm_windows *windows, const struct alm_panel *panel,
	const struct alm_window_spec *spec, const struct alm_part *part, struct alm_error *err);
void alm_windows_release(struct alm_windows *windows);

/* Window i of 0..n-1: by frame, then time. */
struct alm_window alm_windows_get(const struct alm_windows *windows, size_t i);

#endif
