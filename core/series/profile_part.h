/* The parts of a profile, each in a file of its own. Internal to series. */
#ifndef ALM_SERIES_PROFILE_PART_H
#define ALM_SERIES_PROFILE_PART_H
#include "series/profile.h"

void alm_place_set(struct alm_place *place, const char *series, int64_t time_ms, double value);

/* Counts one more. */
void alm_finding_add(struct alm_finding *finding, const char *series, int64_t time_ms, double value);

/* Takes in one channel of a series. `scratch` has room for a value of every row. */
void alm_channel_profile_add(struct alm_channel_profile *profile, const struct alm_series_rows *series,
	int n_channels, int channel, double *scratch);

/* The same of a category, whose values are codes. */
ALM_MUST_CHECK enum alm_status alm_category_profile_add(struct alm_channel_profile *profile,
	const struct alm_series_rows *series, int n_channels, int channel, struct alm_error *err);

/* Draws the strip of a series on a profile with a grid step. */
ALM_MUST_CHECK enum alm_status alm_strip_draw(const struct alm_profile *profile,
	const struct alm_series_rows *series, struct alm_strip *out, struct alm_error *err);

#endif
