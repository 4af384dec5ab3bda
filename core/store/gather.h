/* Rows of a dataset's own table on their way from a statement into memory. Internal to store. */
#ifndef ALM_STORE_GATHER_H
#define ALM_STORE_GATHER_H
#include "store/dataset.h"
#include "store/sql.h"

/* Rows being gathered: the statement gives series, time and the columns. */
struct alm_gather {
	struct alm_db *db;
	const struct alm_dataset *dataset;
	const int *columns;
	struct alm_dataset_rows rows;
	size_t room, series_room; /* allocated rows and series */
};

/* Takes the row that the statement stands on. ALM_BAD_DATA names dataset, series, time and channel. */
ALM_MUST_CHECK enum alm_status alm_gather_row(
	struct alm_gather *gather, sqlite3_stmt *stmt, struct alm_error *err);

/* Takes every row that the statement has yet to give. */
ALM_MUST_CHECK enum alm_status alm_gather_rows(
	struct alm_gather *gather, sqlite3_stmt *stmt, struct alm_error *err);

/* Ends the list of series and hands the rows over; releases them where status is an error. */
ALM_MUST_CHECK enum alm_status alm_gather_finish(struct alm_gather *gather, enum alm_status status,
	struct alm_dataset_rows *out, struct alm_error *err);

/* "SELECT series, time, <columns> FROM <table>", NULL for the first n_null columns. The caller finishes it. */
sqlite3_str *alm_gather_select(
	const struct alm_dataset *dataset, const int *columns, int n_columns, int n_null);

/* An upper bound in the dataset's unit. */
int64_t alm_gather_bound(const struct alm_dataset *dataset, int64_t time_ms);

#endif
