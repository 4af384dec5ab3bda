/*
 * The profile of a dataset: what its channels hold and everything in it that is irregular, taken one series after the other,
 * so that memory does not grow with the number of series.
 *
 * An outlier lies more than 3.5 robust deviations from the median of its series and channel, |x - median| > 3.5 MAD / 0.6745
 * (Iglewicz and Hoaglin 1993; MAD is the median of |x - median|). Where more than half of the values are equal the MAD is 0
 * and none is called an outlier. A gap is a run of grid steps between two rows that have no row.
 */
#ifndef ALM_SERIES_PROFILE_H
#define ALM_SERIES_PROFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "base/tally.h"
#include "series/frame.h"
#include "time/freq.h"

#define ALM_PLACE_SERIES 129 /* bytes; longer names are cut */

/* Where something was found. */
struct alm_place {
	char series[ALM_PLACE_SERIES];
	int64_t time_ms;
	double value; /* what is there: the value, or the rows of a gap; NaN when missing */
};

/* How often one kind of thing was found, and where first and last by time. */
struct alm_finding {
	int64_t n;
	struct alm_place first, last;
};

struct alm_channel_profile {
	int64_t n; /* values there are */
	struct alm_tally
		words;   /* of a category, by code: all that is told of it beside n and missing; owned */
	int64_t n_zeros; /* zeros among the values */
	double least, most, sum;
	double median, mad; /* of the series that was added last; NaN without a value */
	struct alm_finding missing, outliers;
};

struct alm_profile_options {
	int n_channels;
	const bool *category; /* [n_channels] values are codes; NULL = none is. Not owned */
	struct alm_freq freq; /* all zero = none fits: then nothing is said of gaps, and no strip is drawn */
	int64_t first_ms, last_ms; /* time range of all series, for the strips */
	int strips, strip_width;   /* strips for so many series at most, so many columns each at most */
};

/* What share of a series' values is there, over the time range of the dataset. */
struct alm_strip {
	char series[ALM_PLACE_SERIES];
	float *share; /* [strip_width] 0..1; owned */
};

struct alm_profile {
	struct alm_profile_options options; /* strip_width at most the steps of the time range */
	int64_t n_series, n_rows, n_steps;  /* steps of the time range */
	struct alm_place shortest,
		longest; /* series by rows: value is the number of rows, time the first one */
	struct alm_channel_profile *channel; /* [n_channels]; owned */
	struct alm_finding gaps, off_grid;
	int64_t n_missing_rows;       /* of all gaps */
	struct alm_place longest_gap; /* value 0 = none */
	int n_strips;
	struct alm_strip *strip; /* [n_strips]; owned */
};

/* Release the profile. */
ALM_MUST_CHECK enum alm_status alm_profile_init(
	struct alm_profile *profile, const struct alm_profile_options *options, struct alm_error *err);
void alm_profile_release(struct alm_profile *profile);

/* Takes in a series that has at least one row. */
ALM_MUST_CHECK enum alm_status alm_profile_add(
	struct alm_profile *profile, const struct alm_series_rows *series, struct alm_error *err);

#endif
