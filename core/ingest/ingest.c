#include "ingest/ingest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/target.h"
#include "ingest/walk.h"
#include "store/dataset_zone.h"

/* What a run holds on to. */
struct writing {
	struct alm_ingest *ingest;
	struct alm_reporter *reporter;
	struct alm_target target;
	struct alm_ingest_summary summary;
	double began_s;
};

/* Names the columns that have no place in the dataset: nobody should find out later. */
static void note_left_out(const struct writing *writing)
{
	const struct alm_layout *layout = &writing->ingest->first.layout;
	char list[512] = "";
	size_t used = 0;
	for (int column = 0; column < layout->n_columns && used < sizeof list; column++) {
		if (layout->role[column] != ALM_ROLE_NONE)
			continue;
		int n = snprintf(
			list + used, sizeof list - used, "%s%s", used ? ", " : "", layout->name[column]);
		used += n > 0 ? (size_t)n : 0;
	}
	if (used > 0 && !layout->options->channels)
		alm_note(writing->reporter,
			"%s: left out, because they hold no numbers: %s; --category keeps texts",
			layout->file, list);
}

/* Several series read as one look like this. */
static void note_duplicates(const struct writing *writing)
{
	const struct alm_ingest_options *options = writing->ingest->options;
	if (!options->series && writing->target.upsert.n_duplicates > writing->summary.n_rows / 2)
		alm_note(writing->reporter,
			"%s: most rows have the time of another row; if the file holds several series, name "
			"their column with --series; if the hour is in a column of its own, name both as in "
			"--time 'date hour'",
			writing->ingest->first.layout.file);
}

/* Rows that are there already, and their local hours for holidays and exports, were of another zone. */
static void note_zone(const struct writing *writing, const char *before)
{
	const char *given = writing->ingest->options->tz, *old = *before ? before : "UTC";
	if (given && !writing->target.created && strcmp(old, given) != 0)
		alm_note(writing->reporter,
			"dataset '%s' was in the zone %s and is in %s from now on; the times of its rows "
			"stay "
			"as they are",
			writing->target.dataset.name, old, given);
}

/* A zone that is given stays with the dataset; one that it has holds where none is given. */
static enum alm_status settle_zone(struct writing *writing, struct alm_db *db, struct alm_error *err)
{
	struct alm_ingest *ingest = writing->ingest;
	const struct alm_dataset *dataset = &writing->target.dataset;
	char zone[ALM_ZONE_NAME] = "";
	const char *kept = ingest->options->kept_tz;
	enum alm_status status = alm_dataset_zone_get(db, dataset, zone, err);
	if (status == ALM_OK && ingest->options->tz) {
		note_zone(writing, zone);
		*zone = '\0';
		status = alm_dataset_zone_set(db, dataset, ingest->options->tz, err);
	}
	if (status == ALM_OK && kept && *zone == '\0' && !ingest->options->tz)
		snprintf(zone, sizeof zone, "%s", kept);
	if (status == ALM_OK && *zone != '\0')
		status = alm_local_inherit(&ingest->local, zone, &ingest->first, err);
	if (status == ALM_OK && ingest->local.zone)
		writing->target.upsert.local = &ingest->local;
	return status;
}

static void summarise(struct writing *writing)
{
	struct alm_ingest_summary *summary = &writing->summary;
	const struct alm_layout *layout = &writing->ingest->first.layout;
	const struct alm_upsert *upsert = &writing->target.upsert;
	snprintf(summary->dataset, sizeof summary->dataset, "%s", writing->target.dataset.name);
	summary->dataset_id = writing->target.dataset.id;
	alm_layout_time_names(layout, summary->time_column);
	alm_layout_time_format(layout, summary->time_format);
	const struct alm_local_times *local = &writing->ingest->local;
	if (local->zone)
		snprintf(summary->zone, sizeof summary->zone, "%s", alm_zone_name(local->zone));
	summary->n_repeated = local->n_repeated;
	summary->n_skipped_local = local->n_skipped;
	summary->created = writing->target.created;
	summary->n_channels = writing->target.dataset.n_channels;
	summary->n_series = upsert->names.n;
	summary->n_inserted = upsert->n_inserted;
	summary->n_updated = upsert->n_updated;
	summary->n_unchanged = upsert->n_unchanged;
	summary->n_duplicates = upsert->n_duplicates;
	summary->seconds = alm_monotonic_s() - writing->began_s;
}

enum alm_status alm_ingest_write(struct alm_ingest *ingest, struct alm_db *db, struct alm_reporter *reporter,
	struct alm_ingest_summary *out, struct alm_error *err)
{
	struct writing writing = {.ingest = ingest, .reporter = reporter, .began_s = alm_monotonic_s()};
	struct alm_error own = {0}; /* bad rows that are skipped are listed from here */
	err = err ? err : &own;
	enum alm_status status = alm_target_open(&writing.target, db, &ingest->first, err);
	if (status == ALM_OK)
		status = settle_zone(&writing, db, err);
	if (status == ALM_OK) {
		note_left_out(&writing);
		status = alm_walk(ingest, &writing.target.sink, reporter, &writing.summary, err);
	}
	if (status == ALM_OK)
		status = alm_upsert_finish(&writing.target.upsert, err);
	if (status == ALM_OK) {
		summarise(&writing);
		note_duplicates(&writing);
	}
	alm_target_close(&writing.target);
	if (status == ALM_OK)
		*out = writing.summary;
	else
		alm_ingest_summary_release(&writing.summary);
	return status;
}

enum alm_status alm_ingest_run(struct alm_ingest *ingest, struct alm_db *db, struct alm_reporter *reporter,
	struct alm_ingest_summary *out, struct alm_error *err)
{
	struct alm_ingest_summary summary;
	enum alm_status status = alm_db_begin(db, err);
	if (status == ALM_OK)
		status = alm_ingest_write(ingest, db, reporter, &summary, err);
	if (status != ALM_OK) {
		alm_db_rollback(db);
		return status;
	}
	status = alm_db_commit(db, err);
	if (status == ALM_OK)
		*out = summary;
	else
		alm_ingest_summary_release(&summary);
	return status;
}

void alm_ingest_summary_release(struct alm_ingest_summary *summary)
{
	for (int i = 0; i < summary->n_bad; i++)
		free(summary->bad[i]);
	free(summary->bad);
	*summary = (struct alm_ingest_summary){0};
}
