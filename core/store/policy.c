#include "store/policy.h"
#include <stdbool.h>
#include <string.h>
#include "store/lineage.h"
#include "store/pairs.h"

enum alm_status alm_policy_load(
	struct alm_db *db, int64_t model_id, struct alm_pairs *out, struct alm_error *err)
{
	if (alm_db_schema(db) < ALM_SCHEMA_RETRAIN) {
		*out = (struct alm_pairs){0};
		return ALM_OK;
	}
	return alm_pairs_read(db, &alm_policies, model_id, out, err);
}

static enum alm_status merge(
	struct alm_db *db, int64_t model_id, const struct alm_pairs *given, struct alm_error *err)
{
	struct alm_pairs all = {0};
	enum alm_status status = alm_policy_load(db, model_id, &all, err);
	for (int i = 0; i < given->n && status == ALM_OK; i++)
		status = alm_pairs_set(&all, given->pair[i].key, given->pair[i].value, err);
	if (status == ALM_OK)
		status = alm_pairs_put(db, &alm_policies, model_id, &all, err);
	alm_pairs_release(&all);
	return status;
}

/* Whether all that is given is what is stored: as it is every night when it is said in the crontab. */
static enum alm_status look_up(struct alm_db *db, int64_t model_id, const struct alm_pairs *given,
	bool *known, struct alm_error *err)
{
	struct alm_pairs stored = {0};
	enum alm_status status = alm_policy_load(db, model_id, &stored, err);
	*known = status == ALM_OK;
	for (int i = 0; i < given->n && *known; i++) {
		const char *value = alm_pairs_get(&stored, given->pair[i].key);
		*known = value && strcmp(value, given->pair[i].value) == 0;
	}
	alm_pairs_release(&stored);
	return status;
}

enum alm_status alm_policy_store(
	struct alm_db *db, int64_t model_id, const struct alm_pairs *given, struct alm_error *err)
{
	bool known = false;
	enum alm_status status = look_up(db, model_id, given, &known, err);
	if (status == ALM_OK && !known)
		status = alm_db_begin(db, err);
	if (status != ALM_OK || known)
		return status;
	status = merge(db, model_id, given, err);
	if (status == ALM_OK)
		return alm_db_commit(db, err);
	alm_db_rollback(db);
	return status;
}
