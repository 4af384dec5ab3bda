/* From a spec that is resolved against its data to the feed and the network that it describes. */
#ifndef ALM_MODEL_BUILD_H
#define ALM_MODEL_BUILD_H
#include "base/status.h"
#include "model/layers.h"
#include "model/plan.h"
#include "model/spec.h"
#include "nn/network.h"
#include "train/batch.h"
#include "train/feed.h"

/* The feed of a panel; without a scaler. */
struct alm_feed alm_build_feed(const struct alm_spec *spec, const struct alm_plan *plan,
	const struct alm_panel *panel, int n_targets);

/* ALM_USAGE, naming the options, for settings that do not go together: of layers, head, segments, window and data. */
ALM_MUST_CHECK enum alm_status alm_build_check(const struct alm_spec *spec, const struct alm_layers *layers,
	const struct alm_feed *feed, struct alm_error *err);

/* The network's shape but for the cells of its layers and for how many series have vectors; `width` outputs for each value. */
struct alm_network_spec alm_build_network(
	const struct alm_spec *spec, const struct alm_layers *layers, const struct alm_feed *feed, int width);

#endif
