#include "run/detach.h"
#include <stdio.h>

static enum alm_status forget(
	struct alm_db *db, const char *name, struct alm_detach_result *out, struct alm_error *err)
{
	struct alm_dataset dataset = {0};
	enum alm_status status = alm_dataset_find(db, name, &dataset, err);
	if (status == ALM_OK && !dataset.source)
		status = alm_fail(err, ALM_USAGE,
			"dataset '%s' was not attached: its rows are its own; to delete them, use SQL", name);
	else if (status == ALM_OK)
		status = alm_origin_forget(db, dataset.id, dataset.source, err);
	if (status == ALM_OK) {
		snprintf(out->dataset, sizeof out->dataset, "%s", dataset.name);
		alm_origin_describe(dataset.source, out->source);
		out->copied = dataset.source->copied;
	}
	alm_dataset_release(&dataset);
	return status;
}

enum alm_status alm_run_detach(const struct alm_context *context, const char *name,
	struct alm_detach_result *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	enum alm_status status = alm_db_enter(context, ALM_DB_WRITE, &db, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	if (status == ALM_OK) {
		status = forget(db, name, out, err);
		if (status == ALM_OK)
			status = alm_db_commit(db, err);
		else
			alm_db_rollback(db);
	}
	alm_db_close(db);
	return status;
}
