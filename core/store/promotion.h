/*
 * Champions: which version of a model forecasts. It is a pointer in the model's row, so that there is one at any instant,
 * and a history that is only appended to. A rollback is a promotion too, of the champion before.
 */
#ifndef ALM_STORE_PROMOTION_H
#define ALM_STORE_PROMOTION_H
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

#define ALM_REASON_ROLLBACK "rollback"

struct alm_promotion {
	int64_t model_id, version_id;
	int64_t run_id;     /* what decided it */
	const char *reason; /* a word: trained, retrained, manual, rollback */
	double champion_error, challenger_error, baseline_error; /* on the same windows; NaN = not measured */
};

/* Pointer and history, in the caller's transaction. ALM_BUG: the version is not the model's. */
ALM_MUST_CHECK enum alm_status alm_promote(
	struct alm_db *db, const struct alm_promotion *promotion, struct alm_error *err);

/*
 * The version that was champion before `back` champions, as the history has it once what was rolled back is taken out: 1 = the
 * one before today's. *version_id is 0 when there is none.
 */
ALM_MUST_CHECK enum alm_status alm_promotion_before(
	struct alm_db *db, int64_t model_id, int back, int64_t *version_id, struct alm_error *err);

/* The id of a version of a model by its number; 0 when there is none. */
ALM_MUST_CHECK enum alm_status alm_version_find(
	struct alm_db *db, int64_t model_id, int number, int64_t *version_id, struct alm_error *err);

/* And its number. */
ALM_MUST_CHECK enum alm_status alm_version_number(
	struct alm_db *db, int64_t version_id, int *number, struct alm_error *err);

#define ALM_PRUNE_CHAMPIONS 3 /* the newest champions always keep their weights */

/*
 * Drops the weights of all versions of a model but the newest `keep`, in the caller's transaction. Today's champion and the
 * ALM_PRUNE_CHAMPIONS - 1 before it keep theirs. What was forecast and scored stays. *n says of how many.
 */
ALM_MUST_CHECK enum alm_status alm_version_prune(
	struct alm_db *db, int64_t model_id, int keep, int *n, struct alm_error *err);

#endif
