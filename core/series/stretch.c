#include "series/stretch.h"
#include "base/arena.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "time/timestamp.h"

/* Puts every row on the grid that begins at the first time. */
static enum alm_status place_rows(const struct alm_series_rows *series, const struct alm_freq *freq,
	struct alm_stretches *stretches, struct alm_error *err)
{
	int64_t start = series->times_ms[0];
	for (size_t i = 0; i < series->n_rows; i++) {
		bool on_grid;
		stretches->place[i] = alm_freq_between(freq, start, series->times_ms[i], &on_grid);
		if (!on_grid) {
			char when[ALM_TIME_TEXT], first[ALM_TIME_TEXT], near[ALM_TIME_TEXT],
				step[ALM_FREQ_TEXT];
			return alm_fail(err, ALM_BAD_DATA,
				"series '%s': %s is not on the grid of %s from %s, whose last time before it "
				"is %s; "
				"correct it or give another --freq",
				series->name, alm_time_print(series->times_ms[i], when),
				alm_freq_print(freq, step), alm_time_print(start, first),
				alm_time_print(alm_freq_add(freq, start, stretches->place[i]), near));
		}
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
	int n_data;
	int64_t limit;
	int64_t *last; /* [n_data] grid row of the last observation; -1 = none within the limit */
	bool open;
	struct alm_stretch current;
};

/*
 * Forgets the channels whose gap, at grid row `place` with these values, is over the limit. Returns the grid row of the
 * earliest observation forgotten, where an open stretch must end; -1 when there is none.
 */
static int64_t forget_stale(struct pass *pass, int64_t place, const float *values)
{
	int64_t end = -1;
	for (int channel = 0; channel < pass->n_data; channel++) {
		int64_t last = pass->last[channel];
		int64_t gap = place - last - (isnan(values[channel]) ? 0 : 1);
		if (last < 0 || gap <= pass->limit)
			continue;
		end = end < 0 || last < end ? last : end;
		pass->last[channel] = -1;
	}
	return end;
}

static int64_t newest(const struct pass *pass)
{
	int64_t last = -1;
	for (int channel = 0; channel < pass->n_data; channel++)
		last = pass->last[channel] > last ? pass->last[channel] : last;
	return last;
}

static enum alm_status end_stretch(
	struct pass *pass, int64_t last, struct alm_stretches *out, struct alm_error *err)
{
	if (!pass->open)
		return ALM_OK;
	pass->open = false;
	pass->current.last = last;
	return last >= pass->current.first ? add(out, &pass->current, err) : ALM_OK;
}

static enum alm_status walk(struct pass *pass, const struct alm_series_rows *series,
	struct alm_stretches *out, struct alm_error *err)
{
	for (size_t i = 0; i < series->n_rows; i++) {
		const float *values = series->values + i * (size_t)pass->n_data;
		int64_t place = out->place[i], end = forget_stale(pass, place, values);
		enum alm_status status = end >= 0 ? end_stretch(pass, end, out, err) : ALM_OK;
		if (status != ALM_OK)
			return status;
		bool whole = true;
		for (int channel = 0; channel < pass->n_data; channel++) {
			if (!isnan(values[channel]))
				pass->last[channel] = place;
			whole = whole && pass->last[channel] >= 0;
		}
		if (whole && !pass->open) {
			pass->open = true;
			pass->current = (struct alm_stretch){.first = place, .source = i};
		}
	}
	return end_stretch(pass, newest(pass), out, err);
}

enum alm_status alm_stretches_find(const struct alm_series_rows *series, int n_data,
	const struct alm_freq *freq, int64_t limit, struct alm_stretches *out, struct alm_error *err)
{
	struct alm_stretches made = {0};
	struct pass pass = {.n_data = n_data, .limit = limit};
	size_t n_bytes = (series->n_rows + 1) * sizeof *made.place;
	made.place = malloc(n_bytes);
	pass.last = malloc((size_t)n_data * sizeof *pass.last);
	enum alm_status status = made.place && pass.last ? ALM_OK : alm_fail_memory(err, n_bytes);
	if (status == ALM_OK && series->n_rows > 0)
		status = place_rows(series, freq, &made, err);
	for (int channel = 0; status == ALM_OK && channel < n_data; channel++)
		pass.last[channel] = -1;
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
