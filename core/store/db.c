#include "store/db.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store/migrate.h"
#include "store/other.h"
#include "store/sql.h"
#include "store/wal.h"

#define TIMEOUT_MS 10000
#define ROLLBACKS  3

struct alm_db {
	sqlite3 *raw;
	char *path;
	int schema, timeout_ms;
	struct alm_reporter *reporter; /* not owned */
	int lock;                      /* descriptor of the lock file, -1 = not open */
	bool tidy;                     /* remove what reading left beside the file */
};

sqlite3 *alm_sql_raw(struct alm_db *db)
{
	return db->raw;
}

int *alm_sql_lock(struct alm_db *db)
{
	return &db->lock;
}

const char *alm_db_path(const struct alm_db *db)
{
	return db->path;
}

int alm_db_timeout_ms(const struct alm_db *db)
{
	return db->timeout_ms;
}

struct alm_reporter *alm_db_reporter(const struct alm_db *db)
{
	return db->reporter;
}

int alm_db_schema(const struct alm_db *db)
{
	return db->schema;
}

void alm_db_close(struct alm_db *db)
{
	if (!db)
		return;
	sqlite3_close(db->raw); /* rolls back what is open */
	if (db->lock >= 0)
		close(db->lock);
	if (db->tidy)
		alm_other_tidy(db->path);
	free(db->path);
	free(db);
}

/* What can be said of the path without opening it as a database. *exists says whether there is a file. */
static enum alm_status check_path(
	const char *path, enum alm_db_mode mode, bool *exists, struct alm_error *err)
{
	struct stat info;
	*exists = stat(path, &info) == 0;
	if (*exists && S_ISDIR(info.st_mode))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is a folder, not a database", path);
	if (*exists) {
		if (access(path, R_OK) != 0)
			return alm_fail(
				err, ALM_NO_PERMISSION, "'%s' cannot be read: %s", path, strerror(errno));
		if (mode != ALM_DB_READ && access(path, W_OK) != 0)
			return alm_fail(
				err, ALM_NO_PERMISSION, "'%s' cannot be written: %s", path, strerror(errno));
		return ALM_OK;
	}
	if (errno != ENOENT || mode != ALM_DB_CREATE)
		return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT,
			"there is no database '%s' (%s); name one with --db, or begin with almanac ingest",
			path, strerror(errno));
	return ALM_OK;
}

/*
 * What a process left in the journal that was killed in the middle of a commit is rolled back by the next that opens the file
 * to write. One that only reads has that done first, where it may be; where not, reading says why it cannot.
 */
static enum alm_status mend(struct alm_db *db, struct alm_error *err)
{
	static const char look[] = "SELECT count(*) FROM sqlite_schema";
	sqlite3 *writer = NULL;
	int code = sqlite3_exec(db->raw, look, NULL, NULL, NULL);
	if (code != SQLITE_READONLY_ROLLBACK && code != SQLITE_READONLY_RECOVERY)
		return ALM_OK;
	if (access(db->path, W_OK) != 0)
		return alm_fail(err, ALM_NO_PERMISSION,
			"'%s' cannot be read: a process that was killed left it in the middle of a commit, "
			"and "
			"only who may write it can take that back",
			db->path);
	code = sqlite3_open_v2(db->path, &writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(writer, db->timeout_ms > 0 ? db->timeout_ms : TIMEOUT_MS);
		code = sqlite3_exec(writer, look, NULL, NULL, NULL);
	}
	sqlite3_close(writer);
	return code == SQLITE_OK ? ALM_OK : alm_sql_fail(db, code, err);
}

/* `name` is the path, or a URI of it. */
static enum alm_status open_raw(struct alm_db *db, const char *name, int flags, struct alm_error *err)
{
	int code = sqlite3_open_v2(name, &db->raw, flags, NULL);
	if (!db->raw)
		return alm_fail_memory(err, 1);
	if (code != SQLITE_OK)
		return (code & 0xff) == SQLITE_CANTOPEN
			       ? alm_fail(err, flags & SQLITE_OPEN_CREATE ? ALM_CANT_CREATE : ALM_NO_INPUT,
					 "cannot %s '%s': %s", flags & SQLITE_OPEN_CREATE ? "create" : "open",
					 db->path, strerror(sqlite3_system_errno(db->raw)))
			       : alm_sql_fail(db, code, err);
	sqlite3_extended_result_codes(db->raw, 1);
	sqlite3_busy_timeout(db->raw, db->timeout_ms > 0 ? db->timeout_ms : TIMEOUT_MS);
	sqlite3_db_config(db->raw, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->raw, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	enum alm_status status =
		flags & SQLITE_OPEN_READONLY && !(flags & SQLITE_OPEN_URI) ? mend(db, err) : ALM_OK;
	if (status != ALM_OK)
		return status;
	/* EXTRA, not FULL: a commit whose journal comes back after a power failure has not happened. */
	return alm_sql_exec(db,
		"PRAGMA synchronous = EXTRA; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY",
		err);
}

/*
 * Pages and journal of a file that is ours from its first byte. Of pages of 16 KiB an ingest writes a quarter as many as of SQLite's
 * usual 4 KiB and takes a tenth less time; a weight matrix fills several either way.
 */
static enum alm_status lay_out(struct alm_db *db, struct alm_error *err)
{
	enum alm_status status = alm_sql_exec(db, "PRAGMA page_size = 16384", err);
	if (status != ALM_OK || !alm_wal_is_safe(sqlite3_libversion_number()))
		return status;
	return alm_sql_exec(db, "PRAGMA journal_mode = WAL", err);
}

static enum alm_status open_in_mode(
	struct alm_db *db, const struct alm_db_options *options, struct alm_error *err)
{
	bool exists;
	enum alm_status status = check_path(db->path, options->mode, &exists, err);
	if (status != ALM_OK)
		return status;
	int flags = options->mode == ALM_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	flags |= SQLITE_OPEN_NOMUTEX; /* one thread: a lock for every value bound took 4 % of ingest */
	status = open_raw(db, db->path, flags | (exists ? 0 : SQLITE_OPEN_CREATE), err);
	if (status != ALM_OK)
		return status;
	status = alm_migrate_number(db, &db->schema, err);
	if (status == ALM_OK)
		status = alm_migrate_check(db, db->schema, err);
	if (status != ALM_OK || options->mode == ALM_DB_READ)
		return status;
	if (options->mode == ALM_DB_WRITE && db->schema == 0)
		return alm_fail(err, ALM_NO_INPUT,
			"there is nothing of Almanac in '%s', which stays as it is; name another with --db, "
			"or begin with almanac ingest or almanac attach",
			db->path);
	if (!exists)
		status = lay_out(db, err);
	if (status == ALM_OK && db->schema < alm_n_schemas)
		status = alm_migrate(db, err);
	if (status == ALM_OK)
		db->schema = alm_n_schemas;
	return status;
}

/* A connection that is not open yet. */
static enum alm_status make(const char *path, int timeout_ms, struct alm_db **out, struct alm_error *err)
{
	struct alm_db *db = calloc(1, sizeof *db);
	char *copy = strdup(path);
	if (!db || !copy) {
		free(db);
		free(copy);
		return alm_fail_memory(err, sizeof *db);
	}
	db->path = copy;
	db->lock = -1;
	db->timeout_ms = timeout_ms;
	*out = db;
	return ALM_OK;
}

enum alm_status alm_db_open(
	const char *path, const struct alm_db_options *options, struct alm_db **out, struct alm_error *err)
{
	struct alm_db *db;
	enum alm_status status = make(path, options->timeout_ms, &db, err);
	if (status != ALM_OK)
		return status;
	db->reporter = options->reporter;
	status = open_in_mode(db, options, err);
	if (status != ALM_OK)
		alm_db_close(db);
	else
		*out = db;
	return status;
}

enum alm_status alm_db_enter(
	const struct alm_context *context, enum alm_db_mode mode, struct alm_db **out, struct alm_error *err)
{
	const struct alm_db_options options = {
		.mode = mode, .timeout_ms = context->timeout_ms, .reporter = context->reporter};
	return alm_db_open(context->db_path, &options, out, err);
}

enum alm_status alm_db_open_other(
	const char *path, int timeout_ms, struct alm_db **out, struct alm_error *err)
{
	struct alm_db *db;
	int64_t n_tables;
	enum alm_status status = make(path, timeout_ms, &db, err);
	if (status != ALM_OK)
		return status;
	char *uri = NULL;
	status = alm_other_uri(path, &uri, &db->tidy, err);
	if (status == ALM_OK)
		status = open_raw(db, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, err);
	sqlite3_free(uri);
	/* The first look at the file says whether it is a database at all. */
	if (status == ALM_OK)
		status = alm_sql_integer(db, &n_tables, 0, err, "SELECT count(*) FROM sqlite_schema", "");
	if (status != ALM_OK)
		alm_db_close(db);
	else
		*out = db;
	return status;
}

enum alm_status alm_db_open_fresh(int number, struct alm_db **out, struct alm_error *err)
{
	struct alm_db *db;
	enum alm_status status = make(":memory:", 0, &db, err);
	if (status != ALM_OK)
		return status;
	status =
		open_raw(db, db->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, err);
	if (status == ALM_OK)
		status = alm_migrate_fresh(db, number, err);
	if (status != ALM_OK)
		alm_db_close(db);
	else
		*out = db;
	return status;
}

enum alm_status alm_db_begin(struct alm_db *db, struct alm_error *err)
{
	return alm_sql_exec(db, "BEGIN IMMEDIATE", err);
}

enum alm_status alm_db_commit(struct alm_db *db, struct alm_error *err)
{
	enum alm_status status = alm_sql_exec(db, "COMMIT", err);
	if (status != ALM_OK)
		alm_db_rollback(db);
	return status;
}

void alm_db_rollback(struct alm_db *db)
{
	/* It takes memory, and may be refused it: a transaction that stays open would be the bug of whoever begins the next. */
	for (int tries = 0; tries < ROLLBACKS && !sqlite3_get_autocommit(db->raw); tries++)
		sqlite3_exec(db->raw, "ROLLBACK", NULL, NULL, NULL);
}
