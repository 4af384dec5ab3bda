/*
 * The grid step of a series: a fixed number of milliseconds or a number of calendar months, and the durations
 * that users give in units of time or in steps of such a grid.
 */
#ifndef ALM_TIME_FREQ_H
#define ALM_TIME_FREQ_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

#define ALM_FREQ_TEXT 24 /* bytes that the printers need */

/* Exactly one member is positive. */
struct alm_freq {
	int64_t step_ms;
	int32_t months;
};

/* A duration as given: "90min" "24h" "7d" "2w" "30s" "500ms" are time, "1mo" "1y" months, "168" steps. */
struct alm_duration {
	enum { ALM_DURATION_STEPS, ALM_DURATION_MS, ALM_DURATION_MONTHS } kind;
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

/* "1h", "15min", "1mo" as a grid step; steps ("5") are refused. */
ALM_MUST_CHECK enum alm_status alm_freq_parse(
	const char *option, const char *text, struct alm_freq *out, struct alm_error *err);
const char *alm_freq_print(const struct alm_freq *freq, char out[static ALM_FREQ_TEXT]);

/*
 * The step of n sorted, distinct times: the most frequent difference, when all other differences are multiples
 * of it or rare (under 5 %); months when all times share day-of-month and time of day and differ by whole
 * months that are no fixed number of days. ALM_BAD_DATA (says why, shows --freq) when n < 3 or no step fits.
 */
ALM_MUST_CHECK enum alm_status alm_freq_infer(
	const int64_t *times_ms, size_t n, struct alm_freq *out, struct alm_error *err);

/* start plus n steps (n may be negative). Months keep the day of month, clamped to the month's length. */
int64_t alm_freq_add(const struct alm_freq *freq, int64_t start_ms, int64_t n_steps);

/* Whole steps from start to time; *on_grid says whether time is exactly there. Rounds down. */
int64_t alm_freq_between(const struct alm_freq *freq, int64_t start_ms, int64_t time_ms, bool *on_grid);

/* Steps in the usual season: a day for steps under a day, a week for days, a year for months; 1 if none. */
int64_t alm_freq_season(const struct alm_freq *freq);

#endif
