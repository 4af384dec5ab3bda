#include "train/feed.h"
#include <math.h>
#include <string.h>
#include "time/timestamp.h"

/* Added to a window's variance, as in RevIN. */
#define EPSILON 1e-5f

/* Channels of which nothing is known after the last input. */
static int n_past(const struct alm_feed *feed)
{
	return feed->panel->n_channels - feed->panel->n_known - feed->panel->n_static;
}

/* Channels that may be missing in a row: those that are read from data, but for static ones. */
static int n_masked(const struct alm_feed *feed)
{
	return feed->panel->n_channels - feed->panel->n_calendar - feed->panel->n_static;
}

/* Where the inputs of a channel begin, and of n_channels, where they end. */
static int input_of(const struct alm_feed *feed, int channel)
{
	return feed->input ? feed->input[channel] : channel;
}

static int end_of_inputs(const struct alm_feed *feed)
{
	return input_of(feed, feed->panel->n_channels);
}

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

/* Target steps of one output of the network. */
static int64_t steps_ahead(const struct alm_feed *feed)
{
	return feed->recursive ? 1 : feed->spec.horizon;
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

static const struct alm_frame *frame_of(const struct alm_feed *feed, const struct alm_window *window)
{
	return &feed->panel->frames[window->frame];
}

/* What the scaler makes of a value of the frame. */
static float scaled(const struct alm_feed *feed, const struct alm_frame *frame, int channel, float value)
{
	return alm_scaler_apply(feed->scaler, frame->scale_row, channel, value);
}

float alm_feed_invert(const struct alm_feed *feed, const struct alm_window *window, int channel, float value)
{
	return alm_scaler_invert(feed->scaler, frame_of(feed, window)->scale_row, channel, value);
}

static float known(
	const struct alm_feed *feed, const struct alm_frame *frame, size_t row, int channel, size_t now)
{
	return scaled(feed, frame, channel, alm_frame_value_known(feed->panel, frame, row, channel, now));
}

/* Where a channel's n inputs go: `width` of them side by side, the next ones ld floats on. */
struct lane {
	float *to;
	size_t ld;
	int n, width;
};

/* A channel as the frame holds it. */
static void copy_channel(const struct alm_feed *feed, const struct alm_frame *frame, size_t now, int channel,
	const struct lane *lane)
{
	size_t n_channels = (size_t)feed->panel->n_channels, sampling = (size_t)feed->spec.sampling;
	size_t row = now - (size_t)(lane->n - 1) * sampling;
	float *to = lane->to;
	for (int i = 0; i < lane->n; i += lane->width, to += lane->ld)
		for (int k = 0; k < lane->width; k++, row += sampling)
			to[k] = scaled(
				feed, frame, channel, frame->values[row * n_channels + (size_t)channel]);
}

/* A past channel as it was known at the window's last step; with sequences, at each step itself. */
static void know_channel(const struct alm_feed *feed, const struct alm_frame *frame, size_t now, int channel,
	const struct lane *lane)
{
	size_t n_channels = (size_t)feed->panel->n_channels, sampling = (size_t)feed->spec.sampling;
	size_t row = now - (size_t)(lane->n - 1) * sampling;
	float *to = lane->to;
	if (!feed->sequences && frame->observed[now * n_channels + (size_t)channel])
		return; /* no gap is open at the last step: the frame is what is known */
	for (int i = 0; i < lane->n; i += lane->width, to += lane->ld)
		for (int k = 0; k < lane->width; k++, row += sampling)
			to[k] = known(feed, frame, row, channel, feed->sequences ? row : now);
}

/* Mean and variance of what a lane holds. */
static void measure(const struct lane *lane, float *mean, float *variance)
{
	double sum = 0, squares = 0;
	for (int i = 0; i < lane->n; i++)
		sum += (double)lane->to[(size_t)(i / lane->width) * lane->ld + (size_t)(i % lane->width)];
	*mean = (float)(sum / lane->n);
	for (int i = 0; i < lane->n; i++) {
		double value =
			(double)lane->to[(size_t)(i / lane->width) * lane->ld + (size_t)(i % lane->width)];
		squares += (value - (double)*mean) * (value - (double)*mean);
	}
	*variance = (float)(squares / lane->n);
}

/* Finds center and gain of a channel's inputs, and applies them. */
static void normalise(const struct alm_feed *feed, const struct lane *lane, float *center, float *gain)
{
	float variance, *to = lane->to;
	int rows = lane->n / lane->width;
	*gain = 1;
	switch (feed->norm) {
	case ALM_WINDOW_NORM_NONE:
		*center = 0;
		return;
	case ALM_WINDOW_NORM_LAST:
		*center = to[(size_t)(rows - 1) * lane->ld + (size_t)(lane->width - 1)];
		break;
	case ALM_WINDOW_NORM_MEAN:
		measure(lane, center, &variance);
		*gain = sqrtf(variance + EPSILON);
		break;
	}
	for (int row = 0; row < rows; row++, to += lane->ld)
		for (int k = 0; k < lane->width; k++)
			to[k] = (to[k] - *center) / *gain;
}

/* Zeros where a short lookback has no inputs. */
static void clear_rest(const struct alm_feed *feed, float *to, size_t ld, int n)
{
	size_t n_bytes = (size_t)alm_feed_features(feed) * sizeof(float);
	for (int step = n; step < alm_feed_steps(feed); step++)
		memset(to + (size_t)step * ld, 0, n_bytes);
}

/* Whether each channel was observed in a row, which is known from that row's time on. */
static void load_mask(const struct alm_feed *feed, const struct alm_frame *frame, size_t row, float *to)
{
	const uint8_t *observed = frame->observed + row * (size_t)feed->panel->n_channels;
	for (int i = 0; feed->mask && i < n_masked(feed); i++)
		to[i] = observed[i < n_past(feed) ? i : i + feed->panel->n_static];
}

/* The inputs of a category that has the word `number`, of which 0 is unknown. */
static void write_word(float *to, int n, int number)
{
	for (int i = 0; i < n; i++)
		to[i] = number == 0 ? 1 / (float)n : 0;
	if (number > 0)
		to[number - 1] = 1;
}

/* The inputs of the channels from `first` on in a row of values; returns their end. */
static float *write_channels(
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

/* Every channel of the panel side by side, step by step: the way in which both lie in memory, unless there are categories. */
static int load_channels(const struct alm_feed *feed, const struct alm_window *window, float *to, size_t ld,
	const struct alm_feed_scale *scale)
{
	const struct alm_panel *panel = feed->panel;
	const struct alm_frame *frame = frame_of(feed, window);
	int n = alm_window_inputs(&feed->spec, window->now);
	size_t row = alm_window_input_row(&feed->spec, window->now, 0);
	for (int step = 0; step < n; step++, row += (size_t)feed->spec.sampling) {
		const float *values = frame->values + row * (size_t)panel->n_channels;
		float *inputs = to + (size_t)step * ld;
		if (feed->input)
			write_channels(feed, frame, values, 0, inputs);
		else
			alm_scaler_apply_all(feed->scaler, frame->scale_row, values, inputs);
		load_mask(feed, frame, row, inputs + end_of_inputs(feed));
	}
	for (int channel = 0; channel < n_past(feed); channel++) {
		struct lane lane = {.to = to + input_of(feed, channel), .ld = ld, .n = n, .width = 1};
		if (alm_panel_is_category(panel, channel))
			continue; /* held, so what was known then, and nothing to normalise */
		know_channel(feed, frame, window->now, channel, &lane);
		normalise(feed, &lane, &scale->center[channel], &scale->gain[channel]);
	}
	return n;
}

/* One channel, segment after segment; a short lookback loses the oldest rows that fill none. */
static int load_segments(const struct alm_feed *feed, const struct alm_sample *sample, float *to, size_t ld,
	const struct alm_feed_scale *scale)
{
	const struct alm_frame *frame = frame_of(feed, &sample->window);
	int n = alm_window_inputs(&feed->spec, sample->window.now) / feed->segment, channel = sample->channel;
	struct lane lane = {.to = to, .ld = ld, .n = n * feed->segment, .width = feed->segment};
	copy_channel(feed, frame, sample->window.now, channel, &lane);
	know_channel(feed, frame, sample->window.now, channel, &lane);
	normalise(feed, &lane, &scale->center[channel], &scale->gain[channel]);
	return n;
}

/* `now` of an input step that stands as the last one. */
static size_t now_at(const struct alm_feed *feed, const struct alm_window *window, int step)
{
	return feed->sequences ? alm_window_input_row(&feed->spec, window->now, step) : window->now;
}

/* The known-ahead channels of a row. */
static float *copy_known(const struct alm_feed *feed, const struct alm_frame *frame, size_t row, float *to)
{
	const struct alm_panel *panel = feed->panel;
	const float *from = frame->values + row * (size_t)panel->n_channels;
	return write_channels(feed, frame, from, panel->n_channels - panel->n_known, to);
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
	float *mask = write_channels(feed, frame, from, n_past(feed), out + input_of(feed, n_past(feed)));
	load_mask(feed, frame, row, mask);
	for (int channel = 0; feed->mask && channel < n_past(feed); channel++)
		mask[channel] = 1;
}

float alm_feed_known(const struct alm_feed *feed, const struct alm_window *window, int64_t back, int channel)
{
	size_t now = window->now, row = (size_t)back <= now ? now - (size_t)back : now;
	return known(feed, frame_of(feed, window), row, channel, now);
}

/* Those of the targets of a step. */
static void load_extra(const struct alm_feed *feed, const struct alm_window *window, int step, float *extra)
{
	size_t now = now_at(feed, window, step);
	for (int64_t ahead = 0; ahead < steps_ahead(feed); ahead++)
		extra = copy_known(
			feed, frame_of(feed, window), alm_window_target_row(&feed->spec, now, ahead), extra);
}

int alm_feed_load(const struct alm_feed *feed, const struct alm_sample *sample,
	const struct alm_network *network, struct alm_network_work *work, int rows, int row,
	const struct alm_feed_scale *scale)
{
	float *first = alm_network_input(network, work, rows, 0, row);
	size_t ld = (size_t)(alm_network_input(network, work, rows, 1, row) - first);
	int n = feed->segment > 0 ? load_segments(feed, sample, first, ld, scale)
				  : load_channels(feed, &sample->window, first, ld, scale);
	clear_rest(feed, first, ld, n);
	for (int step = feed->sequences ? 0 : n - 1; step < n && alm_feed_extras(feed) > 0; step++)
		load_extra(feed, &sample->window, step, alm_network_extra(network, work, rows, step, row));
	return n;
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

/* The targets that a sample forecasts: from..to-1. */
static void targets_of(const struct alm_feed *feed, const struct alm_sample *sample, int *from, int *to)
{
	*from = feed->segment > 0 ? sample->channel : 0;
	*to = feed->segment > 0 ? sample->channel + 1 : feed->n_targets;
}

void alm_feed_base(const struct alm_feed *feed, const struct alm_sample *sample, int step,
	const struct alm_feed_scale *scale, float *base, float *gain)
{
	const struct alm_frame *frame = frame_of(feed, &sample->window);
	size_t now = now_at(feed, &sample->window, step);
	int from, to;
	targets_of(feed, sample, &from, &to);
	for (int64_t ahead = 0; ahead < steps_ahead(feed); ahead++) {
		size_t row = base_row(feed, alm_window_target_row(&feed->spec, now, ahead), now);
		for (int channel = from; channel < to; channel++) {
			*gain++ = scale->gain[channel];
			*base++ = feed->residual == ALM_RESIDUAL_NONE ? scale->center[channel]
								      : known(feed, frame, row, channel, now);
		}
	}
}

void alm_feed_targets(
	const struct alm_feed *feed, const struct alm_sample *sample, int step, float *target, float *mask)
{
	const struct alm_frame *frame = frame_of(feed, &sample->window);
	size_t n_channels = (size_t)feed->panel->n_channels, now = now_at(feed, &sample->window, step);
	int from, to;
	targets_of(feed, sample, &from, &to);
	for (int64_t ahead = 0; ahead < steps_ahead(feed); ahead++) {
		size_t at = alm_window_target_row(&feed->spec, now, ahead) * n_channels;
		for (int channel = from; channel < to; channel++) {
			*target++ = scaled(feed, frame, channel, frame->values[at + (size_t)channel]);
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
