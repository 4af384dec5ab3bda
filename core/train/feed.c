#include "train/feed.h"
#include <math.h>
#include "time/timestamp.h"
#include "train/feed_part.h"

int alm_feed_features(const struct alm_feed *feed)
{
	if (feed->segment > 0)
		return feed->segment;
	return end_of_inputs(feed) + (feed->mask ? n_masked(feed) : 0);
}

int alm_feed_steps(const struct alm_feed *feed)
{
	return (int)feed->spec.lookback / (feed->segment > 0 ? feed->segment : 1);
}

int alm_feed_extras(const struct alm_feed *feed)
{
	int first_known = feed->panel->n_channels - feed->panel->n_known;
	int known = end_of_inputs(feed) - input_of(feed, first_known);
	return feed->segment > 0 ? 0 : (int)steps_ahead(feed) * known;
}

int alm_feed_outputs(const struct alm_feed *feed)
{
	return feed->segment > 0 ? feed->segment : (int)steps_ahead(feed) * feed->n_targets;
}

int alm_feed_values(const struct alm_feed *feed)
{
	return (int)steps_ahead(feed) * (feed->segment > 0 ? 1 : feed->n_targets);
}

int alm_feed_samples(const struct alm_feed *feed)
{
	return feed->segment > 0 ? feed->n_targets : 1;
}

struct alm_sample alm_feed_sample(const struct alm_feed *feed, const struct alm_windows *windows, size_t i)
{
	size_t n = (size_t)alm_feed_samples(feed);
	return (struct alm_sample){.window = alm_windows_get(windows, i / n), .channel = (int)(i % n)};
}

float alm_feed_invert(const struct alm_feed *feed, const struct alm_window *window, int channel, float value)
{
	return alm_scaler_invert(feed->scaler, frame_of(feed, window)->scale_row, channel, value);
}

/* The inputs of a category that has the word `number`, of which 0 is unknown. */
static void write_word(float *to, int n, int number)
{
	for (int i = 0; i < n; i++)
		to[i] = number == 0 ? 1 / (float)n : 0;
	if (number > 0)
		to[number - 1] = 1;
}

float *alm_feed_write(
	const struct alm_feed *feed, const struct alm_frame *frame, const float *values, int first, float *to)
{
	for (int channel = first; channel < feed->panel->n_channels; channel++) {
		int n = input_of(feed, channel + 1) - input_of(feed, channel);
		if (alm_panel_is_category(feed->panel, channel))
			write_word(to, n, (int)values[channel]);
		else
			*to = scaled(feed, frame, channel, values[channel]);
		to += n;
	}
	return to;
}

void alm_feed_ahead(const struct alm_feed *feed, const struct alm_window *window, int64_t ahead, float *out)
{
	copy_known(feed, frame_of(feed, window), window->now + (size_t)ahead, out);
}

void alm_feed_row_ahead(
	const struct alm_feed *feed, const struct alm_window *window, int64_t ahead, float *out)
{
	const struct alm_frame *frame = frame_of(feed, window);
	size_t row = window->now + (size_t)ahead;
	const float *from = frame->values + row * (size_t)feed->panel->n_channels;
	float *mask = alm_feed_write(feed, frame, from, n_past(feed), out + input_of(feed, n_past(feed)));
	if (!feed->mask)
		return;
	load_mask(feed, frame, row, mask);
	for (int channel = 0; channel < n_past(feed); channel++)
		mask[channel] = 1;
}

float alm_feed_known(const struct alm_feed *feed, const struct alm_window *window, int64_t back, int channel)
{
	size_t now = window->now, row = (size_t)back <= now ? now - (size_t)back : now;
	return known(feed, frame_of(feed, window), row, channel, now);
}

/* The row whose value stands for `target`: a whole number of seasons before it; the last known one where the frame begins after that. */
static size_t season_before(const struct alm_feed *feed, size_t target, size_t now)
{
	size_t season = (size_t)feed->season;
	size_t back = (target - now + season - 1) / season * season;
	return back <= target ? target - back : now;
}

/* The targets that a sample forecasts: from..to-1. */
static void targets_of(const struct alm_feed *feed, const struct alm_sample *sample, int *from, int *to)
{
	*from = feed->segment > 0 ? sample->channel : 0;
	*to = feed->segment > 0 ? sample->channel + 1 : feed->n_targets;
}

/* What the outputs for one channel are added to, `apart` floats from one to the next. */
static void base_of_channel(const struct alm_feed *feed, const struct alm_frame *frame, size_t now,
	int channel, ptrdiff_t apart, float *base)
{
	int64_t n_steps = steps_ahead(feed);
	if (feed->residual == ALM_RESIDUAL_LAST) {
		float last = known(feed, frame, now, channel, now);
		for (int64_t ahead = 0; ahead < n_steps; ahead++)
			base[ahead * apart] = last;
	}
	if (feed->residual == ALM_RESIDUAL_SEASON)
		for (int64_t ahead = 0; ahead < n_steps; ahead++) {
			size_t target = alm_window_target_row(&feed->spec, now, ahead);
			base[ahead * apart] =
				known(feed, frame, season_before(feed, target, now), channel, now);
		}
}

void alm_feed_base(const struct alm_feed *feed, const struct alm_sample *sample, int step,
	const struct alm_feed_scale *scale, float *base, float *gain)
{
	const struct alm_frame *frame = frame_of(feed, &sample->window);
	size_t now = now_at(feed, &sample->window, step);
	int from, to;
	targets_of(feed, sample, &from, &to);
	for (int channel = from; channel < to; channel++) {
		ptrdiff_t apart = to - from, at = channel - from;
		for (int64_t ahead = 0; ahead < steps_ahead(feed); ahead++, at += apart) {
			gain[at] = scale->gain[channel];
			base[at] = scale->center[channel];
		}
		base_of_channel(feed, frame, now, channel, apart, base + channel - from);
	}
}

/* The targets of one channel, `apart` floats from one to the next. */
static void targets_of_channel(const struct alm_feed *feed, const struct alm_frame *frame, size_t first_row,
	int channel, ptrdiff_t apart, float *target, float *mask)
{
	ptrdiff_t n_channels = feed->panel->n_channels, n_steps = (ptrdiff_t)steps_ahead(feed);
	const float *values = frame->values + (ptrdiff_t)first_row * n_channels + channel;
	const uint8_t *observed = frame->observed + (ptrdiff_t)first_row * n_channels + channel;
	ptrdiff_t at = (ptrdiff_t)frame->scale_row * feed->scaler->n_channels + channel;
	float center = feed->scaler->center[at], inverse = feed->scaler->inverse[at];
	for (ptrdiff_t ahead = 0; ahead < n_steps; ahead++) {
		target[ahead * apart] = (values[ahead * n_channels] - center) * inverse;
		mask[ahead * apart] = observed[ahead * n_channels];
	}
}

void alm_feed_targets(
	const struct alm_feed *feed, const struct alm_sample *sample, int step, float *target, float *mask)
{
	size_t now = now_at(feed, &sample->window, step);
	size_t first_row = alm_window_target_row(&feed->spec, now, 0);
	int from, to;
	targets_of(feed, sample, &from, &to);
	for (int channel = from; channel < to; channel++)
		targets_of_channel(feed, frame_of(feed, &sample->window), first_row, channel, to - from,
			target + channel - from, mask + channel - from);
}

enum alm_status alm_feed_scan(const struct alm_feed *feed, struct alm_error *err)
{
	const struct alm_panel *panel = feed->panel;
	size_t n_channels = (size_t)panel->n_channels;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		for (size_t at = 0; at < frame->n_rows * n_channels; at++) {
			int channel = (int)(at % n_channels);
			if (isfinite(scaled(feed, frame, channel, frame->values[at])))
				continue;
			char when[ALM_TIME_TEXT];
			alm_fail(err, ALM_BAD_DATA,
				"channel '%s' at %s is not finite once scaled; correct the value or leave "
				"the "
				"channel out with --past",
				panel->channels[channel],
				alm_time_print(
					alm_frame_time(panel, frame, (int64_t)(at / n_channels)), when));
			return alm_frame_blame(frame, ALM_BAD_DATA, err);
		}
	}
	return ALM_OK;
}
