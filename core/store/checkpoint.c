#include "store/checkpoint.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/lineage.h"
#include "store/sql.h"

static void hash_payload(
	const char *fingerprint, const void *payload, size_t n_bytes, char out[static ALM_HASH_TEXT])
{
	struct alm_hash_part parts[] = {{fingerprint, strlen(fingerprint) + 1}, {payload, n_bytes}};
	alm_hash_parts(parts, 2, out);
}

enum alm_status alm_checkpoint_put(
	struct alm_db *db, const struct alm_checkpoint *checkpoint, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	hash_payload(checkpoint->fingerprint, checkpoint->payload, checkpoint->n_bytes, sha256);
	return alm_sql_run(db, err,
		"INSERT OR REPLACE INTO almanac_checkpoint (model_id, series, run_id, fingerprint, epoch, "
		"saved, "
		"payload, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		"isisiibs", checkpoint->model_id, checkpoint->series, checkpoint->run_id,
		checkpoint->fingerprint, (int64_t)checkpoint->epoch, alm_sql_now_ms(),
		(const void *)checkpoint->payload, checkpoint->n_bytes, sha256);
}

/* Copies the row; its hash says whether it is whole. */
static enum alm_status take(sqlite3_stmt *stmt, struct alm_checkpoint *out, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	size_t n_bytes = (size_t)sqlite3_column_bytes(stmt, 3);
	const void *payload = sqlite3_column_blob(stmt, 3);
	snprintf(out->fingerprint, sizeof out->fingerprint, "%s", alm_sql_text(stmt, 1));
	hash_payload(out->fingerprint, payload, payload ? n_bytes : 0, sha256);
	if (!payload || strcmp(sha256, alm_sql_text(stmt, 4)) != 0)
		return alm_fail(err, ALM_BAD_DATA, "its checkpoint is damaged: the SHA-256 differs");
	out->payload = malloc(n_bytes);
	if (!out->payload)
		return alm_fail_memory(err, n_bytes);
	memcpy(out->payload, payload, n_bytes);
	out->run_id = sqlite3_column_int64(stmt, 0);
	out->epoch = sqlite3_column_int(stmt, 2);
	out->n_bytes = n_bytes;
	return ALM_OK;
}

enum alm_status alm_checkpoint_find(struct alm_db *db, int64_t model_id, const char *series,
	struct alm_checkpoint *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	*out = (struct alm_checkpoint){.model_id = model_id, .series = series};
	/* Whoever only reads may find an older schema, which has one of each model. */
	const char *sql = alm_db_schema(db) < ALM_SCHEMA_PER_SERIES
				  ? "SELECT run_id, fingerprint, epoch, payload, sha256 FROM "
				    "almanac_checkpoint WHERE model_id = ?1 AND ?2 = ''"
				  : "SELECT run_id, fingerprint, epoch, payload, sha256 FROM "
				    "almanac_checkpoint WHERE model_id = ?1 AND series = ?2";
	enum alm_status status = alm_sql_query(db, &stmt, err, sql, "is", model_id, series);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row)
		status = take(stmt, out, err);
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_checkpoint_drop(struct alm_db *db, int64_t model_id, struct alm_error *err)
{
	return alm_sql_run(db, err, "DELETE FROM almanac_checkpoint WHERE model_id = ?", "i", model_id);
}
