/* How the newest rows and errors compare with what the champion was trained on.  */
#ifndef ALM_RETRAIN_DRIFT_H
#define ALM_RETRAIN_DRIFT_H
#include "model/policy.h"
#include "prepare/champion.h"
#include "store/drift.h"

/*
 * Looks at the rows and scores up to until_ms, with the policy's limits, and keeps what comes out with a run of kind drift, unless it is what
 * is there already. The champion must have been loaded. No findings where nothing is known to compare with. Release them.
 */
ALM_MUST_CHECK enum alm_status alm_drift_look(struct alm_champion *champion, const struct alm_policy *policy,
	int64_t until_ms, struct alm_drift_findings *out, struct alm_error *err);

#endif
