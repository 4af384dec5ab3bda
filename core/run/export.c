#include "run/export.h"
#include "store/dataset_scan.h"
#include "store/dataset_zone.h"

/* Rows between two looks at the wish to stop and at what takes them. */
#define CHECK_ROWS 4096

/* The zone that times are written in; NULL = UTC. */
static enum alm_status open_zone(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_export_request *request, struct alm_zone **zone, struct alm_error *err)
{
	char name[ALM_ZONE_NAME];
	if (!request->local)
		return ALM_OK;
	enum alm_status status = alm_dataset_zone_get(db, dataset, name, err);
	if (status == ALM_OK && *name == '\0')
		return alm_fail(err, ALM_USAGE,
			"--local: the times of dataset '%s' were not given in a time zone; leave it out for "
			"UTC",
			dataset->name);
	return status == ALM_OK ? alm_zone_open("--local", name, zone, err) : status;
}

static enum alm_status give_rows(const struct alm_context *context, const struct alm_export_request *request,
	struct alm_scan *scan, const struct alm_export_head *head, struct alm_error *err)
{
	const struct alm_scan_row *row;
	uint64_t n = 0;
	enum alm_status status = request->begin(request->to, head, err);
	while (status == ALM_OK && (status = alm_scan_next(scan, &row, err)) == ALM_OK && row) {
		status = request->take(request->to, row, err);
		if (++n % CHECK_ROWS == 0 && status == ALM_OK && alm_stopped(context->reporter))
			return alm_fail(err, ALM_INTERRUPTED, "the export was stopped");
	}
	return status;
}

static enum alm_status export(const struct alm_context *context, const struct alm_export_request *request,
	struct alm_db *db, struct alm_error *err) {
	struct alm_dataset dataset = {0}; struct alm_scan *scan = NULL; struct alm_zone *zone = NULL;
	enum alm_status status = alm_dataset_find(db, request->dataset, &dataset, err);
	if (status == ALM_OK) status = open_zone(db, &dataset, request, &zone, err);
	if (status == ALM_OK) status = alm_scan_open(db, &dataset, &scan, err);
	if (status == ALM_OK){struct alm_export_head head = {&dataset, alm_scan_has_series(scan), zone};
			      status = give_rows(context, request, scan, &head, err);}
alm_scan_close(scan);
alm_zone_close(zone);
alm_dataset_release(&dataset);
return status;
}

enum alm_status alm_run_export(
	const struct alm_context *context, const struct alm_export_request *request, struct alm_error *err)
{
	struct alm_db *db = NULL;
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = export(context, request, db, err);
	alm_db_close(db);
	return status;
}
