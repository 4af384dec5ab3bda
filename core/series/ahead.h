/*
 * What is known of the rows after a frame's last one: values of future channels that do not come from the dataset, and
 * whether all of them that a forecast needs are there.
 */
#ifndef ALM_SERIES_AHEAD_H
#define ALM_SERIES_AHEAD_H
#include "base/status.h"
#include "series/frame.h"
#include "series/window.h"

/*
 * Puts the values of a series into the rows ahead of its last frame; values of other times, and those that are NaN, are left
 * out. `column` [n_future] says which of the n_columns of `rows` is each future channel. ALM_BAD_DATA naming the time when
 * it is not on the grid.
 */
ALM_MUST_CHECK enum alm_status alm_ahead_put(const struct alm_panel *panel, struct alm_frame *frame,
	const struct alm_series_rows *rows, int n_columns, const int *column, struct alm_error *err);

/*
 * ALM_NO_INPUT when a future channel is not known at all target rows of the windows: names the first such channel and the first
 * series with how many times they lack, and from when to when. lacks [n] says of which windows any channel is not.
 */
ALM_MUST_CHECK enum alm_status alm_ahead_check(const struct alm_panel *panel,
	const struct alm_window_spec *spec, const struct alm_window *windows, size_t n, bool *lacks,
	struct alm_error *err);

#endif
