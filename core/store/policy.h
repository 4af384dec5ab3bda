/* The policy of a model as it is kept: the options of `almanac retrain` that were given. What they mean is core/model's. */
#ifndef ALM_STORE_POLICY_H
#define ALM_STORE_POLICY_H
#include "store/model.h"

/* By key. Release the result. */
ALM_MUST_CHECK enum alm_status alm_policy_load(
	struct alm_db *db, int64_t model_id, struct alm_pairs *out, struct alm_error *err);

/* Sets these and leaves the others as they are; in a transaction of its own. */
ALM_MUST_CHECK enum alm_status alm_policy_store(
	struct alm_db *db, int64_t model_id, const struct alm_pairs *given, struct alm_error *err);

#endif
