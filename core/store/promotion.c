#include "store/promotion.h"
#include <stdlib.h>
#include <string.h>
#include "store/sql.h"

enum alm_status alm_promote(struct alm_db *db, const struct alm_promotion *promotion, struct alm_error *err)
{
	enum alm_status status = alm_sql_run(db, err,
		"UPDATE almanac_model SET champion_id = ?1 WHERE id = ?2 "
		"AND EXISTS (SELECT 1 FROM almanac_version WHERE id = ?1 AND model_id = ?2)",
		"ii", promotion->version_id, promotion->model_id);
	if (status == ALM_OK && sqlite3_changes(alm_sql_raw(db)) != 1)
		status = alm_fail(err, ALM_BUG, "version %lld is not one of model %lld",
			(long long)promotion->version_id, (long long)promotion->model_id);
	if (status != ALM_OK)
		return status;
	return alm_sql_run(db, err,
		"INSERT INTO almanac_promotion (model_id, version_id, reason, promoted, run_id, "
		"champion_error, "
		"challenger_error, baseline_error) VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?, ?)",
		"iisiirrr", promotion->model_id, promotion->version_id, promotion->reason, alm_sql_now_ms(),
		promotion->run_id, promotion->champion_error, promotion->challenger_error,
		promotion->baseline_error);
}

/* Champions that a rollback could go back to, today's last. */
struct line {
	int64_t *version; /* [room]; owned */
	int n, room;
};

/* A rollback takes the last one off; what is promoted twice in a row is there once. */
static enum alm_status take(struct line *line, int64_t version, const char *reason, struct alm_error *err)
{
	if (strcmp(reason, ALM_REASON_ROLLBACK) == 0) {
		while (line->n > 0 && line->version[line->n - 1] != version)
			line->n--;
		if (line->n > 0)
			return ALM_OK;
	}
	if (line->n > 0 && line->version[line->n - 1] == version)
		return ALM_OK;
	if (line->n == line->room) {
		int room = line->room ? 2 * line->room : 16;
		int64_t *grown = realloc(line->version, (size_t)room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, (size_t)room * sizeof *grown);
		line->version = grown;
		line->room = room;
	}
	line->version[line->n++] = version;
	return ALM_OK;
}

static enum alm_status read_line(
	struct alm_db *db, int64_t model_id, struct line *line, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT version_id, reason FROM almanac_promotion WHERE model_id = ? ORDER BY id", "i",
		model_id);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take(line, sqlite3_column_int64(stmt, 0), alm_sql_text(stmt, 1), err);
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_promotion_before(
	struct alm_db *db, int64_t model_id, int back, int64_t *version_id, struct alm_error *err)
{
	struct line line = {0};
	enum alm_status status = read_line(db, model_id, &line, err);
	if (status == ALM_OK)
		*version_id = back < line.n ? line.version[line.n - 1 - back] : 0;
	free(line.version);
	return status;
}

enum alm_status alm_version_find(
	struct alm_db *db, int64_t model_id, int number, int64_t *version_id, struct alm_error *err)
{
	return alm_sql_integer(db, version_id, 0, err,
		"SELECT id FROM almanac_version WHERE model_id = ? AND number = ?", "ii", model_id,
		(int64_t)number);
}

enum alm_status alm_version_number(struct alm_db *db, int64_t version_id, int *number, struct alm_error *err)
{
	int64_t found;
	enum alm_status status = alm_sql_integer(
		db, &found, 0, err, "SELECT number FROM almanac_version WHERE id = ?", "i", version_id);
	if (status == ALM_OK)
		*number = (int)found;
	return status;
}

/* The weights of one version, unless they were dropped before. */
static enum alm_status drop_weights(struct alm_db *db, int64_t version_id, struct alm_error *err)
{
	enum alm_status status =
		alm_sql_run(db, err, "DELETE FROM almanac_tensor WHERE version_id = ?", "i", version_id);
	if (status == ALM_OK)
		status = alm_sql_run(
			db, err, "DELETE FROM almanac_optimizer_state WHERE version_id = ?", "i", version_id);
	if (status == ALM_OK)
		status = alm_sql_run(
			db, err, "DELETE FROM almanac_drift_reference WHERE version_id = ?", "i", version_id);
	if (status == ALM_OK)
		status = alm_sql_run(db, err, "UPDATE almanac_version SET pruned = ? WHERE id = ?", "ii",
			alm_sql_now_ms(), version_id);
	return status;
}

static bool is_recent_champion(const struct line *line, int64_t version)
{
	for (int i = line->n - 1; i >= 0 && i >= line->n - ALM_PRUNE_CHAMPIONS; i--)
		if (line->version[i] == version)
			return true;
	return false;
}

enum alm_status alm_version_prune(
	struct alm_db *db, int64_t model_id, int keep, int *n, struct alm_error *err)
{
	struct line line = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	int dropped = 0;
	enum alm_status status = read_line(db, model_id, &line, err);
	if (status == ALM_OK)
		status = alm_sql_query(db, &stmt, err,
			"SELECT id FROM almanac_version WHERE model_id = ?1 AND pruned IS NULL "
			"ORDER BY number DESC LIMIT -1 OFFSET ?2",
			"ii", model_id, (int64_t)keep);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		int64_t version = sqlite3_column_int64(stmt, 0);
		if (is_recent_champion(&line, version))
			continue;
		status = drop_weights(db, version, err);
		dropped++;
	}
	sqlite3_finalize(stmt);
	free(line.version);
	if (status == ALM_OK)
		*n = dropped;
	return status;
}
