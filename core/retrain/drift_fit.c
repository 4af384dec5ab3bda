#include "retrain/drift_fit.h"
#include <math.h>
#include <stdlib.h>
#include "drift/reference.h"
#include "drift/sight.h"
#include "forecast/baseline.h"
#include "forecast/model_forecaster.h"

/* Forecasts of each series that errors are taken from, at most. */
#define NIGHTS_MAX 64

/* ---- channels */

static enum alm_status fit_channels(const struct alm_prepared *data, const struct alm_trained *trained,
	int64_t window_ms, struct alm_drift_references *out, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	int first_static = data->n_data - data->n_future - data->n_static;
	out->channel = calloc((size_t)data->n_data, sizeof *out->channel);
	if (!out->channel)
		return alm_fail_memory(err, (size_t)data->n_data * sizeof *out->channel);
	for (int i = 0; i < data->n_data && status == ALM_OK; i++) {
		if (i >= first_static && i < first_static + data->n_static)
			continue;
		status = alm_drift_reference_fit(&data->panel, &trained->scaler, &data->split.train, i,
			window_ms, &out->channel[out->n], err);
		out->n += status == ALM_OK;
	}
	return status;
}

/* ---- errors */

/* What one target of one window was off by. */
struct miss {
	double model, baseline, n;
};

/* Forecasts of the test part, none of which overlap. */
struct trial {
	const struct alm_prepared *data;
	struct alm_windows windows;
	float *forecast;   /* [windows.n][horizon][n_targets] */
	struct miss *miss; /* [windows.n][n_targets] */
	struct when {
		int64_t time_ms;
		size_t window;
	} * order; /* [windows.n] by time */
};

static int by_time(const void *a, const void *b)
{
	const struct when *x = a, *y = b;
	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	return (x->window > y->window) - (x->window < y->window);
}

/* From one forecast to the next: whole horizons and seasons, so that all begin at one time of the day, as a night's do. */
static int64_t stride_of(const struct alm_prepared *data)
{
	const struct alm_plan *plan = &data->plan;
	int64_t unit = plan->window.horizon > plan->season ? plan->window.horizon : plan->season;
	size_t most = 0;
	for (int i = 0; i < data->panel.n_frames; i++) {
		size_t n = data->test.n_before[i + 1] - data->test.n_before[i];
		most = n > most ? n : most;
	}
	return unit * ((int64_t)most / (unit * NIGHTS_MAX) + 1);
}

static void add_window(struct trial *trial, size_t i)
{
	const struct alm_windows *windows = &trial->windows;
	const struct alm_panel *panel = windows->panel;
	struct alm_window window = alm_windows_get(windows, i);
	const struct alm_frame *frame = &panel->frames[window.frame];
	int n_targets = trial->data->n_targets;
	const float *forecast = trial->forecast + i * (size_t)(windows->spec.horizon * n_targets);
	trial->order[i] = (struct when){alm_frame_time(panel, frame, (int64_t)window.now), i};
	for (int64_t step = 0; step < windows->spec.horizon; step++)
		for (int channel = 0; channel < n_targets; channel++, forecast++) {
			struct alm_baseline_point point = {.panel = panel,
				.frame = frame,
				.channel = channel,
				.now = window.now,
				.target = alm_window_target_row(&windows->spec, window.now, step),
				.season = (size_t)trial->data->plan.season};
			size_t at = point.target * (size_t)panel->n_channels + (size_t)channel;
			if (!frame->observed[at])
				continue;
			struct miss *miss = &trial->miss[i * (size_t)n_targets + (size_t)channel];
			double actual = (double)frame->values[at];
			miss->model += fabs((double)*forecast - actual);
			miss->baseline += fabs((double)alm_baseline_seasonal_naive(&point) - actual);
			miss->n++;
		}
}

static enum alm_status forecast(
	struct trial *trial, struct alm_trained *trained, struct alm_pool *pool, struct alm_error *err)
{
	struct alm_model_forecaster forecaster;
	size_t n = trial->windows.n, n_targets = (size_t)trial->data->n_targets;
	size_t n_floats = n * (size_t)trial->windows.spec.horizon * n_targets;
	trial->forecast = malloc(n_floats * sizeof *trial->forecast);
	trial->miss = calloc(n * n_targets, sizeof *trial->miss);
	trial->order = calloc(n, sizeof *trial->order);
	if (!trial->forecast || !trial->miss || !trial->order)
		return alm_fail_memory(err, n_floats * sizeof *trial->forecast);
	alm_model_forecaster_init(&forecaster, trained, pool);
	enum alm_status status =
		forecaster.base.predict(&forecaster.base, &trial->windows, 0, n, trial->forecast, err);
	alm_model_forecaster_release(&forecaster);
	for (size_t i = 0; i < n && status == ALM_OK; i++)
		add_window(trial, i);
	return status;
}

/* The usual error of the baseline is what targets of several units are measured in. */
static void weigh(const struct trial *trial, struct alm_drift_references *out)
{
	int n_targets = trial->data->n_targets;
	for (int channel = 0; channel < n_targets; channel++) {
		struct miss all = {0};
		for (size_t i = 0; i < trial->windows.n; i++) {
			const struct miss *miss = &trial->miss[i * (size_t)n_targets + (size_t)channel];
			all.baseline += miss->baseline;
			all.n += miss->n;
		}
		if (all.n > 0) /* targets come first among the channels */
			out->channel[channel].baseline_mae = all.baseline / all.n;
	}
}

/* All forecasts of one time are a night. Returns where the next one begins. */
static size_t gather_night(const struct trial *trial, const struct alm_drift_references *references,
	size_t first, struct miss *night)
{
	int n_targets = trial->data->n_targets;
	size_t i = first;
	*night = (struct miss){0};
	for (; i < trial->windows.n && trial->order[i].time_ms == trial->order[first].time_ms; i++)
		for (int channel = 0; channel < n_targets; channel++) {
			const struct miss *miss =
				&trial->miss[trial->order[i].window * (size_t)n_targets + (size_t)channel];
			double weight = references->channel[channel].baseline_mae;
			if (!(weight > 0))
				continue;
			night->model += miss->model / weight;
			night->baseline += miss->baseline / weight;
			night->n += miss->n;
		}
	return i;
}

/* The errors of each night; returns how many there are. */
static size_t list_nights(
	struct trial *trial, const struct alm_drift_references *references, struct miss *nights)
{
	size_t n = 0;
	qsort(trial->order, trial->windows.n, sizeof *trial->order, by_time);
	for (size_t i = 0; i < trial->windows.n;) {
		struct miss night;
		i = gather_night(trial, references, i, &night);
		if (night.n > 0)
			nights[n++] = (struct miss){.model = alm_drift_log_error(night.model, night.n),
				.baseline = alm_drift_log_error(night.baseline, night.n)};
	}
	return n;
}

static struct alm_drift_error summarise(const struct miss *nights, size_t n)
{
	struct alm_drift_error out = {.n_nights = (int64_t)n};
	double squares = 0;
	for (size_t i = 0; i < n; i++) {
		out.error += nights[i].model / (double)n;
		out.ratio += (nights[i].model - nights[i].baseline) / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		out.mean += alm_drift_excess(&out, nights[i].model, nights[i].baseline) / (double)n;
	for (size_t i = 0; i < n; i++) {
		double off = alm_drift_excess(&out, nights[i].model, nights[i].baseline) - out.mean;
		squares += off * off;
	}
	if (n > 1)
		out.deviation = sqrt(squares / (double)(n - 1));
	return out;
}

static enum alm_status measure(struct trial *trial, struct alm_drift_references *out, struct alm_error *err)
{
	size_t n_bytes = trial->windows.n * sizeof(struct miss);
	struct miss *nights = malloc(n_bytes);
	if (!nights)
		return alm_fail_memory(err, n_bytes);
	weigh(trial, out);
	size_t n = list_nights(trial, out, nights);
	out->error = summarise(nights, n);
	free(nights);
	return ALM_OK;
}

static enum alm_status fit_errors(const struct alm_prepared *data, struct alm_trained *trained,
	struct alm_pool *pool, struct alm_drift_references *out, struct alm_error *err)
{
	struct trial trial = {.data = data};
	struct alm_window_spec spec = data->plan.window;
	spec.stride = stride_of(data);
	enum alm_status status =
		alm_windows_init(&trial.windows, &data->panel, &spec, &data->split.test, err);
	if (status == ALM_OK && trial.windows.n > 0) {
		status = forecast(&trial, trained, pool, err);
		if (status == ALM_OK)
			status = measure(&trial, out, err);
	}
	alm_windows_release(&trial.windows);
	free(trial.forecast);
	free(trial.miss);
	free(trial.order);
	return status == ALM_BAD_DATA
		       ? ALM_OK
		       : status; /* a forecast was not finite: whoever compares finds that out */
}

enum alm_status alm_drift_fit(const struct alm_prepared *data, struct alm_trained *trained,
	const struct alm_duration *window, struct alm_pool *pool, struct alm_drift_references *out,
	struct alm_error *err)
{
	struct alm_drift_references made = {.channel = NULL};
	const struct alm_freq *freq = &data->plan.freq;
	int64_t wished_ms = data->last_ms - alm_duration_before(window, freq, data->last_ms);
	enum alm_status status = fit_channels(data, trained, alm_drift_window(freq, wished_ms), &made, err);
	if (status == ALM_OK)
		status = fit_errors(data, trained, pool, &made, err);
	if (status == ALM_OK)
		*out = made;
	else
		alm_drift_references_release(&made);
	return status;
}
