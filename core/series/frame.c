#include "series/frame.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "series/fill.h"
#include "series/stretch.h"
#include "time/calendar.h"
#include "time/timestamp.h"

/* What the construction of a panel carries along. */
struct build {
	const struct alm_panel_options *options;
	struct alm_panel panel;
	int room;        /* frames allocated */
	int64_t limit;   /* longest gap filled */
	float *before;   /* [n_data] last observations before a frame */
	int64_t longest; /* longest gap so far, where it begins and in which series */
	int64_t longest_ms;
	const char *longest_series;
};

int64_t alm_frame_time(const struct alm_panel *panel, const struct alm_frame *frame, int64_t row)
{
	return alm_freq_add(&panel->freq, frame->start_ms, row);
}

size_t alm_frame_row_at(const struct alm_panel *panel, const struct alm_frame *frame, int64_t time_ms)
{
	if (time_ms <= frame->start_ms)
		return 0;
	if (time_ms > alm_frame_time(panel, frame, (int64_t)frame->n_rows - 1))
		return frame->n_rows;
	bool on_grid;
	int64_t row = alm_freq_between(&panel->freq, frame->start_ms, time_ms, &on_grid);
	return (size_t)row + (on_grid ? 0 : 1);
}

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

/* Copies the observations of a stretch into the frame's rows. */
static void copy_values(const struct build *build, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, const struct alm_stretch *stretch, struct alm_frame *frame)
{
	size_t n_data = (size_t)build->options->n_data, n_channels = (size_t)build->panel.n_channels;
	for (size_t i = stretch->source; i < series->n_rows && stretches->place[i] <= stretch->last; i++) {
		size_t at = (size_t)(stretches->place[i] - stretch->first) * n_channels;
		for (size_t channel = 0; channel < n_data; channel++) {
			float value = series->values[i * n_data + channel];
			if (isnan(value))
				continue;
			frame->values[at + channel] = value;
			frame->observed[at + channel] = 1;
		}
	}
}

/* The last observation of every channel before the stretch's first row; each has one there or in that row. */
static void look_before(const struct build *build, const struct alm_series_rows *series, size_t source)
{
	size_t n_data = (size_t)build->options->n_data;
	for (size_t channel = 0; channel < n_data; channel++) {
		size_t i = source;
		while (i > 0 && isnan(series->values[i * n_data + channel]))
			i--;
		build->before[channel] = series->values[i * n_data + channel];
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

static enum alm_status build_frame(struct build *build, const struct alm_series_rows *series,
	const char *name, const struct alm_stretches *stretches, size_t which, struct alm_error *err)
{
	const struct alm_stretch *stretch = &stretches->stretch[which];
	struct alm_frame *frame = NULL;
	enum alm_status status = add_frame(build, &frame, err);
	if (status != ALM_OK)
		return status;
	frame->series = name;
	frame->start_ms = alm_freq_add(&build->panel.freq, series->times_ms[0], stretch->first);
	frame->n_rows = (size_t)(stretch->last - stretch->first) + 1;
	frame->n_ahead = which + 1 == stretches->n ? build->options->n_ahead : 0;
	size_t n;
	if (!alm_mul_size(frame->n_rows + frame->n_ahead, (size_t)build->panel.n_channels, &n) ||
		n > SIZE_MAX / sizeof(float))
		return alm_fail_memory(err, SIZE_MAX);
	frame->values = calloc(n, sizeof *frame->values);
	frame->observed = calloc(n, 1);
	if (!frame->values || !frame->observed)
		return alm_fail_memory(err, n * sizeof *frame->values);
	copy_values(build, series, stretches, stretch, frame);
	look_before(build, series, stretch->source);
	alm_fill_frame(
		frame, build->panel.n_channels, build->options->n_data, build->options->fill, build->before);
	if (build->options->calendar)
		fill_calendar(build, frame);
	return ALM_OK;
}

static void count_gaps(struct build *build, const struct alm_series_rows *series, const char *name,
	const struct alm_stretches *stretches)
{
	build->panel.n_gaps += stretches->n_gaps;
	build->panel.n_missing += stretches->n_missing;
	if (stretches->longest <= build->longest)
		return;
	build->longest = stretches->longest;
	build->longest_ms = alm_freq_add(&build->panel.freq, series->times_ms[0], stretches->longest_at);
	build->longest_series = name;
}

static enum alm_status build_series(
	struct build *build, const struct alm_series_rows *given, int which, struct alm_error *err)
{
	struct alm_series_rows series = *given;
	struct alm_stretches stretches;
	series.n_rows = rows_until(given, build->options->until_ms);
	enum alm_status status = alm_stretches_find(
		&series, build->options->n_data, &build->panel.freq, build->limit, &stretches, err);
	if (status != ALM_OK)
		return status;
	const char *name = build->panel.series[which];
	for (size_t i = 0; i < stretches.n && status == ALM_OK; i++)
		status = build_frame(build, &series, name, &stretches, i, err);
	if (status == ALM_OK && series.n_rows > 0)
		count_gaps(build, &series, name, &stretches);
	alm_stretches_release(&stretches);
	return status;
}

/* Every channel must have been observed somewhere, and every value must be finite. */
static enum alm_status check_values(
	const struct alm_series_rows *series, int n_series, const struct build *build, struct alm_error *err)
{
	size_t n_data = (size_t)build->options->n_data;
	for (size_t channel = 0; channel < n_data; channel++) {
		bool seen = false;
		for (int i = 0; i < n_series; i++)
			for (size_t row = 0; row < rows_until(&series[i], build->options->until_ms); row++) {
				float value = series[i].values[row * n_data + channel];
				char when[ALM_TIME_TEXT];
				if (isinf(value))
					return alm_fail(err, ALM_BAD_DATA,
						"series '%s': channel '%s' at %s is not finite",
						series[i].name, build->options->channels[channel],
						alm_time_print(series[i].times_ms[row], when));
				seen = seen || !isnan(value);
			}
		if (!seen)
			return alm_fail(err, ALM_BAD_DATA,
				"channel '%s' has no value at all; leave it out with --past or ingest its "
				"values",
				build->options->channels[channel]);
	}
	return ALM_OK;
}

/* Copies of n names, and of the calendar's behind them. */
static enum alm_status copy_names(
	const char *const *names, int n, int n_known, char ***out, struct alm_error *err)
{
	size_t n_bytes = ((size_t)n + (size_t)n_known + 1) * sizeof **out;
	*out = calloc(1, n_bytes);
	if (!*out)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < n + n_known; i++) {
		(*out)[i] = strdup(i < n ? names[i] : alm_calendar_name(i - n));
		if (!(*out)[i])
			return alm_fail_memory(err, 1);
	}
	return ALM_OK;
}

static enum alm_status copy_series_names(
	struct alm_panel *panel, const struct alm_series_rows *series, int n_series, struct alm_error *err)
{
	panel->series = calloc((size_t)n_series + 1, sizeof *panel->series);
	if (!panel->series)
		return alm_fail_memory(err, ((size_t)n_series + 1) * sizeof *panel->series);
	for (; panel->n_series < n_series; panel->n_series++) {
		panel->series[panel->n_series] = strdup(series[panel->n_series].name);
		if (!panel->series[panel->n_series])
			return alm_fail_memory(err, strlen(series[panel->n_series].name));
	}
	return ALM_OK;
}

static enum alm_status find_freq(
	const struct alm_series_rows *series, int n_series, struct build *build, struct alm_error *err)
{
	build->panel.freq = build->options->freq;
	if (build->panel.freq.step_ms > 0 || build->panel.freq.months > 0)
		return ALM_OK;
	int longest = 0;
	for (int i = 1; i < n_series; i++)
		if (series[i].n_rows > series[longest].n_rows)
			longest = i;
	size_t n = n_series ? rows_until(&series[longest], build->options->until_ms) : 0;
	return alm_freq_infer(n ? series[longest].times_ms : NULL, n, &build->panel.freq, err);
}

static void note_gaps(const struct build *build, struct alm_reporter *reporter)
{
	const struct alm_panel *panel = &build->panel;
	static const char *const how[] = {"linear", "the previous value", "zero"};
	char when[ALM_TIME_TEXT];
	if (panel->n_gaps == 0)
		return;
	alm_note(reporter,
		"%zu row%s missing in %zu gap%s, the longest of %lld from %s%s%s; gaps up to %lld rows are "
		"filled (%s)",
		panel->n_missing, panel->n_missing == 1 ? " is" : "s are", panel->n_gaps,
		panel->n_gaps == 1 ? "" : "s", (long long)build->longest,
		alm_time_print(build->longest_ms, when), panel->n_series > 1 ? " in series " : "",
		panel->n_series > 1 ? build->longest_series : "", (long long)build->limit, how[panel->fill]);
}

static enum alm_status build_all(
	struct build *build, const struct alm_series_rows *series, int n_series, struct alm_error *err)
{
	const struct alm_panel_options *options = build->options;
	struct alm_panel *panel = &build->panel;
	enum alm_status status = copy_series_names(panel, series, n_series, err);
	if (status == ALM_OK)
		status =
			copy_names(options->channels, options->n_data, panel->n_known, &panel->channels, err);
	if (status == ALM_OK)
		status = find_freq(series, n_series, build, err);
	if (status == ALM_OK)
		status = check_values(series, n_series, build, err);
	if (status != ALM_OK)
		return status;
	int64_t season = alm_freq_season(&panel->freq);
	build->limit = options->fill_limit > 0 ? options->fill_limit : (season > 3 ? season : 3);
	build->before = malloc((size_t)options->n_data * sizeof *build->before);
	if (!build->before)
		return alm_fail_memory(err, (size_t)options->n_data * sizeof *build->before);
	for (int i = 0; i < n_series && status == ALM_OK; i++)
		status = build_series(build, &series[i], i, err);
	free(build->before);
	if (status == ALM_OK && panel->n_frames == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			"in no row have all channels been observed within %lld rows; leave some out with "
			"--past or "
			"raise --fill-limit",
			(long long)build->limit);
	return status;
}

enum alm_status alm_panel_build(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, struct alm_panel *out, struct alm_reporter *reporter,
	struct alm_error *err)
{
	struct build build = {.options = options};
	build.panel.fill = options->fill;
	build.panel.n_known = options->calendar ? ALM_CALENDAR_CHANNELS : 0;
	build.panel.n_channels = options->n_data + build.panel.n_known;
	enum alm_status status = build_all(&build, series, n_series, err);
	if (status != ALM_OK) {
		alm_panel_release(&build.panel);
		return status;
	}
	note_gaps(&build, reporter);
	*out = build.panel;
	return ALM_OK;
}

void alm_panel_release(struct alm_panel *panel)
{
	for (int i = 0; i < panel->n_frames; i++) {
		free(panel->frames[i].values);
		free(panel->frames[i].observed);
	}
	for (int i = 0; panel->channels && i < panel->n_channels; i++)
		free(panel->channels[i]);
	for (int i = 0; i < panel->n_series; i++)
		free(panel->series[i]);
	free(panel->frames);
	free(panel->channels);
	free(panel->series);
	*panel = (struct alm_panel){0};
}
