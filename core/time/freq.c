#include "time/freq.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "time/business.h"
#include "time/calendar.h"
#include "time/timestamp.h"

#define DAY_MS INT64_C(86400000)

/* Differences that are no multiples of the step may be this share of all: a clock that was set, a wrong row. */
#define RARE 0.05

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Months since year 0. */
static int64_t month_number(const struct alm_civil *civil)
{
	return civil->year * 12 + civil->month - 1;
}

/* start plus n months; a day that the month does not have becomes its last. */
static int64_t add_months(int64_t start_ms, int64_t n)
{
	struct alm_civil civil;
	alm_civil_of(start_ms, &civil);
	int64_t month = month_number(&civil) + n;
	civil.year = floor_div(month, 12);
	civil.month = (int)(month - civil.year * 12) + 1;
	int last = alm_days_in_month(civil.year, civil.month);
	civil.day = civil.day < last ? civil.day : last;
	return alm_time_of_civil(&civil);
}

/* Milliseconds since midnight. */
static int64_t time_of_day(int64_t time_ms)
{
	return time_ms - floor_div(time_ms, DAY_MS) * DAY_MS;
}

static int64_t add_business_days(int64_t start_ms, int64_t n)
{
	return alm_business_time(alm_business_day(start_ms) + n) + time_of_day(start_ms);
}

/* Whole business days from start to time; those of a weekend have all of the Friday behind them. */
static int64_t business_days_between(int64_t start_ms, int64_t time_ms)
{
	int64_t n = alm_business_day(time_ms) - alm_business_day(start_ms);
	return n - (alm_is_business_day(time_ms) && time_of_day(time_ms) < time_of_day(start_ms));
}

bool alm_freq_known(const struct alm_freq *freq)
{
	return freq->step_ms > 0 || freq->months > 0 || freq->business_days > 0;
}

int64_t alm_freq_add(const struct alm_freq *freq, int64_t start_ms, int64_t n_steps)
{
	if (freq->months)
		return add_months(start_ms, n_steps * freq->months);
	if (freq->business_days)
		return add_business_days(start_ms, n_steps * freq->business_days);
	return start_ms + n_steps * freq->step_ms;
}

int64_t alm_freq_between(const struct alm_freq *freq, int64_t start_ms, int64_t time_ms, bool *on_grid)
{
	int64_t n;
	if (freq->business_days) {
		n = floor_div(business_days_between(start_ms, time_ms), freq->business_days);
	} else if (freq->months == 0) {
		n = floor_div(time_ms - start_ms, freq->step_ms);
	} else {
		struct alm_civil start, time;
		alm_civil_of(start_ms, &start);
		alm_civil_of(time_ms, &time);
		n = floor_div(month_number(&time) - month_number(&start), freq->months);
		if (alm_freq_add(freq, start_ms, n) > time_ms)
			n--;
	}
	*on_grid = alm_freq_add(freq, start_ms, n) == time_ms;
	return n;
}

int64_t alm_freq_season(const struct alm_freq *freq)
{
	if (freq->months)
		return freq->months < 12 && 12 % freq->months == 0 ? 12 / freq->months : 1;
	if (freq->business_days)
		return freq->business_days == 1 ? 5 : 1;
	if (freq->step_ms < DAY_MS)
		return DAY_MS % freq->step_ms == 0 ? DAY_MS / freq->step_ms : 1;
	return freq->step_ms == DAY_MS ? 7 : 1;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The most frequent of n sorted values; the smaller one of two equally frequent. */
static int64_t most_frequent(const int64_t *sorted, size_t n)
{
	int64_t best = sorted[0];
	size_t best_count = 0;
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first; end < n && sorted[end] == sorted[first];)
			end++;
		if (end - first > best_count) {
			best_count = end - first;
			best = sorted[first];
		}
	}
	return best;
}

/* The value of more than half of n, found without sorting (Boyer and Moore, MJRTY, 1981); false when there is none. */
static bool find_majority(const int64_t *values, size_t n, int64_t *out)
{
	size_t lead = 0, count = 0;
	int64_t candidate = 0;
	for (size_t i = 0; i < n; i++) {
		if (lead == 0)
			candidate = values[i];
		lead = values[i] == candidate ? lead + 1 : lead - 1;
	}
	for (size_t i = 0; i < n; i++)
		count += values[i] == candidate;
	*out = candidate;
	return count > n / 2;
}

/* Whether all times share the time of day and are whole months apart; *months is the smallest distance. */
static bool months_apart(const int64_t *times_ms, size_t n, int32_t *months)
{
	int64_t least = INT64_MAX;
	struct alm_civil first, before, civil;
	alm_civil_of(times_ms[0], &first);
	before = first;
	for (size_t i = 1; i < n; i++) {
		alm_civil_of(times_ms[i], &civil);
		int64_t distance = month_number(&civil) - month_number(&before);
		if (distance < 1 ||
			add_months(times_ms[0], month_number(&civil) - month_number(&first)) != times_ms[i])
			return false;
		least = distance < least ? distance : least;
		before = civil;
	}
	*months = (int32_t)(least < 1200 ? least : 1200);
	return true;
}

/*
 * Whether the times are of business days: one time of day, none on a weekend but at least one weekend among them, and most on
 * the business day after the one before, as those of weeks are not.
 */
static bool business_days_apart(const int64_t *times_ms, size_t n)
{
	size_t next = 0;
	bool weekend = false;
	for (size_t i = 0; i < n; i++) {
		if (!alm_is_business_day(times_ms[i]) || time_of_day(times_ms[i]) != time_of_day(times_ms[0]))
			return false;
		int64_t days = i ? alm_business_day(times_ms[i]) - alm_business_day(times_ms[i - 1]) : 0;
		next += days == 1;
		weekend = weekend || (days == 1 && times_ms[i] - times_ms[i - 1] > DAY_MS);
	}
	return weekend && 2 * next > n - 1;
}

static enum alm_status infer_fixed(
	const int64_t *times_ms, size_t n, struct alm_freq *out, struct alm_error *err)
{
	size_t n_bytes, odd = 0;
	int64_t step, *distance = alm_mul_size(n - 1, sizeof *distance, &n_bytes) ? malloc(n_bytes) : NULL;
	if (!distance)
		return alm_fail_memory(err, n * sizeof *distance);
	for (size_t i = 0; i + 1 < n; i++)
		distance[i] = times_ms[i + 1] - times_ms[i];
	if (!find_majority(distance, n - 1, &step)) {
		qsort(distance, n - 1, sizeof *distance, compare);
		step = most_frequent(distance, n - 1);
	}
	for (size_t i = 0; i + 1 < n; i++)
		odd += distance[i] % step != 0;
	free(distance);
	if ((double)odd > RARE * (double)(n - 1)) {
		char text[ALM_FREQ_TEXT];
		struct alm_freq found = {.step_ms = step};
		return alm_fail(err, ALM_BAD_DATA,
			"the most frequent distance of times is %s, but %zu of %zu are no multiple of it; "
			"give --freq",
			alm_freq_print(&found, text), odd, n - 1);
	}
	*out = (struct alm_freq){.step_ms = step};
	return ALM_OK;
}

enum alm_status alm_freq_infer(const int64_t *times_ms, size_t n, struct alm_freq *out, struct alm_error *err)
{
	if (n < 3)
		return alm_fail(err, ALM_BAD_DATA,
			"to see the grid step takes 3 rows of a series, found %zu; give --freq", n);
	int32_t months;
	if (times_ms[1] - times_ms[0] >= 28 * DAY_MS && months_apart(times_ms, n, &months)) {
		*out = (struct alm_freq){.months = months};
		return ALM_OK;
	}
	if (business_days_apart(times_ms, n)) {
		*out = (struct alm_freq){.business_days = 1};
		return ALM_OK;
	}
	return infer_fixed(times_ms, n, out, err);
}
