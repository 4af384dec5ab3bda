#include <math.h>
#include "series/profile_part.h"

/* Iglewicz and Hoaglin: more of these from the median is an outlier, and MAD / 0.6745 is a normal deviation. */
#define DEVIATIONS    3.5
#define MAD_OF_NORMAL 0.6745

/* Hoare's selection: element k of the sorted values comes to place k, nothing larger before it, nothing smaller behind. */
static void select_place(double *values, int64_t n, int64_t k)
{
	int64_t low = 0, high = n - 1;
	while (low < high) {
		double pivot = values[k];
		int64_t i = low, j = high;
		do {
			for (; values[i] < pivot; i++)
				;
			for (; pivot < values[j]; j--)
				;
			if (i <= j) {
				double kept = values[i];
				values[i++] = values[j];
				values[j--] = kept;
			}
		} while (i <= j);
		low = j < k ? i : low;
		high = k < i ? j : high;
	}
}

/* Of an even number of values the mean of the two in the middle; reorders them. */
static double median_of(double *values, int64_t n)
{
	if (n == 0)
		return NAN;
	select_place(values, n, n / 2);
	double upper = values[n / 2], lower = values[0];
	if (n % 2 == 1)
		return upper;
	for (int64_t i = 1; i < n / 2; i++)
		lower = fmax(lower, values[i]);
	return lower + (upper - lower) / 2;
}

static void find_outliers(struct alm_channel_profile *profile, const struct alm_series_rows *series,
	int n_channels, int channel)
{
	double limit = DEVIATIONS * profile->mad / MAD_OF_NORMAL;
	if (!(profile->mad > 0))
		return;
	for (size_t row = 0; row < series->n_rows; row++) {
		double value = (double)series->values[row * (size_t)n_channels + (size_t)channel];
		if (fabs(value - profile->median) > limit) /* a missing value is not */
			alm_finding_add(&profile->outliers, series->name, series->times_ms[row], value);
	}
}

void alm_channel_profile_add(struct alm_channel_profile *profile, const struct alm_series_rows *series,
	int n_channels, int channel, double *scratch)
{
	int64_t n = 0;
	for (size_t row = 0; row < series->n_rows; row++) {
		double value = (double)series->values[row * (size_t)n_channels + (size_t)channel];
		if (isnan(value)) {
			alm_finding_add(&profile->missing, series->name, series->times_ms[row], NAN);
			continue;
		}
		scratch[n++] = value;
		profile->n_zeros += value == 0;
		profile->sum += value;
		profile->least = fmin(profile->least, value);
		profile->most = fmax(profile->most, value);
	}
	profile->n += n;
	profile->median = median_of(scratch, n);
	for (int64_t i = 0; i < n; i++)
		scratch[i] = fabs(scratch[i] - profile->median);
	profile->mad = median_of(scratch, n);
	find_outliers(profile, series, n_channels, channel);
}

enum alm_status alm_category_profile_add(struct alm_channel_profile *profile,
	const struct alm_series_rows *series, int n_channels, int channel, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (size_t row = 0; row < series->n_rows && status == ALM_OK; row++) {
		float code = series->values[row * (size_t)n_channels + (size_t)channel];
		if (isnan(code)) {
			alm_finding_add(&profile->missing, series->name, series->times_ms[row], NAN);
			continue;
		}
		profile->n++;
		status = alm_tally_add(&profile->words, (int)code, err);
	}
	return status;
}
