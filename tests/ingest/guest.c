#include "ingest/guest.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/make.h"

struct guest guest;

void guest_begin(void)
{
	guest.folder = make_folder();
	guest.csv = make_path(guest.folder, "in.csv");
	char *path = make_path(guest.folder, "t.db");
	struct alm_db_options options = {.mode = ALM_DB_CREATE};
	cr_assert_eq(alm_db_open(path, &options, &guest.db, &guest.err), ALM_OK, "%s", guest.err.text);
	free(path);
}

void guest_end(void)
{
	alm_ingest_summary_release(&guest.summary);
	alm_db_close(guest.db);
	free(guest.folder);
	free(guest.csv);
}

enum alm_status guest_ingest(const char *text, const struct alm_ingest_options *options)
{
	struct alm_ingest_options all = options ? *options : (struct alm_ingest_options){0};
	struct alm_ingest *ingest = NULL;
	const char *paths[] = {guest.csv};
	all.paths = paths;
	all.n_paths = 1;
	all.dataset = "d";
	make_file(guest.csv, text);
	alm_ingest_summary_release(&guest.summary);
	enum alm_status status = alm_ingest_open(&all, &ingest, &guest.err);
	if (status == ALM_OK)
		status = alm_ingest_run(ingest, guest.db, NULL, &guest.summary, &guest.err);
	alm_ingest_close(ingest);
	return status;
}

void guest_good(const char *text, const struct alm_ingest_options *options)
{
	cr_assert_eq(guest_ingest(text, options), ALM_OK, "%s", guest.err.text);
}

void guest_bad(
	const char *text, const struct alm_ingest_options *options, enum alm_status status, const char *error)
{
	enum alm_status found = guest_ingest(text, options);
	cr_assert_eq(found, status, "'%s' is %s", text, alm_status_text(found));
	cr_assert(strstr(guest.err.text, error), "%s", guest.err.text);
}

static size_t dump_rows(const struct alm_dataset_rows *rows, char *out, size_t room)
{
	size_t used = 0;
	for (int series = 0; series < rows->n_series; series++)
		for (size_t row = rows->first[series]; row < rows->first[series + 1]; row++) {
			used += (size_t)snprintf(out + used, room - used, "%s|%g", rows->names[series],
				(double)rows->times_ms[row] / 1000);
			for (int i = 0; i < rows->n_channels; i++) {
				double value =
					(double)rows->values[row * (size_t)rows->n_channels + (size_t)i];
				if (isnan(value))
					used += (size_t)snprintf(out + used, room - used, "|-");
				else
					used += (size_t)snprintf(out + used, room - used, "|%g", value);
			}
			used += (size_t)snprintf(out + used, room - used, "\n");
		}
	return used;
}

const char *guest_dump(void)
{
	static char out[4096];
	struct alm_dataset dataset;
	struct alm_dataset_rows rows;
	int columns[16];
	size_t used = 0;
	if (alm_dataset_find(guest.db, "d", &dataset, NULL) != ALM_OK)
		return "none";
	for (int i = 0; i < dataset.n_channels; i++) {
		columns[i] = i;
		used += (size_t)snprintf(
			out + used, sizeof out - used, "%s%s", i ? "," : "", dataset.channels[i]);
	}
	used += (size_t)snprintf(out + used, sizeof out - used, "\n");
	cr_assert_eq(alm_dataset_read(
			     guest.db, &dataset, columns, dataset.n_channels, INT64_MAX, &rows, &guest.err),
		ALM_OK, "%s", guest.err.text);
	dump_rows(&rows, out + used, sizeof out - used);
	alm_dataset_rows_release(&rows);
	alm_dataset_release(&dataset);
	return out;
}

void guest_holds(const char *dump)
{
	const char *found = guest_dump();
	cr_assert_str_eq(found, dump, "%s", found);
}
