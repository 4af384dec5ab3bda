/* The end of every series of a dataset, read by index. */
#include "store/gather.h"
#include "store/place.h"

/* The statements of a tail, and what it asks for. */
struct tail {
	const struct alm_dataset_tail *wanted;
	sqlite3_stmt *first; /* the first series */
	sqlite3_stmt
		*next; /* the next one after a name; with `first` in one statement no index could be used */
	sqlite3_stmt
		*known;     /* of fewer past columns than all: rows of one series, newest first, with these */
	sqlite3_stmt *rows; /* the newest rows of one */
	sqlite3_stmt *ahead; /* as `known`: those after them */
};

/* Prepares what the builder holds, which ends here. */
static enum alm_status prepare_text(
	struct alm_db *db, sqlite3_str *text, sqlite3_stmt **stmt, struct alm_error *err)
{
	char *sql = sqlite3_str_finish(text);
	enum alm_status status = sql ? alm_sql_prepare(db, sql, stmt, err) : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	return status;
}

static enum alm_status prepare_series(struct alm_gather *gather, struct tail *tail, struct alm_error *err)
{
	sqlite3_str *first = sqlite3_str_new(NULL);
	sqlite3_str_appendf(first, "SELECT min(series) FROM \"%w\"", gather->dataset->name);
	enum alm_status status = prepare_text(gather->db, first, &tail->first, err);
	if (status != ALM_OK)
		return status;
	sqlite3_str *next = sqlite3_str_new(NULL);
	sqlite3_str_appendf(next, "SELECT min(series) FROM \"%w\" WHERE series > ?1", gather->dataset->name);
	return prepare_text(gather->db, next, &tail->next, err);
}

static enum alm_status prepare_rows(struct alm_gather *gather, struct tail *tail, struct alm_error *err)
{
	sqlite3_str *text = alm_gather_select(gather->dataset, gather->columns, gather->rows.n_channels, 0);
	sqlite3_str_appendall(text, " WHERE series = ?1 AND time <= ?2 ORDER BY time DESC LIMIT ?3");
	char *newest = sqlite3_str_finish(text);
	if (!newest)
		return alm_fail_memory(err, 1);
	sqlite3_str *rising = sqlite3_str_new(NULL);
	sqlite3_str_appendf(rising, "SELECT * FROM (%s) ORDER BY 2", newest);
	sqlite3_free(newest);
	return prepare_text(gather->db, rising, &tail->rows, err);
}

/* What other columns than past ones take besides: up to where these are known, and what comes then. */
static enum alm_status prepare_ahead(struct alm_gather *gather, struct tail *tail, struct alm_error *err)
{
	int n = gather->rows.n_channels, n_past = tail->wanted->n_past;
	if (n_past == n)
		return ALM_OK;
	sqlite3_str *known = alm_gather_select(gather->dataset, gather->columns, n_past, 0);
	sqlite3_str_appendall(known, " WHERE series = ?1 AND time <= ?2 ORDER BY time DESC");
	enum alm_status status = prepare_text(gather->db, known, &tail->known, err);
	if (status != ALM_OK)
		return status;
	sqlite3_str *ahead = alm_gather_select(gather->dataset, gather->columns, n, n_past);
	sqlite3_str_appendall(ahead, " WHERE series = ?1 AND time > ?2 ORDER BY time LIMIT ?3");
	return prepare_text(gather->db, ahead, &tail->ahead, err);
}

/* The last time, in the dataset's unit, at which one of the columns that `known` selects has a value; `until` if none. */
static enum alm_status find_last(struct alm_gather *gather, const struct tail *tail, int64_t until,
	int64_t *last, struct alm_error *err)
{
	sqlite3_stmt *known = tail->known;
	bool row = true, found = false;
	enum alm_status status = ALM_OK;
	*last = until;
	sqlite3_bind_int64(known, 2, until);
	while (!found && (status = alm_sql_next(gather->db, known, &row, err)) == ALM_OK && row)
		for (int column = 2; column < sqlite3_column_count(known) && !found; column++) {
			found = sqlite3_column_type(known, column) != SQLITE_NULL;
			if (found)
				*last = sqlite3_column_int64(known, 1);
		}
	sqlite3_reset(known);
	return status;
}

/* As LIMIT takes it. */
static int64_t limit(size_t n_rows)
{
	return n_rows > INT64_MAX ? -1 : (int64_t)n_rows;
}

/* The rows of the series that is bound. */
static enum alm_status take_tail(struct alm_gather *gather, const struct tail *tail, struct alm_error *err)
{
	int64_t until = alm_gather_bound(gather->dataset, tail->wanted->until_ms), last = until;
	enum alm_status status = tail->known ? find_last(gather, tail, until, &last, err) : ALM_OK;
	if (status != ALM_OK)
		return status;
	sqlite3_bind_int64(tail->rows, 2, last);
	sqlite3_bind_int64(tail->rows, 3, limit(tail->wanted->n_rows));
	status = alm_gather_rows(gather, tail->rows, err);
	sqlite3_reset(tail->rows);
	if (status != ALM_OK || !tail->ahead)
		return status;
	sqlite3_bind_int64(tail->ahead, 2, last);
	sqlite3_bind_int64(tail->ahead, 3, limit(tail->wanted->n_ahead));
	status = alm_gather_rows(gather, tail->ahead, err);
	sqlite3_reset(tail->ahead);
	return status;
}

/* The series whose name stands in a row, for every statement that is about one. Its text is copied, for which memory may be refused. */
static enum alm_status bind_series(
	struct alm_gather *gather, const struct tail *tail, sqlite3_stmt *named, struct alm_error *err)
{
	sqlite3_stmt *const of_series[] = {tail->next, tail->known, tail->rows, tail->ahead};
	sqlite3_value *series = sqlite3_value_dup(sqlite3_column_value(named, 0));
	int code = series ? SQLITE_OK : SQLITE_NOMEM;
	sqlite3_reset(named);
	for (size_t i = 0; i < sizeof of_series / sizeof *of_series && code == SQLITE_OK; i++)
		if (of_series[i])
			code = sqlite3_bind_value(of_series[i], 1, series);
	sqlite3_value_free(series);
	return code == SQLITE_OK ? ALM_OK : alm_sql_fail(gather->db, code, err);
}

static enum alm_status take_tails(struct alm_gather *gather, const struct tail *tail, struct alm_error *err)
{
	for (sqlite3_stmt *which = tail->first;; which = tail->next) {
		bool row = false;
		enum alm_status status = alm_sql_next(gather->db, which, &row, err);
		if (status != ALM_OK || !row || sqlite3_column_type(which, 0) == SQLITE_NULL)
			return status;
		status = bind_series(gather, tail, which, err);
		if (status == ALM_OK)
			status = take_tail(gather, tail, err);
		if (status != ALM_OK)
			return status;
	}
}

enum alm_status alm_dataset_read_tail(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_dataset_tail *wanted, struct alm_dataset_rows *out, struct alm_error *err)
{
	if (alm_dataset_in_place(dataset))
		return alm_place_read(db, dataset, wanted, out, err);
	struct alm_gather gather = {.db = db,
		.dataset = dataset,
		.columns = wanted->columns,
		.rows = {.n_channels = wanted->n_columns}};
	struct tail tail = {.wanted = wanted};
	enum alm_status status = alm_sql_exec(db, "BEGIN", err); /* one snapshot for all statements */
	if (status == ALM_OK)
		status = prepare_series(&gather, &tail, err);
	if (status == ALM_OK)
		status = prepare_rows(&gather, &tail, err);
	if (status == ALM_OK)
		status = prepare_ahead(&gather, &tail, err);
	if (status == ALM_OK)
		status = take_tails(&gather, &tail, err);
	sqlite3_finalize(tail.first);
	sqlite3_finalize(tail.next);
	sqlite3_finalize(tail.known);
	sqlite3_finalize(tail.rows);
	sqlite3_finalize(tail.ahead);
	alm_db_rollback(db);
	return alm_gather_finish(&gather, status, out, err);
}
