/*
 * A feed turns windows of a panel into what a network takes in and should give out, all in scaled units. It
 * copies one window at a time, straight into the network's own buffers, so no sample is ever stored.
 *
 * Inputs are all channels of the panel at the window's input rows. Extra inputs are the known-ahead channels at
 * its target rows, [horizon][n_known]. Outputs are the first n_targets channels at the target rows,
 * [horizon][n_targets], as a difference from the base: nothing, the last known value, or the value a whole
 * number of seasons before. What was not observed at the last input row is seen as it was known then
 * (alm_frame_value_known): no later value shows through a filled gap.
 */
#ifndef ALM_TRAIN_FEED_H
#define ALM_TRAIN_FEED_H
#include <stdint.h>
#include "base/status.h"
#include "nn/network.h"
#include "series/frame.h"
#include "series/scaler.h"
#include "series/window.h"

enum alm_residual { ALM_RESIDUAL_NONE, ALM_RESIDUAL_LAST, ALM_RESIDUAL_SEASON };

/* Nothing here is owned. */
struct alm_feed {
	const struct alm_panel *panel;
	const struct alm_scaler *scaler;
	struct alm_window_spec spec;
	int n_targets;
	enum alm_residual residual;
	int64_t season; /* rows; for ALM_RESIDUAL_SEASON */
};

int alm_feed_extras(const struct alm_feed *feed);  /* horizon * n_known */
int alm_feed_outputs(const struct alm_feed *feed); /* horizon * n_targets */

/* Writes a window's inputs and extra inputs into `row` of a work area that will run `rows` rows. */
void alm_feed_load(const struct alm_feed *feed, const struct alm_window *window,
	const struct alm_network *network, struct alm_network_work *work, int rows, int row);

/* What the network's output is added to: [horizon][n_targets]. */
void alm_feed_base(const struct alm_feed *feed, const struct alm_window *window, float *base);

/* The target values and which of them were observed (1 or 0): [horizon][n_targets] each. */
void alm_feed_targets(
	const struct alm_feed *feed, const struct alm_window *window, float *target, float *mask);

/* ALM_BAD_DATA naming series, time and channel of the first value that is not finite once scaled. */
ALM_MUST_CHECK enum alm_status alm_feed_scan(const struct alm_feed *feed, struct alm_error *err);

#endif
