#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "eval/backtest.h"
#include "forecast/baseline.h"
#include "support/make.h"

Test(metric, all_four_by_hand)
{
	/* errors 1, 2, 3; actuals 10, 0, -6; scale 2 */
	struct alm_error_sums sums = {0};
	alm_error_sums_add(&sums, 10, 11, 2);
	alm_error_sums_add(&sums, 0, -2, 2);
	alm_error_sums_add(&sums, -6, -3, 2);
	cr_assert_float_eq(alm_metric_mae(&sums), 2, 1e-12);
	cr_assert_float_eq(alm_metric_rmse(&sums), sqrt(14.0 / 3), 1e-12);
	cr_assert_float_eq(alm_metric_mape(&sums), 100 * (0.1 + 0.5) / 2, 1e-12);
	cr_assert_float_eq(alm_metric_mase(&sums), 1, 1e-12);
	cr_assert_str_eq(alm_metric_name(ALM_METRIC_mape), "mape");
}

Test(metric, without_points_is_undefined)
{
	struct alm_error_sums none = {0}, zero = {0};
	for (int metric = 0; metric < ALM_N_METRICS; metric++)
		cr_assert(isnan(alm_metric_of((enum alm_metric)metric, &none)));
	alm_error_sums_add(&zero, 0, 1, NAN);
	cr_assert(isnan(alm_metric_mape(&zero)));
	cr_assert(isnan(alm_metric_mase(&zero)));
	cr_assert_float_eq(alm_metric_mae(&zero), 1, 0);
}

Test(skill, is_the_share_of_the_error_removed)
{
	cr_assert_float_eq(alm_skill(600, 1000), 0.4, 1e-12);
	cr_assert_float_eq(alm_skill(1500, 1000), -0.5, 1e-12);
	cr_assert(isnan(alm_skill(1, 0)));
	cr_assert(isnan(alm_skill(NAN, 1)));
}

/* 0 1 2 ... with row 7 missing. */
static float ramp(size_t row, int channel)
{
	(void)channel;
	return row == 7 ? NAN : (float)row;
}

struct rig {
	struct alm_panel panel;
	struct alm_windows windows;
	struct alm_part all;
	struct alm_baseline baselines[3];
	struct alm_forecaster *forecasters[3];
	struct alm_backtest result;
	struct alm_error err;
};

/* Windows of two rows in and two out over ten rows: seven of them, first targets 2 to 8. */
static enum alm_status run(struct rig *rig)
{
	struct alm_window_spec spec = {.lookback = 2, .sampling = 1, .delay = 0, .horizon = 2, .stride = 1};
	rig->panel = make_panel(10, 1, false, ramp);
	rig->all = (struct alm_part){INT64_MIN, INT64_MAX};
	cr_assert_eq(alm_windows_init(&rig->windows, &rig->panel, &spec, &rig->all, NULL), ALM_OK);
	cr_assert_eq(rig->windows.n, 7);
	for (int i = 0; i < 3; i++) {
		alm_baseline_init(&rig->baselines[i], i, 1, 3);
		rig->forecasters[i] = &rig->baselines[i].base;
	}
	struct alm_backtest_options options = {
		.forecasters = rig->forecasters, .n_forecasters = 3, .training = &rig->all, .season = 3};
	return alm_backtest_run(&rig->windows, &options, &rig->result, &rig->err);
}

static void release(struct rig *rig)
{
	alm_backtest_release(&rig->result);
	alm_windows_release(&rig->windows);
	alm_panel_release(&rig->panel);
}

/*
 * Targets at now + 1 and now + 2, now = 1 .. 7, 14 in all, row 7 missing takes 2 away. Repeat-last errs by 1 and 2; at now = 7
 * the last known value is row 6, so by 2 and 3: 5 of the first kind and 5 of the second remain with the sums
 * 1+2 (now 1..4), 1 (now 5; row 7 is missing), 2 (now 6), 2+3 (now 7): 12 + 1 + 2 + 5 = 20 over 12 points.
 */
Test(backtest, repeat_last_on_a_ramp_by_hand)
{
	struct rig rig = {0};
	cr_assert_eq(run(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert_eq(rig.result.n_windows, 7);
	cr_assert_eq(rig.result.n_points, 12);
	cr_assert_str_eq(rig.result.scores[0].name, "repeat_last");
	cr_assert_float_eq(rig.result.scores[0].overall[ALM_METRIC_mae], 20.0 / 12, 1e-9);
	cr_assert_float_eq(rig.result.scores[0].channel[0][ALM_METRIC_mae], 20.0 / 12, 1e-9);
	/* a season of three rows on a ramp: every pair differs by 3 */
	cr_assert_float_eq(rig.result.scores[0].overall[ALM_METRIC_mase], 20.0 / 12 / 3, 1e-9);
	release(&rig);
}

Test(backtest, the_seasonal_naive_errs_by_a_season_and_drift_follows_the_ramp)
{
	struct rig rig = {0};
	cr_assert_eq(run(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert_str_eq(rig.result.scores[1].name, "seasonal_naive");
	/*
	 * Three rows back: 3 where there is a row to look at. Targets 2 (now 1) and 3 (now 1) look at rows -1 and 0: the first
	 * falls back to the last value, 1, and errs by 1; target 10 - there is none. Rows 7 as a source never occur below 10.
	 */
	cr_assert_float_eq(rig.result.scores[1].overall[ALM_METRIC_mae], (1 + 11 * 3) / 12.0, 1e-9);
	cr_assert_str_eq(rig.result.scores[2].name, "drift");
	/* exact on the ramp but for now = 7, where row 7 is held at 6: slope 0, so 6 for 8 and 9 */
	cr_assert_float_eq(rig.result.scores[2].overall[ALM_METRIC_mae], (2 + 3) / 12.0, 1e-9);
	cr_assert_eq(rig.result.best_baseline, 2);
	cr_assert_float_eq(rig.result.skill, 1 - 20.0 / 5, 1e-9);
	release(&rig);
}

Test(backtest, no_window_is_an_error)
{
	struct rig rig = {0};
	struct alm_backtest_options options = {.n_forecasters = 3};
	rig.panel = make_panel(10, 1, false, ramp);
	rig.windows.panel = &rig.panel;
	cr_assert_eq(alm_backtest_run(&rig.windows, &options, &rig.result, &rig.err), ALM_BAD_DATA);
	alm_panel_release(&rig.panel);
}

Test(backtest, a_forecaster_s_failure_is_passed_on)
{
	struct rig rig = {0};
	volatile sig_atomic_t stop = 15;
	struct alm_reporter reporter = {.stop = &stop};
	cr_assert_eq(run(&rig), ALM_OK);
	alm_backtest_release(&rig.result);
	struct alm_backtest_options options = {.forecasters = rig.forecasters,
		.n_forecasters = 3,
		.training = &rig.all,
		.season = 3,
		.reporter = &reporter};
	cr_assert_eq(alm_backtest_run(&rig.windows, &options, &rig.result, &rig.err), ALM_INTERRUPTED);
	release(&rig);
}
