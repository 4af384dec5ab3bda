/*
 * Rows that are read on one thread and written on another, for ThreadSanitizer: an ingest of many batches, one of rows that
 * are there already, one with bad rows that are skipped, and one that fails in the middle.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "ingest/ingest.h"

#define ROWS 20000

static int write_file(const char *path, int bad_every)
{
	FILE *file = fopen(path, "w");
	if (!file)
		return 1;
	fputs("s,time,x\n", file);
	for (int row = 0; row < ROWS; row++)
		fprintf(file, "%c,%d,%s\n", 'a' + row % 3, row / 3 * 60,
			bad_every && row % bad_every == bad_every - 1 ? "bad" : "1.5");
	return fclose(file);
}

/* Good rows of an ingest, or -1. */
static int ingest(const char *path, struct alm_db *db, int64_t skip_bad)
{
	struct alm_ingest *ingest = NULL;
	struct alm_ingest_summary summary = {0};
	struct alm_ingest_options options = {
		.paths = &path, .n_paths = 1, .dataset = "d", .series = "s", .skip_bad = skip_bad};
	enum alm_status status = alm_ingest_open(&options, &ingest, NULL);
	if (status == ALM_OK)
		status = alm_ingest_run(ingest, db, NULL, &summary, NULL);
	alm_ingest_close(ingest);
	int n_rows = status == ALM_OK ? (int)summary.n_rows : -1;
	alm_ingest_summary_release(&summary);
	return n_rows;
}

static int fails(const char *path)
{
	struct alm_db *db;
	struct alm_db_options in_memory = {.mode = ALM_DB_CREATE};
	if (alm_db_open(":memory:", &in_memory, &db, NULL) != ALM_OK)
		return 1;
	int n_wrong = write_file(path, 0) != 0;
	n_wrong += ingest(path, db, 0) != ROWS;
	n_wrong += ingest(path, db, 0) != ROWS;
	n_wrong += write_file(path, 700) != 0;
	n_wrong += ingest(path, db, ROWS) != ROWS - ROWS / 700;
	n_wrong += ingest(path, db, 5) != -1;
	alm_db_close(db);
	return n_wrong;
}

int main(void)
{
	char path[] = "/tmp/almanac-tsan-XXXXXX";
	int fd = mkstemp(path);
	if (fd < 0 || close(fd) != 0)
		return EXIT_FAILURE;
	int n_wrong = fails(path);
	unlink(path);
	if (n_wrong > 0)
		fprintf(stderr, "%d ingests went wrong\n", n_wrong);
	return n_wrong > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
