/* A feed's way in: the samples of a shard into the buffers of a network. */
#include <math.h>
#include <string.h>
#include "train/feed_part.h"

/* Added to a window's variance, as in RevIN. */
#define EPSILON 1e-5f

/* What a row of the network is made of: n rows of a frame, of which the last is `now`. */
struct source {
	const struct alm_frame *frame;
	size_t first, now;
	int n;
	struct alm_feed_scale scale;
};

static struct source source_of(
	const struct alm_feed *feed, const struct alm_window *window, int n, struct alm_feed_scale scale)
{
	size_t back = (size_t)(n - 1) * (size_t)feed->spec.sampling;
	return (struct source){frame_of(feed, window), window->now - back, window->now, n, scale};
}

static size_t row_of(const struct alm_feed *feed, const struct source *from, int input)
{
	return from->first + (size_t)input * (size_t)feed->spec.sampling;
}

/* Whether a past channel may have been seen otherwise than the frame holds it: a gap is open at the last row, or at one's own. */
static bool is_open(const struct alm_feed *feed, const struct source *from, int channel)
{
	size_t at = from->now * (size_t)feed->panel->n_channels + (size_t)channel;
	return feed->sequences || !from->frame->observed[at];
}

/* A past channel's value as it was known at the window's last row; with sequences, at the row itself. */
static float seen(const struct alm_feed *feed, const struct source *from, int input, int channel)
{
	size_t row = row_of(feed, from, input);
	return known(feed, from->frame, row, channel, feed->sequences ? row : from->now);
}

/* Channels that are measured together: side by side in memory, few enough for sums on the stack. */
#define MEASURED 16

/* Values of n past channels from `first` on, scaled. `open`: of some of them a gap is. */
static void see(const struct alm_feed *feed, const struct source *from, int input, int first, int n,
	bool open, float values[static MEASURED])
{
	size_t at = row_of(feed, from, input) * (size_t)feed->panel->n_channels + (size_t)first;
	alm_scaler_apply_range(
		feed->scaler, from->frame->scale_row, first, n, from->frame->values + at, values);
	for (int i = 0; i < n && open; i++)
		if (is_open(feed, from, first + i))
			values[i] = seen(feed, from, input, first + i);
}

/* Mean and deviation of n <= MEASURED past channels from `first` on. */
static void measure(const struct alm_feed *feed, const struct source *from, int first, int n)
{
	double sum[MEASURED] = {0}, squares[MEASURED] = {0};
	float values[MEASURED], mean[MEASURED];
	bool open = false;
	for (int i = 0; i < n; i++)
		open |= is_open(feed, from, first + i);
	for (int input = 0; input < from->n; input++) {
		see(feed, from, input, first, n, open, values);
#pragma omp simd
		for (int i = 0; i < n; i++)
			sum[i] += (double)values[i];
	}
	for (int i = 0; i < n; i++)
		mean[i] = (float)(sum[i] / from->n);
	for (int input = 0; input < from->n; input++) {
		see(feed, from, input, first, n, open, values);
#pragma omp simd
		for (int i = 0; i < n; i++) {
			double off = (double)values[i] - (double)mean[i];
			squares[i] += off * off;
		}
	}
	for (int i = 0; i < n; i++) {
		from->scale.center[first + i] = mean[i];
		from->scale.gain[first + i] = sqrtf((float)(squares[i] / from->n) + EPSILON);
	}
}

/* Finds center and gain of past channels from..to-1. Words of a category have none. */
static void find_scale(const struct alm_feed *feed, const struct source *source, int from, int to)
{
	for (int first = from; first < to && feed->norm == ALM_WINDOW_NORM_MEAN; first += MEASURED)
		measure(feed, source, first, to - first < MEASURED ? to - first : MEASURED);
	for (int channel = from; channel < to; channel++) {
		bool word = alm_panel_is_category(feed->panel, channel);
		if (feed->norm == ALM_WINDOW_NORM_MEAN && !word)
			continue;
		bool last = feed->norm == ALM_WINDOW_NORM_LAST && !word;
		source->scale.center[channel] = last ? seen(feed, source, source->n - 1, channel) : 0;
		source->scale.gain[channel] = 1;
	}
}

static float normal(const struct source *from, int channel, float value)
{
	return (value - from->scale.center[channel]) / from->scale.gain[channel];
}

/* Zeros where a short lookback has no inputs. */
static void clear_rest(const struct alm_feed *feed, const struct alm_rows *to, int row, int n)
{
	size_t n_bytes = (size_t)alm_feed_features(feed) * sizeof(float);
	for (int step = n; step < alm_feed_steps(feed); step++)
		memset(alm_rows_at(to, step, row), 0, n_bytes);
}

/* Past channels at an input, by the center and gain of their window. */
static void normalise(const struct alm_feed *feed, const struct source *from, float *to)
{
	const float *restrict center = from->scale.center, *restrict gain = from->scale.gain;
	int n = n_past(feed);
	for (int channel = 0; feed->input && channel < n; channel++)
		to[feed->input[channel]] = normal(from, channel, to[feed->input[channel]]);
#pragma omp simd
	for (int channel = 0; channel < (feed->input ? 0 : n); channel++)
		to[channel] = (to[channel] - center[channel]) / gain[channel];
}

/*
 * Every channel of the panel side by side, n inputs from the `begin`th on, step_ld apart: as they lie in the frame, unless
 * there are categories.
 */
static void copy_rows(const struct alm_feed *feed, const struct source *from, int begin, int n, float *to,
	ptrdiff_t step_ld)
{
	ptrdiff_t n_channels = feed->panel->n_channels, from_ld = feed->spec.sampling * n_channels;
	const struct alm_frame *frame = from->frame;
	const float *values = frame->values + row_of(feed, from, begin) * (size_t)n_channels;
	if (!feed->input)
		alm_scaler_apply_rows(feed->scaler, frame->scale_row, n, values, from_ld, to, step_ld);
	for (int i = 0; i < n && feed->input; i++)
		alm_feed_write(feed, frame, values + i * from_ld, 0, to + i * step_ld);
	for (int i = 0; i < n && feed->norm != ALM_WINDOW_NORM_NONE; i++)
		normalise(feed, from, to + i * step_ld);
	for (int i = 0; i < n && feed->mask; i++)
		load_mask(feed, frame, row_of(feed, from, begin + i), to + i * step_ld + end_of_inputs(feed));
}

/* The past channels that were seen otherwise, over their inputs. A category is held: it was seen as the frame has it. */
static void copy_seen(
	const struct alm_feed *feed, const struct source *from, const struct alm_rows *to, int row)
{
	for (int channel = 0; channel < n_past(feed); channel++) {
		if (alm_panel_is_category(feed->panel, channel) || !is_open(feed, from, channel))
			continue;
		for (int input = 0; input < from->n; input++)
			alm_rows_at(to, input, row)[input_of(feed, channel)] =
				normal(from, channel, seen(feed, from, input, channel));
	}
}

static struct source source_at(const struct alm_feed *feed, const struct alm_feed_rows *rows, int row)
{
	const struct alm_window *window = &rows->samples[row].window;
	return source_of(feed, window, rows->lengths[row], alm_feed_scale_at(feed, rows->scale, row));
}

/*
 * Steps that are loaded row after row before the next ones. One row's steps lie a multiple of a page apart where rows are as
 * wide as powers of two: all of them in one set of a first-level cache, from which they would drive each other out.
 */
#define BLOCK_STEPS 8

static void load_channels(
	const struct alm_feed *feed, const struct alm_feed_rows *rows, const struct alm_rows *to)
{
	for (int row = 0; row < rows->n; row++) {
		rows->lengths[row] = alm_window_inputs(&feed->spec, rows->samples[row].window.now);
		struct source from = source_at(feed, rows, row);
		find_scale(feed, &from, 0, n_past(feed));
	}
	for (int begin = 0; begin < alm_feed_steps(feed); begin += BLOCK_STEPS)
		for (int row = 0; row < rows->n; row++) {
			struct source from = source_at(feed, rows, row);
			int n = from.n - begin < BLOCK_STEPS ? from.n - begin : BLOCK_STEPS;
			if (n > 0)
				copy_rows(feed, &from, begin, n, alm_rows_at(to, begin, row), to->step_ld);
		}
	for (int row = 0; row < rows->n; row++) {
		struct source from = source_at(feed, rows, row);
		copy_seen(feed, &from, to, row);
	}
}

/* One channel a row, segment after segment; a short lookback loses the oldest rows that fill none. */
static void load_segments(
	const struct alm_feed *feed, const struct alm_feed_rows *rows, const struct alm_rows *to)
{
	size_t n_channels = (size_t)feed->panel->n_channels;
	for (int row = 0; row < rows->n; row++) {
		const struct alm_sample *sample = &rows->samples[row];
		int width = feed->segment, channel = sample->channel;
		rows->lengths[row] = alm_window_inputs(&feed->spec, sample->window.now) / width;
		struct source from = source_of(feed, &sample->window, rows->lengths[row] * width,
			alm_feed_scale_at(feed, rows->scale, row));
		find_scale(feed, &from, channel, channel + 1);
		bool open = is_open(feed, &from, channel);
		for (int input = 0; input < from.n; input++) {
			size_t at = row_of(feed, &from, input) * n_channels + (size_t)channel;
			float value = open ? seen(feed, &from, input, channel)
					   : scaled(feed, from.frame, channel, from.frame->values[at]);
			alm_rows_at(to, input / width, row)[input % width] = normal(&from, channel, value);
		}
	}
}

/* Those of the targets of a step. */
static void load_extra(const struct alm_feed *feed, const struct alm_window *window, int step, float *extra)
{
	size_t now = now_at(feed, window, step);
	for (int64_t ahead = 0; ahead < steps_ahead(feed); ahead++)
		extra = copy_known(
			feed, frame_of(feed, window), alm_window_target_row(&feed->spec, now, ahead), extra);
}

struct alm_feed_scale alm_feed_scale_at(const struct alm_feed *feed, float *scale, int row)
{
	ptrdiff_t n = feed->panel->n_channels;
	float *center = scale + row * 2 * n;
	return (struct alm_feed_scale){center, center + n};
}

void alm_feed_load(const struct alm_feed *feed, const struct alm_feed_rows *rows,
	const struct alm_network *network, struct alm_network_work *work)
{
	struct alm_rows to = alm_network_inputs(network, work, rows->n);
	if (feed->segment > 0)
		load_segments(feed, rows, &to);
	else
		load_channels(feed, rows, &to);
	for (int row = 0; row < rows->n; row++) {
		int n = rows->lengths[row];
		clear_rest(feed, &to, row, n);
		for (int step = feed->sequences ? 0 : n - 1; step < n && alm_feed_extras(feed) > 0; step++)
			load_extra(feed, &rows->samples[row].window, step,
				alm_network_extra(network, work, rows->n, step, row));
	}
}
