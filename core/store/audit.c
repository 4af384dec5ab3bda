#include "store/audit.h"
#include "store/audit_part.h"

static const struct rule {
	const char *id;
	int schema; /* the first with all the tables */
	const char *sql;
} rules[] = {
#define RULE(id, schema, sql) {id, schema, sql},
#include "store/audit.def"
#undef RULE
};

enum alm_status alm_audit_rows(
	struct alm_audit_state *audit, const char *id, const char *sql, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err, sql, "");
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = alm_violations_add(audit->violations, id, err, "%s", alm_sql_text(stmt, 0));
	sqlite3_finalize(stmt);
	return status == ALM_BUG && audit->incomplete ? ALM_OK : status;
}

static enum alm_status run_rules(struct alm_audit_state *audit, struct alm_error *err)
{
	int schema = alm_db_schema(audit->db);
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof rules / sizeof *rules && status == ALM_OK; i++) {
		if (rules[i].schema <= schema)
			status = alm_audit_rows(audit, rules[i].id, rules[i].sql, err);
	}
	return status;
}

/* All that a transaction sees at once. */
static enum alm_status look(struct alm_audit_state *audit, struct alm_error *err)
{
	bool readable = true;
	enum alm_status status = alm_audit_structure(audit, &readable, err);
	if (status != ALM_OK || !readable || alm_db_schema(audit->db) == 0)
		return status;
	status = alm_audit_schema(audit, err);
	if (status == ALM_OK)
		status = run_rules(audit, err);
	if (status == ALM_OK)
		status = alm_audit_payloads(audit, err);
	if (status == ALM_OK)
		status = alm_audit_datasets(audit, err);
	return status == ALM_OK ? alm_audit_forecasts(audit, err) : status;
}

enum alm_status alm_audit(
	struct alm_db *db, alm_audit_layout *layout, struct alm_violations *violations, struct alm_error *err)
{
	struct alm_audit_state audit = {.db = db, .violations = violations, .layout = layout};
	struct alm_error own = {0};
	err = err ? err : &own;
	enum alm_status status = alm_sql_exec(db, "BEGIN", err);
	if (status != ALM_OK)
		return status;
	status = look(&audit, err);
	alm_db_rollback(db);
	if (status == ALM_OK && alm_db_schema(db) > 0)
		status = alm_audit_running(&audit, err);
	if (status != ALM_BAD_DATA)
		return status;
	/* A page that cannot be read is what was looked for, wherever it was come upon. */
	return alm_violations_add(violations, "F1", NULL, "%s", err->text);
}
