/* Pairs of texts as one JSON object, by SQLite's own JSON functions. Internal to store. */
#ifndef ALM_STORE_PAIRS_H
#define ALM_STORE_PAIRS_H
#include "store/model.h"

/* The caller frees *json with free. */
ALM_MUST_CHECK enum alm_status alm_pairs_to_json(
	const struct alm_pairs *pairs, char **json, struct alm_error *err);

/* Values that are no texts are taken as they are written. Release the result. */
ALM_MUST_CHECK enum alm_status alm_pairs_from_json(
	struct alm_db *db, const char *json, struct alm_pairs *out, struct alm_error *err);

#endif
