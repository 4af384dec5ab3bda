#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "store/lineage.h"
#include "store/model.h"
#include "store/pairs.h"
#include "store/sql.h"
#include "store/tensor.h"

static enum alm_status put_tensor(
	struct alm_db *db, const struct alm_version *version, int position, struct alm_error *err)
{
	const struct alm_tensor_row *tensor = &version->tensors[position];
	char shape[ALM_SHAPE_TEXT], sha256[ALM_HASH_TEXT];
	size_t n, n_bytes;
	if (!alm_tensor_count(tensor, &n) || !alm_mul_size(n, sizeof(float), &n_bytes))
		return alm_fail(err, ALM_BUG, "tensor '%s' has no size", tensor->name);
	for (size_t i = 0; i < n; i++)
		if (!isfinite(tensor->values[i]))
			return alm_fail(err, ALM_BUG, "tensor '%s' is not finite; no version was stored",
				tensor->name);
	float *payload = malloc(n_bytes);
	if (!payload)
		return alm_fail_memory(err, n_bytes);
	memcpy(payload, tensor->values, n_bytes);
	alm_tensor_swap(payload, n);
	alm_tensor_hash(tensor, payload, n_bytes, sha256);
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_tensor (version_id, position, name, shape, payload, sha256) "
		"VALUES (?, ?, ?, ?, ?, ?)",
		"iissbs", version->id, (int64_t)position, tensor->name, alm_tensor_print_shape(tensor, shape),
		(const void *)payload, n_bytes, sha256);
	free(payload);
	return status;
}

static enum alm_status put_row(struct alm_db *db, struct alm_version *version, struct alm_error *err)
{
	int64_t newest = 0;
	enum alm_status status = alm_sql_integer(db, &newest, 0, err,
		"SELECT max(number) FROM almanac_version WHERE model_id = ?", "i", version->model_id);
	version->number = (int)newest + 1;
	version->created_ms = alm_sql_now_ms();
	if (status == ALM_OK)
		status = alm_sql_run(db, err,
			"INSERT INTO almanac_version (model_id, number, run_id, created, parent_id, data_to) "
			"VALUES (?, ?, ?, ?, nullif(?, 0), nullif(?, ?))",
			"iiiiiii", version->model_id, (int64_t)version->number, version->run_id,
			version->created_ms, version->parent_id, version->data_to_ms, INT64_MIN);
	version->id = sqlite3_last_insert_rowid(alm_sql_raw(db));
	if (status == ALM_OK)
		status = alm_pairs_put(db, &alm_version_settings, version->id, &version->spec, err);
	if (status == ALM_OK)
		status = alm_pairs_put(db, &alm_version_facts, version->id, &version->facts, err);
	return status;
}

enum alm_status alm_version_put(struct alm_db *db, struct alm_version *version, struct alm_error *err)
{
	enum alm_status status = put_row(db, version, err);
	for (int i = 0; i < version->n_tensors && status == ALM_OK; i++)
		status = put_tensor(db, version, i, err);
	return status;
}

static enum alm_status damaged(
	const struct alm_version *version, const char *tensor, const char *how, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "version %d: tensor '%s' is damaged (%s); train the model again",
		version->number, tensor, how);
}

/* Checks one row against its own sizes and hash, and copies its payload to `to` unless that is NULL. */
static enum alm_status take_tensor(const struct alm_version *version, sqlite3_stmt *stmt,
	struct alm_tensor_row *tensor, size_t *n, float *to, struct alm_error *err)
{
	char sha256[ALM_HASH_TEXT];
	size_t n_bytes;
	*tensor = (struct alm_tensor_row){0};
	snprintf(tensor->name, sizeof tensor->name, "%s", alm_sql_text(stmt, 0));
	if (!alm_tensor_read_shape(alm_sql_text(stmt, 1), tensor) || !alm_tensor_count(tensor, n) ||
		!alm_mul_size(*n, sizeof(float), &n_bytes) ||
		n_bytes != (size_t)sqlite3_column_bytes(stmt, 2))
		return damaged(version, tensor->name, "its shape does not match its payload", err);
	if (!to)
		return ALM_OK;
	const void *payload = sqlite3_column_blob(stmt, 2);
	if (!payload)
		return alm_fail_memory(err, n_bytes);
	alm_tensor_hash(tensor, payload, n_bytes, sha256);
	if (strcmp(sha256, alm_sql_text(stmt, 3)) != 0)
		return damaged(version, tensor->name, "its SHA-256 differs", err);
	memcpy(to, payload, n_bytes);
	alm_tensor_swap(to, *n);
	for (size_t i = 0; i < *n; i++)
		if (!isfinite(to[i]))
			return damaged(version, tensor->name, "a value is not finite", err);
	tensor->values = to;
	return ALM_OK;
}

/* One pass over the tensors: the first (values NULL) counts, the second copies. */
static enum alm_status pass(struct alm_db *db, struct alm_version *version, int *n_tensors, size_t *n_values,
	struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	size_t done = 0;
	int i = 0;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT name, shape, payload, sha256 FROM almanac_tensor WHERE version_id = ? ORDER BY "
		"position",
		"i", version->id);
	for (; status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row; i++) {
		struct alm_tensor_row tensor;
		size_t n = 0;
		status = take_tensor(
			version, stmt, &tensor, &n, version->values ? version->values + done : NULL, err);
		if (status == ALM_OK && version->values)
			version->tensors[i] = tensor;
		done += n;
	}
	sqlite3_finalize(stmt);
	*n_tensors = i;
	*n_values = done;
	return status;
}

static enum alm_status load_tensors(struct alm_db *db, struct alm_version *version, struct alm_error *err)
{
	int n_tensors;
	size_t n_values;
	enum alm_status status = pass(db, version, &n_tensors, &n_values, err);
	if (status != ALM_OK)
		return status;
	if (n_tensors == 0 || n_values == 0)
		return alm_fail(err, ALM_BAD_DATA, "version %d has no tensors; train the model again",
			version->number);
	version->tensors = calloc((size_t)n_tensors, sizeof *version->tensors);
	version->values = malloc(n_values * sizeof *version->values);
	if (!version->tensors || !version->values)
		return alm_fail_memory(err, n_values * sizeof *version->values);
	version->n_tensors = n_tensors;
	return pass(db, version, &n_tensors, &n_values, err);
}

static enum alm_status load_row(struct alm_db *db, const struct alm_model *model, int number,
	struct alm_version *version, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	/* Whoever only reads may find an older schema, which says nothing of the last three. */
	const char *sql =
		alm_db_schema(db) < ALM_SCHEMA_RETRAIN
			? "SELECT id, number, run_id, created, NULL, ?4, NULL FROM almanac_version "
			  "WHERE model_id = ?1 AND CASE WHEN ?2 = 0 THEN id = ?3 ELSE number = ?2 END"
			: "SELECT id, number, run_id, created, parent_id, coalesce(data_to, ?4), pruned "
			  "FROM almanac_version "
			  "WHERE model_id = ?1 AND CASE WHEN ?2 = 0 THEN id = ?3 ELSE number = ?2 END";
	enum alm_status status = alm_sql_query(
		db, &stmt, err, sql, "iiii", model->id, (int64_t)number, model->champion_id, INT64_MIN);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row && sqlite3_column_type(stmt, 6) != SQLITE_NULL)
		status = alm_fail(err, ALM_NO_INPUT,
			"the weights of version %d of model '%s' were dropped by almanac prune",
			sqlite3_column_int(stmt, 1), model->name);
	if (status == ALM_OK && row) {
		version->id = sqlite3_column_int64(stmt, 0);
		version->model_id = model->id;
		version->number = sqlite3_column_int(stmt, 1);
		version->run_id = sqlite3_column_int64(stmt, 2);
		version->created_ms = sqlite3_column_int64(stmt, 3);
		version->parent_id = sqlite3_column_int64(stmt, 4);
		version->data_to_ms = sqlite3_column_int64(stmt, 5);
		status = alm_pairs_read(db, &alm_version_settings, version->id, &version->spec, err);
	}
	if (status == ALM_OK && row)
		status = alm_pairs_read(db, &alm_version_facts, version->id, &version->facts, err);
	sqlite3_finalize(stmt);
	if (status != ALM_OK || row)
		return status;
	if (number == 0)
		return alm_fail(err, ALM_NO_INPUT, "model '%s' has no trained version yet; use almanac train",
			model->name);
	return alm_fail(err, ALM_NO_INPUT, "model '%s' has no version %d; see almanac show versions %s",
		model->name, number, model->name);
}

enum alm_status alm_version_load(struct alm_db *db, const struct alm_model *model, int number,
	struct alm_version *out, struct alm_error *err)
{
	struct alm_version made = {0};
	enum alm_status status = alm_sql_exec(db, "BEGIN", err); /* one snapshot for row and tensors */
	if (status != ALM_OK)
		return status;
	status = load_row(db, model, number, &made, err);
	if (status == ALM_OK)
		status = load_tensors(db, &made, err);
	alm_db_rollback(db);
	if (status == ALM_OK)
		*out = made;
	else
		alm_version_release(&made);
	return status;
}

void alm_version_release(struct alm_version *version)
{
	alm_pairs_release(&version->spec);
	alm_pairs_release(&version->facts);
	free(version->tensors);
	free(version->values);
	*version = (struct alm_version){0};
}
