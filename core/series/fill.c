#include "series/fill.h"

/* Rows from+1 .. to-1 lie on the line between their neighbours, which were observed. */
static void fill_line(float *values, size_t n_channels, size_t from, size_t to)
{
	double begin = (double)values[from * n_channels], end = (double)values[to * n_channels];
	for (size_t row = from + 1; row < to; row++)
		values[row * n_channels] =
			(float)(begin + (end - begin) * (double)(row - from) / (double)(to - from));
}

/* One channel: values and observed point at its first row. */
static void fill_channel(float *values, const uint8_t *observed, size_t n_channels, size_t n_rows,
	enum alm_fill fill, float before)
{
	float held = before;
	bool any = false;
	size_t last = 0;
	for (size_t row = 0; row < n_rows; row++) {
		size_t at = row * n_channels;
		if (!observed[at]) {
			values[at] = fill == ALM_FILL_ZERO ? 0 : held;
			continue;
		}
		if (fill == ALM_FILL_LINEAR && any && row > last + 1)
			fill_line(values, n_channels, last, row);
		held = values[at];
		last = row;
		any = true;
	}
}

void alm_fill_frame(
	struct alm_frame *frame, int n_channels, int n_data, enum alm_fill fill, const float *before)
{
	for (int channel = 0; channel < n_data; channel++)
		fill_channel(frame->values + channel, frame->observed + channel, (size_t)n_channels,
			frame->n_rows, fill, before[channel]);
}

/* Whether the gap that `row` lies in had ended at `now`. */
static bool gap_has_ended(const uint8_t *observed, size_t n_channels, size_t row, size_t now)
{
	for (size_t later = row + 1; later <= now; later++)
		if (observed[later * n_channels])
			return true;
	return false;
}

float alm_frame_value_known(
	const struct alm_panel *panel, const struct alm_frame *frame, size_t row, int channel, size_t now)
{
	size_t n_channels = (size_t)panel->n_channels;
	const float *values = frame->values + channel;
	const uint8_t *observed = frame->observed + channel;
	if (panel->fill != ALM_FILL_LINEAR || observed[row * n_channels] ||
		gap_has_ended(observed, n_channels, row, now))
		return values[row * n_channels];
	while (row > 0 && !observed[row * n_channels])
		row--;
	return values[row * n_channels];
}
