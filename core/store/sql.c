#include "store/sql.h"
#include <stdarg.h>
#include <time.h>

static enum alm_status status_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ALM_BUSY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return ALM_IO;
	case SQLITE_NOMEM:
		return ALM_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_TOOBIG:
		return ALM_BAD_DATA;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ALM_NO_PERMISSION;
	case SQLITE_CANTOPEN:
		return ALM_CANT_CREATE;
	case SQLITE_INTERRUPT:
		return ALM_INTERRUPTED;
	default:
		return ALM_BUG;
	}
}

enum alm_status alm_sql_fail(struct alm_db *db, int code, struct alm_error *err)
{
	enum alm_status status = status_of(code);
	const char *path = alm_db_path(db);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return alm_fail(err, status, "'%s' is locked by another process; try again later", path);
	case SQLITE_NOTADB:
		return alm_fail(err, status, "'%s' is not an SQLite database", path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return alm_fail(
			err, status, "'%s' cannot be written: the file or its folder is read-only", path);
	case SQLITE_FULL:
		return alm_fail(err, status, "'%s' cannot grow: the disk is full", path);
	default:
		return alm_fail(err, status, "'%s': %s", path, sqlite3_errmsg(alm_sql_raw(db)));
	}
}

enum alm_status alm_sql_exec(struct alm_db *db, const char *sql, struct alm_error *err)
{
	int code = sqlite3_exec(alm_sql_raw(db), sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? ALM_OK : alm_sql_fail(db, code, err);
}

enum alm_status alm_sql_prepare(struct alm_db *db, const char *sql, sqlite3_stmt **out, struct alm_error *err)
{
	int code = sqlite3_prepare_v2(alm_sql_raw(db), sql, -1, out, NULL);
	return code == SQLITE_OK ? ALM_OK : alm_sql_fail(db, code, err);
}

static int bind(sqlite3_stmt *stmt, const char *format, va_list *args)
{
	int code = SQLITE_OK;
	for (int at = 0; format[at] != '\0' && code == SQLITE_OK; at++) {
		switch (format[at]) {
		case 'i':
			code = sqlite3_bind_int64(stmt, at + 1, va_arg(*args, int64_t));
			break;
		case 'r': /* a NaN is bound as NULL by SQLite itself */
			code = sqlite3_bind_double(stmt, at + 1, va_arg(*args, double));
			break;
		case 's':
			code = sqlite3_bind_text(
				stmt, at + 1, va_arg(*args, const char *), -1, SQLITE_STATIC);
			break;
		default: { /* 'b' */
			const void *bytes = va_arg(*args, const void *);
			code = sqlite3_bind_blob64(stmt, at + 1, bytes, va_arg(*args, size_t), SQLITE_STATIC);
			break;
		}
		}
	}
	return code;
}

static enum alm_status query(struct alm_db *db, sqlite3_stmt **out, struct alm_error *err, const char *sql,
	const char *format, va_list *args)
{
	sqlite3_stmt *stmt = NULL;
	enum alm_status status = alm_sql_prepare(db, sql, &stmt, err);
	if (status != ALM_OK)
		return status;
	int code = bind(stmt, format, args);
	if (code != SQLITE_OK) {
		status = alm_sql_fail(db, code, err);
		sqlite3_finalize(stmt);
		return status;
	}
	*out = stmt;
	return ALM_OK;
}

enum alm_status alm_sql_query(struct alm_db *db, sqlite3_stmt **out, struct alm_error *err, const char *sql,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	enum alm_status status = query(db, out, err, sql, format, &args);
	va_end(args);
	return status;
}

enum alm_status alm_sql_next(struct alm_db *db, sqlite3_stmt *stmt, bool *row, struct alm_error *err)
{
	int code = sqlite3_step(stmt);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return alm_sql_fail(db, code, err);
	*row = code == SQLITE_ROW;
	return ALM_OK;
}

enum alm_status alm_sql_run(
	struct alm_db *db, struct alm_error *err, const char *sql, const char *format, ...)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	va_list args;
	va_start(args, format);
	enum alm_status status = query(db, &stmt, err, sql, format, &args);
	va_end(args);
	while (status == ALM_OK && row)
		status = alm_sql_next(db, stmt, &row, err);
	sqlite3_finalize(stmt); /* repeats the error of the step, if there was one */
	return status;
}

enum alm_status alm_sql_integer(struct alm_db *db, int64_t *out, int64_t none, struct alm_error *err,
	const char *sql, const char *format, ...)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	va_list args;
	va_start(args, format);
	enum alm_status status = query(db, &stmt, err, sql, format, &args);
	va_end(args);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK)
		*out = row && sqlite3_column_type(stmt, 0) != SQLITE_NULL ? sqlite3_column_int64(stmt, 0)
									  : none;
	sqlite3_finalize(stmt);
	return status;
}

const char *alm_sql_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);
	return text ? (const char *)text : "";
}

int64_t alm_sql_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
