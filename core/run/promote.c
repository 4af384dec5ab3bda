#include "run/promote.h"
#include <math.h>
#include <stdio.h>
#include "prepare/champion.h"
#include "store/ledger.h"
#include "store/promotion.h"

/* The version that is to be champion. */
static enum alm_status choose(struct alm_champion *champion, const struct alm_promote_request *request,
	int *version, struct alm_error *err)
{
	int64_t before = 0;
	if (!request->rollback) {
		*version = request->version;
		return ALM_OK;
	}
	enum alm_status status = alm_promotion_before(champion->db, champion->model.id, 1, &before, err);
	if (status != ALM_OK)
		return status;
	if (before == 0)
		return alm_fail(err, ALM_NO_INPUT,
			"model '%s' has no champion before this one; see almanac versions %s",
			champion->model.name, champion->model.name);
	return alm_version_number(champion->db, before, version, err);
}

/* Pointer, history and run as one commit. */
static enum alm_status promote(struct alm_champion *champion, bool rollback,
	struct alm_promote_result *result, struct alm_error *err)
{
	struct alm_ledger ledger = {0};
	struct alm_run_start start = {.kind = rollback ? "rollback" : "promote",
		.dataset_id = champion->dataset.id,
		.model_id = champion->model.id};
	char words[96];
	snprintf(words, sizeof words, "version %d is champion, before it was version %d", result->version,
		result->before);
	enum alm_status status = alm_db_begin(champion->db, err);
	if (status != ALM_OK)
		return status;
	status = alm_ledger_begin(&ledger, champion->db, &start, NULL, err);
	struct alm_promotion promotion = {.model_id = champion->model.id,
		.version_id = champion->version_id,
		.run_id = ledger.run_id,
		.reason = rollback ? ALM_REASON_ROLLBACK : "manual",
		.champion_error = NAN,
		.challenger_error = NAN,
		.baseline_error = NAN};
	if (status == ALM_OK)
		status = alm_promote(champion->db, &promotion, err);
	if (status == ALM_OK)
		status = alm_ledger_close(&ledger, (struct alm_run_result){.message = words}, err);
	if (status == ALM_OK)
		status = alm_db_commit(champion->db, err);
	if (status != ALM_OK)
		alm_db_rollback(champion->db);
	result->run_id = ledger.run_id;
	return status;
}

enum alm_status alm_run_promote(const struct alm_context *context, const struct alm_promote_request *request,
	struct alm_promote_result *out, struct alm_error *err)
{
	struct alm_champion champion;
	struct alm_promote_result result = {0};
	int lock = -1, version = 0;
	enum alm_status status = alm_champion_find(&champion, context, request->model, ALM_DB_WRITE, err);
	if (status == ALM_OK)
		status = alm_ledger_lock(champion.db, champion.model.id, champion.model.name, 0,
			context->reporter, &lock, err);
	if (status == ALM_OK)
		status = choose(&champion, request, &version, err);
	/* A champion is one that forecasts: so it is loaded, with its cell, before it becomes one. */
	if (status == ALM_OK)
		status = alm_champion_load(&champion, context, version, 1, err);
	if (status == ALM_OK && champion.model.champion_id != 0)
		status = alm_version_number(champion.db, champion.model.champion_id, &result.before, err);
	if (status == ALM_OK) {
		result.version = version;
		snprintf(result.model, sizeof result.model, "%s", champion.model.name);
		if (result.before != version)
			status = promote(&champion, request->rollback, &result, err);
	}
	alm_run_unlock(lock);
	alm_champion_release(&champion);
	if (status == ALM_OK)
		*out = result;
	return status;
}
