#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "series/profile_part.h"

/* The steps of the time range that fall into a column: those with step * width / n_steps == column. */
static int64_t steps_in(const struct alm_profile *profile, int64_t column)
{
	int64_t n = profile->n_steps, width = profile->options.strip_width;
	return ((column + 1) * n + width - 1) / width - (column * n + width - 1) / width;
}

/* How many channels hold a value in a row. */
static int known_in(const struct alm_series_rows *series, size_t row, int n_channels)
{
	int known = 0;
	for (int i = 0; i < n_channels; i++)
		known += !isnan(series->values[row * (size_t)n_channels + (size_t)i]);
	return known;
}

enum alm_status alm_strip_draw(const struct alm_profile *profile, const struct alm_series_rows *series,
	struct alm_strip *out, struct alm_error *err)
{
	const struct alm_profile_options *options = &profile->options;
	int64_t width = options->strip_width;
	float *share = calloc((size_t)width, sizeof *share);
	if (!share)
		return alm_fail_memory(err, (size_t)width * sizeof *share);
	for (size_t row = 0; row < series->n_rows; row++) {
		bool on_grid;
		int64_t step =
			alm_freq_between(&options->freq, options->first_ms, series->times_ms[row], &on_grid);
		if (step < 0 || step >= profile->n_steps)
			continue;
		int64_t column = step * width / profile->n_steps;
		share[column] += (float)known_in(series, row, options->n_channels) /
				 (float)(steps_in(profile, column) * options->n_channels);
	}
	/* Rows off the grid come on top of those that are on it. */
	for (int64_t column = 0; column < width; column++)
		share[column] = fminf(share[column], 1);
	snprintf(out->series, sizeof out->series, "%s", series->name);
	out->share = share;
	return ALM_OK;
}
