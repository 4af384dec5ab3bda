#include "store/migrate.h"
#include <string.h>
#include "base/hash.h"
#include "store/sql.h"

enum alm_status alm_migrate_number(struct alm_db *db, int *number, struct alm_error *err)
{
	int64_t there, newest = 0;
	enum alm_status status = alm_sql_integer(db, &there, 0, err,
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'almanac_migration'", "");
	if (status == ALM_OK && there > 0)
		status =
			alm_sql_integer(db, &newest, 0, err, "SELECT max(number) FROM almanac_migration", "");
	if (status == ALM_OK)
		*number = (int)newest;
	return status;
}

enum alm_status alm_migrate_check(struct alm_db *db, int number, struct alm_error *err)
{
	if (number <= alm_n_schemas)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_CONFIG,
		"'%s' has schema %d of a newer Almanac, this one knows up to %d; it was left as it is",
		alm_db_path(db), number, alm_n_schemas);
}

/* One migration, in the caller's transaction. */
static enum alm_status apply(struct alm_db *db, const struct alm_schema *schema, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	struct alm_hash_part text = {schema->sql, strlen(schema->sql)};
	alm_hash_parts(&text, 1, sha256);
	enum alm_status status = alm_sql_exec(db, schema->sql, err);
	if (status != ALM_OK)
		return status;
	return alm_sql_run(db, err,
		"INSERT INTO almanac_migration (number, name, sha256, applied) VALUES (?, ?, ?, ?)", "issi",
		(int64_t)schema->number, schema->name, sha256, alm_sql_now_ms());
}

enum alm_status alm_migrate_fresh(struct alm_db *db, int number, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < alm_n_schemas && alm_schemas[i].number <= number && status == ALM_OK; i++)
		status = apply(db, &alm_schemas[i], err);
	return status;
}

/* References among our own tables, which nobody watched while a table was made anew. */
static enum alm_status check_references(struct alm_db *db, struct alm_error *err)
{
	int64_t n_broken = 0;
	enum alm_status status = alm_sql_integer(db, &n_broken, 0, err,
		"SELECT count(*) FROM sqlite_schema AS s, pragma_foreign_key_check(s.name) "
		"WHERE s.type = 'table' AND s.name LIKE 'almanac!_%' ESCAPE '!'",
		"");
	if (status != ALM_OK || n_broken == 0)
		return status;
	return alm_fail(err, ALM_BAD_DATA,
		"'%s' has %lld rows that refer to nothing; it was left as it is: see almanac check",
		alm_db_path(db), (long long)n_broken);
}

/* All that are missing, in the caller's transaction. */
static enum alm_status apply_missing(struct alm_db *db, struct alm_error *err)
{
	int number = 0;
	enum alm_status status = alm_migrate_number(db, &number, err);
	if (status == ALM_OK)
		status = alm_migrate_check(db, number, err);
	for (int i = 0; i < alm_n_schemas && status == ALM_OK; i++)
		if (alm_schemas[i].number > number)
			status = apply(db, &alm_schemas[i], err);
	return status == ALM_OK ? check_references(db, err) : status;
}

/* A file is of the schema that it was or of the newest one, and a new one is made by one commit. */
static enum alm_status migrate(struct alm_db *db, struct alm_error *err)
{
	enum alm_status status = alm_db_begin(db, err);
	if (status == ALM_OK)
		status = apply_missing(db, err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	if (status != ALM_OK)
		alm_db_rollback(db);
	return status;
}

enum alm_status alm_migrate(struct alm_db *db, struct alm_error *err)
{
	/*
	 * Outside of a transaction, where it counts: https://www.sqlite.org/lang_altertable.html, section 7. Renaming looks through all
	 * views of the file unless it does so as it always did, and fails for one that cannot be read: somebody's over a table that
	 * is just being made anew, or of an application that has dropped its table.
	 */
	sqlite3 *raw = alm_sql_raw(db);
	sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
	sqlite3_db_config(raw, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1, NULL);
	enum alm_status status = migrate(db, err);
	sqlite3_db_config(raw, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0, NULL);
	sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	return status;
}
