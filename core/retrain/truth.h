/* Forecasts against what was observed since. */
#ifndef ALM_RETRAIN_TRUTH_H
#define ALM_RETRAIN_TRUTH_H
#include "base/context.h"
#include "prepare/champion.h"
#include "store/live.h"

struct alm_truth {
	struct alm_live_score *score; /* [n]; owned */
	size_t n, room;
	int64_t n_points; /* observed values that were compared, over all */
	double absolute,
		baseline_absolute; /* sums of absolute errors over those that the baseline had, too */
	int64_t n_both;
};

/* The baseline that every forecast is scored beside. */
#define ALM_TRUTH_BASELINE "seasonal_naive"

/*
 * Compares every forecast of the model that is not scored to its end with the rows up to until_ms. The champion must have been
 * loaded. Nothing is written. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_truth_find(const struct alm_context *context,
	struct alm_champion *champion, int64_t until_ms, struct alm_truth *out, struct alm_error *err);
void alm_truth_release(struct alm_truth *truth);

/* Writes the scores, with a run of kind score, in commits that do not last long. *run_id 0 when there was nothing to write. */
ALM_MUST_CHECK enum alm_status alm_truth_store(
	struct alm_champion *champion, const struct alm_truth *truth, int64_t *run_id, struct alm_error *err);

#endif
