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

/* Rows of one series, not owned. */
struct rows {
	const int64_t *times_ms;
	const float *values; /* [n][n_channels] */
	size_t n;
};

/* The whole buckets of a channel, or of some: from the begin of the first to the end of the last. */
struct whole {
	int64_t from_ms, end_ms;
};

static bool contains(const struct whole *whole, int64_t time_ms)
{
	return time_ms >= whole->from_ms && time_ms < whole->end_ms;
}

/* By the first and the last row: the one before, and the one after, would lie in another bucket. */
static struct whole between(
	const struct alm_freq *bucket, const struct alm_freq *step, int64_t first_ms, int64_t last_ms)
{
	struct whole whole = {bucket_begin(bucket, first_ms, 0), bucket_begin(bucket, last_ms, 0)};
	bool stepped = alm_freq_known(step);
	if (first_ms > whole.from_ms && !(stepped && alm_freq_add(step, first_ms, -1) < whole.from_ms))
		whole.from_ms = alm_bucket_end(bucket, first_ms);
	if (stepped && alm_freq_add(step, last_ms, 1) >= alm_bucket_end(bucket, last_ms))
		whole.end_ms = alm_bucket_end(bucket, last_ms);
	return whole;
}

/* By the rows in which one of n_channels channels has a value. */
static struct whole find_whole(const struct alm_resampling *resampling, const struct alm_freq *step,
	int channel, int n_channels, const struct rows *rows)
{
	size_t first = 0, end = rows->n, stride = (size_t)resampling->n_channels;
	while (first < end && !alm_row_has_value(rows->values + first * stride, channel, n_channels))
		first++;
	while (end > first && !alm_row_has_value(rows->values + (end - 1) * stride, channel, n_channels))
		end--;
	return end > first
		       ? between(&resampling->bucket, step, rows->times_ms[first], rows->times_ms[end - 1])
		       : (struct whole){INT64_MAX, INT64_MIN};
}

static int count_past(const struct alm_resampling *resampling)
{
	return resampling->n_channels - resampling->n_static - resampling->n_future;
}

/* What is whole by past values; where nothing is known ahead, by rows, of which there are some. */
static struct whole find_past(const struct alm_resampling *resampling, const struct rows *rows)
{
	const struct alm_freq *step = &resampling->rows;
	if (resampling->n_future > 0)
		return find_whole(resampling, step, 0, count_past(resampling), rows);
	return between(&resampling->bucket, step, rows->times_ms[0], rows->times_ms[rows->n - 1]);
}

/*
 * Whether future channel i is known of the bucket of the first n_inside rows, which is not whole by past values: its own first and last
 * values are there or, where these have no step, later ones.
 */
static bool is_known(const struct alm_resampling *resampling, int i, const struct rows *rows, size_t n_inside)
{
	size_t stride = (size_t)resampling->n_channels;
	int channel = resampling->n_channels - resampling->n_future + i;
	if (alm_freq_known(&resampling->ahead[i])) {
		struct rows inside = {rows->times_ms, rows->values, n_inside};
		struct whole own = find_whole(resampling, &resampling->ahead[i], channel, 1, &inside);
		return contains(&own, rows->times_ms[0]);
	}
	for (size_t row = n_inside; row < rows->n; row++)
		if (!isnan(rows->values[row * stride + (size_t)channel]))
			return true;
	return false;
}

/*
 * One bucket, of the first n_inside of the rows, into to [n_channels]. This lies at or before them: a channel is written when it has been
 * read. Past values are taken of a whole bucket only.
 */
static void gather(const struct alm_resampling *resampling, const struct rows *rows, size_t n_inside,
	bool whole, float *to)
{
	int first_future = resampling->n_channels - resampling->n_future;
	for (int channel = 0; channel < resampling->n_channels; channel++) {
		bool known = whole || (channel >= first_future &&
					      is_known(resampling, channel - first_future, rows, n_inside));
		to[channel] = known ? (float)aggregate(resampling->aggregate[channel], rows->values + channel,
					      (size_t)resampling->n_channels, n_inside)
				    : NAN;
	}
}

int64_t alm_resample_ahead(
	const struct alm_resampling *resampling, const int64_t *times_ms, const float *values, size_t n)
{
	struct rows rows = {times_ms, values, n};
	if (n == 0)
		return INT64_MAX;
	struct whole past = find_past(resampling, &rows);
	while (n-- > 0)
		if (contains(&past, times_ms[n]) &&
			alm_row_has_value(
				values + n * (size_t)resampling->n_channels, 0, count_past(resampling)))
			return alm_bucket_end(&resampling->bucket, times_ms[n]);
	return INT64_MAX;
}

size_t alm_resample(const struct alm_resampling *resampling, int64_t *times_ms, float *values, size_t n)
{
	size_t n_buckets = 0, n_channels = (size_t)resampling->n_channels;
	if (n == 0)
		return 0;
	struct whole past = find_past(resampling, &(struct rows){times_ms, values, n});
	for (size_t row = 0, next; row < n; row = next) {
		bool whole = contains(&past, times_ms[row]);
		int64_t end_ms = alm_bucket_end(&resampling->bucket, times_ms[row]);
		for (next = row; next < n && times_ms[next] < end_ms;)
			next++;
		struct rows rest = {times_ms + row, values + row * n_channels, n - row};
		float *to = values + n_buckets * n_channels;
		gather(resampling, &rest, next - row, whole, to);
		if (whole || alm_row_has_value(to, 0, resampling->n_channels))
			times_ms[n_buckets++] = end_ms;
	}
	return n_buckets;
}
