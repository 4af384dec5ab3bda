#ifndef ALM_RUN_EXPORT_H
#define ALM_RUN_EXPORT_H
#include <stdbool.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset_scan.h"
#include "time/zone.h"

/* almanac export: every row of a dataset, to whoever takes them. Reads only. */
struct alm_export_head {
	const struct alm_dataset *dataset;
	bool has_series;             /* a series has a name */
	const struct alm_zone *zone; /* that times are to be written in; NULL = UTC */
};
struct alm_export_request {
	const char *dataset;
	bool local; /* times in the dataset's zone; ALM_USAGE when it has none */
	enum alm_status (*begin)(void *to, const struct alm_export_head *head, struct alm_error *err);
	enum alm_status (*take)(void *to, const struct alm_scan_row *row, struct alm_error *err);
	void *to;
};
ALM_MUST_CHECK enum alm_status alm_run_export(
	const struct alm_context *context, const struct alm_export_request *request, struct alm_error *err);

#endif
