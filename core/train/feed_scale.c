/* How a window is normalised: by its last values, or by mean and deviation as in RevIN (Kim et al., ICLR 2022). */
#include <math.h>
#include <string.h>
#include "train/feed_part.h"

/* Added to a window's variance, as in RevIN. */
#define EPSILON 1e-5f

/* Channels that are measured together: side by side in memory, few enough for their sums to stay in registers. */
#define MEASURED 8

/* Inputs that are summed in float before their sums are added in double. */
#define BLOCK_INPUTS 32

/* Sums over a window of MEASURED channels from `first` on, of scaled differences from a value of their own. */
struct sums {
	int first, n; /* fewer are there when the panel has no more; the rest is zero */
	bool apart; /* their values have to be put together: they are fewer, or of some of them a gap is open */
	float shift[MEASURED], inverse[MEASURED];
	double sum[MEASURED], squares[MEASURED];
};

/* The scaler's row for a window's series. */
struct row {
	const float *center, *scale, *inverse; /* [n_channels] */
};

static struct row row_for(const struct alm_feed *feed, const struct alm_source *source)
{
	const struct alm_scaler *scaler = feed->scaler;
	ptrdiff_t at = (ptrdiff_t)source->frame->scale_row * scaler->n_channels;
	return (struct row){scaler->center + at, scaler->scale + at, scaler->inverse + at};
}

/* n inputs from `input` on, put together: values [n][MEASURED], zero where there is no channel. */
static void put_together(const struct alm_feed *feed, const struct alm_source *from, int input, int n,
	const struct sums *of, float *values)
{
	memset(values, 0, (size_t)n * MEASURED * sizeof(float));
	for (int i = 0; i < n; i++, values += MEASURED) {
		size_t at = row_of(feed, from, input + i) * (size_t)feed->panel->n_channels;
		for (int channel = of->first; channel < of->first + of->n; channel++)
			values[channel - of->first] = channel < n_past(feed)
							      ? seen(feed, from, input + i, channel)
							      : from->frame->values[at + (size_t)channel];
	}
}

/* Adds n inputs, ld apart. */
static void add(const float *values, ptrdiff_t ld, int n, struct sums *to)
{
	float shift[MEASURED], inverse[MEASURED], sum[MEASURED] = {0}, squares[MEASURED] = {0};
	memcpy(shift, to->shift, sizeof shift);
	memcpy(inverse, to->inverse, sizeof inverse);
	for (int i = 0; i < n; i++, values += ld) {
#pragma omp simd
		for (int channel = 0; channel < MEASURED; channel++) {
			float off = (values[channel] - shift[channel]) * inverse[channel];
			sum[channel] += off;
			squares[channel] += off * off;
		}
	}
	for (int channel = 0; channel < MEASURED; channel++) {
		to->sum[channel] += (double)sum[channel];
		to->squares[channel] += (double)squares[channel];
	}
}

/* Adds n <= BLOCK_INPUTS inputs from `input` on. */
static void add_inputs(
	const struct alm_feed *feed, const struct alm_source *from, int input, int n, struct sums *to)
{
	float values[BLOCK_INPUTS * MEASURED];
	ptrdiff_t n_channels = feed->panel->n_channels;
	if (to->apart) {
		put_together(feed, from, input, n, to, values);
		add(values, MEASURED, n, to);
		return;
	}
	const float *there = from->frame->values + (ptrdiff_t)row_of(feed, from, input) * n_channels;
	add(there + to->first, feed->spec.sampling * n_channels, n, to);
}

/* A channel of which `middle`, in the frame's units, is subtracted, and whose scaled deviation is `gain`. */
static void set_channel(
	const struct alm_feed_scale *to, const struct row *row, int channel, float middle, float gain)
{
	to->middle[channel] = middle;
	to->factor[channel] = row->inverse[channel] / gain;
	to->center[channel] = (middle - row->center[channel]) * row->inverse[channel];
	to->gain[channel] = gain;
}

/* Channels as the scaler leaves them. */
static void set_plain(const struct alm_feed_scale *to, const struct row *row, int from, int end)
{
	size_t n_bytes = (size_t)(end - from) * sizeof(float);
	memcpy(to->middle + from, row->center + from, n_bytes);
	memcpy(to->factor + from, row->inverse + from, n_bytes);
	memset(to->center + from, 0, n_bytes);
	for (int channel = from; channel < end; channel++)
		to->gain[channel] = 1;
}

/* Sums of nothing, about the window's value in its middle. */
static struct sums begin_sums(
	const struct alm_feed *feed, const struct alm_source *from, const struct row *row, int first)
{
	int n_channels = feed->panel->n_channels, n = n_channels < MEASURED ? n_channels : MEASURED;
	struct sums sums = {.first = first + n < n_channels ? first : n_channels - n, .n = n};
	float values[MEASURED];
	sums.apart = n < MEASURED;
	for (int i = sums.first; i < sums.first + n && i < n_past(feed); i++)
		sums.apart |= is_open(feed, from, i);
	put_together(feed, from, from->n / 2, 1, &sums, values);
	for (int i = 0; i < n; i++) {
		sums.shift[i] = values[i];
		sums.inverse[i] = row->inverse[sums.first + i];
	}
	return sums;
}

/*
 * Mean and deviation of MEASURED past channels from `first` on, but of none from `end` on, in one pass. What values differ from is near
 * enough to the mean for the difference of squares to keep its digits.
 */
static void measure(
	const struct alm_feed *feed, const struct alm_source *from, const struct row *row, int first, int end)
{
	struct sums sums = begin_sums(feed, from, row, first);
	for (int begin = 0; begin < from->n; begin += BLOCK_INPUTS)
		add_inputs(feed, from, begin, from->n - begin < BLOCK_INPUTS ? from->n - begin : BLOCK_INPUTS,
			&sums);
	for (int channel = first; channel < end && channel < sums.first + sums.n; channel++) {
		int i = channel - sums.first;
		double mean = sums.sum[i] / from->n, variance = sums.squares[i] / from->n - mean * mean;
		float middle = sums.shift[i] + (float)mean * row->scale[channel];
		set_channel(&from->scale, row, channel, middle, sqrtf(fmaxf((float)variance, 0) + EPSILON));
	}
}

void alm_feed_find_scale(const struct alm_feed *feed, const struct alm_source *source, int from, int to)
{
	int end = to < n_past(feed) ? to : n_past(feed);
	struct row row = row_for(feed, source);
	set_plain(&source->scale, &row, from, to);
	if (feed->norm == ALM_WINDOW_NORM_MEAN)
		for (int first = from; first < end; first += MEASURED)
			measure(feed, source, &row, first, end);
	if (feed->norm == ALM_WINDOW_NORM_LAST)
		for (int channel = from; channel < end; channel++)
			set_channel(
				&source->scale, &row, channel, seen(feed, source, source->n - 1, channel), 1);
	for (int channel = from; channel < end; channel++)
		if (alm_panel_is_category(feed->panel, channel))
			set_plain(&source->scale, &row, channel, channel + 1);
}
