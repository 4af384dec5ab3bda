#include <stdlib.h>
#include "store/gather.h"
#include "store/place.h"

enum alm_status alm_dataset_read(struct alm_db *db, const struct alm_dataset *dataset, const int *columns,
	int n_columns, int64_t until_ms, struct alm_dataset_rows *out, struct alm_error *err)
{
	if (alm_dataset_in_place(dataset))
		return alm_place_read(db, dataset,
			&(struct alm_dataset_tail){.columns = columns,
				.n_columns = n_columns,
				.n_past = n_columns,
				.n_rows = SIZE_MAX,
				.until_ms = until_ms},
			out, err);
	struct alm_gather gather = {
		.db = db, .dataset = dataset, .columns = columns, .rows = {.n_channels = n_columns}};
	sqlite3_stmt *stmt = NULL;
	sqlite3_str *text = alm_gather_select(dataset, columns, n_columns, 0);
	sqlite3_str_appendall(text, " WHERE time <= ? ORDER BY series, time");
	char *sql = sqlite3_str_finish(text);
	enum alm_status status =
		sql ? alm_sql_query(db, &stmt, err, sql, "i", alm_gather_bound(dataset, until_ms))
		    : alm_fail_memory(err, 1);
	sqlite3_free(sql);
	if (status == ALM_OK)
		status = alm_gather_rows(&gather, stmt, err);
	sqlite3_finalize(stmt);
	return alm_gather_finish(&gather, status, out, err);
}

void alm_dataset_rows_release(struct alm_dataset_rows *rows)
{
	for (int i = 0; i < rows->n_series; i++)
		free(rows->names[i]);
	free(rows->names);
	free(rows->first);
	free(rows->times_ms);
	free(rows->values);
	alm_names_release(&rows->words);
	*rows = (struct alm_dataset_rows){0};
}
