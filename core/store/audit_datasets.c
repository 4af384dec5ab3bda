/* Datasets with a table of their own: it is there, with its channels, and every row of it is one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/audit_part.h"
#include "store/dataset.h"
#include "store/name.h"

/* Years 1 to 9999. */
#define FIRST_S INT64_C(-62135596800)
#define LAST_S  INT64_C(253402300799)

/* Where a dataset's rows are gone through. */
struct walk {
	struct alm_audit_state *audit;
	const struct alm_dataset *dataset;
	char *series; /* of the row before; owned */
	int64_t time;
	bool begun;
};

/* SELECT series, time, channels FROM the table, in the order it lies in. The caller frees with sqlite3_free. */
static char *rows_sql(const struct alm_dataset *dataset)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "SELECT series, time");
	for (int i = 0; i < dataset->n_channels; i++)
		sqlite3_str_appendf(sql, ", \"%w\"", dataset->channels[i]);
	sqlite3_str_appendf(sql, " FROM \"%w\" ORDER BY series, time", dataset->name);
	return sqlite3_str_finish(sql);
}

static enum alm_status check_time(struct walk *walk, sqlite3_stmt *stmt, struct alm_error *err)
{
	const struct alm_dataset *dataset = walk->dataset;
	int64_t time = sqlite3_column_int64(stmt, 1), scale = dataset->unit == ALM_UNIT_MS ? 1000 : 1;
	const char *series = alm_sql_text(stmt, 0);
	if (sqlite3_column_type(stmt, 0) != SQLITE_TEXT || sqlite3_column_type(stmt, 1) != SQLITE_INTEGER ||
		time < FIRST_S * scale || time > LAST_S * scale)
		return alm_violations_add(walk->audit->violations, "I4", err,
			"dataset '%s', series '%s': '%s' is no time", dataset->name, series,
			alm_sql_text(stmt, 1));
	bool same = walk->begun && strcmp(walk->series, series) == 0;
	if (same && walk->time == time)
		return alm_violations_add(walk->audit->violations, "I3", err,
			"dataset '%s', series '%s': two rows at %lld", dataset->name, series,
			(long long)time);
	walk->time = time;
	if (same)
		return ALM_OK;
	char *copy = strdup(series);
	if (!copy)
		return alm_fail_memory(err, strlen(series));
	free(walk->series);
	walk->series = copy;
	walk->begun = true;
	return ALM_OK;
}

/* Numbers are finite, and words could be names. */
static bool is_value(const struct alm_dataset *dataset, int channel, sqlite3_stmt *stmt)
{
	struct alm_error why;
	int column = channel + 2, type = sqlite3_column_type(stmt, column);
	if (type == SQLITE_NULL)
		return true;
	if (alm_dataset_is_category(dataset, channel))
		return type == SQLITE_TEXT &&
		       alm_name_check("category", alm_sql_text(stmt, column), &why) == ALM_OK;
	return type == SQLITE_INTEGER ||
	       (type == SQLITE_FLOAT && isfinite(sqlite3_column_double(stmt, column)));
}

static enum alm_status check_row(struct walk *walk, sqlite3_stmt *stmt, struct alm_error *err)
{
	const struct alm_dataset *dataset = walk->dataset;
	enum alm_status status = check_time(walk, stmt, err);
	for (int i = 0; i < dataset->n_channels && status == ALM_OK; i++) {
		if (is_value(dataset, i, stmt))
			continue;
		status = alm_violations_add(walk->audit->violations, "I4", err,
			"dataset '%s', series '%s', time %s: %s is '%.40s'", dataset->name,
			alm_sql_text(stmt, 0), alm_sql_text(stmt, 1), dataset->channels[i],
			sqlite3_column_type(stmt, i + 2) == SQLITE_BLOB ? "a blob"
									: alm_sql_text(stmt, i + 2));
	}
	return status;
}

static enum alm_status check_table(
	struct alm_audit_state *audit, const struct alm_dataset *dataset, struct alm_error *err)
{
	struct walk walk = {.audit = audit, .dataset = dataset};
	struct alm_error why = {0};
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	char *sql = rows_sql(dataset);
	if (!sql)
		return alm_fail_memory(err, 1);
	/* An unknown name in double quotes may be taken for a text: then there is no such column. */
	sqlite3_db_config(alm_sql_raw(audit->db), SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	enum alm_status status = alm_sql_prepare(audit->db, sql, &stmt, &why);
	sqlite3_free(sql);
	if (status == ALM_BUG)
		return alm_violations_add(audit->violations, "I7", err,
			"dataset '%s' has no table with its channels: %s", dataset->name, why.text);
	if (status != ALM_OK && err)
		*err = why;
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check_row(&walk, stmt, err);
	sqlite3_finalize(stmt);
	free(walk.series);
	return status;
}

static enum alm_status check_dataset(struct alm_audit_state *audit, const char *name, struct alm_error *err)
{
	struct alm_dataset dataset;
	struct alm_error why = {0};
	enum alm_status status = alm_dataset_find(audit->db, name, &dataset, &why);
	if (status == ALM_BAD_DATA || status == ALM_BAD_CONFIG || status == ALM_USAGE)
		return alm_violations_add(audit->violations, "I9", err, "dataset '%s': %s", name, why.text);
	if (status != ALM_OK) {
		if (err)
			*err = why;
		return status;
	}
	if (!alm_dataset_in_place(&dataset) && dataset.n_channels > 0)
		status = check_table(audit, &dataset, err);
	alm_dataset_release(&dataset);
	return status;
}

enum alm_status alm_audit_datasets(struct alm_audit_state *audit, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	if (audit->incomplete)
		return ALM_OK;
	enum alm_status status =
		alm_sql_query(audit->db, &stmt, err, "SELECT name FROM almanac_dataset ORDER BY id", "");
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check_dataset(audit, alm_sql_text(stmt, 0), err);
	sqlite3_finalize(stmt);
	return status;
}
