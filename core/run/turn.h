/* One model's turn in a retraining. Internal to run. */
#ifndef ALM_RUN_TURN_H
#define ALM_RUN_TURN_H
#include "base/context.h"
#include "run/retrain.h"

/*
 * Looks at the model and does what is due; what comes of it is in `out`, also when it fails. deadline_s: by the monotonic clock, no
 * training goes beyond it (0 = none). Where nothing is due, nothing is written.
 */
void alm_retrain_model(const struct alm_context *context, const struct alm_retrain_request *request,
	const char *model, double deadline_s, struct alm_retrain_model *out);

#endif
