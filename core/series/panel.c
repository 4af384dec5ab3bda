#include "series/frame.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "series/fill.h"
#include "series/stretch.h"
#include "series/survey.h"
#include "time/calendar.h"
#include "time/timestamp.h"

/* What the construction of a panel carries along. */
struct build {
	const struct alm_panel_options *options;
	struct alm_panel panel;
	struct alm_series_rows
		*series; /* [panel.n_series] as given, up to until_ms and with our copy of the name */
	int room;        /* frames allocated */
	int64_t limit;   /* longest gap filled */
	int64_t *back;   /* [n_data] rows from the last observation of a channel to a frame's row 0 */
	float *fixed;    /* [n_static] values of the series at hand */
	struct alm_survey survey;
};

/* Rows of the series up to the instant beyond which nothing exists. */
static size_t rows_until(const struct alm_series_rows *series, int64_t until_ms)
{
	size_t low = 0, high = series->n_rows;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (series->times_ms[middle] <= until_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum alm_status add_frame(struct build *build, struct alm_frame **out, struct alm_error *err)
{
	struct alm_panel *panel = &build->panel;
	if (panel->n_frames == build->room) {
		int room = build->room ? 2 * build->room : 8;
		struct alm_frame *grown = realloc(panel->frames, (size_t)room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, (size_t)room * sizeof *grown);
		panel->frames = grown;
		build->room = room;
	}
	*out = &panel->frames[panel->n_frames++];
	**out = (struct alm_frame){0};
	return ALM_OK;
}

static int count_past(const struct build *build)
{
	return build->options->n_data - build->options->n_static - build->options->n_future;
}

/* Copies a stretch into the frame's rows, gaps as NaN; into those ahead only what is known ahead. */
static void copy_values(const struct build *build, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, const struct alm_stretch *stretch, struct alm_frame *frame)
{
	size_t n_data = (size_t)build->options->n_data, n_channels = (size_t)build->panel.n_channels;
	size_t n_past = (size_t)count_past(build);
	int64_t end = stretch->last + (int64_t)frame->n_ahead;
	for (size_t i = stretch->source; i < series->n_rows && stretches->place[i] <= end; i++) {
		size_t at = (size_t)(stretches->place[i] - stretch->first) * n_channels;
		size_t first = stretches->place[i] <= stretch->last ? 0 : n_past;
		for (size_t channel = first; channel < n_data; channel++) {
			float value = series->values[i * n_data + channel];
			frame->values[at + channel] = value;
			bool there = !isnan(value);
			frame->observed[at + channel] = there;
		}
	}
}

/* The last observation of every channel up to the stretch's first row; each has one within the limit. */
static void look_before(struct build *build, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, const struct alm_stretch *stretch, struct alm_frame *frame)
{
	size_t n_data = (size_t)build->options->n_data;
	for (size_t channel = 0; channel < n_data; channel++) {
		size_t i = stretch->source;
		while (i > 0 && isnan(series->values[i * n_data + channel]))
			i--;
		frame->before[channel] = series->values[i * n_data + channel];
		build->back[channel] = stretch->first - stretches->place[i];
	}
}

/* The one value of each static channel, in every row as if it had been observed there. */
static void fill_static(const struct build *build, struct alm_frame *frame)
{
	size_t n_channels = (size_t)build->panel.n_channels, n_past = (size_t)count_past(build);
	for (size_t i = 0; i < (size_t)build->options->n_static; i++) {
		frame->before[n_past + i] = build->fixed[i];
		for (size_t row = 0; row < frame->n_rows + frame->n_ahead; row++) {
			frame->values[row * n_channels + n_past + i] = build->fixed[i];
			frame->observed[row * n_channels + n_past + i] = 1;
		}
	}
}

static void fill_calendar(const struct build *build, struct alm_frame *frame)
{
	const struct alm_panel *panel = &build->panel;
	size_t n_channels = (size_t)panel->n_channels, n_data = (size_t)build->options->n_data;
	for (size_t row = 0; row < frame->n_rows + frame->n_ahead; row++) {
		size_t at = row * n_channels + n_data;
		alm_calendar_fill(alm_frame_time(panel, frame, (int64_t)row), frame->values + at);
		memset(frame->observed + at, 1, ALM_CALENDAR_CHANNELS);
	}
}

static enum alm_status reserve(const struct build *build, struct alm_frame *frame, struct alm_error *err)
{
	size_t n, n_data = (size_t)build->options->n_data;
	if (!alm_mul_size(frame->n_rows + frame->n_ahead, (size_t)build->panel.n_channels, &n) ||
		n > SIZE_MAX / sizeof(float))
		return alm_fail_memory(err, SIZE_MAX);
	frame->values = calloc(n, sizeof *frame->values);
	frame->observed = calloc(n, 1);
	frame->before = malloc(n_data * sizeof *frame->before);
	if (!frame->values || !frame->observed || !frame->before)
		return alm_fail_memory(err, n * sizeof *frame->values);
	return ALM_OK;
}

static enum alm_status build_frame(struct build *build, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, size_t which, struct alm_error *err)
{
	const struct alm_stretch *stretch = &stretches->stretch[which];
	struct alm_frame *frame = NULL;
	enum alm_status status = add_frame(build, &frame, err);
	if (status != ALM_OK)
		return status;
	frame->series = series->name;
	frame->grid_ms = stretches->grid_ms;
	frame->grid_row = stretches->grid_row + stretch->first;
	frame->start_ms = alm_frame_time(&build->panel, frame, 0);
	frame->n_rows = (size_t)(stretch->last - stretch->first) + 1;
	frame->n_ahead = which + 1 == stretches->n ? build->options->n_ahead : 0;
	status = reserve(build, frame, err);
	if (status != ALM_OK)
		return status;
	copy_values(build, series, stretches, stretch, frame);
	look_before(build, series, stretches, stretch, frame);
	fill_static(build, frame);
	if (build->options->calendar)
		fill_calendar(build, frame);
	alm_fill_frame(frame, &build->panel, build->back);
	return ALM_OK;
}

#define VALUE_TEXT 96

/* A value as the data have it: a number, or a category's word. */
static const char *print_value(
	const struct build *build, int channel, float value, char out[static VALUE_TEXT])
{
	const struct alm_panel_options *options = build->options;
	if (options->category && options->category[channel])
		snprintf(out, VALUE_TEXT, "'%.80s'", options->words[(int)value]);
	else
		snprintf(out, VALUE_TEXT, "%g", (double)value);
	return out;
}

/* The value of a static channel: the first there is, which no other row may contradict. */
static enum alm_status find_static(const struct build *build, const struct alm_series_rows *series,
	int channel, float *out, struct alm_error *err)
{
	size_t n_data = (size_t)build->options->n_data, found = series->n_rows;
	const char *name = build->options->channels[channel];
	for (size_t row = 0; row < series->n_rows; row++) {
		char first[ALM_TIME_TEXT], second[ALM_TIME_TEXT], one[VALUE_TEXT], other[VALUE_TEXT];
		float value = series->values[row * n_data + (size_t)channel];
		if (isnan(value))
			continue;
		if (found == series->n_rows) {
			found = row;
			*out = value;
		}
		if (value != *out)
			return alm_fail(err, ALM_BAD_DATA,
				"static channel '%s' is %s at %s and %s at %s; correct one of them, or "
				"name it with --past instead",
				name, print_value(build, channel, *out, one),
				alm_time_print(series->times_ms[found], first),
				print_value(build, channel, value, other),
				alm_time_print(series->times_ms[row], second));
	}
	if (found < series->n_rows)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"static channel '%s' has no value in the rows that are read; give it one, best in every row",
		name);
}

static enum alm_status find_statics(
	struct build *build, const struct alm_series_rows *series, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < build->options->n_static && status == ALM_OK; i++)
		status = find_static(build, series, count_past(build) + i, &build->fixed[i], err);
	if (status == ALM_BAD_DATA && *series->name != '\0')
		return alm_fail_in(err, "series '%s'", series->name);
	return status;
}

static enum alm_status build_series(
	struct build *build, const struct alm_series_rows *series, struct alm_error *err)
{
	struct alm_stretches stretches;
	if (series->n_rows == 0)
		return ALM_OK;
	enum alm_status status = find_statics(build, series, err);
	if (status != ALM_OK)
		return status;
	struct alm_stretch_options options = {.n_data = build->options->n_data,
		.n_static = build->options->n_static,
		.n_future = build->options->n_future,
		.limit = build->limit};
	status = alm_stretches_find(series, &options, &build->panel.freq, &stretches, err);
	if (status == ALM_BAD_DATA && *series->name != '\0')
		return alm_fail_in(err, "series '%s'", series->name);
	if (status != ALM_OK)
		return status;
	for (size_t i = 0; i < stretches.n && status == ALM_OK; i++)
		status = build_frame(build, series, &stretches, i, err);
	alm_survey_add(&build->survey, series, &stretches, &build->panel.freq, build->options->channels);
	alm_stretches_release(&stretches);
	return status;
}

/* Copies of the data channels' names, and the calendar's behind them. */
static enum alm_status copy_channels(
	struct alm_panel *panel, const struct alm_panel_options *options, struct alm_error *err)
{
	size_t n_bytes = (size_t)panel->n_channels * sizeof *panel->channels;
	panel->channels = calloc(1, n_bytes);
	if (options->category)
		panel->category = calloc((size_t)panel->n_channels, sizeof *panel->category);
	if (!panel->channels || (options->category && !panel->category))
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; options->category && i < options->n_data; i++)
		panel->category[i] = options->category[i];
	for (int i = 0; i < panel->n_channels; i++) {
		int first_joined = panel->n_channels - options->n_joined;
		const char *name = i < options->n_data ? options->channels[i]
				   : i < first_joined  ? alm_calendar_name(i - options->n_data)
						       : options->joined[i - first_joined];
		panel->channels[i] = strdup(name);
		if (!panel->channels[i])
			return alm_fail_memory(err, strlen(name) + 1);
	}
	return ALM_OK;
}

/* The series as far as they exist, under names that the panel owns. */
static enum alm_status copy_series(
	struct build *build, const struct alm_series_rows *series, int n_series, struct alm_error *err)
{
	struct alm_panel *panel = &build->panel;
	size_t n_bytes = ((size_t)n_series + 1) * sizeof *build->series;
	panel->series = calloc((size_t)n_series + 1, sizeof *panel->series);
	build->series = malloc(n_bytes);
	if (!panel->series || !build->series)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < n_series; i++) {
		panel->series[i] = strdup(series[i].name);
		if (!panel->series[i])
			return alm_fail_memory(err, strlen(series[i].name) + 1);
		panel->n_series++;
		build->series[i] = series[i];
		build->series[i].name = panel->series[i];
		build->series[i].n_rows = rows_until(&series[i], build->options->until_ms);
	}
	return ALM_OK;
}

/* The step of the series with most rows stands for all; each has its own beginning. */
static enum alm_status find_freq(struct build *build, struct alm_error *err)
{
	const struct alm_series_rows *longest = NULL;
	build->panel.freq = build->options->freq;
	if (alm_freq_known(&build->panel.freq))
		return ALM_OK;
	for (int i = 0; i < build->panel.n_series; i++)
		if (!longest || build->series[i].n_rows > longest->n_rows)
			longest = &build->series[i];
	return alm_freq_infer(
		longest ? longest->times_ms : NULL, longest ? longest->n_rows : 0, &build->panel.freq, err);
}

static enum alm_status build_frames(struct build *build, struct alm_error *err)
{
	const struct alm_panel_options *options = build->options;
	enum alm_status status = ALM_OK;
	int64_t season = alm_freq_season(&build->panel.freq);
	build->limit = options->fill_limit > 0 ? options->fill_limit : (season > 3 ? season : 3);
	build->back = malloc((size_t)options->n_data * sizeof *build->back);
	build->fixed = malloc(((size_t)options->n_static + 1) * sizeof *build->fixed);
	if (!build->back || !build->fixed)
		return alm_fail_memory(err, (size_t)options->n_data * sizeof *build->back);
	for (int i = 0; i < build->panel.n_series && status == ALM_OK; i++)
		status = build_series(build, &build->series[i], err);
	if (status == ALM_OK && build->panel.n_frames == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			"in no row have all channels been observed within %lld rows; leave some out (--past) "
			"or raise --fill-limit",
			(long long)build->limit);
	return status;
}

static enum alm_status build_all(
	struct build *build, const struct alm_series_rows *series, int n_series, struct alm_error *err)
{
	const struct alm_panel_options *options = build->options;
	if (count_past(build) < 1)
		return alm_fail(err, ALM_USAGE, "a panel needs a data channel; name one with --target");
	enum alm_status status = copy_series(build, series, n_series, err);
	if (status == ALM_OK)
		status = copy_channels(&build->panel, options, err);
	if (status == ALM_OK)
		status = find_freq(build, err);
	if (status == ALM_OK)
		/* All of it is freed in alm_panel_build. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		status = alm_survey_values(&build->survey, build->series, n_series, options, err);
	return status == ALM_OK ? build_frames(build, err) : status;
}

enum alm_status alm_panel_build(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, struct alm_panel *out, struct alm_reporter *reporter,
	struct alm_error *err)
{
	struct build build = {.options = options};
	struct alm_panel *panel = &build.panel;
	panel->fill = options->fill;
	panel->n_calendar = (options->calendar ? ALM_CALENDAR_CHANNELS : 0) + options->n_joined;
	panel->n_static = options->n_static;
	panel->n_known = options->n_future + panel->n_calendar;
	panel->n_channels = options->n_data + panel->n_calendar;
	enum alm_status status = build_all(&build, series, n_series, err);
	if (status == ALM_OK) {
		panel->n_gaps = build.survey.n_gaps;
		panel->n_missing = build.survey.n_missing;
		alm_survey_note(&build.survey, options->fill, build.limit, n_series, reporter);
		*out = *panel;
	} else {
		alm_panel_release(panel);
	}
	free(build.series);
	free(build.back);
	free(build.fixed);
	return status;
}
