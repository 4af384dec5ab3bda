/*
 * What must hold in a database, after whatever happened to it: structure, schema, runs, versions, champions, forecasts and
 * datasets, each rule with the id that docs/reliability.md lists. Nothing is written, no code of the database's runs, and all
 * but the runs is read in one transaction.
 */
#ifndef ALM_STORE_AUDIT_H
#define ALM_STORE_AUDIT_H
#include <stdint.h>
#include "base/names.h"
#include "store/db.h"
#include "store/violation.h"
#include "store/model.h"
#include "time/freq.h"

/* How the forecasts of a version are laid out in time. */
struct alm_layout_in_time {
	struct alm_freq freq;
	int64_t delay, horizon; /* rows */
};

/*
 * What of a version only the rooms below know: where its settings lead to. *out as they say; ALM_USAGE and the like are a
 * finding of the version, with err's text.
 */
typedef enum alm_status alm_audit_layout(
	const struct alm_pairs *spec, struct alm_layout_in_time *out, struct alm_error *err);

/*
 * Adds to violations. A database that is too damaged to be read on has F1 as its finding, and rules that its schema has no
 * tables for are left out when F4 says so. ALM_BUSY, ALM_IO, ALM_NO_MEMORY: it could not be read; ALM_BUG: a rule cannot be
 * asked. A file without Almanac's tables has nothing but F1 and F2 to violate.
 */
ALM_MUST_CHECK enum alm_status alm_audit(struct alm_db *db, alm_audit_layout *layout,
	struct alm_violations *violations, struct alm_error *err);

/* How much there is to check. All 0 in a file without Almanac's tables, or without these. */
struct alm_audit_size {
	int64_t n_datasets, n_models, n_versions, n_forecasts;
};
ALM_MUST_CHECK enum alm_status alm_audit_measure(
	struct alm_db *db, struct alm_audit_size *out, struct alm_error *err);

/* Adds the names of all models that have a champion. */
ALM_MUST_CHECK enum alm_status alm_audit_champions(
	struct alm_db *db, struct alm_names *out, struct alm_error *err);

#endif
