#include "series/resample.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "time/calendar.h"

static const char *const words[] = {[ALM_AGGREGATE_SUM] = "sum",
	[ALM_AGGREGATE_MEAN] = "mean",
	[ALM_AGGREGATE_LAST] = "last",
	[ALM_AGGREGATE_MIN] = "min",
	[ALM_AGGREGATE_MAX] = "max"};

#define N_WORDS ((int)(sizeof words / sizeof *words))

/* Stands for a channel that has not been named yet. */
#define UNNAMED ((enum alm_aggregate)N_WORDS)

#define MONDAY_MS INT64_C(345600000) /* 1970-01-05 */

/* The place of a text of `length` bytes among n others, -1 when it is not there. */
static int find(const char *text, size_t length, const char *const *all, int n)
{
	for (int i = 0; i < n; i++)
		if (strlen(all[i]) == length && memcmp(all[i], text, length) == 0)
			return i;
	return -1;
}

/* One entry, "word" or "channel=word". */
static enum alm_status take_entry(const char *entry, size_t length, const char *const *channels, int n,
	enum alm_aggregate *out, enum alm_aggregate *all, struct alm_error *err)
{
	const char *equals = memrchr(entry, '=', length), *word = equals ? equals + 1 : entry;
	size_t word_length = length - (size_t)(word - entry);
	int place = find(word, word_length, words, N_WORDS);
	if (place < 0)
		return alm_fail(err, ALM_USAGE,
			"--aggregate: expected sum, mean, last, min or max, found '%.*s'", (int)word_length,
			word);
	int channel = equals ? find(entry, (size_t)(equals - entry), channels, n) : -1;
	if (equals && channel < 0)
		return alm_fail(err, ALM_USAGE, "--aggregate: the model has no channel '%.*s'",
			(int)(equals - entry), entry);
	enum alm_aggregate *to = equals ? &out[channel] : all;
	if (*to != UNNAMED)
		return alm_fail(
			err, ALM_USAGE, "--aggregate: '%.*s' is said a second time", (int)length, entry);
	*to = (enum alm_aggregate)place;
	return ALM_OK;
}

/* Texts have no sum: a category that was named may only have its last value, one that was not has it. */
static enum alm_status settle_category(const char *channel, enum alm_aggregate *how, struct alm_error *err)
{
	if (*how != UNNAMED && *how != ALM_AGGREGATE_LAST)
		return alm_fail(err, ALM_USAGE,
			"--aggregate: channel '%s' is a category and has no %s; use last", channel,
			words[*how]);
	*how = ALM_AGGREGATE_LAST;
	return ALM_OK;
}

enum alm_status alm_aggregate_parse(const char *text, const char *const *channels, const bool *category,
	int n, enum alm_aggregate *out, struct alm_error *err)
{
	enum alm_aggregate all = UNNAMED;
	for (int i = 0; i < n; i++)
		out[i] = UNNAMED;
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		enum alm_status status = take_entry(text, length, channels, n, out, &all, err);
		if (status != ALM_OK)
			return status;
		text += length + (text[length] == ',');
	}
	for (int i = 0; i < n; i++) {
		enum alm_status status =
			category && category[i] ? settle_category(channels[i], &out[i], err) : ALM_OK;
		if (status != ALM_OK)
			return status;
		if (out[i] == UNNAMED)
			out[i] = all == UNNAMED ? ALM_AGGREGATE_MEAN : all;
	}
	return ALM_OK;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The begin of the bucket `further` ones after that of the instant. */
static int64_t bucket_begin(const struct alm_freq *bucket, int64_t time_ms, int64_t further)
{
	if (bucket->months == 0)
		return (floor_div(time_ms - MONDAY_MS, bucket->step_ms) + further) * bucket->step_ms +
		       MONDAY_MS;
	struct alm_civil civil;
	alm_civil_of(time_ms, &civil);
	int64_t month =
		(floor_div(civil.year * 12 + civil.month - 1, bucket->months) + further) * bucket->months;
	int64_t year = floor_div(month, 12);
	return alm_time_of_civil(
		&(struct alm_civil){.year = year, .month = (int)(month - year * 12) + 1, .day = 1});
}

int64_t alm_bucket_end(const struct alm_freq *bucket, int64_t time_ms)
{
	return bucket_begin(bucket, time_ms, 1);
}

/* Of one channel; NaN when nothing was observed. */
static double aggregate(enum alm_aggregate how, const float *values, size_t stride, size_t n)
{
	double sum = 0, least = INFINITY, most = -INFINITY, last = NAN;
	size_t known = 0;
	for (size_t i = 0; i < n; i++) {
		double value = (double)values[i * stride];
		if (isnan(value))
			continue;
		known++;
		sum += value;
		least = fmin(least, value);
		most = fmax(most, value);
		last = value;
	}
	if (known == 0)
		return NAN;
	switch (how) {
	case ALM_AGGREGATE_SUM:
		return sum;
	case ALM_AGGREGATE_MEAN:
		return sum / (double)known;
	case ALM_AGGREGATE_LAST:
		return last;
	case ALM_AGGREGATE_MIN:
		return least;
	case ALM_AGGREGATE_MAX:
		return most;
	}
	return NAN;
}

/* Whether the row before the first one of the series would lie in an earlier bucket. */
static bool begins_whole(const struct alm_resampling *resampling, int64_t first_ms)
{
	int64_t begin = bucket_begin(&resampling->bucket, first_ms, 0);
	return first_ms == begin ||
	       (alm_freq_known(&resampling->rows) && alm_freq_add(&resampling->rows, first_ms, -1) < begin);
}

/* Whether the row after the last one of the series would lie in a later bucket. */
static bool ends_whole(const struct alm_resampling *resampling, int64_t last_ms)
{
	return alm_freq_known(&resampling->rows) &&
	       alm_freq_add(&resampling->rows, last_ms, 1) >= alm_bucket_end(&resampling->bucket, last_ms);
}

size_t alm_resample(const struct alm_resampling *resampling, int64_t *times_ms, float *values, size_t n)
{
	size_t n_buckets = 0, n_channels = (size_t)resampling->n_channels;
	if (n == 0)
		return 0;
	bool begins = begins_whole(resampling, times_ms[0]), ends = ends_whole(resampling, times_ms[n - 1]);
	for (size_t row = 0, next; row < n; row = next) {
		int64_t end_ms = alm_bucket_end(&resampling->bucket, times_ms[row]);
		for (next = row; next < n && times_ms[next] < end_ms;)
			next++;
		if ((row == 0 && !begins) || (next == n && !ends))
			continue;
		/* The bucket's row is at or before its first: a channel is written when it has been read. */
		for (size_t channel = 0; channel < n_channels; channel++)
			values[n_buckets * n_channels + channel] =
				(float)aggregate(resampling->aggregate[channel],
					values + row * n_channels + channel, n_channels, next - row);
		times_ms[n_buckets++] = end_ms;
	}
	return n_buckets;
}
