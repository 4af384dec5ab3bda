/* The file's structure, its references, and its schema against the one that the migrations make. */
#include <ctype.h>
#include <string.h>
#include "base/hash.h"
#include "store/audit_part.h"
#include "store/migrate.h"

/* Ours: what begins with almanac_, and what hangs on it. */
#define OURS "(name LIKE 'almanac!_%' ESCAPE '!' OR tbl_name LIKE 'almanac!_%' ESCAPE '!')"

/*
 * Whether a line of integrity_check is about rows of somebody else's table that break its own constraints. That is the
 * application's business; its pages are the file's.
 */
static bool is_application_s(const char *line)
{
	static const char *const starts[] = {"CHECK constraint failed in ", "NULL value in "};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return strncmp(line + strlen(starts[i]), "almanac_", 8) != 0;
	return false;
}

enum alm_status alm_audit_structure(struct alm_audit_state *audit, bool *readable, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err, "PRAGMA integrity_check", "");
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row) {
		const char *line = alm_sql_text(stmt, 0);
		if (strcmp(line, "ok") != 0 && !is_application_s(line))
			status = alm_violations_add(audit->violations, "F1", err, "%s", line);
	}
	sqlite3_finalize(stmt);
	*readable = status == ALM_OK;
	/* A schema that takes what only the application has, such as a collation, cannot be checked as a whole from here. */
	if (status == ALM_BUG) {
		*readable = true;
		return ALM_OK;
	}
	return status;
}

static enum alm_status check_references(struct alm_audit_state *audit, struct alm_error *err)
{
	return alm_audit_rows(audit, "F2",
		"SELECT 'a row of ' || s.name || coalesce(' (rowid ' || f.rowid || ')', '') || "
		"' refers to a row of ' || f.parent || ' that is not there' "
		"FROM sqlite_schema AS s, pragma_foreign_key_check(s.name) AS f "
		"WHERE s.type = 'table' AND s.name LIKE 'almanac!_%' ESCAPE '!'",
		err);
}

/* Every migration up to the newest, each as it is built in. */
static enum alm_status check_migrations(struct alm_audit_state *audit, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < alm_db_schema(audit->db) && status == ALM_OK; i++) {
		char sha256[ALM_HASH_TEXT];
		int64_t same = 0;
		struct alm_hash_part text = {alm_schemas[i].sql, strlen(alm_schemas[i].sql)};
		alm_hash_parts(&text, 1, sha256);
		status = alm_sql_integer(audit->db, &same, 0, err,
			"SELECT count(*) FROM almanac_migration WHERE number = ? AND name = ? AND sha256 = ?",
			"iss", (int64_t)alm_schemas[i].number, alm_schemas[i].name, sha256);
		if (status == ALM_OK && same != 1)
			status = alm_violations_add(audit->violations, "F3", err,
				"migration %d is not recorded as '%s' with its SHA-256",
				alm_schemas[i].number, alm_schemas[i].name);
	}
	return status;
}

/* Whether two texts of SQL differ in nothing but white space. NULL is no text. */
static bool is_same_sql(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* What of `there` is not in `here`, or is another there; with `extra`, only what is not there. */
static enum alm_status compare(struct alm_audit_state *audit, struct alm_db *here, struct alm_db *there,
	bool extra, struct alm_error *err)
{
	sqlite3_stmt *all = NULL, *one = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(
		there, &all, err, "SELECT type, name, sql, tbl_name FROM sqlite_schema WHERE " OURS, "");
	if (status == ALM_OK)
		status = alm_sql_prepare(
			here, "SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?", &one, err);
	int64_t n_before = audit->violations->n_all, n_tables = 0;
	while (status == ALM_OK && (status = alm_sql_next(there, all, &row, err)) == ALM_OK && row) {
		const char *type = alm_sql_text(all, 0), *name = alm_sql_text(all, 1);
		bool found;
		sqlite3_bind_text(one, 1, type, -1, SQLITE_STATIC);
		sqlite3_bind_text(one, 2, name, -1, SQLITE_STATIC);
		status = alm_sql_next(here, one, &found, err);
		if (status == ALM_OK && !found)
			status = alm_violations_add(audit->violations, "F4", err,
				extra ? "%s '%s' on '%s' is not Almanac's" : "%s '%s' on '%s' is missing",
				type, name, alm_sql_text(all, 3));
		else if (status == ALM_OK && !extra &&
			 !is_same_sql((const char *)sqlite3_column_text(all, 2),
				 (const char *)sqlite3_column_text(one, 0)))
			status = alm_violations_add(audit->violations, "F4", err,
				"%s '%s' is not as the migrations made it", type, name);
		sqlite3_reset(one);
		if (audit->violations->n_all > n_before && strcmp(type, "table") == 0)
			n_tables++;
		n_before = audit->violations->n_all;
	}
	audit->incomplete |= !extra && n_tables > 0;
	sqlite3_finalize(all);
	sqlite3_finalize(one);
	return status;
}

enum alm_status alm_audit_schema(struct alm_audit_state *audit, struct alm_error *err)
{
	struct alm_db *fresh;
	enum alm_status status = alm_db_open_fresh(alm_db_schema(audit->db), &fresh, err);
	if (status != ALM_OK)
		return status;
	status = compare(audit, audit->db, fresh, false, err);
	if (status == ALM_OK)
		status = compare(audit, fresh, audit->db, true, err);
	alm_db_close(fresh);
	if (status == ALM_OK)
		status = check_migrations(audit, err);
	return status == ALM_OK ? check_references(audit, err) : status;
}
