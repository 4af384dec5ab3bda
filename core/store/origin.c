#include "store/origin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/sql.h"

void alm_origin_release(struct alm_origin *source)
{
	free(source->location);
	free(source->relation);
	free(source->query);
	free(source->time);
	for (int i = 0; i < source->n_ids; i++)
		free(source->ids[i]);
	*source = (struct alm_origin){0};
}

bool alm_origin_is_url(const char *location, char scheme[ALM_SCHEME_MAX + 1])
{
	size_t length = strspn(location, "abcdefghijklmnopqrstuvwxyz0123456789");
	if (length == 0 || length > ALM_SCHEME_MAX || strncmp(location + length, "://", 3) != 0)
		return false;
	if (scheme)
		snprintf(scheme, ALM_SCHEME_MAX + 1, "%.*s", (int)length, location);
	return true;
}

const char *alm_origin_describe(const struct alm_origin *source, char out[static ALM_ORIGIN_TEXT])
{
	const char *text = source->query ? source->query : source->relation;
	snprintf(out, ALM_ORIGIN_TEXT, "%s '%.60s%s'%s%.120s%s", source->query ? "query" : "table", text,
		strlen(text) > 60 ? "..." : "", source->location ? " in '" : "",
		source->location ? source->location : "", source->location ? "'" : "");
	return out;
}

/* A column as text in memory of its own; NULL stays NULL. */
static enum alm_status take_text(sqlite3_stmt *stmt, int column, char **out, struct alm_error *err)
{
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return ALM_OK;
	*out = strdup(alm_sql_text(stmt, column));
	return *out ? ALM_OK : alm_fail_memory(err, 1);
}

static enum alm_status take_source(sqlite3_stmt *stmt, struct alm_origin *source, struct alm_error *err)
{
	enum alm_status status = take_text(stmt, 0, &source->location, err);
	if (status == ALM_OK)
		status = take_text(stmt, 1, &source->relation, err);
	if (status == ALM_OK)
		status = take_text(stmt, 2, &source->query, err);
	if (status == ALM_OK)
		status = take_text(stmt, 3, &source->time, err);
	if (status == ALM_OK)
		status = alm_stamp_parse(alm_sql_text(stmt, 4), &source->format, err);
	source->copied = sqlite3_column_int(stmt, 5) != 0;
	return status;
}

static enum alm_status read_ids(
	struct alm_db *db, int64_t dataset_id, struct alm_origin *source, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT name FROM almanac_source_id WHERE dataset_id = ? ORDER BY position", "i", dataset_id);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row &&
		source->n_ids < ALM_ORIGIN_IDS_MAX) {
		status = take_text(stmt, 0, &source->ids[source->n_ids], err);
		source->n_ids += status == ALM_OK;
	}
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_origin_load(
	struct alm_db *db, int64_t dataset_id, struct alm_origin **out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	*out = NULL;
	if (alm_db_schema(db) < ALM_SCHEMA_SOURCES)
		return ALM_OK;
	struct alm_origin *source = calloc(1, sizeof *source);
	if (!source)
		return alm_fail_memory(err, sizeof *source);
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT location, relation, query, time, time_format, copied FROM almanac_source "
		"WHERE dataset_id = ?",
		"i", dataset_id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row)
		status = take_source(stmt, source, err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK && row)
		status = read_ids(db, dataset_id, source, err);
	if (status == ALM_OK && row) {
		*out = source;
		return ALM_OK;
	}
	alm_origin_release(source);
	free(source);
	return status;
}

enum alm_status alm_origin_save(
	struct alm_db *db, int64_t dataset_id, const struct alm_origin *source, struct alm_error *err)
{
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_source (dataset_id, location, relation, query, time, time_format, "
		"copied) "
		"VALUES (?, ?, ?, ?, ?, ?, ?)",
		"isssssi", dataset_id, source->location, source->relation, source->query, source->time,
		alm_stamp_words(&source->format), (int64_t)source->copied);
	for (int i = 0; i < source->n_ids && status == ALM_OK; i++)
		status = alm_sql_run(db, err,
			"INSERT INTO almanac_source_id (dataset_id, position, name) VALUES (?, ?, ?)", "iis",
			dataset_id, (int64_t)i, source->ids[i]);
	return status;
}

enum alm_status alm_origin_copies(struct alm_db *db, struct alm_names *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true, added;
	int number;
	if (alm_db_schema(db) < ALM_SCHEMA_SOURCES)
		return ALM_OK;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT d.name FROM almanac_source AS s JOIN almanac_dataset AS d ON d.id = s.dataset_id "
		"WHERE s.copied ORDER BY d.name",
		"");
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		const char *name = alm_sql_text(stmt, 0);
		status = alm_names_number(out, name, strlen(name), &number, &added, err);
	}
	sqlite3_finalize(stmt);
	return status;
}

/* What is trained on a dataset would have nothing to forecast from. */
static enum alm_status check_models(struct alm_db *db, int64_t dataset_id, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT group_concat(name, ', ') FROM (SELECT name FROM almanac_model WHERE dataset_id = ? "
		"ORDER BY name LIMIT 10)",
		"i", dataset_id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && sqlite3_column_type(stmt, 0) != SQLITE_NULL)
		status = alm_fail(err, ALM_USAGE,
			"models are trained on it and need it to forecast: %s; it stays attached",
			alm_sql_text(stmt, 0));
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_origin_forget(
	struct alm_db *db, int64_t dataset_id, const struct alm_origin *source, struct alm_error *err)
{
	if (source->copied)
		return alm_sql_run(
			db, err, "DELETE FROM almanac_source WHERE dataset_id = ?", "i", dataset_id);
	enum alm_status status = check_models(db, dataset_id, err);
	if (status == ALM_OK)
		status = alm_sql_run(db, err, "UPDATE almanac_run SET dataset_id = NULL WHERE dataset_id = ?",
			"i", dataset_id);
	return status == ALM_OK
		       ? alm_sql_run(db, err, "DELETE FROM almanac_dataset WHERE id = ?", "i", dataset_id)
		       : status;
}
