/*
 * Which part of a dataset's history a training looks at, and which parts of it are for what. A model that is trained by hand
 * has the parts of its spec; one that is trained again every night is to learn from the newest rows, so its parts move
 * with the data.
 */
#ifndef ALM_PREPARE_HISTORY_H
#define ALM_PREPARE_HISTORY_H
#include <stdbool.h>
#include <stdint.h>
#include "model/plan.h"
#include "series/frame.h"
#include "series/split.h"

/* Horizons that the holdout spans where nobody said how long it is, unless that is more than a fifth of the history. */
#define ALM_HOLDOUT_HORIZONS 28

struct alm_history {
	int64_t until_ms; /* later rows do not exist; INT64_MAX = none do not */
	bool moves; /* the parts lie at the end of the data, as below, and not where the spec has them */
	struct alm_duration
		holdout; /* length of the test part, and of the validation part before it; count < 0 = by horizons */
	struct alm_duration window; /* only so much of the newest history is trained on; count < 0 = all */
	int64_t unseen_ms; /* the test part begins no earlier: a champion was fitted to what lies before */
};

/* All rows, with the spec's parts. */
extern const struct alm_history alm_history_whole;

/*
 * The parts of a panel at its end, by the moving history. ALM_USAGE, naming the option, when they leave nothing to train on; ALM_NO_INPUT
 * when all rows lie before unseen_ms.
 */
ALM_MUST_CHECK enum alm_status alm_history_split(const struct alm_history *history,
	const struct alm_panel *panel, const struct alm_plan *plan, struct alm_split *out,
	struct alm_error *err);

#endif
