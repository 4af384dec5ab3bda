#include "series/fill.h"
#include <string.h>

/* Rows from+1 .. to-1 lie on the line between `begin`, observed at row `from` (which may be negative), and row `to`. */
static void fill_line(float *values, size_t n_channels, double begin, int64_t from, int64_t to)
{
	double end = (double)values[(size_t)to * n_channels];
	for (int64_t row = from < 0 ? 0 : from + 1; row < to; row++)
		values[(size_t)row * n_channels] =
			(float)(begin + (end - begin) * (double)(row - from) / (double)(to - from));
}

/* Where a channel's gap begins: its first row without an observation. */
struct gap {
	int channel;
	size_t row, n_rows; /* of n_rows that there are */
};

/* Fills a gap: held at the observation before it, zero, or on the line to the one that ends it. */
static void fill_gap(
	struct alm_frame *frame, const struct alm_panel *panel, const int64_t *back, struct gap gap)
{
	size_t n_channels = (size_t)panel->n_channels, end = gap.row;
	float *values = frame->values + gap.channel;
	const uint8_t *observed = frame->observed + gap.channel;
	enum alm_fill fill = alm_panel_is_category(panel, gap.channel) ? ALM_FILL_PREVIOUS : panel->fill;
	float held = gap.row > 0 ? values[(gap.row - 1) * n_channels] : frame->before[gap.channel];
	while (end < gap.n_rows && !observed[end * n_channels]) {
		values[end * n_channels] = fill == ALM_FILL_ZERO ? 0 : held;
		end++;
	}
	if (fill == ALM_FILL_LINEAR && end < gap.n_rows)
		fill_line(values, n_channels, (double)held,
			gap.row > 0 ? (int64_t)gap.row - 1 : -back[gap.channel], (int64_t)end);
}

/* From gap to gap in the order of memory: most frames have few, and a channel's values lie far apart. */
void alm_fill_frame(struct alm_frame *frame, const struct alm_panel *panel, const int64_t *back)
{
	size_t n_channels = (size_t)panel->n_channels, n = (frame->n_rows + frame->n_ahead) * n_channels;
	int first_known = panel->n_channels - panel->n_known, n_past = first_known - panel->n_static;
	const uint8_t *observed = frame->observed, *end = observed + n;
	for (const uint8_t *at = observed; (at = memchr(at, 0, (size_t)(end - at))); at++) {
		size_t place = (size_t)(at - observed);
		int channel = (int)(place % n_channels);
		bool past = channel < n_past, is_static = !past && channel < first_known;
		struct gap gap = {channel, place / n_channels, frame->n_rows + (past ? 0 : frame->n_ahead)};
		bool begins = gap.row < gap.n_rows && (gap.row == 0 || at[-(ptrdiff_t)n_channels]);
		if (begins && !is_static && channel < panel->n_channels - panel->n_calendar)
			fill_gap(frame, panel, back, gap);
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
