/* What a model's versions tell of its trainings so far. */
#ifndef ALM_STORE_LINEAGE_H
#define ALM_STORE_LINEAGE_H
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

#define ALM_SCHEMA_RETRAIN    8 /* the schema that knows of retraining */
#define ALM_SCHEMA_PER_SERIES 9 /* the schema that knows of networks for each series */

struct alm_lineage {
	int n_versions;
	int n_warm;         /* the newest ones, since one that began with random weights */
	int64_t data_to_ms; /* newest observation that any of them could see; INT64_MIN = none, or not known */
};

/* Before that schema nothing is known: as if there were no versions. */
ALM_MUST_CHECK enum alm_status alm_lineage_find(
	struct alm_db *db, int64_t model_id, struct alm_lineage *out, struct alm_error *err);

/*
 * The newest observation that the model's last forecast could see (INT64_MIN: none, or not known), and by which version it was
 * made (0: none).
 */
ALM_MUST_CHECK enum alm_status alm_lineage_forecast(
	struct alm_db *db, int64_t model_id, int *version, int64_t *data_to_ms, struct alm_error *err);

#endif
