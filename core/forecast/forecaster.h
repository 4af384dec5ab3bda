/*
 * A forecaster answers for windows: a network or a baseline, behind one function, so that whoever scores or
 * shows forecasts need not know which. Everything is in the data's own units.
 */
#ifndef ALM_FORECAST_FORECASTER_H
#define ALM_FORECAST_FORECASTER_H
#include <stddef.h>
#include "base/status.h"
#include "series/window.h"

struct alm_forecaster {
	const char *name; /* "model", "seasonal_naive"; static */
	int n_targets;    /* the panel's first channels */

	/*
	 * Forecasts of n windows from `first` on into out [n][horizon][n_targets]. Looks at nothing after a window's
	 * last input row. Called by one thread at a time; may use several itself.
	 */
	enum alm_status (*predict)(struct alm_forecaster *self, const struct alm_windows *windows,
		size_t first, size_t n, float *out, struct alm_error *err);
};

#endif
