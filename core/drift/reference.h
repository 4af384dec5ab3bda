/*
 * What is kept of a channel of the training part, so that drift can be found without reading that again: its usual values (usual.h), the
 * shares of what is left in ten bins of the same size, its range, and the worst that any window of the training itself looked like beside all of it.
 * That is what the limit of the stability index rests on: how much a few days differ from the whole without any drift is a property of the data,
 * which hangs together from hour to hour, and no table knows it.
 */
#ifndef ALM_DRIFT_REFERENCE_H
#define ALM_DRIFT_REFERENCE_H
#include "series/frame.h"
#include "series/scaler.h"
#include "series/window.h"
#include "store/drift.h"

/* A window moves on by a third of its length: a day where it is three, as every night does. */
#define ALM_DRIFT_STEPS 3

/* Rows of a window at least: five for each bin, where the approximation by chi-square holds (Cochran, Biometrics 10, 1954). */
#define ALM_DRIFT_ROWS_MIN 50

/* Windows, one after the other, that a training holds before its own worst is taken as a measure. */
#define ALM_DRIFT_WINDOWS_MIN 20

/*
 * Of one channel within a part of the panel, which has been attached to the scaler. Of a category only missing rows are counted: it has no bins.
 * ALM_NO_MEMORY. A part without a row gives a reference of no window.
 */
ALM_MUST_CHECK enum alm_status alm_drift_reference_fit(const struct alm_panel *panel,
	const struct alm_scaler *scaler, const struct alm_part *part, int channel, int64_t window_ms,
	struct alm_drift_reference *out, struct alm_error *err);

/* The length of windows: as wished, and of ALM_DRIFT_ROWS_MIN rows at least. */
int64_t alm_drift_window(const struct alm_freq *freq, int64_t wished_ms);

/* The bin of a value at an instant: 0..n_edges. */
int alm_drift_bin(const struct alm_drift_reference *reference, int64_t time_ms, double scaled);

#endif
