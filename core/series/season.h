/*
 * Seasons of a series, found in its autocorrelation (Box and Jenkins): the lags at which the series repeats itself.
 *
 * First the differences of neighbouring rows are looked at, in which neither trend nor level is left, then the values less
 * their line of least squares, for seasons so long that their slope is lost in the noise of differences; and for all where
 * they show one of that length much more plainly, so that differences are mostly noise. A lag is a season
 * when its autocorrelation is the largest within a third of the lag on both sides and rises well above what lies before it;
 * a multiple of a season is one only when it repeats better than the season itself: a week more than seven times a day.
 */
#ifndef ALM_SERIES_SEASON_H
#define ALM_SERIES_SEASON_H
#include "base/status.h"
#include "series/frame.h"
#include "time/freq.h"

#define ALM_SEASONS_MAX 4

/* Only the newest rows are looked at, so many at most. */
#define ALM_SEASON_ROWS 262144

struct alm_seasons {
	int n;
	struct alm_season {
		int64_t steps;      /* of the grid */
		double correlation; /* there, 0..1 */
	} season[ALM_SEASONS_MAX];  /* from short to long */
};

/*
 * The seasons of one channel of a series. Values that are missing, and rows off the grid from the series' first time, take
 * no part. A series with less than 16 steps has none.
 */
ALM_MUST_CHECK enum alm_status alm_seasons_find(const struct alm_series_rows *series, int n_channels,
	int channel, const struct alm_freq *freq, struct alm_seasons *out, struct alm_error *err);

/* "a day", "a week", "a year" ... when that many steps are one, within a step or a hundredth; NULL otherwise. Static. */
const char *alm_season_name(const struct alm_freq *freq, int64_t steps);

/* That many steps as a length: "1d", "1w". */
const char *alm_season_length(const struct alm_freq *freq, int64_t steps, char out[static ALM_FREQ_TEXT]);

#endif
