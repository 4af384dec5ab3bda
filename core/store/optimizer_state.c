#include "store/optimizer_state.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "store/lineage.h"
#include "store/sql.h"
#include "store/tensor.h"

/* Over the steps as eight little-endian bytes, and the payload. */
static void hash_state(int64_t steps, const void *payload, size_t n_bytes, char out[static ALM_HASH_TEXT])
{
	unsigned char count[8];
	for (size_t i = 0; i < sizeof count; i++)
		count[i] = (unsigned char)((uint64_t)steps >> (8 * i));
	struct alm_hash_part parts[] = {{count, sizeof count}, {payload, n_bytes}};
	alm_hash_parts(parts, 2, out);
}

enum alm_status alm_optimizer_state_put(
	struct alm_db *db, const struct alm_optimizer_state *state, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	size_t n_bytes = state->n_slots * sizeof(float);
	for (size_t i = 0; i < state->n_slots; i++)
		if (!isfinite(state->slots[i]))
			return alm_fail(
				err, ALM_BUG, "the optimiser's state is not finite; no version was stored");
	float *payload = malloc(n_bytes + 1);
	if (!payload)
		return alm_fail_memory(err, n_bytes);
	memcpy(payload, state->slots, n_bytes);
	alm_tensor_swap(payload, state->n_slots);
	hash_state(state->steps, payload, n_bytes, sha256);
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_optimizer_state (version_id, series, steps, payload, sha256) "
		"VALUES (?, ?, ?, ?, ?)",
		"isibs", state->version_id, state->series, state->steps, (const void *)payload, n_bytes,
		sha256);
	free(payload);
	return status;
}

/* Copies the row; its hash says whether it is whole. */
static enum alm_status take(sqlite3_stmt *stmt, struct alm_optimizer_state *out, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	const void *payload = sqlite3_column_blob(stmt, 1);
	size_t n_bytes = (size_t)sqlite3_column_bytes(stmt, 1);
	out->steps = sqlite3_column_int64(stmt, 0);
	hash_state(out->steps, payload ? payload : "", n_bytes, sha256);
	if (strcmp(sha256, alm_sql_text(stmt, 2)) != 0)
		return alm_fail(err, ALM_BAD_DATA, "the optimiser's state is damaged: its SHA-256 differs");
	out->n_slots = n_bytes / sizeof(float);
	if (out->n_slots == 0 || !payload)
		return ALM_OK;
	out->slots = malloc(n_bytes);
	if (!out->slots)
		return alm_fail_memory(err, n_bytes);
	memcpy(out->slots, payload, out->n_slots * sizeof(float));
	alm_tensor_swap(out->slots, out->n_slots);
	return ALM_OK;
}

enum alm_status alm_optimizer_state_find(struct alm_db *db, int64_t version_id, const char *series,
	struct alm_optimizer_state *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	struct alm_optimizer_state found = {.version_id = version_id, .series = series};
	/* Whoever only reads may find an older schema, which has one of each version. */
	const char *sql = alm_db_schema(db) < ALM_SCHEMA_PER_SERIES
				  ? "SELECT steps, payload, sha256 FROM almanac_optimizer_state "
				    "WHERE version_id = ?1 AND ?2 = ''"
				  : "SELECT steps, payload, sha256 FROM almanac_optimizer_state "
				    "WHERE version_id = ?1 AND series = ?2";
	enum alm_status status = alm_sql_query(db, &stmt, err, sql, "is", version_id, series);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row)
		status = take(stmt, &found, err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK)
		*out = found;
	return status;
}
