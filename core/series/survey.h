/*
 * The survey of a dataset's rows before they are laid on a grid: whether its values can be used, and what is to be said
 * about those that are missing. Internal to series.
 */
#ifndef ALM_SERIES_SURVEY_H
#define ALM_SERIES_SURVEY_H
#include <stddef.h>
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "series/frame.h"
#include "series/stretch.h"

struct alm_survey {
	size_t n_null;     /* values missing in rows that are there */
	size_t worst_null; /* how many of them in the channel with most, and its name */
	const char *worst_channel;
	size_t n_gaps, n_missing;    /* runs of rows that are not there, and how many rows */
	int64_t longest, longest_ms; /* the longest of them, where it begins and in which series */
	const char *longest_series;
	size_t n_unused; /* series whose last rows are in no frame; of the first of them: */
	const char *unused_series, *unused_channel;
	int64_t unused_ms; /* time of the first such row */
};

/*
 * ALM_BAD_DATA for a value that is infinite and for a channel without any. One pass a channel. Where a series goes on
 * with nothing but what is known ahead, no value is missing.
 */
ALM_MUST_CHECK enum alm_status alm_survey_values(struct alm_survey *survey,
	const struct alm_series_rows *series, int n_series, const struct alm_panel_options *options,
	struct alm_error *err);

/* Adds what was found in the rows of a series that has any. */
void alm_survey_add(struct alm_survey *survey, const struct alm_series_rows *series,
	const struct alm_stretches *stretches, const struct alm_freq *freq, const char *const *channels);

/* Says it. */
void alm_survey_note(const struct alm_survey *survey, enum alm_fill fill, int64_t limit, int n_series,
	struct alm_reporter *reporter);

#endif
