/* The numbered migrations of schemas/, embedded at build time, and how they reach a file. Internal to store. */
#ifndef ALM_STORE_MIGRATE_H
#define ALM_STORE_MIGRATE_H
#include "base/status.h"
#include "store/db.h"

struct alm_schema {
	int number;
	const char *name, *sql;
};

extern const struct alm_schema alm_schemas[];
extern const int alm_n_schemas;

/* The number of the file's schema, 0 when Almanac has never been here. Writes nothing. */
ALM_MUST_CHECK enum alm_status alm_migrate_number(struct alm_db *db, int *number, struct alm_error *err);

/* ALM_BAD_CONFIG, with both numbers, for a schema that is newer than the newest migration here. */
ALM_MUST_CHECK enum alm_status alm_migrate_check(struct alm_db *db, int number, struct alm_error *err);

/* A database in memory that holds nothing but the schema of that number. The caller closes. */
ALM_MUST_CHECK enum alm_status alm_db_open_fresh(int number, struct alm_db **out, struct alm_error *err);

/* Those up to a number, one after the other, on a database that has none. */
ALM_MUST_CHECK enum alm_status alm_migrate_fresh(struct alm_db *db, int number, struct alm_error *err);

/* Applies what is missing in one transaction, the number read again under its lock. */
ALM_MUST_CHECK enum alm_status alm_migrate(struct alm_db *db, struct alm_error *err);

#endif
