#include "store/show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/dataset.h"
#include "store/drift.h"
#include "store/lineage.h"
#include "store/model.h"
#include "store/sql.h"

/* The view almanac_forecasts with the id that `almanac replay` takes. */
#define FORECASTS                                                                                            \
	"(SELECT m.name AS model, v.number AS version, f.series, f.channel, "                                \
	"datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, p.step, "                                         \
	"datetime(p.time / 1000, 'unixepoch') AS time, p.value, f.id AS forecast "                           \
	"FROM almanac_forecast AS f JOIN almanac_version AS v ON v.id = f.version_id "                       \
	"JOIN almanac_model AS m ON m.id = v.model_id "                                                      \
	"JOIN almanac_forecast_point AS p ON p.forecast_id = f.id "                                          \
	"ORDER BY m.name, v.number, f.series, f.channel, f.cutoff, p.step)"

/* The words of `almanac show`, the view of each, and the column that a name restricts. */
static const struct word {
	const char *name, *view, *key;
	bool newest_last; /* a limit keeps the last rows */
	int schema;       /* the first that has the view */
} words[] = {
	{"datasets", NULL, "dataset", false, 1},
	{"sources", "almanac_sources", "dataset", false, ALM_SCHEMA_SOURCES},
	{"channels", "almanac_channels", "dataset", false, 1},
	{"models", "almanac_models", "model", false, 1},
	{"versions", "almanac_versions", "model", true, 1},
	{"runs", "almanac_runs", "coalesce(model, dataset)", true, 1},
	{"forecasts", FORECASTS, "model", true, 1},
	{"scores", "almanac_scores", "model", true, 1},
	{"words", "almanac_words", "model", false, ALM_SCHEMA_CATEGORY},
	{"live", "almanac_live_scores", "model", true, ALM_SCHEMA_RETRAIN},
	{"promotions", "almanac_promotions", "model", true, ALM_SCHEMA_RETRAIN},
	{"drift", "almanac_drifts", "model", true, ALM_SCHEMA_DRIFT},
	{"policies", "almanac_policies", "model", false, ALM_SCHEMA_RETRAIN},
};

#define N_WORDS (int)(sizeof words / sizeof *words)

static const struct word *find_word(const char *what)
{
	for (int i = 0; i < N_WORDS; i++)
		if (strcmp(words[i].name, what) == 0)
			return &words[i];
	return NULL;
}

static enum alm_status take_columns(struct alm_text_table *table, sqlite3_stmt *stmt, struct alm_error *err)
{
	int n = sqlite3_column_count(stmt);
	table->columns = calloc((size_t)n, sizeof *table->columns);
	table->numeric = calloc((size_t)n, sizeof *table->numeric);
	if (!table->columns || !table->numeric)
		return alm_fail_memory(err, (size_t)n * sizeof *table->columns);
	for (; table->n_columns < n; table->n_columns++) {
		table->columns[table->n_columns] = strdup(sqlite3_column_name(stmt, table->n_columns));
		if (!table->columns[table->n_columns])
			return alm_fail_memory(err, 1);
		table->numeric[table->n_columns] = true;
	}
	return ALM_OK;
}

static enum alm_status take_row(struct alm_text_table *table, sqlite3_stmt *stmt, struct alm_error *err)
{
	size_t columns = (size_t)table->n_columns, first = (size_t)table->n_rows * columns;
	char **grown = realloc(table->cells, (first + columns) * sizeof *grown);
	if (!grown)
		return alm_fail_memory(err, (first + columns) * sizeof *grown);
	table->cells = grown;
	memset(grown + first, 0, columns * sizeof *grown);
	table->n_rows++;
	for (size_t i = 0; i < columns; i++) {
		int type = sqlite3_column_type(stmt, (int)i);
		if (type == SQLITE_NULL)
			continue;
		table->numeric[i] = table->numeric[i] && type != SQLITE_TEXT && type != SQLITE_BLOB;
		grown[first + i] = strdup(alm_sql_text(stmt, (int)i));
		if (!grown[first + i])
			return alm_fail_memory(err, 1);
	}
	return ALM_OK;
}

/* Every row of a statement, which is finalised. The columns are taken from the first. */
static enum alm_status take_rows(
	struct alm_db *db, sqlite3_stmt *stmt, struct alm_text_table *table, struct alm_error *err)
{
	bool row = true;
	enum alm_status status = table->columns ? ALM_OK : take_columns(table, stmt, err);
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = take_row(table, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

/* Rows of a view in its own order; a limit keeps the first, or the last where those are the newest. */
static enum alm_status show_view(struct alm_db *db, const struct word *word, const char *name, int limit,
	struct alm_text_table *table, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	char *rows =
		sqlite3_mprintf("FROM %s WHERE ?1 IS NULL OR %s = ?1 COLLATE NOCASE", word->view, word->key);
	char *sql = !rows ? NULL
		    : limit > 0 && word->newest_last
			    ? sqlite3_mprintf("SELECT * %s LIMIT %d OFFSET max(0, (SELECT count(*) %s) - %d)",
				      rows, limit, rows, limit)
			    : sqlite3_mprintf("SELECT * %s LIMIT %d", rows, limit > 0 ? limit : -1);
	enum alm_status status =
		sql ? alm_sql_query(db, &stmt, err, sql, "s", name) : alm_fail_memory(err, 1);
	sqlite3_free(rows);
	sqlite3_free(sql);
	return status == ALM_OK ? take_rows(db, stmt, table, err) : status;
}

/* One dataset with what only a look into its table can tell. */
static enum alm_status show_own(struct alm_db *db, const struct alm_dataset *dataset, const char *source,
	struct alm_text_table *table, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int divisor = dataset->unit == ALM_UNIT_MS ? 1000 : 1;
	char *sql = sqlite3_mprintf(
		"SELECT ?1 AS dataset, count(*) AS rows, count(DISTINCT series) AS series, ?2 AS channels, "
		"datetime(min(time) / %d, 'unixepoch') AS first, datetime(max(time) / %d, 'unixepoch') AS "
		"last, "
		"?3 AS source FROM main.\"%w\"",
		divisor, divisor, dataset->name);
	enum alm_status status = sql ? alm_sql_query(db, &stmt, err, sql, "sis", dataset->name,
					       (int64_t)dataset->n_channels, source)
				     : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status == ALM_OK ? take_rows(db, stmt, table, err) : status;
}

/* One that is read in place. What is wrong with its source is told in its row: the others are still to be shown. */
static enum alm_status show_in_place(struct alm_db *db, const struct alm_dataset *dataset, const char *source,
	struct alm_text_table *table, struct alm_error *err)
{
	static const int first_channel[] = {0};
	sqlite3_stmt *stmt = NULL;
	struct alm_dataset_rows rows = {0};
	struct alm_error why = {.text = ""};
	int64_t first = INT64_MAX, last = INT64_MIN;
	enum alm_status status = alm_dataset_read(db, dataset, first_channel, 1, INT64_MAX, &rows, &why);
	bool bad = status != ALM_OK;
	for (size_t i = 0; i < rows.n_rows; i++) {
		first = rows.times_ms[i] < first ? rows.times_ms[i] : first;
		last = rows.times_ms[i] > last ? rows.times_ms[i] : last;
	}
	status = alm_sql_query(db, &stmt, err,
		"SELECT ?1 AS dataset, nullif(?2, -1) AS rows, nullif(?3, -1) AS series, ?4 AS channels, "
		"CASE WHEN ?2 > 0 THEN datetime(?5 / 1000, 'unixepoch') END AS first, "
		"CASE WHEN ?2 > 0 THEN datetime(?6 / 1000, 'unixepoch') END AS last, ?7 AS source",
		"siiiiis", dataset->name, bad ? INT64_C(-1) : (int64_t)rows.n_rows,
		bad ? INT64_C(-1) : (int64_t)rows.n_series, (int64_t)dataset->n_channels, first, last,
		bad ? why.text : source);
	alm_dataset_rows_release(&rows);
	return status == ALM_OK ? take_rows(db, stmt, table, err) : status;
}

static enum alm_status show_dataset(
	struct alm_db *db, const char *name, struct alm_text_table *table, struct alm_error *err)
{
	struct alm_dataset dataset = {0};
	char text[ALM_ORIGIN_TEXT], source[ALM_ORIGIN_TEXT + 16];
	enum alm_status status = alm_dataset_find(db, name, &dataset, err);
	if (status != ALM_OK)
		return status;
	bool in_place = alm_dataset_in_place(&dataset);
	if (dataset.source)
		snprintf(source, sizeof source, "%s%s", alm_origin_describe(dataset.source, text),
			in_place ? "" : ", copied");
	status = in_place ? show_in_place(db, &dataset, source, table, err)
			  : show_own(db, &dataset, dataset.source ? source : NULL, table, err);
	alm_dataset_release(&dataset);
	return status;
}

static enum alm_status show_datasets(
	struct alm_db *db, const char *name, int limit, struct alm_text_table *table, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	enum alm_status status = alm_sql_query(db, &stmt, err,
		"SELECT name FROM almanac_dataset WHERE ?1 IS NULL OR name = ?1 ORDER BY name LIMIT ?2", "si",
		name, (int64_t)(limit > 0 ? limit : -1));
	while (status == ALM_OK && (status = alm_sql_next(db, stmt, &row, err)) == ALM_OK && row)
		status = show_dataset(db, alm_sql_text(stmt, 0), table, err);
	sqlite3_finalize(stmt);
	return status;
}

/* A name without rows may be of something that has none yet, or be misspelled. */
static enum alm_status check_name(
	struct alm_db *db, const struct word *word, const char *name, struct alm_error *err)
{
	struct alm_model model = {0};
	struct alm_dataset dataset = {0};
	bool of_model = strcmp(word->key, "dataset") != 0, of_dataset = strcmp(word->key, "model") != 0;
	enum alm_status status = ALM_NO_INPUT;
	if (of_model)
		status = alm_model_find(db, name, &model, of_dataset ? NULL : err);
	if (of_dataset && status == ALM_NO_INPUT)
		status = alm_dataset_find(db, name, &dataset, of_model ? NULL : err);
	if (of_model && of_dataset && status == ALM_NO_INPUT)
		alm_fail(err, status,
			"there is no model and no dataset '%s'; see almanac show models and almanac show "
			"datasets",
			name);
	alm_model_release(&model);
	alm_dataset_release(&dataset);
	return status;
}

enum alm_status alm_show_check(const char *what, struct alm_error *err)
{
	if (find_word(what))
		return ALM_OK;
	return alm_fail(err, ALM_USAGE,
		"show: expected datasets, sources, channels, models, versions, runs, forecasts, scores, "
		"live, drift, promotions, policies, words or cells, found '%s'",
		what);
}

enum alm_status alm_show(struct alm_db *db, const char *what, const char *name, int limit,
	struct alm_text_table *out, struct alm_error *err)
{
	struct alm_text_table table = {0};
	const struct word *word = find_word(what);
	if (!word)
		return alm_show_check(what, err);
	enum alm_status status = ALM_OK;
	if (alm_db_schema(db) >= word->schema)
		status = word->view ? show_view(db, word, name, limit, &table, err)
				    : show_datasets(db, name, limit, &table, err);
	if (status == ALM_OK && name && table.n_rows == 0)
		status = check_name(db, word, name, err);
	if (status == ALM_OK)
		*out = table;
	else
		alm_text_table_release(&table);
	return status;
}

void alm_text_table_release(struct alm_text_table *table)
{
	for (int i = 0; i < table->n_columns; i++)
		free(table->columns[i]);
	for (int i = 0; i < table->n_rows * table->n_columns; i++)
		free(table->cells[i]);
	free(table->columns);
	free(table->numeric);
	free(table->cells);
	*table = (struct alm_text_table){0};
}
