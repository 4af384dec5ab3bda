/* What has a hash: tensors of versions, checkpoints, states of optimisers. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "store/audit_part.h"
#include "store/checkpoint.h"
#include "store/lineage.h"
#include "store/optimizer_state.h"
#include "store/tensor.h"

#define WHOSE 144

/* The first value of a payload that is not finite, or -1. */
static int64_t not_finite(const void *payload, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float value;
		memcpy(&value, (const char *)payload + i * sizeof value, sizeof value);
		alm_tensor_swap(&value, 1);
		if (!isfinite(value))
			return (int64_t)i;
	}
	return -1;
}

/* One row: version_id, name, shape, payload, sha256. */
static enum alm_status check_tensor(struct alm_audit_state *audit, sqlite3_stmt *stmt, struct alm_error *err)
{
	struct alm_violations *violations = audit->violations;
	struct alm_tensor_row tensor = {0};
	char sha256[ALM_HASH_TEXT];
	long long version = sqlite3_column_int64(stmt, 0);
	const char *name = alm_sql_text(stmt, 1);
	const void *payload = sqlite3_column_blob(stmt, 3);
	size_t n = 0, n_bytes = (size_t)sqlite3_column_bytes(stmt, 3), expected = 0;
	if (strlen(name) >= sizeof tensor.name || *name == '\0')
		return alm_violations_add(
			violations, "M2", err, "version id %lld: '%.80s' is no tensor's name", version, name);
	snprintf(tensor.name, sizeof tensor.name, "%s", name);
	if (!alm_tensor_read_shape(alm_sql_text(stmt, 2), &tensor) || !alm_tensor_count(&tensor, &n) ||
		!alm_mul_size(n, sizeof(float), &expected) || expected != n_bytes || !payload ||
		sqlite3_column_type(stmt, 3) != SQLITE_BLOB)
		return alm_violations_add(violations, "M2", err,
			"version id %lld: the payload of tensor '%s' has %zu bytes, which is not %s", version,
			name, n_bytes, alm_sql_text(stmt, 2));
	alm_tensor_hash(&tensor, payload, n_bytes, sha256);
	if (strcmp(sha256, alm_sql_text(stmt, 4)) != 0)
		return alm_violations_add(violations, "M1", err,
			"version id %lld: the SHA-256 of tensor '%s' differs", version, name);
	int64_t at = not_finite(payload, n);
	if (at < 0)
		return ALM_OK;
	return alm_violations_add(violations, "M3", err,
		"version id %lld: value %lld of tensor '%s' is not finite", version, (long long)at, name);
}

static enum alm_status check_tensors(struct alm_audit_state *audit, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err,
		"SELECT version_id, name, shape, payload, sha256 FROM almanac_tensor", "");
	if (status == ALM_BUG && audit->incomplete)
		return ALM_OK;
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check_tensor(audit, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

/* Whose network, where there is one for each series. */
static const char *whose(const char *series, char out[static WHOSE])
{
	*out = '\0';
	if (*series)
		snprintf(out, WHOSE, ", series '%.120s'", series);
	return out;
}

static enum alm_status check_checkpoint(
	struct alm_audit_state *audit, int64_t model_id, const char *series, struct alm_error *err)
{
	struct alm_checkpoint found;
	struct alm_error why = {0};
	char name[WHOSE];
	enum alm_status status = alm_checkpoint_find(audit->db, model_id, series, &found, &why);
	free(found.payload);
	if (status == ALM_BAD_DATA)
		return alm_violations_add(audit->violations, "M7", err, "model id %lld%s: %s",
			(long long)model_id, whose(series, name), why.text);
	if (status != ALM_OK && err)
		*err = why;
	return status;
}

static enum alm_status check_state(
	struct alm_audit_state *audit, int64_t version_id, const char *series, struct alm_error *err)
{
	struct alm_optimizer_state found = {0};
	struct alm_error why = {0};
	char name[WHOSE];
	enum alm_status status = alm_optimizer_state_find(audit->db, version_id, series, &found, &why);
	size_t at = 0;
	while (status == ALM_OK && at < found.n_slots && isfinite(found.slots[at]))
		at++;
	bool finite = at == found.n_slots;
	free(found.slots);
	if (status == ALM_BAD_DATA)
		return alm_violations_add(audit->violations, "M9", err, "version id %lld%s: %s",
			(long long)version_id, whose(series, name), why.text);
	if (status != ALM_OK && err)
		*err = why;
	if (status != ALM_OK || finite)
		return status;
	return alm_violations_add(audit->violations, "M9", err,
		"version id %lld%s: value %zu of the optimiser's state is not finite", (long long)version_id,
		whose(series, name), at);
}

/* Every row of a table whose key is an id and a series. */
static enum alm_status check_each(struct alm_audit_state *audit, const char *sql,
	enum alm_status (*check)(struct alm_audit_state *, int64_t, const char *, struct alm_error *),
	struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err, sql, "");
	if (status == ALM_BUG && audit->incomplete)
		return ALM_OK;
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check(audit, sqlite3_column_int64(stmt, 0), alm_sql_text(stmt, 1), err);
	sqlite3_finalize(stmt);
	return status;
}

/* The schemas that brought the tables. */
#define SCHEMA_CHECKPOINTS 3
#define SCHEMA_STATES      8

enum alm_status alm_audit_payloads(struct alm_audit_state *audit, struct alm_error *err)
{
	int schema = alm_db_schema(audit->db);
	bool keyed = schema >= ALM_SCHEMA_PER_SERIES;
	enum alm_status status = check_tensors(audit, err);
	if (status == ALM_OK && schema >= SCHEMA_CHECKPOINTS)
		status = check_each(audit,
			keyed ? "SELECT model_id, series FROM almanac_checkpoint"
			      : "SELECT model_id, '' FROM almanac_checkpoint",
			check_checkpoint, err);
	if (status == ALM_OK && schema >= SCHEMA_STATES)
		status = check_each(audit,
			keyed ? "SELECT version_id, series FROM almanac_optimizer_state"
			      : "SELECT version_id, '' FROM almanac_optimizer_state",
			check_state, err);
	return status;
}
