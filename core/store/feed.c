#include "store/feed.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TABLE       "almanac_feed"
#define ROWS_MOST   512
#define VALUES_MOST 16384

struct alm_feed {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	const struct alm_names *words;
	sqlite3_stmt *insert;
	bool registered;
	int n, room;
	struct feed_row {
		const char *series;
		int64_t time;
	} * row;        /* [n]; owned */
	double *values; /* [n][n_channels]; owned */
};

/* ---- the virtual table: SQLite's names for its functions, in the order of its manual */

struct table {
	sqlite3_vtab base;
	const struct alm_feed *feed;
};

struct cursor {
	sqlite3_vtab_cursor base;
	int at;
};

static const struct alm_feed *feed_of(const sqlite3_vtab_cursor *cursor)
{
	return ((const struct table *)cursor->pVtab)->feed;
}

static int connect(sqlite3 *db, void *feed, int n, const char *const *args, sqlite3_vtab **out, char **error)
{
	(void)n;
	(void)args;
	(void)error;
	const struct alm_feed *own = feed;
	sqlite3_str *sql = sqlite3_str_new(db);
	sqlite3_str_appendall(sql, "CREATE TABLE feed (series, time");
	for (int i = 0; i < own->dataset->n_channels; i++)
		sqlite3_str_appendf(sql, ", c%d", i);
	sqlite3_str_appendall(sql, ")");
	char *text = sqlite3_str_finish(sql);
	struct table *table = sqlite3_malloc(sizeof *table);
	int code = text && table ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
	sqlite3_free(text);
	if (code != SQLITE_OK) {
		sqlite3_free(table);
		return code;
	}
	*table = (struct table){.feed = own};
	*out = &table->base;
	return SQLITE_OK;
}

/* There is one way to read it: all rows in order. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = 1;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	(void)table;
	struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct cursor){0};
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int n_args, sqlite3_value **args)
{
	(void)number;
	(void)text;
	(void)n_args;
	(void)args;
	((struct cursor *)cursor)->at = 0;
	return SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *cursor)
{
	((struct cursor *)cursor)->at++;
	return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *cursor)
{
	return ((struct cursor *)cursor)->at >= feed_of(cursor)->n;
}

/* Of a missing value SQLite makes NULL itself. */
static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *to, int place)
{
	const struct alm_feed *feed = feed_of(cursor);
	int at = ((struct cursor *)cursor)->at, channel = place - 2;
	if (place == 0) {
		sqlite3_result_text(to, feed->row[at].series, -1, SQLITE_STATIC);
		return SQLITE_OK;
	}
	if (place == 1) {
		sqlite3_result_int64(to, feed->row[at].time);
		return SQLITE_OK;
	}
	double value = feed->values[(size_t)at * (size_t)feed->dataset->n_channels + (size_t)channel];
	if (alm_dataset_is_category(feed->dataset, channel) && !isnan(value))
		sqlite3_result_text(to, feed->words->name[(int)value], -1, SQLITE_STATIC);
	else
		sqlite3_result_double(to, value);
	return SQLITE_OK;
}

static int row_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = ((struct cursor *)cursor)->at;
	return SQLITE_OK;
}

/* Without xCreate the module is its table, which no file has. */
static const sqlite3_module module = {
	.xConnect = connect,
	.xBestIndex = best_index,
	.xDisconnect = disconnect,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = filter,
	.xNext = next_row,
	.xEof = at_end,
	.xColumn = column,
	.xRowid = row_number,
};

/* ---- the feed */

static enum alm_status prepare(struct alm_feed *feed, struct alm_error *err)
{
	int code = sqlite3_create_module(alm_sql_raw(feed->db), TABLE, &module, feed);
	if (code != SQLITE_OK)
		return alm_sql_fail(feed->db, code, err);
	feed->registered = true;
	char *sql = sqlite3_mprintf("INSERT INTO \"%w\" SELECT * FROM " TABLE, feed->dataset->name);
	enum alm_status status =
		sql ? alm_sql_prepare(feed->db, sql, &feed->insert, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status;
}

enum alm_status alm_feed_open(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_names *words, struct alm_feed **out, struct alm_error *err)
{
	struct alm_feed *feed = calloc(1, sizeof *feed);
	if (!feed)
		return alm_fail_memory(err, sizeof *feed);
	int room = VALUES_MOST / dataset->n_channels;
	feed->db = db;
	feed->dataset = dataset;
	feed->words = words;
	feed->room = room > ROWS_MOST ? ROWS_MOST : room;
	size_t n = (size_t)feed->room, n_values = n * (size_t)dataset->n_channels;
	feed->row = calloc(n, sizeof *feed->row);
	feed->values = calloc(n_values, sizeof *feed->values);
	enum alm_status status = feed->row && feed->values
					 ? prepare(feed, err)
					 : alm_fail_memory(err, n_values * sizeof *feed->values);
	if (status == ALM_OK)
		*out = feed;
	else
		alm_feed_close(feed);
	return status;
}

void alm_feed_close(struct alm_feed *feed)
{
	if (!feed)
		return;
	sqlite3_finalize(feed->insert);
	if (feed->registered)
		sqlite3_create_module(alm_sql_raw(feed->db), TABLE, NULL, NULL);
	free(feed->row);
	free(feed->values);
	free(feed);
}

void alm_feed_add(struct alm_feed *feed, const char *series, int64_t time, const double *values)
{
	size_t n = (size_t)feed->dataset->n_channels;
	feed->row[feed->n] = (struct feed_row){series, time};
	memcpy(feed->values + (size_t)feed->n * n, values, n * sizeof *values);
	feed->n++;
}

bool alm_feed_is_full(const struct alm_feed *feed)
{
	return feed->n == feed->room;
}

enum alm_status alm_feed_flush(struct alm_feed *feed, struct alm_error *err)
{
	if (feed->n == 0)
		return ALM_OK;
	int code = sqlite3_step(feed->insert);
	sqlite3_reset(feed->insert);
	feed->n = 0;
	return code == SQLITE_DONE ? ALM_OK : alm_sql_fail(feed->db, code, err);
}
