/*
 * A backtest scores forecasters on exactly the same windows, in the data's own units: a target that was not
 * observed takes no part. Memory does not grow with the number of windows.
 */
#ifndef ALM_EVAL_BACKTEST_H
#define ALM_EVAL_BACKTEST_H
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "eval/metric.h"
#include "forecast/forecaster.h"
#include "series/window.h"

/* Nothing here is owned. */
struct alm_backtest_options {
	struct alm_forecaster *const *forecasters; /* [n_forecasters]; the model first, then the baselines */
	int n_forecasters;
	const struct alm_part *training; /* where MASE takes its scale from */
	int64_t season;                  /* rows, for that scale */
	struct alm_reporter *reporter;
};

/* How one forecaster did. */
struct alm_backtest_scores {
	const char *name;                 /* static */
	double overall[ALM_N_METRICS];    /* over all targets; NaN = undefined */
	double (*channel)[ALM_N_METRICS]; /* [n_targets]; owned by the backtest */
	double spread;                    /* the least alm_spread_share of its targets; NaN = undefined */
};

struct alm_backtest {
	size_t n_windows, n_points; /* points = observed targets */
	int n_targets;
	char **channels; /* [n_targets] names; owned */
	int n_forecasters;
	struct alm_backtest_scores *scores; /* [n_forecasters] in the order given; owned */
	double skill;      /* of the first against the best of the others, by MAE; NaN without */
	int best_baseline; /* place in scores; -1 without */
};

/*
 * Runs every forecaster over all windows. ALM_BAD_DATA: no window, or no observed target. ALM_INTERRUPTED. What a
 * forecaster returns is passed on. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_backtest_run(const struct alm_windows *windows,
	const struct alm_backtest_options *options, struct alm_backtest *out, struct alm_error *err);
void alm_backtest_release(struct alm_backtest *backtest);

/*
 * Share of the baseline's error that the model removes: 1 - model / baseline. NaN when either is not finite or the
 * baseline is perfect.
 */
double alm_skill(double model_mae, double baseline_mae);

/*
 * MASE's scale of a channel: mean |y_t - y_(t - season)| over pairs of observed rows of the part. NaN without a pair.
 */
double alm_seasonal_scale(
	const struct alm_panel *panel, const struct alm_part *part, int channel, int64_t season);

#endif
