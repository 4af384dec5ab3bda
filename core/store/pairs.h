/* Pairs of texts as rows (owner, key, value) of a table. Internal to store. */
#ifndef ALM_STORE_PAIRS_H
#define ALM_STORE_PAIRS_H
#include "store/model.h"

/* A table of pairs and its column that says whose they are. */
struct alm_pairs_table {
	const char *name, *owner;
};

extern const struct alm_pairs_table alm_model_settings, alm_version_settings, alm_version_facts,
	alm_run_facts, alm_policies;

/* Replaces all pairs of the owner, in the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_pairs_put(struct alm_db *db, const struct alm_pairs_table *table,
	int64_t owner, const struct alm_pairs *pairs, struct alm_error *err);

/* Reads them by key. Release the result. */
ALM_MUST_CHECK enum alm_status alm_pairs_read(struct alm_db *db, const struct alm_pairs_table *table,
	int64_t owner, struct alm_pairs *out, struct alm_error *err);

#endif
