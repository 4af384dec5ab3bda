/*
 * The grid step of a series: a fixed number of milliseconds, a number of calendar months or of business days (Monday to
 * Friday, UTC), and the durations that users give in units of time or in steps of such a grid.
 */
#ifndef ALM_TIME_FREQ_H
#define ALM_TIME_FREQ_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

#define ALM_FREQ_TEXT 24 /* bytes that the printers need */

/* Exactly one member is positive; all zero = not known. */
struct alm_freq {
	int64_t step_ms;
	int32_t months;
	int32_t business_days; /* the grid holds no Saturday and no Sunday */
};

bool alm_freq_known(const struct alm_freq *freq);

/* A duration as given: "90min" "24h" "7d" "2w" "30s" "500ms" are time, "1mo" "1y" months, "5bd" business days, "168" steps. */
struct alm_duration {
	enum alm_duration_kind {
		ALM_DURATION_STEPS,
		ALM_DURATION_MS,
		ALM_DURATION_MONTHS,
		ALM_DURATION_BUSINESS
	} kind;
	int64_t count; /* >= 0 */
};

/* ALM_USAGE naming `option` and the accepted units; overflow is refused. */
ALM_MUST_CHECK enum alm_status alm_duration_parse(
	const char *option, const char *text, struct alm_duration *out, struct alm_error *err);

/* The duration in the form it is given in: "7d", "90min", "168". */
const char *alm_duration_print(const struct alm_duration *duration, char out[static ALM_FREQ_TEXT]);

/* In grid steps. ALM_USAGE naming `option` when it is no whole number of steps (says both, and the nearest). */
ALM_MUST_CHECK enum alm_status alm_duration_steps(const char *option, const struct alm_duration *duration,
	const struct alm_freq *freq, int64_t *n_steps, struct alm_error *err);

/* The instant that lies the duration before another, of which the grid needs to be known only for steps. */
int64_t alm_duration_before(
	const struct alm_duration *duration, const struct alm_freq *freq, int64_t time_ms);

/* "1h", "15min", "1mo", "1bd" as a grid step; steps ("5") are refused. */
ALM_MUST_CHECK enum alm_status alm_freq_parse(
	const char *option, const char *text, struct alm_freq *out, struct alm_error *err);
const char *alm_freq_print(const struct alm_freq *freq, char out[static ALM_FREQ_TEXT]);

/*
 * The step of n sorted, distinct times: the most frequent difference, when all other differences are multiples
 * of it or rare (under 5 %); months when all times share day-of-month and time of day and differ by whole
 * months that are no fixed number of days; business days when they share the time of day, none is on a weekend, at least
 * one weekend lies among them and most follow on the business day before. ALM_BAD_DATA (says why, shows --freq) when n < 3 or no step fits.
 */
ALM_MUST_CHECK enum alm_status alm_freq_infer(
	const int64_t *times_ms, size_t n, struct alm_freq *out, struct alm_error *err);

/*
 * start plus n steps (n may be negative). Months keep the day of month, clamped to the month's length; business days keep the
 * time of day, and a start on a weekend counts as the Friday before it.
 */
int64_t alm_freq_add(const struct alm_freq *freq, int64_t start_ms, int64_t n_steps);

/* Whole steps from start to time; *on_grid says whether time is exactly there. Rounds down. */
int64_t alm_freq_between(const struct alm_freq *freq, int64_t start_ms, int64_t time_ms, bool *on_grid);

/* Steps in the usual season: a day for steps under a day, a week for days and business days, a year for months; 1 if none. */
int64_t alm_freq_season(const struct alm_freq *freq);

#endif
