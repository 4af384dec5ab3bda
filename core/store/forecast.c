#include "store/forecast.h"
#include <math.h>
#include "store/sql.h"

static enum alm_status put_points(
	struct alm_db *db, const struct alm_forecast_row *forecast, int64_t id, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	enum alm_status status = alm_sql_prepare(db,
		"INSERT INTO almanac_forecast_point (forecast_id, step, time, value) VALUES (?, ?, ?, ?)",
		&stmt, err);
	for (int step = 0; step < forecast->n_steps && status == ALM_OK; step++) {
		bool row;
		sqlite3_bind_int64(stmt, 1, id);
		sqlite3_bind_int(stmt, 2, step + 1);
		sqlite3_bind_int64(stmt, 3, forecast->times_ms[step]);
		sqlite3_bind_double(stmt, 4, forecast->values[step]);
		status = alm_sql_next(db, stmt, &row, err);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status put_quantiles(
	struct alm_db *db, const struct alm_forecast_row *forecast, int64_t id, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	const double *quantile = forecast->quantiles;
	enum alm_status status = alm_sql_prepare(db,
		"INSERT INTO almanac_forecast_quantile (forecast_id, step, level, value) VALUES (?, ?, ?, ?)",
		&stmt, err);
	for (int step = 0; step < forecast->n_steps && status == ALM_OK; step++)
		for (int level = 0; level < forecast->n_levels && status == ALM_OK; level++, quantile++) {
			bool row;
			sqlite3_bind_int64(stmt, 1, id);
			sqlite3_bind_int(stmt, 2, step + 1);
			sqlite3_bind_double(stmt, 3, forecast->levels[level]);
			sqlite3_bind_double(stmt, 4, *quantile);
			status = alm_sql_next(db, stmt, &row, err);
			sqlite3_reset(stmt);
		}
	sqlite3_finalize(stmt);
	return status;
}

static bool is_finite(const struct alm_forecast_row *forecast)
{
	for (int step = 0; step < forecast->n_steps; step++)
		if (!isfinite(forecast->values[step]))
			return false;
	for (int i = 0; i < forecast->n_steps * forecast->n_levels; i++)
		if (!isfinite(forecast->quantiles[i]))
			return false;
	return true;
}

enum alm_status alm_forecast_put(
	struct alm_db *db, const struct alm_forecast_row *forecast, struct alm_error *err)
{
	int64_t id = 0;
	if (!is_finite(forecast))
		return alm_fail(err, ALM_BUG, "forecast of '%s' is not finite", forecast->channel);
	enum alm_status status = alm_sql_run(db, err,
		"INSERT INTO almanac_forecast (version_id, run_id, series, channel, cutoff) VALUES (?1, ?2, "
		"?3, ?4, ?5) "
		"ON CONFLICT (version_id, series, channel, cutoff) DO UPDATE SET run_id = ?2",
		"iissi", forecast->version_id, forecast->run_id, forecast->series, forecast->channel,
		forecast->cutoff_ms);
	if (status == ALM_OK)
		status = alm_sql_integer(db, &id, 0, err,
			"SELECT id FROM almanac_forecast WHERE version_id = ? AND series = ? AND channel = ? "
			"AND cutoff = ?",
			"issi", forecast->version_id, forecast->series, forecast->channel,
			forecast->cutoff_ms);
	if (status == ALM_OK)
		status = alm_sql_run(
			db, err, "DELETE FROM almanac_forecast_point WHERE forecast_id = ?", "i", id);
	if (status == ALM_OK)
		status = alm_sql_run(
			db, err, "DELETE FROM almanac_forecast_quantile WHERE forecast_id = ?", "i", id);
	if (status == ALM_OK)
		status = put_points(db, forecast, id, err);
	return status == ALM_OK && forecast->n_levels > 0 ? put_quantiles(db, forecast, id, err) : status;
}

enum alm_status alm_score_put(struct alm_db *db, const struct alm_score_row *score, struct alm_error *err)
{
	if (isinf(score->value))
		return alm_fail(
			err, ALM_BUG, "score '%s' of '%s' is not finite", score->metric, score->forecaster);
	return alm_sql_run(db, err,
		"INSERT INTO almanac_score (version_id, run_id, forecaster, channel, metric, value, "
		"n_windows, n_points, "
		"from_time, to_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iisssriiii", score->version_id, score->run_id, score->forecaster, score->channel,
		score->metric, score->value, score->n_windows, score->n_points, score->from_ms, score->to_ms);
}
