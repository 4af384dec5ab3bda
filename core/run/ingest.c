#include "run/ingest.h"
#include <stdio.h>
#include "store/ledger.h"

static enum alm_status end(
	struct alm_ledger *ledger, const struct alm_ingest_summary *summary, struct alm_error *err)
{
	char rows[24];
	struct alm_pairs facts = {0};
	snprintf(rows, sizeof rows, "%llu", (unsigned long long)summary->n_rows);
	enum alm_status status = alm_pairs_add(&facts, "dataset", summary->dataset, err);
	if (status == ALM_OK)
		status = alm_pairs_add(&facts, "rows", rows, err);
	if (status == ALM_OK && *summary->zone != '\0')
		status = alm_pairs_add(&facts, "zone", summary->zone, err);
	if (status == ALM_OK)
		status = alm_ledger_close(ledger,
			(struct alm_run_result){.dataset_id = summary->dataset_id, .facts = &facts}, err);
	alm_pairs_release(&facts);
	return status;
}

/* All rows and the end of the run are one commit. */
static enum alm_status write_all(const struct alm_context *context, struct alm_ingest *ingest,
	struct alm_ledger *ledger, struct alm_db *db, struct alm_ingest_summary *out, struct alm_error *err)
{
	struct alm_run_start start = {.kind = "ingest"};
	struct alm_ingest_summary summary;
	enum alm_status status = alm_ledger_begin(ledger, db, &start, context->reporter, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	if (status == ALM_OK)
		status = alm_ingest_write(ingest, db, context->reporter, &summary, err);
	if (status != ALM_OK)
		return status;
	status = end(ledger, &summary, err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	if (status == ALM_OK)
		*out = summary;
	else
		alm_ingest_summary_release(&summary);
	return status;
}

enum alm_status alm_run_ingest(const struct alm_context *context, const struct alm_ingest_options *options,
	struct alm_ingest_summary *out, struct alm_error *err)
{
	struct alm_ingest *ingest = NULL;
	struct alm_db *db = NULL;
	struct alm_ledger ledger = {0};
	/* The head of the file is read first: what is wrong with it must not create a database. */
	enum alm_status status = alm_ingest_open(options, &ingest, err);
	if (status == ALM_OK)
		status = alm_db_enter(context, ALM_DB_CREATE, &db, err);
	if (status == ALM_OK)
		status = write_all(context, ingest, &ledger, db, out, err);
	if (status != ALM_OK)
		alm_ledger_fail(&ledger, status, err);
	alm_db_close(db);
	alm_ingest_close(ingest);
	return status;
}

enum alm_status alm_run_ingest_preview(const struct alm_context *context,
	const struct alm_ingest_options *options, struct alm_preview *out, struct alm_error *err)
{
	struct alm_ingest *ingest = NULL;
	enum alm_status status = alm_ingest_open(options, &ingest, err);
	if (status == ALM_OK)
		status = alm_ingest_preview(ingest, context->reporter, out, err);
	alm_ingest_close(ingest);
	return status;
}
