#include "store/json.h"
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#define DEPTH_MAX 16

struct alm_json {
	sqlite3 *quoter;     /* an empty in-memory database */
	sqlite3_stmt *quote; /* SELECT json_quote(?) */
	sqlite3_str *text;
	char *finished;         /* sqlite3_free */
	enum alm_status status; /* the first thing that went wrong */
	int depth;
	char closer[DEPTH_MAX]; /* '}' or ']' of each open level */
	bool empty[DEPTH_MAX];
};

enum alm_status alm_json_new(struct alm_json **out, struct alm_error *err)
{
	struct alm_json *json = calloc(1, sizeof *json);
	if (!json)
		return alm_fail_memory(err, sizeof *json);
	json->text = sqlite3_str_new(NULL);
	int code = sqlite3_open(":memory:", &json->quoter);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(json->quoter, "SELECT json_quote(?)", -1, &json->quote, NULL);
	if (code != SQLITE_OK) {
		alm_json_free(json);
		return code == SQLITE_NOMEM
			       ? alm_fail_memory(err, 1)
			       : alm_fail(err, ALM_UNAVAILABLE, "this SQLite library has no JSON functions");
	}
	*out = json;
	return ALM_OK;
}

void alm_json_free(struct alm_json *json)
{
	if (!json)
		return;
	sqlite3_finalize(json->quote);
	sqlite3_close(json->quoter);
	if (json->text)
		sqlite3_free(sqlite3_str_finish(json->text));
	sqlite3_free(json->finished);
	free(json);
}

/* Appends json_quote of what has been bound. */
static void put_bound(struct alm_json *json)
{
	const unsigned char *text =
		sqlite3_step(json->quote) == SQLITE_ROW ? sqlite3_column_text(json->quote, 0) : NULL;
	if (text)
		sqlite3_str_appendall(json->text, (const char *)text);
	else
		json->status = ALM_NO_MEMORY;
	sqlite3_reset(json->quote);
}

/* The comma and the key before a value. */
static void begin_value(struct alm_json *json, const char *key)
{
	if (json->depth > 0) {
		if (!json->empty[json->depth - 1])
			sqlite3_str_appendchar(json->text, 1, ',');
		json->empty[json->depth - 1] = false;
	}
	if (!key)
		return;
	sqlite3_bind_text(json->quote, 1, key, -1, SQLITE_STATIC);
	put_bound(json);
	sqlite3_str_appendchar(json->text, 1, ':');
}

static void open_level(struct alm_json *json, const char *key, char opener, char closer)
{
	begin_value(json, key);
	if (json->depth == DEPTH_MAX) {
		json->status = ALM_BUG;
		return;
	}
	json->closer[json->depth] = closer;
	json->empty[json->depth++] = true;
	sqlite3_str_appendchar(json->text, 1, opener);
}

void alm_json_object(struct alm_json *json, const char *key)
{
	open_level(json, key, '{', '}');
}

void alm_json_array(struct alm_json *json, const char *key)
{
	open_level(json, key, '[', ']');
}

void alm_json_close(struct alm_json *json)
{
	if (json->depth == 0)
		json->status = ALM_BUG;
	else
		sqlite3_str_appendchar(json->text, 1, json->closer[--json->depth]);
}

void alm_json_text(struct alm_json *json, const char *key, const char *value)
{
	begin_value(json, key);
	sqlite3_bind_text(json->quote, 1, value, -1, SQLITE_STATIC);
	put_bound(json);
}

void alm_json_real(struct alm_json *json, const char *key, double value)
{
	begin_value(json, key);
	if (isfinite(value))
		sqlite3_bind_double(json->quote, 1, value);
	else
		sqlite3_bind_null(json->quote, 1);
	put_bound(json);
}

void alm_json_integer(struct alm_json *json, const char *key, int64_t value)
{
	begin_value(json, key);
	sqlite3_bind_int64(json->quote, 1, value);
	put_bound(json);
}

void alm_json_bool(struct alm_json *json, const char *key, bool value)
{
	begin_value(json, key);
	sqlite3_str_appendall(json->text, value ? "true" : "false");
}

enum alm_status alm_json_finish(struct alm_json *json, const char **text, struct alm_error *err)
{
	if (json->status == ALM_OK && json->depth != 0)
		json->status = ALM_BUG;
	if (json->status == ALM_OK && sqlite3_str_errcode(json->text) != SQLITE_OK)
		json->status = ALM_NO_MEMORY;
	if (json->status != ALM_OK)
		return alm_fail(err, json->status, "cannot write JSON: %s", alm_status_text(json->status));
	json->finished = sqlite3_str_finish(json->text);
	json->text = NULL;
	if (!json->finished)
		return alm_fail_memory(err, 1);
	*text = json->finished;
	return ALM_OK;
}
