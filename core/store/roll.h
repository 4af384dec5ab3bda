/* Which models there are, for verbs that take all of them. */
#ifndef ALM_STORE_ROLL_H
#define ALM_STORE_ROLL_H
#include "base/names.h"
#include "base/status.h"
#include "store/db.h"

/* Adds the names of all models, in order. */
ALM_MUST_CHECK enum alm_status alm_model_names(
	struct alm_db *db, struct alm_names *out, struct alm_error *err);

/* Adds the names of the datasets that are copies and of which these models learn, each once. */
ALM_MUST_CHECK enum alm_status alm_model_copies(
	struct alm_db *db, const struct alm_names *models, struct alm_names *out, struct alm_error *err);

#endif
