/* The parts of an audit, each over one thing. Internal to store. */
#ifndef ALM_STORE_AUDIT_PART_H
#define ALM_STORE_AUDIT_PART_H
#include "store/audit.h"
#include "store/sql.h"

/* What an audit holds on to. */
struct alm_audit_state {
	struct alm_db *db;
	struct alm_violations *violations;
	alm_audit_layout *layout;
	bool incomplete; /* a table of ours is missing or another one: not every rule can be asked */
};

/* Every row of a statement is a finding, its first column the detail; a rule whose tables are not there is left out. */
ALM_MUST_CHECK enum alm_status alm_audit_rows(
	struct alm_audit_state *audit, const char *id, const char *sql, struct alm_error *err);

/* F1: the file's structure. *readable: it makes sense to go on. */
ALM_MUST_CHECK enum alm_status alm_audit_structure(
	struct alm_audit_state *audit, bool *readable, struct alm_error *err);

/* F2, F3, F4: references, migrations, and the schema that they make. */
ALM_MUST_CHECK enum alm_status alm_audit_schema(struct alm_audit_state *audit, struct alm_error *err);

/* R1: runs that say they are running. Outside of the transaction: whose lock is gone may have ended well meanwhile. */
ALM_MUST_CHECK enum alm_status alm_audit_running(struct alm_audit_state *audit, struct alm_error *err);

/* M1, M2, M3: tensors; M7, M9: what else has a hash. */
ALM_MUST_CHECK enum alm_status alm_audit_payloads(struct alm_audit_state *audit, struct alm_error *err);

/* I3, I4, I7: datasets with a table of their own. */
ALM_MUST_CHECK enum alm_status alm_audit_datasets(struct alm_audit_state *audit, struct alm_error *err);

/* P2, P4, M4: forecasts against the settings of their version. */
ALM_MUST_CHECK enum alm_status alm_audit_forecasts(struct alm_audit_state *audit, struct alm_error *err);

#endif
