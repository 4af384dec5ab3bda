/* What was found of drift, and the scores that errors are judged by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/drift.h"
#include "store/sql.h"

static const char *const kinds[] = {[ALM_DRIFT_PSI] = "psi",
	[ALM_DRIFT_MISSING] = "missing",
	[ALM_DRIFT_RANGE] = "range",
	[ALM_DRIFT_ERROR] = "error"};

const char *alm_drift_kind_name(enum alm_drift_kind kind)
{
	return kinds[kind];
}

enum alm_drift_kind alm_drift_kind_of(const char *name)
{
	for (size_t i = 0; i + 1 < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i], name) == 0)
			return (enum alm_drift_kind)i;
	return ALM_DRIFT_ERROR; /* the table has no other */
}

enum alm_status alm_drift_findings_add(
	struct alm_drift_findings *findings, const struct alm_drift_finding *finding, struct alm_error *err)
{
	size_t n_bytes = ((size_t)findings->n + 1) * sizeof *findings->finding;
	struct alm_drift_finding *grown = realloc(findings->finding, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	findings->finding = grown;
	grown[findings->n++] = *finding;
	return ALM_OK;
}

void alm_drift_findings_release(struct alm_drift_findings *findings)
{
	free(findings->finding);
	*findings = (struct alm_drift_findings){.until_ms = INT64_MIN};
}

int alm_drift_describe(const struct alm_drift_findings *findings, char out[static ALM_DRIFT_TEXT])
{
	int n = 0;
	*out = '\0';
	const struct alm_drift_finding *worst = NULL;
	for (int i = 0; i < findings->n; i++) {
		const struct alm_drift_finding *finding = &findings->finding[i];
		n += finding->drifted;
		if (finding->drifted &&
			(!worst || finding->value * worst->most > worst->value * finding->most))
			worst = finding;
	}
	if (!worst)
		return 0;
	char more[32] = "";
	if (n > 1)
		snprintf(more, sizeof more, ", and %d more", n - 1);
	snprintf(out, ALM_DRIFT_TEXT, "%s%s%s %.3g, above its limit %.3g%s", alm_drift_kind_name(worst->kind),
		*worst->channel ? " of " : "", worst->channel, worst->value, worst->most, more);
	return n;
}

static enum alm_status put_finding(struct alm_db *db, int64_t version_id,
	const struct alm_drift_findings *findings, const struct alm_drift_finding *finding,
	struct alm_error *err)
{
	return alm_sql_run(db, err,
		"INSERT INTO almanac_drift (version_id, kind, channel, run_id, until, value, most, drifted, "
		"since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CASE WHEN ?8 THEN ?5 END) "
		"ON CONFLICT (version_id, kind, channel) DO UPDATE SET run_id = ?4, until = ?5, value = ?6, "
		"most = ?7, drifted = ?8, since = CASE WHEN ?8 THEN coalesce(since, ?5) END",
		"issiirri", version_id, alm_drift_kind_name(finding->kind), finding->channel,
		findings->run_id, findings->until_ms, finding->value, finding->most,
		(int64_t)finding->drifted);
}

enum alm_status alm_drift_findings_put(struct alm_db *db, int64_t version_id,
	const struct alm_drift_findings *findings, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < findings->n && status == ALM_OK; i++)
		status = put_finding(db, version_id, findings, &findings->finding[i], err);
	/* What could not be compared this time is not known any more. */
	if (status == ALM_OK)
		status =
			alm_sql_run(db, err, "DELETE FROM almanac_drift WHERE version_id = ? AND run_id <> ?",
				"ii", version_id, findings->run_id);
	return status;
}

/* One row: kind, channel, value, most, drifted, until, run. */
static enum alm_status take_finding(
	struct alm_drift_findings *findings, sqlite3_stmt *stmt, struct alm_error *err)
{
	struct alm_drift_finding finding = {.kind = alm_drift_kind_of(alm_sql_text(stmt, 0)),
		.value = sqlite3_column_double(stmt, 2),
		.most = sqlite3_column_double(stmt, 3),
		.drifted = sqlite3_column_int(stmt, 4) != 0};
	snprintf(finding.channel, sizeof finding.channel, "%s", alm_sql_text(stmt, 1));
	findings->until_ms = sqlite3_column_int64(stmt, 5);
	findings->run_id = sqlite3_column_int64(stmt, 6);
	return alm_drift_findings_add(findings, &finding, err);
}

enum alm_status alm_drift_findings_load(
	struct alm_db *db, int64_t version_id, struct alm_drift_findings *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	struct alm_drift_findings found = {.until_ms = INT64_MIN};
	if (alm_db_schema(db) < ALM_SCHEMA_DRIFT) {
		*out = found;
		return ALM_OK;
	}
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT kind, channel, value, most, drifted, until, run_id FROM almanac_drift "
		"WHERE version_id = ? ORDER BY drifted DESC, value / max(most, 1e-300) DESC, kind, channel",
		"i", version_id);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take_finding(&found, stmt, err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK)
		*out = found;
	else
		alm_drift_findings_release(&found);
	return status;
}

/* One row: run, cutoff, channel, absolute, baseline, points, forecasts, scored. */
static enum alm_status take_night(
	struct alm_drift_night **nights, size_t *n, sqlite3_stmt *stmt, struct alm_error *err)
{
	size_t n_bytes = (*n + 1) * sizeof **nights;
	struct alm_drift_night *grown = realloc(*nights, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	*nights = grown;
	struct alm_drift_night *night = &grown[(*n)++];
	*night = (struct alm_drift_night){.run_id = sqlite3_column_int64(stmt, 0),
		.cutoff_ms = sqlite3_column_int64(stmt, 1),
		.absolute = sqlite3_column_double(stmt, 3),
		.baseline = sqlite3_column_double(stmt, 4),
		.n_points = sqlite3_column_int64(stmt, 5),
		.n_forecasts = sqlite3_column_int64(stmt, 6),
		.scored = sqlite3_column_int64(stmt, 7)};
	snprintf(night->channel, sizeof night->channel, "%s", alm_sql_text(stmt, 2));
	return ALM_OK;
}

enum alm_status alm_drift_nights(struct alm_db *db, int64_t version_id, int64_t from_ms, int64_t until_ms,
	struct alm_drift_night **out, size_t *n, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	struct alm_drift_night *nights = NULL;
	size_t count = 0;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT f.run_id, max(f.cutoff) AS newest, f.channel, sum(s.mae * s.n_points), "
		"sum(s.baseline_mae * s.n_points), sum(s.n_points), count(*), max(s.run_id) "
		"FROM almanac_forecast AS f JOIN almanac_forecast_score AS s ON s.forecast_id = f.id "
		"WHERE f.version_id = ? AND f.cutoff BETWEEN ? AND ? AND s.n_points > 0 AND s.baseline_mae "
		"IS "
		"NOT NULL GROUP BY f.run_id, f.channel ORDER BY newest, f.run_id, f.channel",
		"iii", version_id, from_ms, until_ms);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take_night(&nights, &count, stmt, err);
	sqlite3_finalize(stmt);
	if (status == ALM_OK) {
		*out = nights;
		*n = count;
	} else {
		free(nights);
	}
	return status;
}
