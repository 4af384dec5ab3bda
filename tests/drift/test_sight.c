/* What is kept of a channel, and what the newest rows are judged by: by hand, on series whose seasons and gaps are known. */
#include "drift/sight.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include "base/rng.h"
#include "drift/reference.h"
#include "drift/usual.h"
#include "support/make.h"

#define WEEK   168
#define WINDOW (72 * HOUR_MS)
#define BEGIN  INT64_C(1577836800000) /* 2020-01-01 */

static const struct alm_part everything = {INT64_MIN, INT64_MAX};
static const struct alm_drift_limits limits = {.psi = 0.25, .missing = 0.1, .range = 0.05, .error = 8};

static struct alm_drift_reference fit(size_t n_rows, make_value *value)
{
	struct alm_panel panel = make_panel(n_rows, 1, false, value);
	struct alm_scaler scaler;
	struct alm_drift_reference reference;
	struct alm_error err = {0};
	cr_assert_eq(alm_scaler_init(&scaler, 1, NULL, 0, &err), ALM_OK);
	cr_assert_eq(
		alm_drift_reference_fit(&panel, &scaler, &everything, 0, WINDOW, &reference, &err), ALM_OK);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
	return reference;
}

/* A week that repeats, and noise of deviation 1. */
static float noisy(size_t row, int channel)
{
	return (float)(10 * sin((double)(row % WEEK)) + alm_rng_normal(5, (uint64_t)channel, row));
}

/* The same, and a year of height 8. */
static float seasonal(size_t row, int channel)
{
	return noisy(row, channel) + 8 * cosf((float)row * 2 * 3.14159265f / 8765.82f);
}

static float gapped(size_t row, int channel)
{
	return row % WEEK >= 100 && row % WEEK < 118 ? NAN : noisy(row, channel);
}

static float constant(size_t row, int channel)
{
	(void)row;
	(void)channel;
	return 7;
}

Test(drift, a_week_is_taken_off_and_ten_bins_of_one_size_are_left)
{
	struct alm_drift_reference reference = fit(60 * 24, noisy);
	cr_assert_str_eq(reference.channel, "a");
	cr_assert_eq(reference.n_windows, 20);
	cr_assert_eq(reference.n_values, 60 * 24);
	cr_assert_eq(reference.n_edges, 9);
	cr_assert_eq(reference.missing_most, 0);
	for (int bin = 0; bin < 10; bin++)
		cr_assert_float_eq(reference.counts[bin], 144, 2, "bin %d", bin);
	/* Eight weeks and four days of each hour: the mean is off by a third of the noise at most nearly always. */
	for (int hour = 0; hour < WEEK; hour++) {
		int row = (hour + WEEK - alm_usual_hour(BEGIN)) % WEEK;
		cr_assert_float_eq(reference.hours[hour], 10 * sin(row), 1.5);
	}
	/* The median of what is left of normal noise. */
	cr_assert_float_eq(reference.edges[4], 0, 0.15);
}

Test(drift, waves_of_a_year_take_a_year_to_be_known)
{
	struct alm_drift_reference little = fit(300 * 24, seasonal), much = fit(800 * 24, seasonal);
	for (int i = 1; i < ALM_DRIFT_YEAR; i++)
		cr_assert_eq(little.year[i], 0);
	/* What is not taken off by waves of a year is of deviation 1. */
	cr_assert_float_eq(much.edges[8], 1.2816, 0.1);
	cr_assert_float_eq(much.edges[0], -1.2816, 0.1);
	/* The year begins with the year: its phase at 1970-01-01 is that of 2020-01-01 but for hours. */
	cr_assert_float_eq(much.year[1], 8, 0.2);
	cr_assert_float_eq(alm_usual(&much, BEGIN + 1000 * HOUR_MS),
		10 * sin(1000 % WEEK) + 8 * cos(1000 * 2 * 3.14159265 / 8765.82), 1);
}

Test(drift, hours_of_a_week_are_counted_from_its_thursday_also_before_1970)
{
	cr_assert_eq(alm_usual_hour(0), 0);
	cr_assert_eq(alm_usual_hour(-1), 167);
	cr_assert_eq(alm_usual_hour(BEGIN), 6 * 24); /* a Wednesday */
	cr_assert_eq(alm_usual_hour(WEEK * HOUR_MS + 5 * HOUR_MS + 1), 5);
}

Test(drift, the_worst_window_s_gaps_are_what_is_usual)
{
	/* Eighteen hours of a week are missing, all of them in one window of three days: a quarter. */
	struct alm_drift_reference reference = fit(100 * 24, gapped);
	cr_assert_float_eq(reference.missing_most, 0.25, 1e-12);
	cr_assert_eq(reference.n_values, 100 * 24 - 14 * 18);
}

/* The newest window: the usual value, `by` more, but for rows that are left out. */
static struct alm_drift_findings look(const struct alm_drift_reference *reference, double by, int every)
{
	struct alm_drift_sight sight = {.n_rows = 72};
	struct alm_drift_findings found = {.finding = NULL};
	struct alm_error err;
	for (int row = 0; row < 72; row++) {
		int64_t time_ms = BEGIN + (100 * 24 + row) * HOUR_MS;
		double noise = alm_rng_normal(11, 0, (uint64_t)row);
		if (row % every == 0)
			alm_drift_see(reference, time_ms, alm_usual(reference, time_ms) + noise + by, &sight);
	}
	cr_assert_eq(alm_drift_judge(reference, &sight, &limits, &found, &err), ALM_OK);
	return found;
}

static const struct alm_drift_finding *find(const struct alm_drift_findings *found, enum alm_drift_kind kind)
{
	for (int i = 0; i < found->n; i++)
		if (found->finding[i].kind == kind)
			return &found->finding[i];
	return NULL;
}

Test(drift, rows_as_they_were_are_no_drift_and_shifted_ones_are)
{
	struct alm_drift_reference reference = fit(100 * 24, noisy);
	struct alm_drift_findings same = look(&reference, 0, 1), higher = look(&reference, 3, 1),
				  far = look(&reference, 60, 1), few = look(&reference, 0, 2);
	cr_assert_eq(same.n, 3);
	for (int i = 0; i < same.n; i++)
		cr_assert_not(same.finding[i].drifted, "%s", alm_drift_kind_name(same.finding[i].kind));
	cr_assert(find(&higher, ALM_DRIFT_PSI)->drifted);
	cr_assert_not(find(&higher, ALM_DRIFT_RANGE)->drifted);
	cr_assert(find(&far, ALM_DRIFT_RANGE)->drifted);
	cr_assert_eq(find(&far, ALM_DRIFT_RANGE)->value, 1);
	cr_assert(find(&few, ALM_DRIFT_MISSING)->drifted);
	cr_assert_eq(find(&few, ALM_DRIFT_MISSING)->value, 0.5);
	cr_assert_float_eq(find(&few, ALM_DRIFT_MISSING)->most, 0.1, 1e-12);
	alm_drift_findings_release(&same);
	alm_drift_findings_release(&higher);
	alm_drift_findings_release(&far);
	alm_drift_findings_release(&few);
}

Test(drift, the_index_has_its_limit_from_the_tail_of_the_training_s_own)
{
	struct alm_drift_reference reference = fit(100 * 24, noisy);
	reference.psi_most = 0.9;
	reference.psi_high = 0.4;
	reference.psi_excess = 0.1;
	struct alm_drift_findings found = look(&reference, 0, 1);
	/* One in a million: 0.4 + 0.1 * log(10^6 / 10) = 0.4 + 0.1 * 11.5129. */
	cr_assert_float_eq(find(&found, ALM_DRIFT_PSI)->most, 1.55129, 1e-5);
	reference.psi_most = 2;
	alm_drift_findings_release(&found);
	found = look(&reference, 0, 1);
	cr_assert_eq(find(&found, ALM_DRIFT_PSI)->most, 2);
	alm_drift_findings_release(&found);
}

Test(drift, a_short_training_tells_nothing_and_a_constant_has_no_bins)
{
	struct alm_drift_reference brief = fit(59 * 24, noisy), flat = fit(100 * 24, constant);
	cr_assert_eq(brief.n_windows, 19);
	struct alm_drift_findings none = look(&brief, 60, 1);
	cr_assert_eq(none.n, 0);
	cr_assert_eq(flat.n_edges, 0);
	struct alm_drift_findings found = look(&flat, 0, 1);
	cr_assert_null(find(&found, ALM_DRIFT_PSI));
	alm_drift_findings_release(&found);
}

Test(drift, a_limit_that_was_taken_back_is_not_looked_at)
{
	struct alm_drift_reference reference = fit(100 * 24, noisy);
	struct alm_drift_limits none = {-1, -1, -1, -1};
	struct alm_drift_sight sight = {.n_rows = 72, .n_observed = 0};
	struct alm_drift_findings found = {.finding = NULL};
	struct alm_error err;
	cr_assert_eq(alm_drift_judge(&reference, &sight, &none, &found, &err), ALM_OK);
	cr_assert_eq(found.n, 0);
}

/* ---- errors */

static struct alm_drift_reference weight = {.channel = "a", .baseline_mae = 10};
static const struct alm_drift_references known = {
	.n = 1, .channel = &weight, .error = {30, -1, -1, -0.1, 0.4}};

/* Nights a day apart, of 24 values each. */
static double judge(const double *model, const double *baseline, size_t n, int64_t horizon)
{
	struct alm_drift_night nights[16] = {0};
	struct alm_drift_findings found = {.finding = NULL};
	struct alm_error err;
	for (size_t i = 0; i < n; i++)
		nights[i] = (struct alm_drift_night){.run_id = (int64_t)i + 1,
			.cutoff_ms = BEGIN + (int64_t)i * 24 * HOUR_MS,
			.channel = "a",
			.absolute = 24 * model[i],
			.baseline = 24 * baseline[i],
			.n_points = 24,
			.n_forecasts = 1};
	cr_assert_eq(
		alm_drift_judge_errors(&known, nights, n, horizon, horizon * HOUR_MS, &limits, &found, &err),
		ALM_OK);
	double value = found.n ? found.finding[0].value : NAN;
	alm_drift_findings_release(&found);
	return value;
}

Test(drift, errors_that_rise_beside_the_baseline_s_are_found_and_shared_ones_are_not)
{
	const double usual[] = {3.5, 3.5, 3.5, 3.5}, ten[] = {10, 10, 10, 10}, high[] = {20, 20, 20, 20},
		     low[] = {2, 2, 2, 2};
	cr_assert_lt(judge(usual, ten, 4, 24), 1);
	cr_assert_gt(judge(high, ten, 3, 24), 8);
	cr_assert_lt(judge(high, high, 2, 24), 8);
	/* Everything is easier than ever: not the model has become worse, but the baseline good. */
	cr_assert_lt(judge(usual, low, 4, 24), 1);
}

Test(drift, forecasts_that_overlap_count_once)
{
	const double high[] = {20, 20, 20, 20}, ten[] = {10, 10, 10, 10};
	/* By hand: log(2.01) = 0.698 exceeds -1 by 1.698 and log(2.01 / 1.01) = 0.688 by 1.688; the running mean becomes
	 * -0.1 + 1.788 / 31 = -0.0423: (1.688 + 0.0423) / 0.4 - 0.5 = 3.83. */
	double one = judge(high, ten, 1, 24);
	cr_assert_float_eq(one, 3.83, 0.01);
	cr_assert_eq(judge(high, ten, 2, 48),
		one); /* half of each forecast has come true, and the second overlaps */
	cr_assert(isnan(judge(high, ten, 2, 49)));
}

/* What has always been constant has no error to measure by, and is not waited for either. */
Test(drift, errors_of_one_target_are_found_beside_others_that_are_constant)
{
	struct alm_drift_reference targets[] = {
		weight, {.channel = "b"}, {.channel = "c", .baseline_mae = NAN}};
	const struct alm_drift_references three = {.n = 3, .channel = targets, .error = known.error};
	struct alm_drift_night nights[3] = {0};
	struct alm_drift_findings found = {.finding = NULL};
	struct alm_error err;
	for (int i = 0; i < 3; i++)
		nights[i] = (struct alm_drift_night){.run_id = 1,
			.cutoff_ms = BEGIN,
			.channel = {(char)('a' + i)},
			.absolute = i == 0 ? 24 * 20 : 0,
			.baseline = i == 0 ? 24 * 10 : 0,
			.n_points = 24,
			.n_forecasts = 1};
	cr_assert_eq(
		alm_drift_judge_errors(&three, nights, 3, 24, 24 * HOUR_MS, &limits, &found, &err), ALM_OK);
	cr_assert_eq(found.n, 1);
	cr_assert_float_eq(found.finding[0].value, 3.83, 0.01); /* as above */
	alm_drift_findings_release(&found);
}

/* Two bursts of a thousand rows a second, with fifty years between them. */
Test(drift, rows_that_are_missing_for_decades_are_not_counted_one_by_one, .timeout = 60)
{
	enum { N = 400 };
	static const char *const names[] = {"a"};
	static int64_t times[N];
	static float values[N];
	for (size_t i = 0; i < N; i++) {
		times[i] = (i < N / 2 ? 0 : BEGIN) + (int64_t)i;
		values[i] = noisy(i, 0);
	}
	struct alm_series_rows series = {.name = "s", .n_rows = N, .times_ms = times, .values = values};
	struct alm_panel_options options = {
		.channels = names, .n_data = 1, .freq = {.step_ms = 1}, .until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_drift_reference reference;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(&series, 1, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(panel.n_frames, 2);
	cr_assert_eq(alm_scaler_init(&scaler, 1, NULL, 0, &err), ALM_OK);
	cr_assert_eq(
		alm_drift_reference_fit(&panel, &scaler, &everything, 0, WINDOW, &reference, &err), ALM_OK);
	cr_assert_eq(reference.n_values, N);
	cr_assert_eq(reference.n_windows, (BEGIN + N) / (WINDOW / 3) / 3);
	cr_assert_eq(reference.missing_most, 1);
	alm_scaler_release(&scaler);
	alm_panel_release(&panel);
}
