#include "drift/sight.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "drift/page_hinkley.h"
#include "drift/psi.h"
#include "drift/reference.h"

/*
 * An index that a window has by chance once in so many nights is drift. What exceeds the high end of its distribution has about an exponential
 * one (peaks over a threshold: Pickands, Annals of Statistics 3, 1975; Davison and Smith, JRSS B 52, 1990), of which the training tells the mean: one
 * window in ten exceeds psi_high, one in NIGHTS psi_high + psi_excess log(NIGHTS / 10). That mean is of two dozen spells or so and off by a
 * fifth, so that one in a million is in truth one in some hundred thousand.
 */
#define NIGHTS 1000000

/* Of the training's range, on both sides: records are broken, but by little. */
#define RANGE_MARGIN 0.1

/* Errors of so many nights have to be known before a rise is looked for. */
#define NIGHTS_MIN 10

/* Errors that hardly differ from night to night make no alarm of a rise that nobody minds: deviations are not below this, a fifth. */
#define DEVIATION_MIN 0.2

/* What is added to both errors, in units of the baseline's usual one. */
#define FLOOR 0.01

void alm_drift_see(const struct alm_drift_reference *reference, int64_t time_ms, double scaled,
	struct alm_drift_sight *sight)
{
	double margin = RANGE_MARGIN * (reference->high - reference->low);
	sight->n_observed++;
	sight->n_outside += scaled < reference->low - margin || scaled > reference->high + margin;
	sight->counts[alm_drift_bin(reference, time_ms, scaled)]++;
}

static enum alm_status add(struct alm_drift_findings *out, enum alm_drift_kind kind, const char *channel,
	double value, double most, struct alm_error *err)
{
	struct alm_drift_finding finding = {
		.kind = kind, .value = value, .most = most, .drifted = value > most};
	snprintf(finding.channel, sizeof finding.channel, "%s", channel);
	return alm_drift_findings_add(out, &finding, err);
}

static double psi_limit(const struct alm_drift_reference *reference, double least)
{
	double rare = reference->psi_high + reference->psi_excess * log(NIGHTS / 10.0);
	return fmax(least, fmax(rare, reference->psi_most));
}

enum alm_status alm_drift_judge(const struct alm_drift_reference *reference,
	const struct alm_drift_sight *sight, const struct alm_drift_limits *limits,
	struct alm_drift_findings *out, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	const char *channel = reference->channel;
	double n_rows = (double)sight->n_rows, n_observed = (double)sight->n_observed;
	bool enough = 2 * sight->n_observed >= sight->n_rows;
	bool is_number = reference->n_edges > 0;
	if (reference->n_windows < ALM_DRIFT_WINDOWS_MIN || sight->n_rows == 0)
		return ALM_OK;
	if (limits->missing >= 0)
		status = add(out, ALM_DRIFT_MISSING, channel, 1 - fmin(1, n_observed / n_rows),
			fmin(1, reference->missing_most + limits->missing), err);
	if (status == ALM_OK && limits->psi >= 0 && enough && is_number)
		status = add(out, ALM_DRIFT_PSI, channel,
			alm_psi(sight->counts, reference->counts, reference->n_edges + 1),
			psi_limit(reference, limits->psi), err);
	if (status == ALM_OK && limits->range >= 0 && sight->n_observed > 0 && is_number)
		status = add(out, ALM_DRIFT_RANGE, channel, (double)sight->n_outside / n_observed,
			limits->range, err);
	return status;
}

double alm_drift_log_error(double sum, double n)
{
	return log(sum / n + FLOOR);
}

double alm_drift_excess(const struct alm_drift_error *usual, double model, double baseline)
{
	return fmin(model - usual->error, model - baseline - usual->ratio);
}

/* The weight of a target: what seasonal naive is usually off by. NaN = it takes no part. */
static double weight_of(const struct alm_drift_references *references, const char *channel)
{
	for (int i = 0; i < references->n; i++)
		if (strcmp(references->channel[i].channel, channel) == 0 &&
			references->channel[i].baseline_mae > 0)
			return references->channel[i].baseline_mae;
	return NAN;
}

/* The forecasts of one run from `first` on, over all targets and series: NaN when too few have come true. Returns the first that is not of it. */
static size_t gather_run(const struct alm_drift_references *references, const struct alm_drift_night *nights,
	size_t n, size_t first, int64_t horizon, double *excess)
{
	double model = 0, baseline = 0, n_points = 0, n_expected = 0;
	size_t i = first;
	for (; i < n && nights[i].run_id == nights[first].run_id; i++) {
		double weight = weight_of(references, nights[i].channel);
		if (isnan(weight))
			continue;
		n_expected += (double)(nights[i].n_forecasts * horizon);
		model += nights[i].absolute / weight;
		baseline += nights[i].baseline / weight;
		n_points += (double)nights[i].n_points;
	}
	*excess = NAN;
	if (2 * n_points >= n_expected && n_points > 0)
		*excess = alm_drift_excess(&references->error, alm_drift_log_error(model, n_points),
			alm_drift_log_error(baseline, n_points));
	return i;
}

enum alm_status alm_drift_judge_errors(const struct alm_drift_references *references,
	const struct alm_drift_night *nights, size_t n, int64_t horizon, int64_t span_ms,
	const struct alm_drift_limits *limits, struct alm_drift_findings *out, struct alm_error *err)
{
	const struct alm_drift_error *before = &references->error;
	struct alm_page_hinkley test;
	int64_t free_ms = INT64_MIN;
	double value = NAN, excess;
	if (limits->error < 0 || before->n_nights < NIGHTS_MIN)
		return ALM_OK;
	alm_page_hinkley_init(
		&test, (double)before->n_nights, before->mean, fmax(before->deviation, DEVIATION_MIN));
	for (size_t i = 0; i < n;) {
		int64_t cutoff_ms = nights[i].cutoff_ms;
		i = gather_run(references, nights, n, i, horizon, &excess);
		if (cutoff_ms < free_ms || isnan(excess))
			continue;
		value = alm_page_hinkley_add(&test, excess);
		free_ms = cutoff_ms + span_ms;
	}
	return isnan(value) ? ALM_OK : add(out, ALM_DRIFT_ERROR, "", value, limits->error, err);
}
