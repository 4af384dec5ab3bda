#include "store/drift.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/lineage.h"
#include "store/sql.h"

/* ---- lists of numbers, as JSON */

#define NUMBER_TEXT 25 /* of one, with the comma before it: ",-1.7976931348623157e+308" */
#define LIST_TEXT   (ALM_DRIFT_HOURS * NUMBER_TEXT + 2)

/* Seventeen digits read back as the same number. */
static const char *print_list(const double *values, int n, char out[static LIST_TEXT + 1])
{
	size_t used = 0;
	out[used++] = '[';
	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(out + used, NUMBER_TEXT + 1, i ? ",%.17g" : "%.17g", values[i]);
	snprintf(out + used, 2, "]");
	return out;
}

/* The numbers of a list, at most `room`; -1 when it is none. */
static int read_list(const char *text, double *values, int room)
{
	int n = 0;
	if (*text++ != '[')
		return -1;
	while (*text != ']') {
		char *end;
		if (n == room)
			return -1;
		values[n] = strtod(text, &end);
		if (end == text || !isfinite(values[n]) || (*end != ',' && *end != ']'))
			return -1;
		n++;
		text = *end == ',' ? end + 1 : end;
	}
	return n;
}

/* ---- what a version was trained on */

static enum alm_status put_reference(struct alm_db *db, int64_t version_id,
	const struct alm_drift_reference *reference, struct alm_error *err)
{
	char hours[LIST_TEXT + 1], year[LIST_TEXT + 1], edges[LIST_TEXT + 1], counts[LIST_TEXT + 1];
	return alm_sql_run(db, err,
		"INSERT INTO almanac_drift_reference (version_id, channel, window_ms, n_windows, n_values, "
		"missing_most, low, high, psi_most, psi_high, psi_excess, baseline_mae, hours, year, edges, "
		"counts) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"isiiirrrrrrrssss", version_id, reference->channel, reference->window_ms,
		reference->n_windows, reference->n_values, reference->missing_most, reference->low,
		reference->high, reference->psi_most, reference->psi_high, reference->psi_excess,
		reference->baseline_mae, print_list(reference->hours, ALM_DRIFT_HOURS, hours),
		print_list(reference->year, ALM_DRIFT_YEAR, year),
		print_list(reference->edges, reference->n_edges, edges),
		print_list(reference->counts, reference->n_edges ? reference->n_edges + 1 : 0, counts));
}

enum alm_status alm_drift_references_put(struct alm_db *db, int64_t version_id,
	const struct alm_drift_references *references, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < references->n && status == ALM_OK; i++)
		status = put_reference(db, version_id, &references->channel[i], err);
	const struct alm_drift_error *error = &references->error;
	if (status == ALM_OK && error->n_nights > 0)
		status = alm_sql_run(db, err,
			"INSERT INTO almanac_drift_error (version_id, n_nights, error, ratio, mean, "
			"deviation) "
			"VALUES (?, ?, ?, ?, ?, ?)",
			"iirrrr", version_id, error->n_nights, error->error, error->ratio, error->mean,
			error->deviation);
	return status;
}

/* One row, as put_reference wrote it. */
static enum alm_status take_reference(
	sqlite3_stmt *stmt, struct alm_drift_reference *out, struct alm_error *err)
{
	*out = (struct alm_drift_reference){.window_ms = sqlite3_column_int64(stmt, 1),
		.n_windows = sqlite3_column_int64(stmt, 2),
		.n_values = sqlite3_column_int64(stmt, 3),
		.missing_most = sqlite3_column_double(stmt, 4),
		.low = sqlite3_column_double(stmt, 5),
		.high = sqlite3_column_double(stmt, 6),
		.psi_most = sqlite3_column_double(stmt, 7),
		.psi_high = sqlite3_column_double(stmt, 13),
		.psi_excess = sqlite3_column_double(stmt, 14),
		.baseline_mae = sqlite3_column_type(stmt, 8) == SQLITE_NULL ? (double)NAN
									    : sqlite3_column_double(stmt, 8)};
	snprintf(out->channel, sizeof out->channel, "%s", alm_sql_text(stmt, 0));
	int hours = read_list(alm_sql_text(stmt, 9), out->hours, ALM_DRIFT_HOURS);
	int year = read_list(alm_sql_text(stmt, 10), out->year, ALM_DRIFT_YEAR);
	int edges = read_list(alm_sql_text(stmt, 11), out->edges, ALM_DRIFT_BINS - 1);
	int counts = read_list(alm_sql_text(stmt, 12), out->counts, ALM_DRIFT_BINS);
	out->n_edges = edges;
	if (hours == ALM_DRIFT_HOURS && year == ALM_DRIFT_YEAR && edges >= 0 &&
		counts == (edges ? edges + 1 : 0))
		return ALM_OK;
	return alm_fail(err, ALM_BAD_DATA,
		"what is kept of channel '%s' to find drift by cannot be read; train the model again",
		out->channel);
}

static enum alm_status load_channels(
	struct alm_db *db, int64_t version_id, struct alm_drift_references *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT channel, window_ms, n_windows, n_values, missing_most, low, high, psi_most, "
		"baseline_mae, hours, year, edges, counts, psi_high, psi_excess FROM almanac_drift_reference "
		"WHERE version_id = ? "
		"ORDER BY channel",
		"i", version_id);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row) {
		size_t n_bytes = ((size_t)out->n + 1) * sizeof *out->channel;
		struct alm_drift_reference *grown = realloc(out->channel, n_bytes);
		if (!grown) {
			status = alm_fail_memory(err, n_bytes);
			break;
		}
		out->channel = grown;
		status = take_reference(stmt, &grown[out->n], err);
		out->n += status == ALM_OK;
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status load_error(
	struct alm_db *db, int64_t version_id, struct alm_drift_error *out, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT n_nights, error, ratio, mean, deviation FROM almanac_drift_error WHERE version_id = "
		"?",
		"i", version_id);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK && row)
		*out = (struct alm_drift_error){.n_nights = sqlite3_column_int64(stmt, 0),
			.error = sqlite3_column_double(stmt, 1),
			.ratio = sqlite3_column_double(stmt, 2),
			.mean = sqlite3_column_double(stmt, 3),
			.deviation = sqlite3_column_double(stmt, 4)};
	sqlite3_finalize(stmt);
	return status;
}

enum alm_status alm_drift_references_load(
	struct alm_db *db, int64_t version_id, struct alm_drift_references *out, struct alm_error *err)
{
	struct alm_drift_references found = {.channel = NULL};
	enum alm_status status = ALM_OK;
	if (alm_db_schema(db) >= ALM_SCHEMA_DRIFT) {
		status = load_channels(db, version_id, &found, err);
		if (status == ALM_OK)
			status = load_error(db, version_id, &found.error, err);
	}
	if (status == ALM_OK)
		*out = found;
	else
		alm_drift_references_release(&found);
	return status;
}

void alm_drift_references_release(struct alm_drift_references *references)
{
	free(references->channel);
	*references = (struct alm_drift_references){.channel = NULL};
}
