#include "series/profile.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "series/profile_part.h"
#include "series/stretch.h"

static bool has_grid(const struct alm_profile *profile)
{
	return alm_freq_known(&profile->options.freq);
}

void alm_place_set(struct alm_place *place, const char *series, int64_t time_ms, double value)
{
	snprintf(place->series, sizeof place->series, "%s", series);
	place->time_ms = time_ms;
	place->value = value;
}

void alm_finding_add(struct alm_finding *finding, const char *series, int64_t time_ms, double value)
{
	if (finding->n == 0 || time_ms < finding->first.time_ms)
		alm_place_set(&finding->first, series, time_ms, value);
	if (finding->n == 0 || time_ms >= finding->last.time_ms)
		alm_place_set(&finding->last, series, time_ms, value);
	finding->n++;
}

enum alm_status alm_profile_init(
	struct alm_profile *profile, const struct alm_profile_options *options, struct alm_error *err)
{
	struct alm_profile made = {.options = *options};
	size_t n_channels = (size_t)options->n_channels, n_strips = (size_t)options->strips;
	bool on_grid;
	made.channel = calloc(n_channels, sizeof *made.channel);
	made.strip = calloc(n_strips + 1, sizeof *made.strip);
	if (!made.channel || !made.strip) {
		alm_profile_release(&made);
		return alm_fail_memory(err, n_channels * sizeof *made.channel);
	}
	for (size_t i = 0; i < n_channels; i++) {
		made.channel[i].least = INFINITY;
		made.channel[i].most = -INFINITY;
		made.channel[i].median = made.channel[i].mad = NAN;
	}
	if (has_grid(&made))
		made.n_steps =
			1 + alm_freq_between(&options->freq, options->first_ms, options->last_ms, &on_grid);
	if (made.n_steps < made.options.strip_width)
		made.options.strip_width = (int)made.n_steps;
	*profile = made;
	return ALM_OK;
}

void alm_profile_release(struct alm_profile *profile)
{
	for (int i = 0; i < profile->n_strips; i++)
		free(profile->strip[i].share);
	for (int i = 0; profile->channel && i < profile->options.n_channels; i++)
		alm_tally_release(&profile->channel[i].words);
	free(profile->strip);
	free(profile->channel);
	*profile = (struct alm_profile){0};
}

static size_t count_off_grid(
	const struct alm_series_rows *series, const struct alm_freq *freq, int64_t begin_ms)
{
	size_t n = 0;
	bool on_grid;
	for (size_t i = 0; i < series->n_rows; i++) {
		(void)alm_freq_between(freq, begin_ms, series->times_ms[i], &on_grid);
		n += !on_grid;
	}
	return n;
}

/* Where the grid begins; when most rows are not on it, it is the first time that is odd, and another row stands for all. */
static int64_t find_begin(const struct alm_series_rows *series, const struct alm_freq *freq)
{
	int64_t begin = alm_grid_begin(series, freq), middle = series->times_ms[series->n_rows / 2];
	size_t n_off = count_off_grid(series, freq, begin);
	if (n_off <= series->n_rows / 2 || count_off_grid(series, freq, middle) >= n_off)
		return begin;
	return middle;
}

static void add_gap(struct alm_profile *profile, const char *series, int64_t time_ms, int64_t n_rows)
{
	alm_finding_add(&profile->gaps, series, time_ms, (double)n_rows);
	profile->n_missing_rows += n_rows;
	if ((double)n_rows > profile->longest_gap.value)
		alm_place_set(&profile->longest_gap, series, time_ms, (double)n_rows);
}

static void walk_grid(struct alm_profile *profile, const struct alm_series_rows *series)
{
	const struct alm_freq *freq = &profile->options.freq;
	int64_t begin = find_begin(series, freq), last = 0;
	bool on_grid, any = false;
	for (size_t i = 0; i < series->n_rows; i++) {
		int64_t time_ms = series->times_ms[i],
			step = alm_freq_between(freq, begin, time_ms, &on_grid);
		if (!on_grid) {
			alm_finding_add(&profile->off_grid, series->name, time_ms, NAN);
			continue;
		}
		if (any && step > last + 1)
			add_gap(profile, series->name, alm_freq_add(freq, begin, last + 1), step - last - 1);
		last = step;
		any = true;
	}
}

static void count_rows(struct alm_profile *profile, const struct alm_series_rows *series)
{
	double n = (double)series->n_rows;
	if (profile->n_series == 0 || n < profile->shortest.value)
		alm_place_set(&profile->shortest, series->name, series->times_ms[0], n);
	if (profile->n_series == 0 || n > profile->longest.value)
		alm_place_set(&profile->longest, series->name, series->times_ms[0], n);
	profile->n_series++;
	profile->n_rows += (int64_t)series->n_rows;
}

enum alm_status alm_profile_add(
	struct alm_profile *profile, const struct alm_series_rows *series, struct alm_error *err)
{
	const struct alm_profile_options *options = &profile->options;
	enum alm_status status = ALM_OK;
	double *scratch = malloc(series->n_rows * sizeof *scratch);
	if (!scratch)
		return alm_fail_memory(err, series->n_rows * sizeof *scratch);
	for (int i = 0; i < options->n_channels && status == ALM_OK; i++)
		if (options->category && options->category[i])
			status = alm_category_profile_add(
				&profile->channel[i], series, options->n_channels, i, err);
		else
			alm_channel_profile_add(
				&profile->channel[i], series, options->n_channels, i, scratch);
	free(scratch);
	if (status != ALM_OK)
		return status;
	count_rows(profile, series);
	if (!has_grid(profile))
		return ALM_OK;
	walk_grid(profile, series);
	if (profile->n_strips >= options->strips)
		return ALM_OK;
	status = alm_strip_draw(profile, series, &profile->strip[profile->n_strips], err);
	profile->n_strips += status == ALM_OK;
	return status;
}
