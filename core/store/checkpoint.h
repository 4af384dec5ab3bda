/* Where a model's unfinished training is kept: one checkpoint, or one for each series with a network of its own. */
#ifndef ALM_STORE_CHECKPOINT_H
#define ALM_STORE_CHECKPOINT_H
#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"
#include "base/status.h"
#include "store/db.h"

struct alm_checkpoint {
	int64_t model_id, run_id;
	const char *series; /* whose network; "" = the one of all. Lent */
	char fingerprint[ALM_HASH_TEXT];
	int epoch;
	void *payload; /* [n_bytes]; owned where it was found, lent where it is put */
	size_t n_bytes;
};

/* Takes the place of the last one of that network. In the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_checkpoint_put(
	struct alm_db *db, const struct alm_checkpoint *checkpoint, struct alm_error *err);

/*
 * That of a network, n_bytes 0 when there is none. ALM_BAD_DATA when its SHA-256 differs. The caller frees payload; series stays
 * the caller's.
 */
ALM_MUST_CHECK enum alm_status alm_checkpoint_find(struct alm_db *db, int64_t model_id, const char *series,
	struct alm_checkpoint *out, struct alm_error *err);

/* Those of all networks of the model. In the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_checkpoint_drop(
	struct alm_db *db, int64_t model_id, struct alm_error *err);

#endif
