/*
 * A feed turns windows of a panel into what a network takes in and should give out, all in scaled units. It
 * copies the samples of a shard straight into the network's own buffers, so no sample is ever stored.
 *
 * A sample is a window, or with segments one target of a window: then a row of the network is that channel's lookback, cut
 * into segments. Inputs are all channels of the panel at the window's input rows, and behind them, with a mask, which of
 * the data channels that may change were observed there. Extra inputs are the known-ahead channels at its target rows, [targets'
 * steps][n_known]. A channel of numbers is one input; a category is one for each of its words, 1 at the word that it has and 0 at
 * the others, or 1/words at each of them when the word is unknown: their mean, whatever the network makes of each. Outputs are the sample's targets at the target rows, [steps][n_targets]. What was not observed at the last input row is seen as it was known then (alm_frame_value_known):
 * no later value shows through a filled gap.
 *
 * A value is forecast as base + gain * output. The base is nothing, the last known value, or the value a whole number of
 * seasons before. With normalisation inside the window (RevIN, Kim et al., ICLR 2022, without its affine weights) a data
 * channel's inputs have the window's last value or mean subtracted and, for the mean, are divided by the window's
 * deviation; the gain is that deviation, the base at least what was subtracted.
 */
#ifndef ALM_TRAIN_FEED_H
#define ALM_TRAIN_FEED_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "nn/network.h"
#include "series/frame.h"
#include "series/scaler.h"
#include "series/window.h"

enum alm_residual { ALM_RESIDUAL_NONE, ALM_RESIDUAL_LAST, ALM_RESIDUAL_SEASON };
enum alm_window_norm { ALM_WINDOW_NORM_NONE, ALM_WINDOW_NORM_LAST, ALM_WINDOW_NORM_MEAN };

/* Nothing here is owned. */
struct alm_feed {
	const struct alm_panel *panel;
	const struct alm_scaler *scaler;
	struct alm_window_spec spec;
	int n_targets;
	const int *input; /* [n_channels + 1] where the inputs of each channel begin; NULL = each is one */
	enum alm_residual residual;
	int64_t season; /* rows; for ALM_RESIDUAL_SEASON */
	enum alm_window_norm norm;
	int segment; /* rows of a segment, of which the lookback is a multiple; 0 = none */
	bool mask;   /* a further input for each data channel that is not static: 1 = observed, 0 = filled */
	bool sequences; /* every input step has targets of its own, as if it were the last; without norm and segments */
	bool recursive; /* the network forecasts one step, to be fed back for the next */
};

struct alm_sample {
	struct alm_window window;
	int channel; /* of the targets; with segments */
};

/* The shape of the network that a feed needs: features and steps of its inputs, extra inputs, outputs of the head. */
int alm_feed_features(const struct alm_feed *feed);
int alm_feed_steps(const struct alm_feed *feed);
int alm_feed_extras(const struct alm_feed *feed);
int alm_feed_outputs(const struct alm_feed *feed); /* values; a loss may want several outputs for each */

/* Values that a sample forecasts at one step: those of the head, cut to the horizon with segments. */
int alm_feed_values(const struct alm_feed *feed);

/* Samples of a window, and sample i of n * alm_feed_samples. */
int alm_feed_samples(const struct alm_feed *feed);
struct alm_sample alm_feed_sample(const struct alm_feed *feed, const struct alm_windows *windows, size_t i);

/*
 * How a sample's window was normalised, for each channel of the panel: what is subtracted from a scaled value and what then divides it;
 * and the same of a value of the frame, scaler and window at once: (value - middle) * factor.
 */
struct alm_feed_scale {
	float *center, *gain, *middle, *factor; /* [n_channels] */
};
#define ALM_FEED_SCALES 4 /* arrays of them */

/* Samples that become the rows of a work area, and what is told of each. Nothing here is owned. */
struct alm_feed_rows {
	int n;
	const struct alm_sample *samples; /* [n] */
	float *scale;                     /* out [n][ALM_FEED_SCALES][n_channels] */
	int *lengths;                     /* out [n]: the network's steps */
};

/* Those of one row. */
struct alm_feed_scale alm_feed_scale_at(const struct alm_feed *feed, float *scale, int row);

/*
 * Writes inputs and extra inputs of n samples into a work area that will run as many rows, zeros behind the end of a short
 * one. With segments scale is of the sample's channel only, otherwise of those of which nothing is known ahead.
 */
void alm_feed_load(const struct alm_feed *feed, const struct alm_feed_rows *rows,
	const struct alm_network *network, struct alm_network_work *work);

/*
 * What the outputs for a sample at an input step (counted from its first; the last but with sequences) are multiplied by
 * and added to: alm_feed_values each.
 */
void alm_feed_base(const struct alm_feed *feed, const struct alm_sample *sample, int step,
	const struct alm_feed_scale *scale, float *base, float *gain);

/* The target values there and which of them were observed (1 or 0): alm_feed_values each. */
void alm_feed_targets(
	const struct alm_feed *feed, const struct alm_sample *sample, int step, float *target, float *mask);

/*
 * For forecasting one step at a time: the scaled value of a data channel `back` rows before the window's last input, as
 * known then (the last known one where the frame does not reach back so far); and the known-ahead channels `ahead` rows
 * after it.
 */
float alm_feed_known(const struct alm_feed *feed, const struct alm_window *window, int64_t back, int channel);
void alm_feed_ahead(const struct alm_feed *feed, const struct alm_window *window, int64_t ahead, float *out);

/*
 * The inputs of that row but for its past channels, which are forecasts and the caller's to write. In the mask they count as
 * observed, as what they stand for did in training.
 */
void alm_feed_row_ahead(
	const struct alm_feed *feed, const struct alm_window *window, int64_t ahead, float *out);

/* Scaled value of a channel to the data's own units. */
float alm_feed_invert(
	const struct alm_feed *feed, const struct alm_window *window, int channel, float scaled);

/* ALM_BAD_DATA naming series, time and channel of the first value that is not finite once scaled. */
ALM_MUST_CHECK enum alm_status alm_feed_scan(const struct alm_feed *feed, struct alm_error *err);

#endif
