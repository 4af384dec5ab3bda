/* A feed's way in: the samples of a shard into the buffers of a network. */
#include <string.h>
#include "train/feed_part.h"

static struct alm_source source_of(
	const struct alm_feed *feed, const struct alm_window *window, int n, struct alm_feed_scale scale)
{
	size_t back = (size_t)(n - 1) * (size_t)feed->spec.sampling;
	return (struct alm_source){frame_of(feed, window), window->now - back, window->now, n, scale};
}

/* Zeros where a short lookback has no inputs. */
static void clear_rest(const struct alm_feed *feed, const struct alm_rows *to, int row, int n)
{
	size_t n_bytes = (size_t)alm_feed_features(feed) * sizeof(float);
	for (int step = n; step < alm_feed_steps(feed); step++)
		memset(alm_rows_at(to, step, row), 0, n_bytes);
}

/* One row of values as the network sees them, in which words of categories lie between the channels. */
static void write_values(
	const struct alm_feed *feed, const struct alm_source *from, const float *values, float *to)
{
	alm_feed_write(feed, from->frame, values, 0, to);
	for (int channel = 0; channel < n_past(feed); channel++)
		if (!alm_panel_is_category(feed->panel, channel))
			to[feed->input[channel]] = alm_source_value(from, channel, values[channel]);
}

/* n inputs of a row from the `begin`th on, and where they go, step_ld apart. */
struct piece {
	const struct alm_source *from;
	int begin, n;
	float *to;
	ptrdiff_t step_ld;
};

/* Every channel of the panel side by side: as they lie in the frame, unless there are categories. */
static void copy_piece(
	const struct alm_feed *feed, const struct alm_kernel *kernel, const struct piece *piece)
{
	ptrdiff_t n_channels = feed->panel->n_channels, from_ld = feed->spec.sampling * n_channels;
	const struct alm_source *from = piece->from;
	const float *values = from->frame->values + row_of(feed, from, piece->begin) * (size_t)n_channels;
	float *to = piece->to;
	if (!feed->input)
		kernel->scale(&(struct alm_scale_job){.rows = piece->n,
			.n = (int)n_channels,
			.from = values,
			.from_ld = from_ld,
			.to = to,
			.to_ld = piece->step_ld,
			.middle = from->scale.middle,
			.factor = from->scale.factor});
	for (int i = 0; i < piece->n && feed->input; i++)
		write_values(feed, from, values + i * from_ld, to + i * piece->step_ld);
	for (int i = 0; i < piece->n && feed->mask; i++)
		load_mask(feed, from->frame, row_of(feed, from, piece->begin + i),
			to + i * piece->step_ld + end_of_inputs(feed));
}

/* The past channels that were seen otherwise, over their inputs. A category is held: it was seen as the frame has it. */
static void copy_seen(
	const struct alm_feed *feed, const struct alm_source *from, const struct alm_rows *to, int row)
{
	for (int channel = 0; channel < n_past(feed); channel++) {
		if (alm_panel_is_category(feed->panel, channel) || !is_open(feed, from, channel))
			continue;
		for (int input = 0; input < from->n; input++)
			alm_rows_at(to, input, row)[input_of(feed, channel)] =
				alm_source_value(from, channel, seen(feed, from, input, channel));
	}
}

static struct alm_source source_at(const struct alm_feed *feed, const struct alm_feed_rows *rows, int row)
{
	const struct alm_window *window = &rows->samples[row].window;
	return source_of(feed, window, rows->lengths[row], alm_feed_scale_at(feed, rows->scale, row));
}

/*
 * Steps that are loaded row after row before the next ones. One row's steps lie a multiple of a page apart where rows are as
 * wide as powers of two: all of them in one set of a first-level cache, from which they would drive each other out.
 */
#define BLOCK_STEPS 24

static void load_channels(const struct alm_feed *feed, const struct alm_feed_rows *rows,
	const struct alm_kernel *kernel, const struct alm_rows *to)
{
	for (int row = 0; row < rows->n; row++) {
		rows->lengths[row] = alm_window_inputs(&feed->spec, rows->samples[row].window.now);
		struct alm_source from = source_at(feed, rows, row);
		alm_feed_find_scale(feed, &from, 0, feed->panel->n_channels);
	}
	for (int begin = 0; begin < alm_feed_steps(feed); begin += BLOCK_STEPS)
		for (int row = 0; row < rows->n; row++) {
			struct alm_source from = source_at(feed, rows, row);
			int n = from.n - begin < BLOCK_STEPS ? from.n - begin : BLOCK_STEPS;
			if (n > 0)
				copy_piece(feed, kernel,
					&(struct piece){
						&from, begin, n, alm_rows_at(to, begin, row), to->step_ld});
		}
	for (int row = 0; row < rows->n; row++) {
		struct alm_source from = source_at(feed, rows, row);
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
		struct alm_source from = source_of(feed, &sample->window, rows->lengths[row] * width,
			alm_feed_scale_at(feed, rows->scale, row));
		alm_feed_find_scale(feed, &from, channel, channel + 1);
		bool open = is_open(feed, &from, channel);
		for (int input = 0; input < from.n; input++) {
			size_t at = row_of(feed, &from, input) * n_channels + (size_t)channel;
			float value = open ? seen(feed, &from, input, channel) : from.frame->values[at];
			alm_rows_at(to, input / width, row)[input % width] =
				alm_source_value(&from, channel, value);
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
	float *center = scale + row * ALM_FEED_SCALES * n;
	return (struct alm_feed_scale){center, center + n, center + 2 * n, center + 3 * n};
}

void alm_feed_load(const struct alm_feed *feed, const struct alm_feed_rows *rows,
	const struct alm_network *network, struct alm_network_work *work)
{
	struct alm_rows to = alm_network_inputs(network, work, rows->n);
	if (feed->segment > 0)
		load_segments(feed, rows, &to);
	else
		load_channels(feed, rows, network->kernel, &to);
	for (int row = 0; row < rows->n; row++) {
		int n = rows->lengths[row];
		clear_rest(feed, &to, row, n);
		for (int step = feed->sequences ? 0 : n - 1; step < n && alm_feed_extras(feed) > 0; step++)
			load_extra(feed, &rows->samples[row].window, step,
				alm_network_extra(network, work, rows->n, step, row));
	}
}
