#include "store/stored.h"
#include <stdio.h>
#include <stdlib.h>
#include "store/sql.h"

#define SCHEMA_QUANTILES 2 /* the schema that has them */

/* What a forecast is of. */
static enum alm_status read_head(
	struct alm_db *db, int64_t id, struct alm_stored_forecast *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT m.name, f.series, f.channel, v.number, f.cutoff, r.program "
		"FROM almanac_forecast AS f JOIN almanac_version AS v ON v.id = f.version_id "
		"JOIN almanac_model AS m ON m.id = v.model_id JOIN almanac_run AS r ON r.id = f.run_id "
		"WHERE f.id = ?",
		"i", id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row) {
		snprintf(out->model, sizeof out->model, "%s", alm_sql_text(stmt, 0));
		snprintf(out->series, sizeof out->series, "%s", alm_sql_text(stmt, 1));
		snprintf(out->channel, sizeof out->channel, "%s", alm_sql_text(stmt, 2));
		out->version = sqlite3_column_int(stmt, 3);
		out->cutoff_ms = sqlite3_column_int64(stmt, 4);
		snprintf(out->program, sizeof out->program, "%s", alm_sql_text(stmt, 5));
	}
	sqlite3_finalize(stmt);
	if (status == ALM_OK && !row)
		return alm_fail(err, ALM_NO_INPUT,
			"there is no forecast %lld in '%s'; see almanac show forecasts", (long long)id,
			alm_db_path(db));
	return status;
}

static enum alm_status read_points(
	struct alm_db *db, int64_t id, struct alm_stored_forecast *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	int64_t n = 0;
	enum alm_status status = alm_sql_integer(
		db, &n, 0, err, "SELECT count(*) FROM almanac_forecast_point WHERE forecast_id = ?", "i", id);
	if (status != ALM_OK)
		return status;
	out->times_ms = calloc((size_t)n + 1, sizeof *out->times_ms);
	out->values = calloc((size_t)n + 1, sizeof *out->values);
	if (!out->times_ms || !out->values)
		return alm_fail_memory(err, ((size_t)n + 1) * sizeof *out->values);
	status = alm_sql_query(db, &stmt, err,
		"SELECT time, value FROM almanac_forecast_point WHERE forecast_id = ? ORDER BY step LIMIT ?",
		"ii", id, n);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		out->times_ms[out->n_steps] = sqlite3_column_int64(stmt, 0);
		out->values[out->n_steps++] = sqlite3_column_double(stmt, 1);
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status read_quantiles(
	struct alm_db *db, int64_t id, struct alm_stored_forecast *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	int64_t n = 0;
	enum alm_status status = alm_sql_integer(db, &n, 0, err,
		"SELECT count(*) FROM almanac_forecast_quantile WHERE forecast_id = ?", "i", id);
	if (status != ALM_OK)
		return status;
	out->levels = calloc((size_t)n + 1, sizeof *out->levels);
	out->quantiles = calloc((size_t)n + 1, sizeof *out->quantiles);
	if (!out->levels || !out->quantiles)
		return alm_fail_memory(err, ((size_t)n + 1) * sizeof *out->levels);
	status = alm_sql_query(db, &stmt, err,
		"SELECT level, value FROM almanac_forecast_quantile WHERE forecast_id = ? ORDER BY step, "
		"level LIMIT ?",
		"ii", id, n);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		out->levels[out->n_quantiles] = sqlite3_column_double(stmt, 0);
		out->quantiles[out->n_quantiles++] = sqlite3_column_double(stmt, 1);
	}
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_stored_forecast_read(
	struct alm_db *db, int64_t id, struct alm_stored_forecast *out, struct alm_error *err)
{
	struct alm_stored_forecast found = {.n_steps = 0};
	if (alm_db_schema(db) == 0)
		return alm_fail(err, ALM_NO_INPUT, "'%s' has no forecasts yet; begin with almanac ingest",
			alm_db_path(db));
	enum alm_status status = read_head(db, id, &found, err);
	if (status == ALM_OK)
		status = read_points(db, id, &found, err);
	if (status == ALM_OK && alm_db_schema(db) >= SCHEMA_QUANTILES)
		status = read_quantiles(db, id, &found, err);
	if (status == ALM_OK)
		*out = found;
	else
		alm_stored_forecast_release(&found);
	return status;
}

void alm_stored_forecast_release(struct alm_stored_forecast *forecast)
{
	free(forecast->times_ms);
	free(forecast->values);
	free(forecast->levels);
	free(forecast->quantiles);
	*forecast = (struct alm_stored_forecast){.n_steps = 0};
}
