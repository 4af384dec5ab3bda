/*
 * The common-sense baselines that every model is printed beside (Hyndman and Athanasopoulos, Forecasting:
 * Principles and Practice, section 5.2). Each is a rule for one value; the loop over windows is shared.
 */
#ifndef ALM_FORECAST_BASELINE_H
#define ALM_FORECAST_BASELINE_H
#include <stdint.h>
#include "forecast/forecaster.h"
#include "series/frame.h"

/* The value asked for, and what may be looked at: rows of the frame up to `now`. */
struct alm_baseline_point {
	const struct alm_panel *panel;
	const struct alm_frame *frame;
	int channel;
	size_t first_row; /* of the window's inputs */
	size_t now;       /* the last row that may be looked at */
	size_t target;    /* the row to forecast, after now */
	size_t season;    /* rows, at least 1 */
};

typedef float alm_baseline_rule(const struct alm_baseline_point *point);

#define BASELINE(word) alm_baseline_rule alm_baseline_##word;
#include "forecast/baseline.def"
#undef BASELINE

struct alm_baseline {
	struct alm_forecaster base; /* first: the interface that others hold */
	alm_baseline_rule *rule;
	size_t season;
};

/* How many rows baseline.def has, and the baseline of one of them (0 ..). season in rows, at least 1. */
int alm_baseline_count(void);
void alm_baseline_init(struct alm_baseline *baseline, int place, int n_targets, int64_t season);

#endif
