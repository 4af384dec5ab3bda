#include "retrain/duel.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "eval/backtest.h"
#include "forecast/baseline.h"

/* Errors of several targets, each in units of its own, are compared by MASE. */
static enum alm_metric metric_of(int n_targets)
{
	return n_targets > 1 ? ALM_METRIC_mase : ALM_METRIC_mae;
}

/* The forecaster, and behind it all baselines if they are wanted, over windows of data that is attached to its scaler. */
static enum alm_status score(struct alm_forecaster *forecaster, bool baselines,
	const struct alm_prepared *data, const struct alm_windows *windows, struct alm_reporter *reporter,
	struct alm_backtest *out, struct alm_error *err)
{
	int n = 1 + (baselines ? alm_baseline_count() : 0);
	struct alm_forecaster **forecasters = malloc((size_t)n * sizeof *forecasters);
	struct alm_baseline *made = malloc((size_t)n * sizeof *made);
	enum alm_status status =
		forecasters && made ? ALM_OK : alm_fail_memory(err, (size_t)n * sizeof *made);
	if (status == ALM_OK) {
		forecasters[0] = forecaster;
		for (int i = 1; i < n; i++) {
			alm_baseline_init(&made[i], i - 1, data->n_targets, data->plan.season);
			forecasters[i] = &made[i].base;
		}
		/* MASE's scale is of all that lies before the windows, the same for whoever is compared. */
		struct alm_part before = {INT64_MIN, data->split.test.from_ms};
		struct alm_backtest_options options = {.forecasters = forecasters,
			.n_forecasters = n,
			.training = &before,
			.season = data->plan.season,
			.reporter = reporter};
		status = alm_backtest_run(windows, &options, out, err);
	}
	free(forecasters);
	free(made);
	return status;
}

static enum alm_status score_challenger(
	struct alm_training *training, struct alm_duel *duel, struct alm_error *err)
{
	struct alm_model_forecaster forecaster;
	struct alm_backtest scores = {0};
	const struct alm_prepared *data = &training->data;
	enum alm_metric metric = metric_of(data->n_targets);
	alm_model_forecaster_init(&forecaster, &training->trained, training->pool);
	enum alm_status status = score(
		&forecaster.base, true, data, &data->test, training->options.context->reporter, &scores, err);
	if (status == ALM_OK) {
		duel->measure = alm_metric_title(metric);
		duel->challenger_error = scores.scores[0].overall[metric];
		duel->spread = scores.scores[0].spread;
		duel->n_windows = scores.n_windows;
		duel->n_points = scores.n_points;
		duel->baseline_error = INFINITY;
		for (int i = 1; i < scores.n_forecasters; i++) {
			if (!(scores.scores[i].overall[metric] < duel->baseline_error))
				continue;
			duel->baseline_error = scores.scores[i].overall[metric];
			duel->baseline = scores.scores[i].name;
		}
	}
	alm_backtest_release(&scores);
	alm_model_forecaster_release(&forecaster);
	return status;
}

enum alm_status alm_duel_score(struct alm_champion *champion, const struct alm_trained *beside,
	struct alm_prepared *data, const struct alm_part *part, struct alm_reporter *reporter, double *error,
	struct alm_error *err)
{
	struct alm_windows windows = {0};
	struct alm_backtest scores = {0};
	double found = NAN;
	enum alm_status status = alm_trained_attach(&champion->trained, &data->panel, reporter, err);
	if (status == ALM_OK && beside)
		status = alm_trained_leave_out(beside, &data->panel, err);
	if (status == ALM_OK)
		status = alm_windows_init(&windows, &data->panel, &data->plan.window, part, err);
	if (status == ALM_OK && windows.n > 0) {
		status = score(&champion->forecaster.base, false, data, &windows, reporter, &scores, err);
		if (status == ALM_OK)
			found = scores.scores[0].overall[metric_of(data->n_targets)];
		else if (status == ALM_BAD_DATA)
			status = ALM_OK; /* nothing was observed there */
	}
	alm_backtest_release(&scores);
	alm_windows_release(&windows);
	if (status == ALM_OK)
		*error = found;
	return status;
}

static bool same_targets(const struct alm_trained *a, const struct alm_trained *b)
{
	if (a->n_targets != b->n_targets || a->plan.window.horizon != b->plan.window.horizon)
		return false;
	for (int i = 0; i < a->n_targets; i++)
		if (strcmp(a->channels[i], b->channels[i]) != 0)
			return false;
	return true;
}

/*
 * The champion on the same holdout: on the challenger's data where that began with the champion, on data of its own where the
 * two may read channels and texts in different ways.
 */
static enum alm_status score_champion(struct alm_training *training, struct alm_champion *champion,
	const struct alm_history *history, struct alm_duel *duel, struct alm_error *err)
{
	const struct alm_context *context = training->options.context;
	const struct alm_trained *trained = &champion->trained;
	struct alm_prepared own = {0}, *data = &training->data;
	if (training->options.parent != trained) {
		enum alm_status status = alm_prepare(context, training->options.db, &champion->dataset,
			&trained->spec, history, trained, &own, err);
		if (status == ALM_BAD_CONFIG)
			return ALM_OK; /* it cannot read these channels: its error stays unknown */
		if (status != ALM_OK)
			return status;
		data = &own;
	}
	enum alm_status status = alm_duel_score(champion, &training->trained, data,
		&training->data.split.test, context->reporter, &duel->champion_error, err);
	alm_prepared_release(&own);
	return status;
}

void alm_duel_decide(struct alm_duel *duel, double margin)
{
	char errors[160] = "";
	if (duel->has_champion)
		snprintf(errors, sizeof errors, "%s %.5g, champion %.5g, %s %.5g on %zu windows",
			duel->measure, duel->challenger_error, duel->champion_error, duel->baseline,
			duel->baseline_error, duel->n_windows);
	else
		snprintf(errors, sizeof errors, "%s %.5g, %s %.5g on %zu windows", duel->measure,
			duel->challenger_error, duel->baseline, duel->baseline_error, duel->n_windows);
	duel->won = false;
	bool better = !duel->has_champion || !isfinite(duel->champion_error) ||
		      duel->challenger_error <= duel->champion_error * (1 - margin);
	const char *verdict = "better than the champion and every baseline";
	if (!isfinite(duel->challenger_error))
		verdict = "its error is not finite";
	else if (duel->n_lacking > 0)
		verdict = "it has no network for some series that the champion forecasts";
	else if (duel->spread < ALM_FLAT_SHARE)
		verdict = "its forecasts are flat";
	else if (!(duel->challenger_error < duel->baseline_error))
		verdict = "no better than a baseline";
	else if (!better)
		verdict = "not enough better than the champion";
	else
		duel->won = true;
	if (duel->won && !duel->has_champion)
		verdict = "better than every baseline";
	snprintf(duel->words, sizeof duel->words, "%s: %s", verdict, errors);
}

/* Windows of the holdout but of frames whose series one of the two cannot forecast; the challenger stays attached. */
static enum alm_status leave_out(struct alm_training *training, const struct alm_trained *a,
	const struct alm_trained *b, struct alm_error *err)
{
	struct alm_panel *panel = &training->data.panel;
	for (int i = 0; i < panel->n_frames; i++)
		panel->frames[i].left_out = false;
	enum alm_status status = alm_trained_leave_out(a, panel, err);
	if (status == ALM_OK)
		status = alm_trained_leave_out(b, panel, err);
	return status == ALM_OK ? alm_prepare_windows(&training->data, err) : status;
}

/* The windows that both can forecast. Where there is none, there is no champion to beat. */
static enum alm_status find_common(struct alm_training *training, const struct alm_trained *champion,
	struct alm_duel *duel, struct alm_error *err)
{
	const struct alm_trained *challenger = &training->trained;
	const struct alm_windows *windows = &training->data.test;
	if (!challenger->networks && !champion->networks)
		return ALM_OK;
	enum alm_status status = leave_out(training, champion, champion, err);
	size_t n_champion = windows->n;
	if (status == ALM_OK)
		status = leave_out(training, champion, challenger, err);
	duel->n_lacking = n_champion - windows->n;
	if (status != ALM_OK || windows->n > 0)
		return status;
	duel->has_champion = false;
	return leave_out(training, challenger, challenger, err);
}

enum alm_status alm_duel_run(struct alm_training *training, struct alm_champion *champion,
	const struct alm_history *history, double margin, struct alm_duel *out, struct alm_error *err)
{
	struct alm_duel duel = {.champion_error = NAN, .baseline = "no baseline"};
	enum alm_status status = ALM_OK;
	duel.has_champion = champion && same_targets(&champion->trained, &training->trained);
	if (duel.has_champion)
		status = find_common(training, &champion->trained, &duel, err);
	if (status == ALM_OK)
		status = score_challenger(training, &duel, err);
	if (status == ALM_OK && duel.has_champion)
		status = score_champion(training, champion, history, &duel, err);
	if (status != ALM_OK)
		return status;
	alm_duel_decide(&duel, margin);
	*out = duel;
	return ALM_OK;
}
