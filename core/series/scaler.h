/*
 * One affine scale a channel, or one a series and channel, fitted on the observed values of the training part only:
 * scaled = (value - center) * (1 / scale). The calendar's channels and categories are left as they are. Row 0 is over all series; with a
 * scale a series, rows 1 .. are theirs, but for static channels, and a series that was not there in training is read with row 0.
 */
#ifndef ALM_SERIES_SCALER_H
#define ALM_SERIES_SCALER_H
#include <stddef.h>
#include <stdint.h>
#include "base/reporter.h"
#include "base/status.h"
#include "series/frame.h"
#include "series/window.h"

enum alm_scaling { ALM_SCALE_ZSCORE, ALM_SCALE_MINMAX, ALM_SCALE_NONE };

struct alm_scaler {
	int n_channels, n_series; /* n_series 0 = one scale for all */
	char **series;            /* [n_series] names, in the order of their rows; owned */
	float *center, *scale;    /* [1 + n_series][n_channels]; owned; scale is never 0 */
	float *inverse;           /* the same shape: 1 / scale, see alm_scaler_set_inverse; owned */
};

/*
 * Fits over all frames within part (sums in double). A constant channel gets scale 1 and is noted; a channel
 * with no observation in the part is ALM_BAD_DATA, named. The caller releases.
 */
ALM_MUST_CHECK enum alm_status alm_scaler_fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err);

/*
 * Adds a row for every series of the panel to a scaler that was fitted on it. A series without an observation of a
 * channel in the part keeps row 0's scale for it, which is noted. ALM_NO_MEMORY; then the scaler is as it was.
 */
ALM_MUST_CHECK enum alm_status alm_scaler_fit_series(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err);

/* A scaler with room for n_channels and the rows of n_series, identity. The caller releases. */
ALM_MUST_CHECK enum alm_status alm_scaler_init(struct alm_scaler *scaler, int n_channels,
	const char *const *series, int n_series, struct alm_error *err);
void alm_scaler_release(struct alm_scaler *scaler);

/*
 * After scales were written from outside: what values are multiplied by. A division would take as long as all else of the
 * gathering of windows.
 */
void alm_scaler_set_inverse(struct alm_scaler *scaler);

/* Writes into the panel's frames which row their values are read with. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_scaler_attach(
	const struct alm_scaler *scaler, struct alm_panel *panel, struct alm_error *err);

/* Leaves those of the panel's frames out whose series has no row of its own, besides those that are left out. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_scaler_leave_out(
	const struct alm_scaler *scaler, struct alm_panel *panel, struct alm_error *err);

static inline float alm_scaler_apply(const struct alm_scaler *scaler, int row, int channel, float value)
{
	ptrdiff_t at = (ptrdiff_t)row * scaler->n_channels + channel;
	return (value - scaler->center[at]) * scaler->inverse[at];
}

static inline float alm_scaler_invert(const struct alm_scaler *scaler, int row, int channel, float scaled)
{
	ptrdiff_t at = (ptrdiff_t)row * scaler->n_channels + channel;
	return scaled * scaler->scale[at] + scaler->center[at];
}

#endif
