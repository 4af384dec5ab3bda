/* Forecasts against what the settings of their version say of horizon and grid; and runs that are running. */
#include <stdlib.h>
#include "store/audit_part.h"
#include "store/lock.h"
#include "store/pairs.h"

/* What of a month counts on a grid of months: the day is clamped to the month's length. */
static bool is_on_grid(const struct alm_layout_in_time *layout, int64_t cutoff_ms, int step, int64_t time_ms)
{
	bool on_grid;
	int64_t rows = layout->delay + step;
	if (layout->freq.months == 0)
		return alm_freq_add(&layout->freq, cutoff_ms, rows) == time_ms;
	int64_t months = alm_freq_between(&layout->freq, cutoff_ms, time_ms, &on_grid);
	/* From the 28th of February to the 31st of March is a month on the grid of a 31st. */
	return time_ms > cutoff_ms && (months == rows || months == rows - 1);
}

/* One row: forecast, cutoff, step, time. */
static enum alm_status check_point(struct alm_audit_state *audit, const struct alm_layout_in_time *layout,
	sqlite3_stmt *stmt, struct alm_error *err)
{
	int64_t cutoff = sqlite3_column_int64(stmt, 1), time = sqlite3_column_int64(stmt, 3);
	int step = sqlite3_column_int(stmt, 2);
	if (is_on_grid(layout, cutoff, step, time))
		return ALM_OK;
	return alm_violations_add(audit->violations, "P4", err,
		"forecast %s, step %d: time %lld is not on the grid after the cutoff %lld",
		alm_sql_text(stmt, 0), step, (long long)time, (long long)cutoff);
}

static enum alm_status check_points(struct alm_audit_state *audit, int64_t version_id,
	const struct alm_layout_in_time *layout, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err,
		"SELECT f.id, f.cutoff, p.step, p.time FROM almanac_forecast AS f "
		"JOIN almanac_forecast_point AS p ON p.forecast_id = f.id WHERE f.version_id = ?",
		"i", version_id);
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check_point(audit, layout, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status check_horizon(struct alm_audit_state *audit, int64_t version_id,
	const struct alm_layout_in_time *layout, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(audit->db, &stmt, err,
		"SELECT f.id, max(p.step) FROM almanac_forecast AS f "
		"JOIN almanac_forecast_point AS p ON p.forecast_id = f.id WHERE f.version_id = ?1 "
		"GROUP BY f.id HAVING max(p.step) <> ?2",
		"ii", version_id, layout->horizon);
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = alm_violations_add(audit->violations, "P2", err,
			"forecast %s ends at step %s, the horizon of its version is %lld",
			alm_sql_text(stmt, 0), alm_sql_text(stmt, 1), (long long)layout->horizon);
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status check_version(struct alm_audit_state *audit, int64_t version_id, struct alm_error *err)
{
	struct alm_pairs spec = {0};
	struct alm_layout_in_time layout;
	struct alm_error why = {0};
	enum alm_status status = alm_pairs_read(audit->db, &alm_version_settings, version_id, &spec, err);
	if (status != ALM_OK)
		return status;
	status = audit->layout(&spec, &layout, &why);
	alm_pairs_release(&spec);
	if (status == ALM_NO_MEMORY)
		return alm_fail_memory(err, 1);
	if (status != ALM_OK)
		return alm_violations_add(audit->violations, "M4", err,
			"version id %lld: its settings make no plan: %s", (long long)version_id, why.text);
	status = check_horizon(audit, version_id, &layout, err);
	return status == ALM_OK ? check_points(audit, version_id, &layout, err) : status;
}

enum alm_status alm_audit_forecasts(struct alm_audit_state *audit, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	if (audit->incomplete)
		return ALM_OK;
	enum alm_status status =
		alm_sql_query(audit->db, &stmt, err, "SELECT id FROM almanac_version ORDER BY id", "");
	while (status == ALM_OK && (status = alm_sql_next(audit->db, stmt, &row, err)) == ALM_OK && row)
		status = check_version(audit, sqlite3_column_int64(stmt, 0), err);
	sqlite3_finalize(stmt);
	return status;
}

/* Still running, now that nobody holds its byte? */
static enum alm_status check_again(struct alm_audit_state *audit, int64_t run_id, struct alm_error *err)
{
	int64_t running = 0;
	enum alm_status status = alm_sql_integer(audit->db, &running, 0, err,
		"SELECT count(*) FROM almanac_run WHERE id = ? AND status = 'running'", "i", run_id);
	if (status != ALM_OK || running == 0)
		return status;
	return alm_violations_add(audit->violations, "R1", err,
		"run %lld is running, but its process is gone; the next verb that writes closes it",
		(long long)run_id);
}

enum alm_status alm_audit_running(struct alm_audit_state *audit, struct alm_error *err)
{
	int64_t run_id = 0;
	if (audit->incomplete)
		return ALM_OK;
	/* One after the other: no statement is open when a row is looked at again. */
	for (;;) {
		bool held;
		enum alm_status status = alm_sql_integer(audit->db, &run_id, 0, err,
			"SELECT min(id) FROM almanac_run WHERE status = 'running' AND id > ?", "i", run_id);
		if (status != ALM_OK || run_id == 0)
			return status;
		status = alm_lock_held(audit->db, ALM_LOCK_RUNS + run_id, &held, err);
		if (status == ALM_OK && !held)
			status = check_again(audit, run_id, err);
		if (status != ALM_OK)
			return status;
	}
}
