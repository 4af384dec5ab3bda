#include "run/refresh.h"
#include <stdio.h>
#include "ingest/pull.h"
#include "store/ledger.h"

static enum alm_status check(const struct alm_dataset *dataset, struct alm_error *err)
{
	char text[ALM_ORIGIN_TEXT];
	if (!dataset->source)
		return alm_fail(err, ALM_USAGE,
			"dataset '%s' came from files and has no source to refresh it from; use almanac "
			"ingest",
			dataset->name);
	if (!dataset->source->copied)
		return alm_fail(err, ALM_USAGE,
			"dataset '%s' is read in place from %s: it is always as new as its source",
			dataset->name, alm_origin_describe(dataset->source, text));
	return ALM_OK;
}

static enum alm_status add_count(
	struct alm_pairs *facts, const char *key, uint64_t value, struct alm_error *err)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	return alm_pairs_add(facts, key, text, err);
}

static enum alm_status end(struct alm_ledger *ledger, const struct alm_dataset *dataset,
	const struct alm_pull_summary *pulled, struct alm_error *err)
{
	struct alm_pairs facts = {0};
	enum alm_status status = alm_pairs_add(&facts, "verb", "refresh", err);
	if (status == ALM_OK)
		status = alm_pairs_add(&facts, "dataset", dataset->name, err);
	if (status == ALM_OK)
		status = add_count(&facts, "rows", pulled->n_taken, err);
	if (status == ALM_OK)
		status = add_count(&facts, "new", pulled->n_inserted, err);
	if (status == ALM_OK)
		status = add_count(&facts, "changed", pulled->n_updated, err);
	if (status == ALM_OK)
		status = alm_ledger_end(ledger, &facts, err);
	alm_pairs_release(&facts);
	return status;
}

/* New rows and the end of the run are one commit. */
static enum alm_status refresh(const struct alm_context *context, const struct alm_refresh_request *request,
	struct alm_db *db, const struct alm_dataset *dataset, struct alm_ledger *ledger,
	struct alm_refresh_result *out, struct alm_error *err)
{
	struct alm_run_start start = {.kind = "ingest", .dataset_id = dataset->id};
	struct alm_refresh_result result = {0};
	enum alm_status status = alm_ledger_begin(ledger, db, &start, context->reporter, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	if (status == ALM_OK)
		status = alm_pull(db, dataset, request->overlap_ms, context->reporter, &result.pulled, err);
	if (status == ALM_OK)
		status = end(ledger, dataset, &result.pulled, err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	if (status != ALM_OK)
		return status;
	snprintf(result.dataset, sizeof result.dataset, "%s", dataset->name);
	result.seconds = alm_monotonic_s() - ledger->began_s;
	*out = result;
	return ALM_OK;
}

enum alm_status alm_run_refresh(const struct alm_context *context, const struct alm_refresh_request *request,
	struct alm_refresh_result *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	struct alm_dataset dataset = {0};
	struct alm_ledger ledger = {0};
	enum alm_status status = alm_db_enter(context, ALM_DB_WRITE, &db, err);
	if (status == ALM_OK)
		status = alm_dataset_find(db, request->name, &dataset, err);
	if (status == ALM_OK)
		status = check(&dataset, err);
	if (status == ALM_OK)
		status = refresh(context, request, db, &dataset, &ledger, out, err);
	if (status != ALM_OK)
		alm_ledger_fail(&ledger, status, err);
	alm_dataset_release(&dataset);
	alm_db_close(db);
	return status;
}
