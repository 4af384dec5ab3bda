/*
 * One affine scale a channel, fitted on the observed values of the training part only:
 * scaled = (value - center) / scale. Known-ahead calendar channels are left as they are.
 */
#ifndef ALM_SERIES_SCALER_H
#define ALM_SERIES_SCALER_H
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "series/frame.h"
#include "series/window.h"

enum alm_scaling { ALM_SCALE_ZSCORE, ALM_SCALE_MINMAX, ALM_SCALE_NONE };

struct alm_scaler {
	int n_channels;
	float *center, *scale; /* [n_channels]; owned; scale is never 0 */
};

/*
 * Fits over all frames within part (sums in double). A constant channel gets scale 1 and is noted; a channel
 * with no observation in the part is ALM_BAD_DATA, named. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_scaler_fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err);

/* A scaler with room for n_channels, identity. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_scaler_init(
	struct alm_scaler *scaler, int n_channels, struct alm_error *err);
void alm_scaler_release(struct alm_scaler *scaler);

static inline float alm_scaler_apply(const struct alm_scaler *scaler, int channel, float value)
{
	return (value - scaler->center[channel]) / scaler->scale[channel];
}

static inline float alm_scaler_invert(const struct alm_scaler *scaler, int channel, float scaled)
{
	return scaled * scaler->scale[channel] + scaler->center[channel];
}

#endif
