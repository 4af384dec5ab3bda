/* What is kept of a version to find drift by. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include "base/rng.h"
#include "store/drift.h"
#include "store/sql.h"
#include "support/make.h"

static struct alm_error err;

static void ok(enum alm_status status)
{
	cr_assert_eq(status, ALM_OK, "%s", err.text);
}

static struct alm_db *open_db(void)
{
	struct alm_db *db;
	struct alm_db_options options = {.mode = ALM_DB_CREATE};
	char *folder = make_folder(), *path = make_path(folder, "test.db");
	ok(alm_db_open(path, &options, &db, &err));
	free(path);
	free(folder);
	ok(alm_sql_exec(db,
		"INSERT INTO almanac_dataset (id, name, unit, created) VALUES (1, 'd', 's', 0);"
		"INSERT INTO almanac_model (id, name, dataset_id, created) VALUES (1, 'm', 1, 0);"
		"INSERT INTO almanac_run (id, kind, model_id, status, started, host, pid, program) "
		"VALUES (1, 'train', 1, 'running', 0, 'h', 1, '0');"
		"INSERT INTO almanac_version (id, model_id, number, run_id, created) VALUES (4, 1, 1, 1, 0)",
		&err));
	return db;
}

/* Numbers of as many digits as there are: those of noise, and the longest. */
static void fill(double *values, int n, uint64_t stream)
{
	for (int i = 0; i < n; i++)
		values[i] = alm_rng_normal(7, stream, (uint64_t)i) / 3;
	values[n - 1] = -1.7976931348623157e308;
}

/*
 * An edge is a value of the training. Were the least digit of it or of a usual value lost, the values that are equal to it would
 * change their bin, and where values are often the same that looks like drift.
 */
Test(drift_kept, comes_back_to_the_last_bit)
{
	struct alm_drift_reference kept = {.channel = "a", .window_ms = 1, .n_edges = ALM_DRIFT_BINS - 1};
	struct alm_drift_references found, references = {.n = 1, .channel = &kept};
	fill(kept.hours, ALM_DRIFT_HOURS, 1);
	fill(kept.year, ALM_DRIFT_YEAR, 2);
	fill(kept.edges, ALM_DRIFT_BINS - 1, 3);
	fill(kept.counts, ALM_DRIFT_BINS, 4);
	struct alm_db *db = open_db();
	ok(alm_drift_references_put(db, 4, &references, &err));
	ok(alm_drift_references_load(db, 4, &found, &err));
	cr_assert_eq(found.n, 1);
	cr_assert_arr_eq(found.channel->hours, kept.hours, sizeof kept.hours);
	cr_assert_arr_eq(found.channel->year, kept.year, sizeof kept.year);
	cr_assert_arr_eq(found.channel->edges, kept.edges, sizeof kept.edges);
	cr_assert_arr_eq(found.channel->counts, kept.counts, sizeof kept.counts);
	alm_drift_references_release(&found);
	alm_db_close(db);
}
