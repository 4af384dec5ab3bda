#include "run/names.h"
#include "store/roll.h"
#include "store/origin.h"

typedef enum alm_status find_names(struct alm_db *db, struct alm_names *names, struct alm_error *err);

static enum alm_status list(
	const struct alm_context *context, find_names *find, struct alm_names *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	struct alm_names names = {0};
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = find(db, &names, err);
	alm_db_close(db);
	if (status == ALM_OK)
		*out = names;
	else
		alm_names_release(&names);
	return status;
}

enum alm_status alm_run_models(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err)
{
	return list(context, alm_model_names, out, err);
}

enum alm_status alm_run_copies(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err)
{
	return list(context, alm_origin_copies, out, err);
}
