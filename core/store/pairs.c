#include "store/pairs.h"
#include <stdlib.h>
#include <string.h>
#include "store/sql.h"

enum alm_status alm_pairs_add(
	struct alm_pairs *pairs, const char *key, const char *value, struct alm_error *err)
{
	size_t n_bytes = ((size_t)pairs->n + 1) * sizeof *pairs->pair;
	struct alm_pair *grown = realloc(pairs->pair, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	pairs->pair = grown;
	struct alm_pair pair = {strdup(key), strdup(value)};
	if (!pair.key || !pair.value) {
		free(pair.key);
		free(pair.value);
		return alm_fail_memory(err, strlen(key) + strlen(value));
	}
	pairs->pair[pairs->n++] = pair;
	return ALM_OK;
}

enum alm_status alm_pairs_set(
	struct alm_pairs *pairs, const char *key, const char *value, struct alm_error *err)
{
	for (int i = 0; i < pairs->n; i++) {
		if (strcmp(pairs->pair[i].key, key) != 0)
			continue;
		char *copy = strdup(value);
		if (!copy)
			return alm_fail_memory(err, strlen(value));
		free(pairs->pair[i].value);
		pairs->pair[i].value = copy;
		return ALM_OK;
	}
	return alm_pairs_add(pairs, key, value, err);
}

const char *alm_pairs_get(const struct alm_pairs *pairs, const char *key)
{
	for (int i = 0; i < pairs->n; i++)
		if (strcmp(pairs->pair[i].key, key) == 0)
			return pairs->pair[i].value;
	return NULL;
}

void alm_pairs_release(struct alm_pairs *pairs)
{
	for (int i = 0; i < pairs->n; i++) {
		free(pairs->pair[i].key);
		free(pairs->pair[i].value);
	}
	free(pairs->pair);
	*pairs = (struct alm_pairs){0};
}

const struct alm_pairs_table alm_model_settings = {"almanac_model_setting", "model_id"};
const struct alm_pairs_table alm_version_settings = {"almanac_version_setting", "version_id"};
const struct alm_pairs_table alm_version_facts = {"almanac_version_fact", "version_id"};
const struct alm_pairs_table alm_run_facts = {"almanac_run_fact", "run_id"};
const struct alm_pairs_table alm_policies = {"almanac_policy", "model_id"};

/* A statement on the table: `format` has the table's name and then the owner's column. */
static enum alm_status prepare(struct alm_db *db, const struct alm_pairs_table *table, const char *format,
	int64_t owner, sqlite3_stmt **stmt, struct alm_error *err)
{
	char *sql = sqlite3_mprintf(format, table->name, table->owner);
	if (!sql)
		return alm_fail_memory(err, 1);
	enum alm_status status = alm_sql_query(db, stmt, err, sql, "i", owner);
	sqlite3_free(sql);
	return status;
}

enum alm_status alm_pairs_put(struct alm_db *db, const struct alm_pairs_table *table, int64_t owner,
	const struct alm_pairs *pairs, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row;
	enum alm_status status = prepare(db, table, "DELETE FROM %s WHERE %s = ?", owner, &stmt, err);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	sqlite3_finalize(stmt);
	stmt = NULL;
	if (status == ALM_OK)
		status = prepare(
			db, table, "INSERT INTO %s (%s, key, value) VALUES (?, ?, ?)", owner, &stmt, err);
	for (int i = 0; i < pairs->n && status == ALM_OK; i++) {
		int code = sqlite3_bind_text(stmt, 2, pairs->pair[i].key, -1, SQLITE_STATIC);
		if (code == SQLITE_OK)
			code = sqlite3_bind_text(stmt, 3, pairs->pair[i].value, -1, SQLITE_STATIC);
		status = code == SQLITE_OK ? alm_sql_next(db, stmt, &row, err) : alm_sql_fail(db, code, err);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_pairs_read(struct alm_db *db, const struct alm_pairs_table *table, int64_t owner,
	struct alm_pairs *out, struct alm_error *err)
{
	struct alm_pairs made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status =
		prepare(db, table, "SELECT key, value FROM %s WHERE %s = ? ORDER BY key", owner, &stmt, err);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = alm_pairs_add(&made, alm_sql_text(stmt, 0), alm_sql_text(stmt, 1), err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK)
		*out = made;
	else
		alm_pairs_release(&made);
	return status;
}
