#include "drift/reference.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "drift/psi.h"
#include "drift/usual.h"

#define YEAR_MS (INT64_C(31556952) * 1000)

/* Values that the bins are parted by, at most. */
#define SAMPLE_MAX 32768

/* Of a third of a window. */
struct bucket {
	double counts[ALM_DRIFT_BINS];
	double n_rows, n_observed; /* rows there should be, over all series; those with a value */
};

/* What a fit holds on to. */
struct fit {
	const struct alm_panel *panel;
	const struct alm_scaler *scaler;
	int channel;
	int64_t from_ms, end_ms; /* of the rows in the part */
	int64_t bucket_ms;
	size_t n_buckets; /* whole ones, the last of which ends with the part */
	struct bucket *buckets;
	double *index; /* [n_index] of every window that has one; at most n_buckets */
	size_t n_index;
	struct alm_drift_reference *out;
};

/* ---- going through the values */

struct walk {
	const struct fit *fit;
	int frame;
	size_t row;
};

/* The next observed value of the channel in the part; false at the end. */
static bool next_value(struct walk *walk, int64_t *time_ms, double *value)
{
	const struct alm_panel *panel = walk->fit->panel;
	for (; walk->frame < panel->n_frames; walk->frame++, walk->row = 0) {
		const struct alm_frame *frame = &panel->frames[walk->frame];
		if (frame->left_out)
			continue;
		if (walk->row == 0)
			walk->row = alm_frame_row_at(panel, frame, walk->fit->from_ms);
		for (; walk->row < frame->n_rows; walk->row++) {
			size_t at = walk->row * (size_t)panel->n_channels + (size_t)walk->fit->channel;
			*time_ms = alm_frame_time(panel, frame, (int64_t)walk->row);
			if (*time_ms >= walk->fit->end_ms)
				break;
			if (!frame->observed[at])
				continue;
			*value = (double)alm_scaler_apply(
				walk->fit->scaler, frame->scale_row, walk->fit->channel, frame->values[at]);
			walk->row++;
			return true;
		}
	}
	return false;
}

/* ---- the usual values */

static void fit_hours(struct fit *fit)
{
	struct alm_drift_reference *out = fit->out;
	struct walk walk = {.fit = fit};
	double n[ALM_DRIFT_HOURS] = {0}, sum[ALM_DRIFT_HOURS] = {0}, value, all = 0;
	int64_t time_ms;
	out->low = INFINITY;
	out->high = -INFINITY;
	while (next_value(&walk, &time_ms, &value)) {
		int hour = alm_usual_hour(time_ms);
		n[hour]++;
		sum[hour] += value;
		all += value;
		out->n_values++;
		out->low = fmin(out->low, value);
		out->high = fmax(out->high, value);
	}
	if (out->n_values == 0)
		out->low = out->high = 0;
	for (int hour = 0; hour < ALM_DRIFT_HOURS; hour++)
		out->hours[hour] = n[hour] > 0         ? sum[hour] / n[hour]
				   : out->n_values > 0 ? all / (double)out->n_values
						       : 0;
}

/* Waves that so much history can tell from chance: none of less than a year, one of less than two. */
static int n_waves(const struct fit *fit)
{
	int64_t years = (fit->end_ms - fit->from_ms) / YEAR_MS;
	return years >= 2 ? 2 : (int)years;
}

static void fit_year(struct fit *fit)
{
	double square[ALM_DRIFT_YEAR * ALM_DRIFT_YEAR] = {0}, right[ALM_DRIFT_YEAR] = {0};
	double waves[ALM_DRIFT_YEAR], value;
	int64_t time_ms;
	struct walk walk = {.fit = fit};
	int n = 1 + 2 * n_waves(fit);
	while (n > 1 && next_value(&walk, &time_ms, &value)) {
		alm_usual_waves(time_ms, waves);
		value -= fit->out->hours[alm_usual_hour(time_ms)];
		for (int i = 0; i < n; i++) {
			right[i] += waves[i] * value;
			for (int j = 0; j <= i; j++)
				square[i * ALM_DRIFT_YEAR + j] += waves[i] * waves[j];
		}
	}
	if (n > 1)
		alm_usual_solve(n, square, right, fit->out->year);
}

/* ---- bins */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Edges between bins of the same size; values that are often the same leave fewer of them. */
static enum alm_status fit_edges(struct fit *fit, struct alm_error *err)
{
	struct alm_drift_reference *out = fit->out;
	struct walk walk = {.fit = fit};
	size_t every = (size_t)out->n_values / SAMPLE_MAX + 1, n = 0, i = 0;
	size_t n_bytes = ((size_t)out->n_values / every + 1) * sizeof(double);
	double value, *sample = malloc(n_bytes);
	int64_t time_ms;
	if (!sample)
		return alm_fail_memory(err, n_bytes);
	for (; next_value(&walk, &time_ms, &value); i++)
		if (i % every == 0)
			sample[n++] = value - alm_usual(out, time_ms);
	qsort(sample, n, sizeof *sample, by_size);
	for (size_t bin = 1; bin < ALM_DRIFT_BINS && n > 0; bin++) {
		double edge = sample[n * bin / ALM_DRIFT_BINS];
		if (edge > sample[0] && (out->n_edges == 0 || edge > out->edges[out->n_edges - 1]))
			out->edges[out->n_edges++] = edge;
	}
	free(sample);
	return ALM_OK;
}

int alm_drift_bin(const struct alm_drift_reference *reference, int64_t time_ms, double scaled)
{
	double left = scaled - alm_usual(reference, time_ms);
	int bin = 0;
	while (bin < reference->n_edges && left >= reference->edges[bin])
		bin++;
	return bin;
}

/* ---- windows */

/* NULL before the first whole bucket. */
static struct bucket *bucket_of(const struct fit *fit, int64_t time_ms)
{
	int64_t first_ms = fit->end_ms - (int64_t)fit->n_buckets * fit->bucket_ms;
	return time_ms < first_ms ? NULL : &fit->buckets[(time_ms - first_ms) / fit->bucket_ms];
}

static void count_values(struct fit *fit)
{
	struct walk walk = {.fit = fit};
	double value;
	int64_t time_ms;
	while (next_value(&walk, &time_ms, &value)) {
		struct bucket *bucket = bucket_of(fit, time_ms);
		int bin = alm_drift_bin(fit->out, time_ms, value);
		fit->out->counts[bin]++;
		if (!bucket)
			continue;
		bucket->counts[bin]++;
		bucket->n_observed++;
	}
}

/* The number, on a frame's grid, of the first row at an instant or after it. */
static int64_t grid_row_at(const struct fit *fit, const struct alm_frame *frame, int64_t time_ms)
{
	bool on_grid;
	int64_t row = alm_freq_between(&fit->panel->freq, frame->grid_ms, time_ms, &on_grid);
	return row + (on_grid ? 0 : 1);
}

/* Adds the rows begin..end-1 of a frame's grid to their buckets, bucket after bucket: in the gap of a year there are too many rows to go through. */
static void add_rows(struct fit *fit, const struct alm_frame *frame, int64_t begin, int64_t end)
{
	const struct alm_freq *freq = &fit->panel->freq;
	int64_t first_ms = fit->end_ms - (int64_t)fit->n_buckets * fit->bucket_ms, row = begin;
	if (row < grid_row_at(fit, frame, first_ms))
		row = grid_row_at(fit, frame, first_ms);
	while (row < end) {
		int64_t time_ms = alm_freq_add(freq, frame->grid_ms, row);
		if (time_ms >= fit->end_ms)
			return;
		int64_t bucket = (time_ms - first_ms) / fit->bucket_ms;
		int64_t next = grid_row_at(fit, frame, first_ms + (bucket + 1) * fit->bucket_ms);
		next = next < end ? next : end;
		fit->buckets[bucket].n_rows += (double)(next - row);
		row = next;
	}
}

/* Rows that there should be: those of frames, and those between two frames of a series. */
static void count_rows(struct fit *fit)
{
	const struct alm_panel *panel = fit->panel;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i], *before = i > 0 ? frame - 1 : frame;
		bool same = i > 0 && before->series == frame->series;
		if (!frame->left_out)
			add_rows(fit, frame,
				same ? before->grid_row + (int64_t)before->n_rows : frame->grid_row,
				frame->grid_row + (int64_t)frame->n_rows);
	}
}

/* A window beside all values that are not in it. */
static void look_at_window(struct fit *fit, size_t first)
{
	struct alm_drift_reference *out = fit->out;
	struct bucket window = {.n_rows = 0};
	double others[ALM_DRIFT_BINS];
	for (size_t i = first; i < first + ALM_DRIFT_STEPS; i++) {
		window.n_rows += fit->buckets[i].n_rows;
		window.n_observed += fit->buckets[i].n_observed;
		for (int bin = 0; bin < ALM_DRIFT_BINS; bin++)
			window.counts[bin] += fit->buckets[i].counts[bin];
	}
	if (window.n_rows <= 0)
		return;
	out->missing_most = fmax(out->missing_most, 1 - fmin(1, window.n_observed / window.n_rows));
	for (int bin = 0; bin < ALM_DRIFT_BINS; bin++)
		others[bin] = out->counts[bin] - window.counts[bin];
	if (2 * window.n_observed >= window.n_rows && out->n_edges > 0)
		fit->index[fit->n_index++] = alm_psi(window.counts, others, out->n_edges + 1);
}

/* How large the index of a window gets: the tail of its distribution, above what one in ten exceeds. */
static void summarise(struct fit *fit)
{
	struct alm_drift_reference *out = fit->out;
	size_t n = fit->n_index, first = n - n / 10;
	double excess = 0;
	if (n == 0)
		return;
	qsort(fit->index, n, sizeof *fit->index, by_size);
	out->psi_most = fit->index[n - 1];
	out->psi_high = fit->index[first > 0 ? first - 1 : 0];
	for (size_t i = first; i < n; i++)
		excess += fit->index[i] - out->psi_high;
	out->psi_excess = first < n ? excess / (double)(n - first) : 0;
}

/* ---- all of it */

static void find_range(struct fit *fit, const struct alm_part *part)
{
	const struct alm_panel *panel = fit->panel;
	int64_t first = INT64_MAX, end = INT64_MIN;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		int64_t last = alm_frame_time(panel, frame, (int64_t)frame->n_rows);
		first = frame->start_ms < first ? frame->start_ms : first;
		end = last > end ? last : end;
	}
	fit->from_ms = part->from_ms > first ? part->from_ms : first;
	fit->end_ms = part->to_ms < end ? part->to_ms : end;
}

static enum alm_status fit_channel(struct fit *fit, struct alm_error *err)
{
	struct alm_drift_reference *out = fit->out;
	enum alm_status status = ALM_OK;
	fit_hours(fit);
	if (!alm_panel_is_category(fit->panel, fit->channel)) {
		fit_year(fit);
		status = fit_edges(fit, err);
	}
	if (status != ALM_OK)
		return status;
	count_values(fit);
	count_rows(fit);
	for (size_t first = 0; first + ALM_DRIFT_STEPS <= fit->n_buckets; first++)
		look_at_window(fit, first);
	summarise(fit);
	out->n_windows = (int64_t)fit->n_buckets / ALM_DRIFT_STEPS;
	return ALM_OK;
}

enum alm_status alm_drift_reference_fit(const struct alm_panel *panel, const struct alm_scaler *scaler,
	const struct alm_part *part, int channel, int64_t window_ms, struct alm_drift_reference *out,
	struct alm_error *err)
{
	struct alm_drift_reference made = {.window_ms = window_ms, .baseline_mae = NAN};
	struct fit fit = {.panel = panel,
		.scaler = scaler,
		.channel = channel,
		.bucket_ms = window_ms / ALM_DRIFT_STEPS,
		.out = &made};
	find_range(&fit, part);
	snprintf(made.channel, sizeof made.channel, "%s", panel->channels[channel]);
	if (fit.end_ms > fit.from_ms)
		fit.n_buckets = (size_t)((fit.end_ms - fit.from_ms) / fit.bucket_ms);
	fit.buckets = calloc(fit.n_buckets + 1, sizeof *fit.buckets);
	fit.index = malloc((fit.n_buckets + 1) * sizeof *fit.index);
	enum alm_status status = fit.buckets && fit.index
					 ? fit_channel(&fit, err)
					 : alm_fail_memory(err, (fit.n_buckets + 1) * sizeof *fit.buckets);
	free(fit.buckets);
	free(fit.index);
	if (status == ALM_OK)
		*out = made;
	return status;
}

int64_t alm_drift_window(const struct alm_freq *freq, int64_t wished_ms)
{
	int64_t least_ms = alm_freq_add(freq, 0, ALM_DRIFT_ROWS_MIN);
	return wished_ms > least_ms ? wished_ms : least_ms;
}
