#include "store/pairs.h"
#include <stdlib.h>
#include <string.h>
#include "store/json.h"
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

enum alm_status alm_pairs_to_json(const struct alm_pairs *pairs, char **json, struct alm_error *err)
{
	struct alm_json *object = NULL;
	const char *text = NULL;
	enum alm_status status = alm_json_new(&object, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(object, NULL);
	for (int i = 0; i < pairs->n; i++)
		alm_json_text(object, pairs->pair[i].key, pairs->pair[i].value);
	alm_json_close(object);
	status = alm_json_finish(object, &text, err);
	if (status == ALM_OK) {
		*json = strdup(text);
		if (!*json)
			status = alm_fail_memory(err, strlen(text) + 1);
	}
	alm_json_free(object);
	return status;
}

enum alm_status alm_pairs_from_json(
	struct alm_db *db, const char *json, struct alm_pairs *out, struct alm_error *err)
{
	struct alm_pairs made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status =
		alm_sql_query(db, &stmt, err, "SELECT key, CAST(value AS TEXT) FROM json_each(?)", "s", json);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = alm_pairs_add(&made, alm_sql_text(stmt, 0), alm_sql_text(stmt, 1), err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK)
		*out = made;
	else
		alm_pairs_release(&made);
	return status;
}
