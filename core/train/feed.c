#include "train/feed.h"
#include <math.h>
#include "time/timestamp.h"

int alm_feed_extras(const struct alm_feed *feed)
{
	return (int)feed->spec.horizon * feed->panel->n_known;
}

int alm_feed_outputs(const struct alm_feed *feed)
{
	return (int)feed->spec.horizon * feed->n_targets;
}

static const struct alm_frame *frame_of(const struct alm_feed *feed, const struct alm_window *window)
{
	return &feed->panel->frames[window->frame];
}

/* The last row a forecast of this window may look at. */
static size_t now_of(const struct alm_feed *feed, const struct alm_window *window)
{
	return alm_window_input_row(&feed->spec, window->first_row, feed->spec.lookback - 1);
}

/* Every channel of an input row, scaled, as the frame holds it. */
static void copy_row(const struct alm_feed *feed, const struct alm_frame *frame, size_t row, float *to)
{
	int n = feed->panel->n_channels;
	const float *from = frame->values + row * (size_t)n;
	for (int channel = 0; channel < n; channel++)
		to[channel] = alm_scaler_apply(feed->scaler, channel, from[channel]);
}

static float known(
	const struct alm_feed *feed, const struct alm_frame *frame, size_t row, int channel, size_t now)
{
	return alm_scaler_apply(
		feed->scaler, channel, alm_frame_value_known(feed->panel, frame, row, channel, now));
}

static void load_inputs(const struct alm_feed *feed, const struct alm_window *window, float *to, size_t ld)
{
	const struct alm_panel *panel = feed->panel;
	const struct alm_frame *frame = frame_of(feed, window);
	size_t now = now_of(feed, window);
	int n_data = panel->n_channels - panel->n_known;
	for (int64_t step = 0; step < feed->spec.lookback; step++)
		copy_row(feed, frame, alm_window_input_row(&feed->spec, window->first_row, step),
			to + (size_t)step * ld);
	for (int channel = 0; channel < n_data; channel++) {
		if (frame->observed[now * (size_t)panel->n_channels + (size_t)channel])
			continue;
		for (int64_t step = 0; step < feed->spec.lookback; step++)
			to[(size_t)step * ld + (size_t)channel] = known(feed, frame,
				alm_window_input_row(&feed->spec, window->first_row, step), channel, now);
	}
}

void alm_feed_load(const struct alm_feed *feed, const struct alm_window *window,
	const struct alm_network *network, struct alm_network_work *work, int rows, int row)
{
	const struct alm_panel *panel = feed->panel;
	const struct alm_frame *frame = frame_of(feed, window);
	float *first = alm_network_input(network, work, rows, 0, row);
	size_t ld = (size_t)(alm_network_input(network, work, rows, 1, row) - first);
	load_inputs(feed, window, first, ld);
	int n_data = panel->n_channels - panel->n_known;
	float *extra = alm_network_extra(network, work, row);
	for (int64_t step = 0; step < feed->spec.horizon; step++) {
		size_t target = alm_window_target_row(&feed->spec, window->first_row, step);
		const float *from = frame->values + target * (size_t)panel->n_channels;
		for (int channel = n_data; channel < panel->n_channels; channel++)
			*extra++ = alm_scaler_apply(feed->scaler, channel, from[channel]);
	}
}

/* The row whose value stands for `target`: a whole number of seasons before it, or the last known one. */
static size_t base_row(const struct alm_feed *feed, size_t target, size_t now)
{
	if (feed->residual != ALM_RESIDUAL_SEASON)
		return now;
	size_t season = (size_t)feed->season;
	size_t back = (target - now + season - 1) / season * season;
	return back <= target ? target - back : now;
}

void alm_feed_base(const struct alm_feed *feed, const struct alm_window *window, float *base)
{
	const struct alm_frame *frame = frame_of(feed, window);
	size_t now = now_of(feed, window);
	for (int64_t step = 0; step < feed->spec.horizon; step++) {
		size_t row = base_row(feed, alm_window_target_row(&feed->spec, window->first_row, step), now);
		for (int channel = 0; channel < feed->n_targets; channel++)
			*base++ = feed->residual == ALM_RESIDUAL_NONE ? 0
								      : known(feed, frame, row, channel, now);
	}
}

void alm_feed_targets(
	const struct alm_feed *feed, const struct alm_window *window, float *target, float *mask)
{
	const struct alm_frame *frame = frame_of(feed, window);
	size_t n_channels = (size_t)feed->panel->n_channels;
	for (int64_t step = 0; step < feed->spec.horizon; step++) {
		size_t at = alm_window_target_row(&feed->spec, window->first_row, step) * n_channels;
		for (int channel = 0; channel < feed->n_targets; channel++) {
			*target++ =
				alm_scaler_apply(feed->scaler, channel, frame->values[at + (size_t)channel]);
			*mask++ = frame->observed[at + (size_t)channel];
		}
	}
}

enum alm_status alm_feed_scan(const struct alm_feed *feed, struct alm_error *err)
{
	const struct alm_panel *panel = feed->panel;
	size_t n_channels = (size_t)panel->n_channels;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		for (size_t at = 0; at < frame->n_rows * n_channels; at++) {
			int channel = (int)(at % n_channels);
			if (isfinite(alm_scaler_apply(feed->scaler, channel, frame->values[at])))
				continue;
			char when[ALM_TIME_TEXT];
			return alm_fail(err, ALM_BAD_DATA,
				"series '%s': channel '%s' at %s is not finite once scaled; correct the "
				"value "
				"or leave the channel out with --past",
				frame->series, panel->channels[channel],
				alm_time_print(
					alm_frame_time(panel, frame, (int64_t)(at / n_channels)), when));
		}
	}
	return ALM_OK;
}
