/* What is kept with a new version so that drift can be found later.  */
#ifndef ALM_RETRAIN_DRIFT_FIT_H
#define ALM_RETRAIN_DRIFT_FIT_H
#include "base/pool.h"
#include "prepare/prepare.h"
#include "store/drift.h"

/*
 * Every data channel of the training part, but static ones, and the errors on the test part beside seasonal naive's. The
 * panel has been attached to the model. A network that gives no number, or no test part, leaves the errors unknown. ALM_NO_MEMORY. Release the
 * result.
 */
ALM_MUST_CHECK enum alm_status alm_drift_fit(const struct alm_prepared *data, struct alm_trained *trained,
	const struct alm_duration *window, struct alm_pool *pool, struct alm_drift_references *out,
	struct alm_error *err);

#endif
