#include "run/prune.h"
#include <string.h>
#include "store/ledger.h"
#include "store/promotion.h"
#include "store/roll.h"

/* One model, in a transaction of its own: none of ours lasts long. */
static enum alm_status prune(struct alm_db *db, const struct alm_context *context, const char *name, int keep,
	int *n, struct alm_error *err)
{
	struct alm_model model;
	int lock = -1;
	enum alm_status status = alm_model_find(db, name, &model, err);
	if (status != ALM_OK)
		return status;
	status = alm_ledger_lock(db, model.id, model.name, 0, context->reporter, &lock, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	if (status == ALM_OK) {
		status = alm_version_prune(db, model.id, keep, n, err);
		if (status == ALM_OK)
			status = alm_db_commit(db, err);
		else
			alm_db_rollback(db);
	}
	alm_run_unlock(lock);
	alm_model_release(&model);
	return status;
}

enum alm_status alm_run_prune(const struct alm_context *context, const struct alm_prune_request *request,
	int *n, struct alm_error *err)
{
	struct alm_db *db = NULL;
	struct alm_names names = {0};
	bool added;
	int number, total = 0;
	enum alm_status status = alm_db_enter(context, ALM_DB_WRITE, &db, err);
	if (status == ALM_OK && request->model)
		status = alm_names_number(
			&names, request->model, strlen(request->model), &number, &added, err);
	else if (status == ALM_OK)
		status = alm_model_names(db, &names, err);
	for (int i = 0; i < names.n && status == ALM_OK; i++) {
		int pruned = 0;
		status = prune(db, context, names.name[i], request->keep, &pruned, err);
		total += pruned;
	}
	alm_names_release(&names);
	alm_db_close(db);
	if (status == ALM_OK)
		*n = total;
	return status;
}
