/* Panels of hourly rows, for the tests of frames. */
#ifndef TESTS_SERIES_HOURLY_H
#define TESTS_SERIES_HOURLY_H
#include <math.h>
#include "series/frame.h"

#define HOUR    INT64_C(3600000)
#define MISSING NAN

/* "2020-01-31 04:00" */
int64_t hourly_at(const char *text);

/* Up to two data channels, "a" and "b", an hour from row to row, gaps of up to three filled. */
struct alm_panel_options hourly_options(int n_data);

/* Must be built. */
struct alm_panel hourly_build(
	const struct alm_series_rows *series, int n_series, const struct alm_panel_options *options);

#endif
