/* The rule by which a challenger becomes champion, on measured errors that are made up. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "retrain/duel.h"

static struct alm_duel measured(double challenger, double champion, double baseline, double spread)
{
	return (struct alm_duel){.has_champion = isfinite(champion),
		.measure = "MAE",
		.champion_error = champion,
		.challenger_error = challenger,
		.baseline_error = baseline,
		.baseline = "seasonal_naive",
		.spread = spread,
		.n_windows = 100,
		.n_points = 2400};
}

static void expect(struct alm_duel duel, double margin, bool won, const char *why)
{
	alm_duel_decide(&duel, margin);
	cr_assert_eq(duel.won, won, "%s", duel.words);
	cr_assert(strstr(duel.words, why), "'%s' is not in '%s'", why, duel.words);
}

Test(duel, a_challenger_must_be_better_by_the_margin)
{
	expect(measured(9.8, 10, 20, 1), 0.01, true, "better than the champion and every baseline");
	expect(measured(9.9, 10, 20, 1), 0.01, true,
		"MAE 9.9, champion 10, seasonal_naive 20 on 100 windows");
	expect(measured(9.91, 10, 20, 1), 0.01, false, "not enough better than the champion");
	expect(measured(11, 10, 20, 1), 0.01, false, "not enough better than the champion");
}

Test(duel, no_champion_is_made_of_what_a_baseline_does_as_well)
{
	expect(measured(8, 10, 8, 1), 0, false, "no better than a baseline");
	expect(measured(8, NAN, 7, 1), 0, false, "no better than a baseline");
}

Test(duel, the_first_champion_has_only_the_baselines_to_beat)
{
	expect(measured(8, NAN, 9, 1), 0.5, true, "better than every baseline: MAE 8, seasonal_naive 9");
}

Test(duel, flat_forecasts_are_vetoed_however_small_their_error)
{
	expect(measured(1, 10, 20, 0.009), 0.01, false, "its forecasts are flat");
	expect(measured(1, 10, 20, 0.011), 0.01, true, "better");
}

Test(duel, observations_that_do_not_move_make_nothing_flat)
{
	expect(measured(1, 10, 20, NAN), 0.01, true, "better");
}

Test(duel, an_error_that_is_not_finite_never_wins)
{
	expect(measured(NAN, 10, 20, 1), 0.01, false, "not finite");
	expect(measured(INFINITY, NAN, 20, 1), 0.01, false, "not finite");
}

Test(duel, a_challenger_that_cannot_forecast_what_the_champion_does_stays_one)
{
	struct alm_duel duel = measured(1, 10, 20, 1);
	duel.n_lacking = 1;
	expect(duel, 0.01, false, "it has no network for some series that the champion forecasts: MAE 1");
}
