/* What the files of the feed share: the channels of a panel by their kinds, and values as they are scaled and known. */
#ifndef ALM_TRAIN_FEED_PART_H
#define ALM_TRAIN_FEED_PART_H
#include "train/feed.h"

/* Channels of which nothing is known after the last input. */
static inline int n_past(const struct alm_feed *feed)
{
	return feed->panel->n_channels - feed->panel->n_known - feed->panel->n_static;
}

/* Channels that may be missing in a row: those that are read from data, but for static ones. */
static inline int n_masked(const struct alm_feed *feed)
{
	return feed->panel->n_channels - feed->panel->n_calendar - feed->panel->n_static;
}

/* Where the inputs of a channel begin, and of n_channels, where they end. */
static inline int input_of(const struct alm_feed *feed, int channel)
{
	return feed->input ? feed->input[channel] : channel;
}

static inline int end_of_inputs(const struct alm_feed *feed)
{
	return input_of(feed, feed->panel->n_channels);
}

/* Target steps of one output of the network. */
static inline int64_t steps_ahead(const struct alm_feed *feed)
{
	return feed->recursive ? 1 : feed->spec.horizon;
}

static inline const struct alm_frame *frame_of(const struct alm_feed *feed, const struct alm_window *window)
{
	return &feed->panel->frames[window->frame];
}

/* What the scaler makes of a value of the frame. */
static inline float scaled(
	const struct alm_feed *feed, const struct alm_frame *frame, int channel, float value)
{
	return alm_scaler_apply(feed->scaler, frame->scale_row, channel, value);
}

/* The same as it was known at `now`. */
static inline float known(
	const struct alm_feed *feed, const struct alm_frame *frame, size_t row, int channel, size_t now)
{
	return scaled(feed, frame, channel, alm_frame_value_known(feed->panel, frame, row, channel, now));
}

/* `now` of an input step that stands as the last one. */
static inline size_t now_at(const struct alm_feed *feed, const struct alm_window *window, int step)
{
	return feed->sequences ? alm_window_input_row(&feed->spec, window->now, step) : window->now;
}

/* Whether each channel was observed in a row, which is known from that row's time on. */
static inline void load_mask(
	const struct alm_feed *feed, const struct alm_frame *frame, size_t row, float *to)
{
	const uint8_t *observed = frame->observed + row * (size_t)feed->panel->n_channels;
	for (int i = 0; i < n_masked(feed); i++)
		to[i] = observed[i < n_past(feed) ? i : i + feed->panel->n_static];
}

/* What a row of the network is made of: n rows of a frame, of which the last is `now`. */
struct alm_source {
	const struct alm_frame *frame;
	size_t first, now;
	int n;
	struct alm_feed_scale scale;
};

static inline size_t row_of(const struct alm_feed *feed, const struct alm_source *from, int input)
{
	return from->first + (size_t)input * (size_t)feed->spec.sampling;
}

/* Whether a past channel may have been seen otherwise than the frame holds it: a gap is open at the last row, or at one's own. */
static inline bool is_open(const struct alm_feed *feed, const struct alm_source *from, int channel)
{
	size_t at = from->now * (size_t)feed->panel->n_channels + (size_t)channel;
	return feed->sequences || !from->frame->observed[at];
}

/* A past channel's value, not scaled, as it was known at the window's last row; with sequences, at the row itself. */
static inline float seen(const struct alm_feed *feed, const struct alm_source *from, int input, int channel)
{
	size_t row = row_of(feed, from, input);
	return alm_frame_value_known(
		feed->panel, from->frame, row, channel, feed->sequences ? row : from->now);
}

/* What the network sees of a value of the frame. */
static inline float alm_source_value(const struct alm_source *from, int channel, float value)
{
	return (value - from->scale.middle[channel]) * from->scale.factor[channel];
}

/* Finds how channels from..to-1 of a window are normalised. Only past ones are, and of them no words of a category. */
void alm_feed_find_scale(const struct alm_feed *feed, const struct alm_source *source, int from, int to);

/* The inputs of the channels from `first` on in a row of values; returns their end. */
float *alm_feed_write(const struct alm_feed *feed, const struct alm_frame *frame, const float *values,
	int first, float *to);

/* Those of the known-ahead channels of a row of the frame. */
static inline float *copy_known(
	const struct alm_feed *feed, const struct alm_frame *frame, size_t row, float *to)
{
	const struct alm_panel *panel = feed->panel;
	const float *from = frame->values + row * (size_t)panel->n_channels;
	return alm_feed_write(feed, frame, from, panel->n_channels - panel->n_known, to);
}

#endif
