#include "series/survey.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "time/timestamp.h"

static size_t count_past(const struct alm_panel_options *options)
{
	return (size_t)(options->n_data - options->n_static - options->n_future);
}

/* Rows of a series up to the last with a value of a past channel; all rows where there are no other channels. */
static size_t rows_lived(const struct alm_series_rows *series, const struct alm_panel_options *options)
{
	size_t n = series->n_rows, n_data = (size_t)options->n_data;
	size_t n_past = count_past(options);
	for (; n > 0 && n_past < n_data; n--)
		for (size_t channel = 0; channel < n_past; channel++)
			if (!isnan(series->values[(n - 1) * n_data + channel]))
				return n;
	return n;
}

static bool any_infinite(const float *values, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++)
		any |= fabsf(values[i]) == INFINITY;
	return any;
}

/* Names the first value that is not finite; there is one. */
static enum alm_status fail_infinite(
	const struct alm_series_rows *series, const struct alm_panel_options *options, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	size_t i = 0, n_data = (size_t)options->n_data;
	while (!isinf(series->values[i]))
		i++;
	enum alm_status status =
		alm_fail(err, ALM_BAD_DATA, "channel '%s' at %s is not finite; correct it or make it null",
			options->channels[i % n_data], alm_time_print(series->times_ms[i / n_data], when));
	return *series->name == '\0' ? status : alm_fail_in(err, "series '%s'", series->name);
}

/* Adds to n_null [n_data] the missing values of the first n_lived rows. */
static void count_nulls(const struct alm_series_rows *series, size_t n_lived, size_t n_data, size_t *n_null)
{
	for (size_t row = 0; row < n_lived; row++)
		for (size_t channel = 0; channel < n_data; channel++)
			n_null[channel] += isnan(series->values[row * n_data + channel]) ? 1 : 0;
}

/* Takes in one channel's count; every channel has a value, a static one needs no more. */
static enum alm_status add_channel(struct alm_survey *survey, const struct alm_panel_options *options,
	int channel, size_t n_null, size_t n_rows, struct alm_error *err)
{
	const char *name = options->channels[channel];
	if (n_null == n_rows)
		return alm_fail(err, ALM_BAD_DATA,
			"channel '%s' has no value at all; ingest its values or leave it out "
			"(--target, --past)",
			name);
	if ((size_t)channel >= count_past(options) && channel < options->n_data - options->n_future)
		return ALM_OK;
	survey->n_null += n_null;
	if (n_null > survey->worst_null) {
		survey->worst_null = n_null;
		survey->worst_channel = name;
	}
	return ALM_OK;
}

static enum alm_status count_all(const struct alm_series_rows *series, int n_series,
	const struct alm_panel_options *options, size_t *n_null, size_t *n_rows, struct alm_error *err)
{
	size_t n_data = (size_t)options->n_data;
	for (int i = 0; i < n_series; i++) {
		size_t n_lived = rows_lived(&series[i], options);
		if (any_infinite(series[i].values, series[i].n_rows * n_data))
			return fail_infinite(&series[i], options, err);
		count_nulls(&series[i], n_lived, n_data, n_null);
		*n_rows += n_lived;
	}
	if (*n_rows > 0)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"there is no row: the dataset is empty, or the cutoff lies before its first");
}

enum alm_status alm_survey_values(struct alm_survey *survey, const struct alm_series_rows *series,
	int n_series, const struct alm_panel_options *options, struct alm_error *err)
{
	size_t n_rows = 0, n_bytes = (size_t)options->n_data * sizeof(size_t);
	size_t *n_null = calloc(1, n_bytes);
	if (!n_null)
		return alm_fail_memory(err, n_bytes);
	enum alm_status status = count_all(series, n_series, options, n_null, &n_rows, err);
	for (int channel = 0; channel < options->n_data && status == ALM_OK; channel++)
		status = add_channel(survey, options, channel, n_null[channel], n_rows, err);
	free(n_null);
	return status;
}

void alm_survey_add(struct alm_survey *survey, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, const struct alm_freq *freq, const char *const *channels)
{
	survey->n_gaps += stretches->n_gaps;
	survey->n_missing += stretches->n_missing;
	if (stretches->longest > survey->longest) {
		survey->longest = stretches->longest;
		survey->longest_ms = alm_stretches_time(stretches, freq, stretches->longest_at);
		survey->longest_series = series->name;
	}
	if (stretches->lost_channel < 0)
		return;
	if (survey->n_unused++ == 0) {
		survey->unused_series = series->name;
		survey->unused_channel = channels[stretches->lost_channel];
		survey->unused_ms = alm_stretches_time(stretches, freq, stretches->lost_from);
	}
}

static const char *plural(size_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

static void note_gaps(const struct alm_survey *survey, enum alm_fill fill, int64_t limit, int n_series,
	struct alm_reporter *reporter)
{
	static const char *const how[] = {"linear", "the previous value", "zero"};
	char when[ALM_TIME_TEXT];
	alm_note(reporter,
		"%zu row%s missing in %zu gap%s, the longest of %lld from %s%s%s; gaps up to %lld rows are "
		"filled (%s), longer ones cut the series",
		survey->n_missing, plural(survey->n_missing, " is", "s are"), survey->n_gaps,
		plural(survey->n_gaps, "", "s"), (long long)survey->longest,
		alm_time_print(survey->longest_ms, when), n_series > 1 ? " in series " : "",
		n_series > 1 ? survey->longest_series : "", (long long)limit, how[fill]);
}

void alm_survey_note(const struct alm_survey *survey, enum alm_fill fill, int64_t limit, int n_series,
	struct alm_reporter *reporter)
{
	char when[ALM_TIME_TEXT];
	if (survey->n_gaps > 0)
		note_gaps(survey, fill, limit, n_series, reporter);
	if (survey->n_null > 0)
		alm_note(reporter, "%zu value%s missing in rows that are there, most in channel '%s' (%zu)",
			survey->n_null, plural(survey->n_null, " is", "s are"), survey->worst_channel,
			survey->worst_null);
	if (survey->n_unused > 0)
		alm_note(reporter,
			"%s%s%s is not used from %s on, because channel '%s' was not observed for more "
			"than %lld rows%s",
			*survey->unused_series ? "series '" : "the dataset", survey->unused_series,
			*survey->unused_series ? "'" : "", alm_time_print(survey->unused_ms, when),
			survey->unused_channel, (long long)limit,
			survey->n_unused > 1 ? "; other series have the same trouble" : "");
}
