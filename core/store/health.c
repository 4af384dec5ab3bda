#include "store/health.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/lineage.h"
#include "store/lock.h"
#include "store/model.h"
#include "store/sql.h"

#define DAY_MS INT64_C(86400000)

bool alm_health_run_well(const struct alm_health_run *run)
{
	return run->id == 0 || (strcmp(run->status, "failed") != 0 && strcmp(run->status, "aborted") != 0);
}

/* Whether somebody still works at a run that has not ended. An Almanac before run bytes held its model's byte only. */
static enum alm_status is_alive(
	struct alm_db *db, int64_t model_id, int64_t run_id, bool *alive, struct alm_error *err)
{
	enum alm_status status = alm_lock_held(db, ALM_LOCK_RUNS + run_id, alive, err);
	return status == ALM_OK && !*alive ? alm_lock_held(db, model_id, alive, err) : status;
}

/* One row: id, kind, status, started, ended, message. */
static void take_run(sqlite3_stmt *stmt, bool running, struct alm_health_run *out)
{
	out->id = sqlite3_column_int64(stmt, 0);
	out->started_ms = sqlite3_column_int64(stmt, 3);
	out->ended_ms = running ? out->started_ms : sqlite3_column_int64(stmt, 4);
	snprintf(out->kind, sizeof out->kind, "%s", alm_sql_text(stmt, 1));
	snprintf(out->status, sizeof out->status, "%s", running ? "aborted" : alm_sql_text(stmt, 2));
	snprintf(out->message, sizeof out->message, "%s",
		running ? "its process ended before the run did" : alm_sql_text(stmt, 5));
}

/* The last run of one of two kinds. One that is being worked at says nothing yet, and the one before it counts. */
static enum alm_status read_run(struct alm_db *db, int64_t model_id, const char *kind, const char *other,
	struct alm_health_run *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true, alive = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT id, kind, status, started, ended, message FROM almanac_run "
		"WHERE model_id = ? AND kind IN (?, ?) ORDER BY id DESC",
		"iss", model_id, kind, other);
	while (alive && status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		bool running = strcmp(alm_sql_text(stmt, 2), "running") == 0;
		alive = running;
		if (running)
			status = is_alive(db, model_id, sqlite3_column_int64(stmt, 0), &alive, err);
		if (status == ALM_OK && !alive)
			take_run(stmt, running, out);
	}
	sqlite3_finalize(stmt);
	return status;
}

/* The forecast that looks furthest: one of an earlier cutoff that was made after it is no newer. */
static enum alm_status read_forecast(
	struct alm_db *db, int64_t version_id, struct alm_health_model *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT f.cutoff, r.started, coalesce(r.ended, r.started) FROM almanac_forecast AS f "
		"JOIN almanac_run AS r ON r.id = f.run_id WHERE f.version_id = ? "
		"ORDER BY f.cutoff DESC, f.run_id DESC LIMIT 1",
		"i", version_id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row) {
		out->has_forecast = true;
		out->cutoff_ms = sqlite3_column_int64(stmt, 0);
		out->forecast_ms = sqlite3_column_int64(stmt, 1);
		out->forecast_to_ms = sqlite3_column_int64(stmt, 2);
	}
	sqlite3_finalize(stmt);
	return status;
}

/* One row: id, name, champion's id, number, created. */
static enum alm_status read_model(
	struct alm_db *db, sqlite3_stmt *stmt, struct alm_health *health, struct alm_error *err)
{
	size_t n_bytes = ((size_t)health->n + 1) * sizeof *health->models;
	struct alm_health_model *grown = realloc(health->models, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	health->models = grown;
	struct alm_health_model *model = &grown[health->n++];
	int64_t version_id = sqlite3_column_int64(stmt, 2);
	*model = (struct alm_health_model){.id = sqlite3_column_int64(stmt, 0),
		.champion = sqlite3_column_int(stmt, 3),
		.champion_ms = sqlite3_column_int64(stmt, 4)};
	snprintf(model->model, sizeof model->model, "%s", alm_sql_text(stmt, 1));
	enum alm_status status = read_run(db, model->id, "train", "retrain", &model->training, err);
	if (status == ALM_OK)
		status = read_run(db, model->id, "forecast", "forecast", &model->forecasting, err);
	return status == ALM_OK && model->champion > 0 ? read_forecast(db, version_id, model, err) : status;
}

static enum alm_status read_models(
	struct alm_db *db, const char *name, struct alm_health *health, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT m.id, m.name, v.id, v.number, v.created FROM almanac_model AS m "
		"LEFT JOIN almanac_version AS v ON v.id = m.champion_id WHERE ?1 IS NULL OR m.name = ?1 "
		"ORDER BY m.name",
		"s", name);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = read_model(db, stmt, health, err);
	sqlite3_finalize(stmt);
	return status;
}

/* One row: model, channel, error, values. */
static enum alm_status take_error(struct alm_health *health, sqlite3_stmt *stmt, struct alm_error *err)
{
	size_t n_bytes = ((size_t)health->n_errors + 1) * sizeof *health->errors;
	struct alm_health_error *grown = realloc(health->errors, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	health->errors = grown;
	struct alm_health_error *error = &grown[health->n_errors++];
	*error = (struct alm_health_error){
		.mae = sqlite3_column_double(stmt, 2), .n_points = sqlite3_column_int64(stmt, 3)};
	snprintf(error->model, sizeof error->model, "%s", alm_sql_text(stmt, 0));
	snprintf(error->channel, sizeof error->channel, "%s", alm_sql_text(stmt, 1));
	return ALM_OK;
}

static enum alm_status read_errors(
	struct alm_db *db, const char *name, struct alm_health *health, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"WITH scored AS (SELECT m.name AS model, f.channel, f.cutoff, s.n_points, s.mae, "
		"max(f.cutoff) OVER (PARTITION BY m.id, f.channel) AS newest "
		"FROM almanac_forecast_score AS s JOIN almanac_forecast AS f ON f.id = s.forecast_id "
		"JOIN almanac_version AS v ON v.id = f.version_id JOIN almanac_model AS m ON m.id = "
		"v.model_id "
		"WHERE s.n_points > 0 AND (?1 IS NULL OR m.name = ?1)) "
		"SELECT model, channel, sum(mae * n_points) / sum(n_points), sum(n_points) FROM scored "
		"WHERE cutoff > newest - ?2 GROUP BY model, channel ORDER BY model, channel",
		"si", name, ALM_HEALTH_DAYS * DAY_MS);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take_error(health, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

/* One row: model, kind, channel, value, most, drifted, since. */
static enum alm_status take_drift(struct alm_health *health, sqlite3_stmt *stmt, struct alm_error *err)
{
	size_t n_bytes = ((size_t)health->n_drifts + 1) * sizeof *health->drifts;
	struct alm_health_drift *grown = realloc(health->drifts, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	health->drifts = grown;
	struct alm_health_drift *drift = &grown[health->n_drifts++];
	*drift = (struct alm_health_drift){.since_ms = sqlite3_column_int64(stmt, 6),
		.finding = {.kind = alm_drift_kind_of(alm_sql_text(stmt, 1)),
			.value = sqlite3_column_double(stmt, 3),
			.most = sqlite3_column_double(stmt, 4),
			.drifted = sqlite3_column_int(stmt, 5) != 0}};
	snprintf(drift->model, sizeof drift->model, "%s", alm_sql_text(stmt, 0));
	snprintf(drift->finding.channel, sizeof drift->finding.channel, "%s", alm_sql_text(stmt, 2));
	return ALM_OK;
}

static enum alm_status read_drifts(
	struct alm_db *db, const char *name, struct alm_health *health, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT m.name, d.kind, d.channel, d.value, d.most, d.drifted, d.since FROM almanac_drift AS "
		"d "
		"JOIN almanac_model AS m ON m.champion_id = d.version_id WHERE ?1 IS NULL OR m.name = ?1 "
		"ORDER BY m.name, d.drifted DESC, d.value / max(d.most, 1e-300) DESC, d.kind, d.channel",
		"s", name);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take_drift(health, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_health_read(
	struct alm_db *db, const char *model, struct alm_health *out, struct alm_error *err)
{
	struct alm_health health = {.now_ms = alm_sql_now_ms()};
	struct alm_model found = {0};
	int schema = alm_db_schema(db);
	/* Also for its error, which lists the models there are. */
	enum alm_status status = model ? alm_model_find(db, model, &found, err) : ALM_OK;
	alm_model_release(&found);
	if (status == ALM_OK && schema > 0)
		status = read_models(db, model, &health, err);
	if (status == ALM_OK && schema >= ALM_SCHEMA_RETRAIN)
		status = read_errors(db, model, &health, err);
	if (status == ALM_OK && schema >= ALM_SCHEMA_DRIFT)
		status = read_drifts(db, model, &health, err);
	if (status == ALM_OK)
		*out = health;
	else
		alm_health_release(&health);
	return status;
}

void alm_health_release(struct alm_health *health)
{
	free(health->models);
	free(health->errors);
	free(health->drifts);
	*health = (struct alm_health){0};
}
