#include "store/live.h"
#include <stdlib.h>
#include "store/sql.h"

struct alm_live_cursor {
	struct alm_db *db; /* not owned */
	sqlite3_stmt *forecasts, *points;
	struct alm_live_forecast forecast;
	int64_t *times; /* [room]; owned */
	double *values; /* [room]; owned */
	int room;
};

enum alm_status alm_live_open(struct alm_db *db, int64_t model_id, int64_t until_ms,
	struct alm_live_cursor **out, struct alm_error *err)
{
	struct alm_live_cursor *cursor = calloc(1, sizeof *cursor);
	if (!cursor)
		return alm_fail_memory(err, sizeof *cursor);
	cursor->db = db;
	*out = cursor;
	enum alm_status status = alm_sql_query(db, &cursor->forecasts, err,
		"SELECT f.id, f.series, f.channel, f.cutoff FROM almanac_version AS v "
		"JOIN almanac_forecast AS f ON f.version_id = v.id "
		"LEFT JOIN almanac_forecast_score AS s ON s.forecast_id = f.id "
		"WHERE v.model_id = ?1 AND coalesce(s.complete, 0) = 0 AND (SELECT time FROM "
		"almanac_forecast_point WHERE forecast_id = f.id AND step = 1) <= ?2 "
		"ORDER BY f.series, f.cutoff, f.id",
		"ii", model_id, until_ms);
	if (status == ALM_OK)
		status = alm_sql_prepare(db,
			"SELECT time, value FROM almanac_forecast_point WHERE forecast_id = ? ORDER BY step",
			&cursor->points, err);
	return status;
}

static enum alm_status grow(struct alm_live_cursor *cursor, struct alm_error *err)
{
	int room = cursor->room ? 2 * cursor->room : 64;
	int64_t *times = realloc(cursor->times, (size_t)room * sizeof *times);
	if (times)
		cursor->times = times;
	double *values = realloc(cursor->values, (size_t)room * sizeof *values);
	if (values)
		cursor->values = values;
	if (!times || !values)
		return alm_fail_memory(err, (size_t)room * sizeof *values);
	cursor->room = room;
	return ALM_OK;
}

static enum alm_status read_points(struct alm_live_cursor *cursor, struct alm_error *err)
{
	struct alm_live_forecast *forecast = &cursor->forecast;
	enum alm_status status = ALM_OK;
	bool row = true;
	sqlite3_reset(cursor->points);
	sqlite3_bind_int64(cursor->points, 1, forecast->id);
	forecast->n_steps = 0;
	while (status == ALM_OK && (status = alm_sql_next(cursor->db, cursor->points, &row, err)) == ALM_OK &&
		row) {
		if (forecast->n_steps == cursor->room)
			status = grow(cursor, err);
		if (status != ALM_OK)
			break;
		cursor->times[forecast->n_steps] = sqlite3_column_int64(cursor->points, 0);
		cursor->values[forecast->n_steps++] = sqlite3_column_double(cursor->points, 1);
	}
	forecast->times_ms = cursor->times;
	forecast->values = cursor->values;
	return status;
}

enum alm_status alm_live_next(
	struct alm_live_cursor *cursor, const struct alm_live_forecast **forecast, struct alm_error *err)
{
	bool row = false;
	enum alm_status status = alm_sql_next(cursor->db, cursor->forecasts, &row, err);
	if (status == ALM_OK && row) {
		cursor->forecast =
			(struct alm_live_forecast){.id = sqlite3_column_int64(cursor->forecasts, 0),
				.series = alm_sql_text(cursor->forecasts, 1),
				.channel = alm_sql_text(cursor->forecasts, 2),
				.cutoff_ms = sqlite3_column_int64(cursor->forecasts, 3)};
		status = read_points(cursor, err);
	}
	if (status == ALM_OK)
		*forecast = row ? &cursor->forecast : NULL;
	return status;
}

void alm_live_close(struct alm_live_cursor *cursor)
{
	if (!cursor)
		return;
	sqlite3_finalize(cursor->forecasts);
	sqlite3_finalize(cursor->points);
	free(cursor->times);
	free(cursor->values);
	free(cursor);
}

enum alm_status alm_live_put(struct alm_db *db, int64_t run_id, const char *baseline,
	const struct alm_live_score *score, struct alm_error *err)
{
	return alm_sql_run(db, err,
		"INSERT OR REPLACE INTO almanac_forecast_score (forecast_id, run_id, complete, n_points, "
		"mae, "
		"rmse, bias, baseline, baseline_mae) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iiiirrrsr", score->forecast_id, run_id, (int64_t)score->complete, score->n_points,
		score->mae, score->rmse, score->bias, baseline, score->baseline_mae);
}
