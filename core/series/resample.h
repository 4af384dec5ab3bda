/*
 * Resampling: the rows of a series gathered into buckets of a coarser step, such as hours into days.
 *
 * A bucket holds the rows from its begin up to, and without, its end, and bears the time of its end: at that instant all of it
 * is known, and nothing after it has been looked at. Buckets begin at multiples of their step from a Monday's midnight, those
 * of months, quarters and years on their first days, all in UTC.
 *
 * A value is made of those that were observed; where none was, it is missing. A bucket without rows is not there. The first
 * bucket of a series is left out when its first rows are not there, and the last one until its last row is: the sum of a part
 * of a day is none of a day. Whether they are there is told by the step of the rows; where these have none, the first bucket
 * is left out unless a row lies at its begin, and the last one always.
 *
 * Where channels are known ahead, the rows that tell how far a series has come are those in which a past channel has a value: a
 * bucket that is not whole by these holds no past value, whatever rows it has. Into a channel that is known ahead all rows of
 * its bucket go. Of a bucket that is not whole by past values it is known when its own first and last values in it are there,
 * by its own step; where its values have no step, when there are later ones.
 */
#ifndef ALM_SERIES_RESAMPLE_H
#define ALM_SERIES_RESAMPLE_H
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "time/freq.h"

enum alm_aggregate {
	ALM_AGGREGATE_SUM,
	ALM_AGGREGATE_MEAN,
	ALM_AGGREGATE_LAST,
	ALM_AGGREGATE_MIN,
	ALM_AGGREGATE_MAX,
};

/*
 * One of them for each of n channels, from "sum", "sum,price=mean" or "qty=sum,price=mean": a word without a name holds for
 * all channels of numbers that are not named, mean where there is none. A category (NULL = none is) has its last value. ALM_USAGE
 * naming --aggregate: another word, a channel that is not there or is named twice, two words without a name, another word
 * than last for a category; *out is of no use then.
 */
ALM_MUST_CHECK enum alm_status alm_aggregate_parse(const char *text, const char *const *channels,
	const bool *category, int n, enum alm_aggregate *out, struct alm_error *err);

/* The end of the bucket that an instant lies in; the step is of time or of months. */
int64_t alm_bucket_end(const struct alm_freq *bucket, int64_t time_ms);

/* Whether one of n channels from `channel` on has a value in a row. */
static inline bool alm_row_has_value(const float *row, int channel, int n)
{
	for (int i = channel; i < channel + n; i++)
		if (!isnan(row[i]))
			return true;
	return false;
}

/* What is gathered, and how. */
struct alm_resampling {
	struct alm_freq bucket;
	struct alm_freq rows; /* step of the rows, or of those with a past value; all zero = they have none */
	int n_channels;       /* past ones, static ones, and those known ahead */
	int n_static, n_future;
	const struct alm_freq *ahead;        /* [n_future] steps of their values; all zero = none */
	const enum alm_aggregate *aggregate; /* [n_channels] */
};

/*
 * The end of the last whole bucket in which a past channel has a value, from which on all is ahead; INT64_MAX when there is
 * none. Arguments as below.
 */
int64_t alm_resample_ahead(
	const struct alm_resampling *resampling, const int64_t *times_ms, const float *values, size_t n);

/* Gathers n rows in place: times_ms [n], rising; values [n][n_channels], NaN = missing. Returns the number of buckets. */
size_t alm_resample(const struct alm_resampling *resampling, int64_t *times_ms, float *values, size_t n);

#endif
