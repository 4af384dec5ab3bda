/*
 * Whether a release of SQLite is free of the WAL-reset race, in which two connections that write and checkpoint at
 * once can lose commits: fixed in 3.51.3, and before that in 3.50.7 and 3.44.6 of their branches. Internal to store.
 */
#ifndef ALM_STORE_WAL_H
#define ALM_STORE_WAL_H
#include <stdbool.h>

/* number as from sqlite3_libversion_number: 3040001 is 3.40.1. */
static inline bool alm_wal_is_safe(int number)
{
	return number >= 3051003 || (number >= 3050007 && number < 3051000) ||
	       (number >= 3044006 && number < 3045000);
}

#endif
