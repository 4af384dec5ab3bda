#include "series/fill.h"

/* Rows from+1 .. to-1 lie on the line between `begin`, observed at row `from` (which may be negative), and row `to`. */
static void fill_line(float *values, size_t n_channels, double begin, int64_t from, int64_t to)
{
	double end = (double)values[(size_t)to * n_channels];
	for (int64_t row = from < 0 ? 0 : from + 1; row < to; row++)
		values[(size_t)row * n_channels] =
			(float)(begin + (end - begin) * (double)(row - from) / (double)(to - from));
}

/* One channel: values and observed point at its first row; `held` was observed `back` rows before it. */
static void fill_channel(float *values, const uint8_t *observed, size_t n_channels, size_t n_rows,
	enum alm_fill fill, float held, int64_t back)
{
	int64_t last = -back;
	for (size_t row = 0; row < n_rows; row++) {
		size_t at = row * n_channels;
		if (!observed[at]) {
			values[at] = fill == ALM_FILL_ZERO ? 0 : held;
			continue;
		}
		if (fill == ALM_FILL_LINEAR)
			fill_line(values, n_channels, (double)held, last, (int64_t)row);
		held = values[at];
		last = (int64_t)row;
	}
}

void alm_fill_frame(struct alm_frame *frame, const struct alm_panel *panel, const int64_t *back)
{
	int first_known = panel->n_channels - panel->n_known, n_past = first_known - panel->n_static;
	for (int channel = 0; channel < panel->n_channels - panel->n_calendar; channel++) {
		bool past = channel < n_past;
		enum alm_fill fill = alm_panel_is_category(panel, channel) ? ALM_FILL_PREVIOUS : panel->fill;
		if (!past && channel < first_known)
			continue;
		fill_channel(frame->values + channel, frame->observed + channel, (size_t)panel->n_channels,
			frame->n_rows + (past ? 0 : frame->n_ahead), fill, frame->before[channel],
			back[channel]);
	}
}

/* Whether the gap that `row` lies in had ended at `now`. */
static bool gap_has_ended(const uint8_t *observed, size_t n_channels, size_t row, size_t now)
{
	for (size_t later = row + 1; later <= now; later++)
		if (observed[later * n_channels])
			return true;
	return false;
}

/* Only a line looks ahead: held values and zeros are what was known at the time. */
float alm_frame_value_known(
	const struct alm_panel *panel, const struct alm_frame *frame, size_t row, int channel, size_t now)
{
	size_t n_channels = (size_t)panel->n_channels;
	const float *values = frame->values + channel;
	const uint8_t *observed = frame->observed + channel;
	if (panel->fill != ALM_FILL_LINEAR || alm_panel_is_category(panel, channel) ||
		observed[row * n_channels] || gap_has_ended(observed, n_channels, row, now))
		return values[row * n_channels];
	while (row > 0 && !observed[row * n_channels])
		row--;
	return observed[row * n_channels] ? values[row * n_channels] : frame->before[channel];
}
