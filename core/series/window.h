/*
 * A window is one sample: lookback rows in, horizon rows out. Windows are indices into the frames of a panel,
 * never copies. With s the first input row of a window:
 *
 *      inputs   s + i * sampling                                 i = 0 .. lookback-1
 *      targets  s + (lookback-1) * sampling + 1 + delay + j      j = 0 .. horizon-1
 *
 * span = (lookback-1) * sampling + 1 + delay + horizon rows. A frame of n rows holds (n - span) / stride + 1 windows
 * (none when n < span). The last window always ends on the last usable row; `stride` counts back from it.
 * A part (train, valid, test) holds the windows whose targets all lie in it; inputs may reach back before it.
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
};

struct alm_window {
	int frame;        /* index into the panel */
	size_t first_row; /* of the inputs */
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
	size_t *first_row; /* [n_frames] first input row of each frame's first window; owned */
};

/* ALM_USAGE, naming the option, when a member is out of range or the span overflows. */
ALM_MUST_CHECK enum alm_status alm_window_check(const struct alm_window_spec *spec, struct alm_error *err);

/* Rows from the first input to the last target. */
int64_t alm_window_span(const struct alm_window_spec *spec);

/* The closed formula above for a frame of n_rows. */
size_t alm_window_count(const struct alm_window_spec *spec, size_t n_rows);

/* Rows of the panel's frames that inputs and targets of a window touch. */
size_t alm_window_input_row(const struct alm_window_spec *spec, size_t first_row, int64_t step);
size_t alm_window_target_row(const struct alm_window_spec *spec, size_t first_row, int64_t step);

/* Indexes the windows of a part. No window is not an error: n is 0. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_windows_init(struct alm_windows *windows, const struct alm_panel *panel,
	const struct alm_window_spec *spec, const struct alm_part *part, struct alm_error *err);
void alm_windows_release(struct alm_windows *windows);

/* Window i of 0..n-1: by frame, then time. */
struct alm_window alm_windows_get(const struct alm_windows *windows, size_t i);

#endif
