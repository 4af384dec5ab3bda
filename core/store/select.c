#include "store/select.h"
#include <stdlib.h>
#include <string.h>

/* The only things that a statement of the user's may do. */
static int authorize(void *unused, int action, const char *first, const char *function, const char *database,
	const char *trigger)
{
	(void)unused;
	(void)first;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return sqlite3_stricmp(function, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

/* Whether nothing but blanks, comments and semicolons is left of a text: that is no statement to SQLite either. */
static bool is_rest(sqlite3 *raw, const char *text)
{
	while (*text != '\0') {
		sqlite3_stmt *stmt = NULL;
		const char *tail = text;
		bool empty = sqlite3_prepare_v2(raw, text, -1, &stmt, &tail) == SQLITE_OK && !stmt;
		sqlite3_finalize(stmt);
		if (!empty)
			return false;
		if (tail == text)
			break;
		text = tail;
	}
	return true;
}

static enum alm_status check_query(const struct alm_select *select, const char *tail, struct alm_error *err)
{
	if (!select->stmt)
		return alm_fail(err, ALM_USAGE, "--query: expected a SELECT, found nothing");
	if (sqlite3_stmt_isexplain(select->stmt) || !sqlite3_stmt_readonly(select->stmt))
		return alm_fail(
			err, ALM_USAGE, "--query: only a SELECT that changes nothing may be attached");
	if (!is_rest(alm_sql_raw(select->db), tail))
		return alm_fail(
			err, ALM_USAGE, "--query: expected one statement, found more after the first");
	if (sqlite3_bind_parameter_count(select->stmt) > 0)
		return alm_fail(err, ALM_USAGE,
			"--query: parameters such as ? have no value here; write the values out");
	return ALM_OK;
}

static enum alm_status fail(
	const struct alm_select *select, const struct alm_origin *source, int code, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	const char *why = sqlite3_errmsg(alm_sql_raw(select->db));
	/* A function that is refused is a plain error to SQLite. */
	if ((code & 0xff) == SQLITE_AUTH || strncmp(why, "not authorized", 14) == 0)
		return alm_fail(err, ALM_USAGE,
			"--query: only a SELECT that changes nothing may be attached (%s)", why);
	if ((code & 0xff) != SQLITE_ERROR && (code & 0xff) != SQLITE_SCHEMA)
		return alm_sql_fail(select->db, code, err);
	return alm_fail(err, strncmp(why, "no such table", 13) == 0 ? ALM_NO_INPUT : ALM_BAD_DATA,
		"%s cannot be read: %s", alm_origin_describe(source, what), why);
}

static enum alm_status prepare_query(
	struct alm_select *select, const struct alm_origin *source, struct alm_error *err)
{
	sqlite3 *raw = alm_sql_raw(select->db);
	const char *tail = "";
	sqlite3_set_authorizer(raw, authorize, NULL);
	int code = sqlite3_prepare_v2(raw, source->query, -1, &select->stmt, &tail);
	enum alm_status status =
		code == SQLITE_OK ? check_query(select, tail, err) : fail(select, source, code, err);
	sqlite3_set_authorizer(raw, NULL, NULL);
	return status;
}

/* The tables and views of the database, some of them, for a message. */
static enum alm_status no_relation(const struct alm_select *select, const char *name, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	enum alm_status status = alm_sql_query(select->db, &stmt, err,
		"SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_schema WHERE type IN "
		"('table', 'view') "
		"AND name NOT LIKE 'almanac\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
		"ORDER BY name LIMIT 10)",
		"");
	if (status == ALM_OK)
		status = alm_sql_next(select->db, stmt, &row, err);
	if (status == ALM_OK) {
		const char *there = row ? alm_sql_text(stmt, 0) : "";
		status = alm_fail(err, ALM_NO_INPUT, "there is no table or view '%s' in '%s'; there %s%s",
			name, alm_db_path(select->db), *there ? "is " : "are none", there);
	}
	sqlite3_finalize(stmt);
	return status;
}

/* NOT INDEXED: rows come as they lie in the table, so that the last of several with one time is always the same. */
static enum alm_status prepare_relation(
	struct alm_select *select, const struct alm_origin *source, struct alm_error *err)
{
	int64_t there;
	enum alm_status status = alm_sql_integer(select->db, &there, 0, err,
		"SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE "
		"NOCASE",
		"s", source->relation);
	if (status != ALM_OK)
		return status;
	if (there == 0)
		return no_relation(select, source->relation, err);
	char *sql = sqlite3_mprintf("SELECT * FROM main.\"%w\" NOT INDEXED", source->relation);
	if (!sql)
		return alm_fail_memory(err, 1);
	int code = sqlite3_prepare_v2(alm_sql_raw(select->db), sql, -1, &select->stmt, NULL);
	sqlite3_free(sql);
	return code == SQLITE_OK ? ALM_OK : fail(select, source, code, err);
}

static enum alm_status open_sqlite(struct alm_db *db, int timeout_ms, const struct alm_origin *source,
	struct alm_select *made, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	made->db = db;
	if (source->location) {
		status = alm_db_open_other(source->location, timeout_ms, &made->other, err);
		made->db = made->other;
	}
	if (status == ALM_OK)
		status = source->query ? prepare_query(made, source, err)
				       : prepare_relation(made, source, err);
	if (status == ALM_OK)
		made->n_columns = sqlite3_column_count(made->stmt);
	return status;
}

/* Copies: neither SQLite nor a plugin keeps its texts over a step. */
static enum alm_status take_names(struct alm_select *made, struct alm_error *err)
{
	made->name = calloc((size_t)made->n_columns + 1, sizeof *made->name);
	if (!made->name)
		return alm_fail_memory(err, (size_t)made->n_columns * sizeof *made->name);
	for (int i = 0; i < made->n_columns; i++) {
		const char *name = made->plugin ? made->plugin->column(made->connection, i)
						: sqlite3_column_name(made->stmt, i);
		made->name[i] = strdup(name ? name : "");
		if (!made->name[i])
			return alm_fail_memory(err, 1);
	}
	return ALM_OK;
}

enum alm_status alm_select_open(struct alm_db *db, const struct alm_select_manner *manner,
	const struct alm_origin *source, struct alm_select *out, struct alm_error *err)
{
	struct alm_select made = {0};
	bool at_url = source->location && alm_origin_is_url(source->location, NULL);
	enum alm_status status = at_url ? alm_plugin_open(&made, manner->reporter, source, err)
					: open_sqlite(db, manner->timeout_ms, source, &made, err);
	if (status == ALM_OK)
		status = take_names(&made, err);
	if (status == ALM_OK)
		*out = made;
	else
		alm_select_close(&made);
	return status;
}

void alm_select_close(struct alm_select *select)
{
	for (int i = 0; select->name && i < select->n_columns; i++)
		free(select->name[i]);
	free(select->name);
	alm_plugin_close(select);
	sqlite3_finalize(select->stmt);
	alm_db_close(select->other);
	*select = (struct alm_select){0};
}

enum alm_status alm_select_next(
	const struct alm_select *select, const struct alm_origin *source, bool *row, struct alm_error *err)
{
	if (select->plugin)
		return alm_plugin_next(select, source, row, err);
	int code = sqlite3_step(select->stmt);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return fail(select, source, code, err);
	*row = code == SQLITE_ROW;
	return ALM_OK;
}
