#include "store/dataset.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "store/name.h"
#include "store/sql.h"

static enum alm_status read_channels(struct alm_db *db, struct alm_dataset *dataset, struct alm_error *err)
{
	int64_t n;
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_integer(db, &n, 0, err,
		"SELECT count(*) FROM almanac_channel WHERE dataset_id = ?", "i", dataset->id);
	if (status != ALM_OK)
		return status;
	dataset->channels = calloc((size_t)n + 1, sizeof *dataset->channels);
	dataset->category = calloc((size_t)n + 1, sizeof *dataset->category);
	if (!dataset->channels || !dataset->category)
		return alm_fail_memory(err, (size_t)n * sizeof *dataset->channels);
	/* A file that is only read may be older than the column. */
	status = alm_sql_query(db, &stmt, err,
		alm_db_schema(db) < ALM_SCHEMA_CATEGORY
			? "SELECT name, 'number' FROM almanac_channel WHERE dataset_id = ? ORDER BY position"
			: "SELECT name, kind FROM almanac_channel WHERE dataset_id = ? ORDER BY position",
		"i", dataset->id);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row &&
		dataset->n_channels < n) {
		int place = dataset->n_channels++;
		snprintf(dataset->channels[place], sizeof *dataset->channels, "%s", alm_sql_text(stmt, 0));
		dataset->category[place] = strcmp(alm_sql_text(stmt, 1), "category") == 0;
	}
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_dataset_find(
	struct alm_db *db, const char *name, struct alm_dataset *out, struct alm_error *err)
{
	struct alm_dataset made = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	if (alm_db_schema(db) == 0)
		return alm_fail(err, ALM_NO_INPUT, "'%s' has no datasets yet; begin with almanac ingest",
			alm_db_path(db));
	enum alm_status status = alm_sql_query(
		db, &stmt, err, "SELECT id, name, unit FROM almanac_dataset WHERE name = ?", "s", name);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row) {
		made.id = sqlite3_column_int64(stmt, 0);
		snprintf(made.name, sizeof made.name, "%s", alm_sql_text(stmt, 1));
		made.unit = strcmp(alm_sql_text(stmt, 2), "ms") == 0 ? ALM_UNIT_MS : ALM_UNIT_S;
	}
	sqlite3_finalize(stmt);
	if (status == ALM_OK && !row)
		return alm_name_missing(db, "dataset", "almanac_dataset", name, err);
	if (status == ALM_OK)
		status = read_channels(db, &made, err);
	if (status == ALM_OK)
		status = alm_origin_load(db, made.id, &made.source, err);
	if (status == ALM_OK)
		*out = made;
	else
		alm_dataset_release(&made);
	return status;
}

void alm_dataset_release(struct alm_dataset *dataset)
{
	free(dataset->channels);
	free(dataset->category);
	if (dataset->source)
		alm_origin_release(dataset->source);
	free(dataset->source);
	*dataset = (struct alm_dataset){0};
}

bool alm_dataset_in_place(const struct alm_dataset *dataset)
{
	return dataset->source && !dataset->source->copied;
}

int alm_dataset_channel(const struct alm_dataset *dataset, const char *name)
{
	for (int i = 0; i < dataset->n_channels; i++)
		if (strcmp(dataset->channels[i], name) == 0)
			return i;
	for (int i = 0; i < dataset->n_channels; i++)
		if (strcasecmp(dataset->channels[i], name) == 0)
			return i;
	return -1;
}

static enum alm_status check_name(const char *name, struct alm_error *err)
{
	enum alm_status status = alm_name_check("dataset", name, err);
	if (status != ALM_OK)
		return status;
	if (strncasecmp(name, "almanac_", 8) == 0 || strncasecmp(name, "sqlite_", 7) == 0)
		return alm_fail(err, ALM_USAGE,
			"dataset '%s': names that begin with almanac_ or sqlite_ are taken; choose another",
			name);
	return ALM_OK;
}

/* A dataset with a table of its own needs a name that nothing else has. */
static enum alm_status check_table(struct alm_db *db, const char *name, struct alm_error *err)
{
	int64_t taken;
	enum alm_status status = alm_sql_integer(db, &taken, 0, err,
		"SELECT count(*) FROM sqlite_schema WHERE name = ? COLLATE NOCASE", "s", name);
	if (status == ALM_OK && taken > 0)
		return alm_fail(err, ALM_USAGE,
			"dataset '%s': '%s' already has a table, view or index of that name; choose another",
			name, alm_db_path(db));
	return status;
}

static enum alm_status check_new(struct alm_db *db, const char *name, struct alm_error *err)
{
	int64_t taken;
	enum alm_status status = alm_sql_integer(
		db, &taken, 0, err, "SELECT count(*) FROM almanac_dataset WHERE name = ?", "s", name);
	if (status == ALM_OK && taken > 0)
		return alm_fail(err, ALM_USAGE,
			"there is a dataset '%s' already in '%s'; choose another name", name,
			alm_db_path(db));
	return status;
}

static enum alm_status check_channels(const struct alm_dataset_columns *columns, struct alm_error *err)
{
	const char *const *channels = columns->names;
	int n = columns->n;
	if (n < 1 || n > ALM_CHANNELS_MAX)
		return alm_fail(
			err, ALM_USAGE, "a dataset has 1 to %d channels, found %d", ALM_CHANNELS_MAX, n);
	for (int i = 0; i < n; i++) {
		enum alm_status status = alm_name_check("channel", channels[i], err);
		if (status != ALM_OK)
			return status;
		if (strcasecmp(channels[i], "series") == 0 || strcasecmp(channels[i], "time") == 0)
			return alm_fail(err, ALM_USAGE,
				"channel '%s': the table has a column of that name already; rename it",
				channels[i]);
		for (int other = 0; other < i; other++)
			if (strcasecmp(channels[i], channels[other]) == 0)
				return alm_fail(err, ALM_USAGE,
					"channels '%s' and '%s' would be the same column; rename one",
					channels[other], channels[i]);
	}
	return ALM_OK;
}

static bool is_category(const struct alm_dataset_columns *columns, int channel)
{
	return columns->category && columns->category[channel];
}

/* CREATE TABLE "name" (series, time, "channel" REAL ...). The caller frees with sqlite3_free. */
static char *table_sql(const char *name, const struct alm_dataset_columns *columns)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (series TEXT NOT NULL, time INTEGER NOT NULL", name);
	for (int i = 0; i < columns->n; i++)
		sqlite3_str_appendf(
			sql, ", \"%w\" %s", columns->names[i], is_category(columns, i) ? "TEXT" : "REAL");
	sqlite3_str_appendall(sql, ", PRIMARY KEY (series, time)) WITHOUT ROWID");
	return sqlite3_str_finish(sql);
}

static enum alm_status insert_records(struct alm_db *db, const char *name, enum alm_time_unit unit,
	const struct alm_dataset_columns *columns, int64_t *id, struct alm_error *err)
{
	enum alm_status status =
		alm_sql_run(db, err, "INSERT INTO almanac_dataset (name, unit, created) VALUES (?, ?, ?)",
			"ssi", name, unit == ALM_UNIT_MS ? "ms" : "s", alm_sql_now_ms());
	*id = sqlite3_last_insert_rowid(alm_sql_raw(db));
	for (int i = 0; i < columns->n && status == ALM_OK; i++)
		status = alm_sql_run(db, err,
			"INSERT INTO almanac_channel (dataset_id, position, name, kind) VALUES (?, ?, ?, ?)",
			"iiss", *id, (int64_t)i, columns->names[i],
			is_category(columns, i) ? "category" : "number");
	return status;
}

static enum alm_status create_table(
	struct alm_db *db, const char *name, const struct alm_dataset_columns *columns, struct alm_error *err)
{
	enum alm_status status = check_table(db, name, err);
	if (status != ALM_OK)
		return status;
	char *sql = table_sql(name, columns);
	status = sql ? alm_sql_exec(db, sql, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status;
}

enum alm_status alm_dataset_create(struct alm_db *db, const char *name, enum alm_time_unit unit,
	const struct alm_dataset_columns *columns, struct alm_dataset *out, struct alm_error *err)
{
	int64_t id = 0;
	enum alm_status status = check_name(name, err);
	if (status == ALM_OK)
		status = check_channels(columns, err);
	if (status == ALM_OK)
		status = create_table(db, name, columns, err);
	if (status == ALM_OK)
		status = insert_records(db, name, unit, columns, &id, err);
	return status == ALM_OK ? alm_dataset_find(db, name, out, err) : status;
}

/*
 * A copy of the rows and back, each in the order of the key. None of the statements has to be undone by itself, which SQLite would keep
 * every page for, in memory: OR FAIL leaves that to the transaction, and a table that is dropped is empty.
 */
static char *finer_sql(const struct alm_dataset *dataset)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql,
		"CREATE TABLE almanac_finer AS SELECT * FROM \"%w\" ORDER BY series, time;"
		"DELETE FROM \"%w\";"
		"INSERT OR FAIL INTO \"%w\" SELECT series, time * 1000",
		dataset->name, dataset->name, dataset->name);
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendf(sql, ", \"%w\"", dataset->channels[i]);
	sqlite3_str_appendall(sql, " FROM almanac_finer ORDER BY rowid;"
				   "DELETE FROM almanac_finer; DROP TABLE almanac_finer");
	return sqlite3_str_finish(sql);
}

enum alm_status alm_dataset_make_finer(struct alm_db *db, struct alm_dataset *dataset, struct alm_error *err)
{
	char *sql = finer_sql(dataset);
	enum alm_status status = sql ? alm_sql_exec(db, sql, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	if (status == ALM_OK)
		status = alm_sql_run(
			db, err, "UPDATE almanac_dataset SET unit = 'ms' WHERE id = ?", "i", dataset->id);
	if (status == ALM_OK)
		dataset->unit = ALM_UNIT_MS;
	return status;
}

enum alm_status alm_dataset_attach(struct alm_db *db, const char *name, enum alm_time_unit unit,
	const struct alm_dataset_columns *columns, const struct alm_origin *source, struct alm_dataset *out,
	struct alm_error *err)
{
	int64_t id = 0;
	enum alm_status status = check_name(name, err);
	if (status == ALM_OK)
		status = check_new(db, name, err);
	if (status == ALM_OK)
		status = check_channels(columns, err);
	if (status == ALM_OK && source->copied)
		status = create_table(db, name, columns, err);
	if (status == ALM_OK)
		status = insert_records(db, name, unit, columns, &id, err);
	if (status == ALM_OK)
		status = alm_origin_save(db, id, source, err);
	return status == ALM_OK ? alm_dataset_find(db, name, out, err) : status;
}

enum alm_status alm_dataset_last_time(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, int64_t *last_ms, struct alm_error *err)
{
	int64_t last;
	char *sql = sqlite3_mprintf("SELECT max(time) FROM \"%w\" WHERE series = ?", dataset->name);
	if (!sql)
		return alm_fail_memory(err, 1);
	enum alm_status status = alm_sql_integer(db, &last, INT64_MIN, err, sql, "s", series);
	sqlite3_free(sql);
	if (status == ALM_OK)
		*last_ms = last == INT64_MIN || dataset->unit == ALM_UNIT_MS ? last : last * 1000;
	return status;
}
