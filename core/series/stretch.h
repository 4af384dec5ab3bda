/*
 * Stretches: the parts of a series between gaps that are too long to fill, found in one pass over its rows. Internal
 * to series.
 */
#ifndef ALM_SERIES_STRETCH_H
#define ALM_SERIES_STRETCH_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "series/frame.h"

/* Rows of the grid, counted from the first time of the series, both inclusive. */
struct alm_stretch {
	int64_t first, last;
	size_t source; /* place among the series' rows of the row at `first` */
};

struct alm_stretches {
	int64_t grid_ms; /* what the grid is counted from; */
	int64_t grid_row; /* row 0, the series' first time, is this many steps after it (months: not always 0) */
	size_t n, room;
	struct alm_stretch *stretch; /* [n] in rising order; owned */
	int64_t *place;              /* [n_rows] grid row of every row of the series; owned */
	size_t n_gaps, n_missing;    /* runs of rows that are not there, and how many rows */
	int64_t longest, longest_at; /* the longest of them, and the grid row where it begins */
	int lost_channel; /* why the last rows are in no stretch: the first channel not observed of late; -1 = they are */
	int64_t lost_from; /* grid row of the first of those rows */
};

/* What a row must hold. */
struct alm_stretch_options {
	int n_data, n_static, n_future; /* channels, as in struct alm_panel_options */
	int64_t limit;                  /* the longest gap of a channel within a stretch, in rows */
};

/* ALM_BAD_DATA naming time and grid for a time off the grid or not after the one before. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_stretches_find(const struct alm_series_rows *series,
	const struct alm_stretch_options *options, const struct alm_freq *freq, struct alm_stretches *out,
	struct alm_error *err);
/* Time of a row of the series' grid. */
int64_t alm_stretches_time(const struct alm_stretches *stretches, const struct alm_freq *freq, int64_t row);

void alm_stretches_release(struct alm_stretches *stretches);

#endif
