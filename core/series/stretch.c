#include "series/stretch.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/arena.h"
#include "time/calendar.h"
#include "time/timestamp.h"

int64_t alm_stretches_time(const struct alm_stretches *stretches, const struct alm_freq *freq, int64_t row)
{
	return alm_freq_add(freq, stretches->grid_ms, stretches->grid_row + row);
}

int64_t alm_grid_begin(const struct alm_series_rows *series, const struct alm_freq *freq)
{
	struct alm_civil civil;
	int64_t begin = series->times_ms[0];
	int greatest = 0;
	for (size_t i = 0; freq->months > 0 && i < series->n_rows && greatest < 31; i++) {
		alm_civil_of(series->times_ms[i], &civil);
		if (civil.day > greatest) {
			greatest = civil.day;
			begin = series->times_ms[i];
		}
	}
	return begin;
}

static enum alm_status fail_off_grid(const struct alm_series_rows *series, const struct alm_freq *freq,
	const struct alm_stretches *stretches, size_t i, struct alm_error *err)
{
	char when[ALM_TIME_TEXT], first[ALM_TIME_TEXT], near[ALM_TIME_TEXT], step[ALM_FREQ_TEXT];
	int64_t time_ms = series->times_ms[i];
	int64_t below = alm_stretches_time(stretches, freq, stretches->place[i]),
		above = alm_stretches_time(stretches, freq, stretches->place[i] + 1);
	return alm_fail(err, ALM_BAD_DATA,
		"%s is not on the grid of %s from %s, whose nearest time is %s; correct it or give "
		"another --freq",
		alm_time_print(time_ms, when), alm_freq_print(freq, step),
		alm_time_print(stretches->grid_ms, first),
		alm_time_print(time_ms - below <= above - time_ms ? below : above, near));
}

/* Puts every row on the grid. */
static enum alm_status place_rows(const struct alm_series_rows *series, const struct alm_freq *freq,
	struct alm_stretches *stretches, struct alm_error *err)
{
	bool on_grid;
	stretches->grid_ms = alm_grid_begin(series, freq);
	stretches->grid_row = alm_freq_between(freq, stretches->grid_ms, series->times_ms[0], &on_grid);
	for (size_t i = 0; i < series->n_rows; i++) {
		char when[ALM_TIME_TEXT];
		if (i && series->times_ms[i] <= series->times_ms[i - 1])
			return alm_fail(err, ALM_BAD_DATA, "%s is not after the time before it",
				alm_time_print(series->times_ms[i], when));
		stretches->place[i] =
			alm_freq_between(freq, stretches->grid_ms, series->times_ms[i], &on_grid) -
			stretches->grid_row;
		if (!on_grid)
			return fail_off_grid(series, freq, stretches, i, err);
		int64_t missing = i ? stretches->place[i] - stretches->place[i - 1] - 1 : 0;
		if (missing == 0)
			continue;
		stretches->n_gaps++;
		stretches->n_missing += (size_t)missing;
		if (missing > stretches->longest) {
			stretches->longest = missing;
			stretches->longest_at = stretches->place[i - 1] + 1;
		}
	}
	return ALM_OK;
}

static enum alm_status add(
	struct alm_stretches *stretches, const struct alm_stretch *stretch, struct alm_error *err)
{
	if (stretches->n == stretches->room) {
		size_t room = stretches->room ? 2 * stretches->room : 4, n_bytes;
		struct alm_stretch *grown = NULL;
		if (alm_mul_size(room, sizeof *grown, &n_bytes))
			grown = realloc(stretches->stretch, n_bytes);
		if (!grown)
			return alm_fail_memory(err, room * sizeof *grown);
		stretches->stretch = grown;
		stretches->room = room;
	}
	stretches->stretch[stretches->n++] = *stretch;
	return ALM_OK;
}

/* Where the pass over a series stands. */
struct pass {
	int n_data, n_past,
		first_known; /* channels; those between the last two are static, and never missing */
	int64_t limit;
	int64_t *last;  /* [n_data] grid row of the last observation; -1 = none within the limit */
	int64_t newest; /* grid row of the last observation of any past channel */
	bool open;
	struct alm_stretch current;
};

/* Forgets the channels whose gap, at grid row `place` with these values, is over the limit. Whether there was one. */
static bool forget_stale(struct pass *pass, int64_t place, const float *values)
{
	bool any = false;
	for (int channel = 0; channel < pass->n_data; channel++) {
		int64_t last = pass->last[channel];
		int64_t gap = place - last - (isnan(values[channel]) ? 0 : 1);
		if (last < 0 || gap <= pass->limit)
			continue;
		pass->last[channel] = -1;
		any = true;
	}
	return any;
}

/* Ends the open stretch, if there is one, with the last row in which any past channel was observed. */
static enum alm_status end_stretch(struct pass *pass, struct alm_stretches *out, struct alm_error *err)
{
	if (!pass->open)
		return ALM_OK;
	pass->open = false;
	pass->current.last = pass->newest;
	return add(out, &pass->current, err);
}

/* Takes in the observations of a row; begins a stretch at the first with a past one where no channel lacks one. */
static void observe(struct pass *pass, int64_t place, size_t source, const float *values)
{
	bool whole = true;
	for (int channel = 0; channel < pass->n_data; channel++) {
		bool is_static = channel >= pass->n_past && channel < pass->first_known;
		if (!isnan(values[channel]) && !is_static)
			pass->last[channel] = place;
		if (!isnan(values[channel]) && channel < pass->n_past)
			pass->newest = place;
		whole = whole && pass->last[channel] >= 0;
	}
	if (whole && !pass->open && pass->newest == place) {
		pass->open = true;
		pass->current = (struct alm_stretch){.first = place, .source = source};
	}
}

/* When the rows after the last stretch hold observations, these are lost: names the first channel that lacks one. */
static void find_lost(const struct pass *pass, struct alm_stretches *out)
{
	out->lost_from = out->n ? out->stretch[out->n - 1].last + 1 : 0;
	if (pass->open || pass->newest < out->lost_from)
		return;
	for (int channel = pass->n_data - 1; channel >= 0; channel--)
		if (pass->last[channel] < 0)
			out->lost_channel = channel;
}

static enum alm_status walk(struct pass *pass, const struct alm_series_rows *series,
	struct alm_stretches *out, struct alm_error *err)
{
	for (size_t i = 0; i < series->n_rows; i++) {
		const float *values = series->values + i * (size_t)pass->n_data;
		if (forget_stale(pass, out->place[i], values)) {
			enum alm_status status = end_stretch(pass, out, err);
			if (status != ALM_OK)
				return status;
		}
		observe(pass, out->place[i], i, values);
	}
	find_lost(pass, out);
	return end_stretch(pass, out, err);
}

enum alm_status alm_stretches_find(const struct alm_series_rows *series,
	const struct alm_stretch_options *options, const struct alm_freq *freq, struct alm_stretches *out,
	struct alm_error *err)
{
	struct alm_stretches made = {.lost_channel = -1};
	int first_known = options->n_data - options->n_future;
	struct pass pass = {.n_data = options->n_data,
		.n_past = first_known - options->n_static,
		.first_known = first_known,
		.limit = options->limit,
		.newest = -1};
	size_t n_bytes = (series->n_rows + 1) * sizeof *made.place;
	made.place = malloc(n_bytes);
	pass.last = calloc((size_t)options->n_data, sizeof *pass.last);
	enum alm_status status = made.place && pass.last ? ALM_OK : alm_fail_memory(err, n_bytes);
	if (status == ALM_OK && series->n_rows > 0)
		status = place_rows(series, freq, &made, err);
	for (int channel = 0; status == ALM_OK && channel < options->n_data; channel++)
		pass.last[channel] = channel >= pass.n_past && channel < first_known ? INT64_MAX : -1;
	if (status == ALM_OK)
		status = walk(&pass, series, &made, err);
	free(pass.last);
	if (status == ALM_OK)
		*out = made;
	else
		alm_stretches_release(&made);
	return status;
}

void alm_stretches_release(struct alm_stretches *stretches)
{
	free(stretches->stretch);
	free(stretches->place);
	*stretches = (struct alm_stretches){0};
}
