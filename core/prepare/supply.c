#include "prepare/supply.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "ingest/ingest.h"
#include "series/ahead.h"
#include "store/dataset.h"

/* The file's rows go through a database in memory: one reader of files for all verbs. */
#define PLACE   ":memory:"
#define DATASET "future"

/* The place among the model's channels of its future channel i. */
static int future_channel(const struct alm_trained *trained, int i)
{
	return trained->n_channels - alm_trained_future(trained) + i;
}

static bool is_category(const struct alm_trained *trained, int i)
{
	return trained->category && trained->category[future_channel(trained, i)];
}

/* Which channel of the file is each future one of the model: column [n_future]. */
static enum alm_status find_columns(const char *path, const struct alm_trained *trained,
	const struct alm_dataset *dataset, int *column, struct alm_error *err)
{
	int n = alm_trained_future(trained);
	for (int i = 0; i < n; i++) {
		const char *name = trained->channels[future_channel(trained, i)];
		column[i] = alm_dataset_channel(dataset, name);
		if (column[i] < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"--future: '%s' has no column of numbers '%s', which the model needs ahead; "
				"add "
				"it",
				path, name);
	}
	return ALM_OK;
}

/* The model's numbers in the place of the codes of a category's texts; unknown ones are noted. */
static void encode(const struct alm_context *context, const char *path, const struct alm_trained *trained,
	struct alm_dataset_rows *rows, int i, int column)
{
	size_t n_unknown = 0;
	const char *unknown = "";
	for (size_t row = 0; row < rows->n_rows; row++) {
		float *value = &rows->values[row * (size_t)rows->n_channels + (size_t)column];
		if (isnan(*value))
			continue;
		const char *word = rows->words.name[(int)*value];
		int number = alm_vocabulary_number(&trained->vocabulary, future_channel(trained, i), word);
		*value = (float)number;
		if (number == 0 && n_unknown++ == 0)
			unknown = word;
	}
	if (n_unknown > 0)
		alm_note(context->reporter,
			"channel '%s': %zu value%s of '%s' %s not in the model's vocabulary, seen as "
			"unknown: the "
			"first is '%s'",
			trained->channels[future_channel(trained, i)], n_unknown, n_unknown == 1 ? "" : "s",
			path, n_unknown == 1 ? "is" : "are", unknown);
}

static void note_others(const struct alm_context *context, const char *path, int n, const char *first)
{
	if (n > 0)
		alm_note(context->reporter, "%d series of '%s' %s not forecast, the first is '%s'", n, path,
			n == 1 ? "is" : "are", first);
}

/* Puts the file's series into the last frames of the panel's; both are in the order of their names. */
static enum alm_status put_all(const struct alm_context *context, const struct alm_supplied *supplied,
	struct alm_panel *panel, struct alm_error *err)
{
	const struct alm_dataset_rows *rows = &supplied->rows;
	int place = 0, n_others = 0;
	const char *other = "";
	enum alm_status status = ALM_OK;
	for (int i = 0; i < rows->n_series && status == ALM_OK; i++) {
		size_t first = rows->first[i];
		struct alm_series_rows one = {.name = rows->names[i],
			.n_rows = rows->first[i + 1] - first,
			.times_ms = rows->times_ms + first,
			.values = rows->values + first * (size_t)rows->n_channels};
		while (place < panel->n_frames && strcmp(panel->frames[place].series, one.name) < 0)
			place++;
		int last = place;
		while (last < panel->n_frames && strcmp(panel->frames[last].series, one.name) == 0)
			last++;
		if (last == place && n_others++ == 0)
			other = one.name;
		if (last > place)
			status = alm_ahead_put(panel, &panel->frames[last - 1], &one, rows->n_channels,
				supplied->column, err);
		place = last;
	}
	if (status == ALM_OK)
		note_others(context, supplied->path, n_others, other);
	return status == ALM_OK ? ALM_OK : alm_fail_in(err, "--future: '%s'", supplied->path);
}

static enum alm_status read_rows(struct alm_db *db, const struct alm_dataset *dataset,
	struct alm_dataset_rows *rows, struct alm_error *err)
{
	size_t n_bytes = (size_t)dataset->n_channels * sizeof(int);
	int *all = malloc(n_bytes);
	if (!all)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < dataset->n_channels; i++)
		all[i] = i;
	enum alm_status status =
		alm_dataset_read(db, dataset, all, dataset->n_channels, INT64_MAX, rows, err);
	free(all);
	return status;
}

/* From the dataset that the file has become into memory. */
static enum alm_status take(
	const struct alm_trained *trained, struct alm_db *db, struct alm_supplied *out, struct alm_error *err)
{
	struct alm_dataset dataset = {0};
	size_t n_bytes = (size_t)alm_trained_future(trained) * sizeof(int);
	out->column = calloc(1, n_bytes);
	enum alm_status status = out->column ? ALM_OK : alm_fail_memory(err, n_bytes);
	if (status == ALM_OK)
		status = alm_dataset_find(db, DATASET, &dataset, err);
	if (status == ALM_OK)
		status = find_columns(out->path, trained, &dataset, out->column, err);
	if (status == ALM_OK)
		status = read_rows(db, &dataset, &out->rows, err);
	alm_dataset_release(&dataset);
	return status;
}

/* The names of the future channels that are categories, as --category takes them; NULL when there are none. The caller frees. */
static enum alm_status list_categories(const struct alm_trained *trained, char **out, struct alm_error *err)
{
	size_t n_bytes = (size_t)alm_trained_future(trained) * (ALM_NAME_MAX + 1) + 1, used = 0;
	char *list = malloc(n_bytes);
	if (!list)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < alm_trained_future(trained); i++)
		if (is_category(trained, i))
			used += (size_t)snprintf(list + used, n_bytes - used, "%s%s", used ? "," : "",
				trained->channels[future_channel(trained, i)]);
	if (used == 0) {
		free(list);
		list = NULL;
	}
	*out = list;
	return ALM_OK;
}

static enum alm_status read_file(const struct alm_context *context, const struct alm_ingest_options *options,
	const struct alm_trained *trained, struct alm_supplied *out, struct alm_error *err)
{
	struct alm_ingest *ingest = NULL;
	struct alm_ingest_summary summary = {0};
	struct alm_db *db = NULL;
	struct alm_db_options db_options = {.mode = ALM_DB_CREATE};
	struct alm_reporter silent = {.stop = context->reporter ? context->reporter->stop : NULL};
	enum alm_status status = alm_ingest_open(options, &ingest, err);
	if (status == ALM_OK)
		status = alm_db_open(PLACE, &db_options, &db, err);
	if (status == ALM_OK)
		status = alm_ingest_run(ingest, db, &silent, &summary, err);
	if (status != ALM_OK)
		alm_fail_in(err, "--future");
	if (status == ALM_OK)
		status = take(trained, db, out, err);
	alm_ingest_summary_release(&summary);
	alm_ingest_close(ingest);
	alm_db_close(db);
	return status;
}

enum alm_status alm_supply_read(const struct alm_context *context, const struct alm_supply_file *file,
	const struct alm_trained *trained, char *const *names, int n_series, struct alm_supplied *out,
	struct alm_error *err)
{
	bool named = n_series > 1 || (n_series == 1 && *names[0] != '\0');
	struct alm_ingest_options options = {.paths = &file->path,
		.n_paths = 1,
		.dataset = DATASET,
		.series = named ? "series" : NULL,
		.kept_tz = *file->zone ? file->zone : NULL,
		.on_duplicate = ALM_DUPLICATE_ERROR};
	struct alm_supplied supplied = {.path = file->path};
	if (alm_trained_future(trained) == 0)
		return alm_fail(err, ALM_USAGE,
			"--future: the model was trained without channels that are known ahead; leave it "
			"out, "
			"or train with --future CHANNEL,...");
	char *categories = NULL;
	enum alm_status status = list_categories(trained, &categories, err);
	options.category = categories;
	if (status == ALM_OK)
		status = read_file(context, &options, trained, &supplied, err);
	free(categories);
	if (status == ALM_OK)
		*out = supplied;
	else
		alm_supplied_release(&supplied);
	return status;
}

void alm_supplied_release(struct alm_supplied *supplied)
{
	alm_dataset_rows_release(&supplied->rows);
	free(supplied->column);
	*supplied = (struct alm_supplied){0};
}

enum alm_status alm_supply_put(const struct alm_context *context, const struct alm_trained *trained,
	struct alm_supplied *supplied, struct alm_panel *panel, struct alm_error *err)
{
	for (int i = 0; i < alm_trained_future(trained); i++)
		if (is_category(trained, i))
			encode(context, supplied->path, trained, &supplied->rows, i, supplied->column[i]);
	return put_all(context, supplied, panel, err);
}

/* Codes of another list of words, which gets those that it lacks. */
static enum alm_status recode(
	struct alm_dataset_rows *rows, int column, struct alm_names *words, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (size_t row = 0; row < rows->n_rows && status == ALM_OK; row++) {
		float *value = &rows->values[row * (size_t)rows->n_channels + (size_t)column];
		bool added;
		int number = 0;
		if (isnan(*value))
			continue;
		const char *word = rows->words.name[(int)*value];
		status = alm_names_number(words, word, strlen(word), &number, &added, err);
		*value = (float)number;
	}
	return status;
}

enum alm_status alm_supply_match(const struct alm_context *context, const struct alm_trained *trained,
	struct alm_supplied *supplied, struct alm_dataset_rows *rows, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	int place = 0, n_others = 0;
	const char *other = "";
	for (int i = 0; i < alm_trained_future(trained) && status == ALM_OK; i++)
		if (is_category(trained, i))
			status = recode(&supplied->rows, supplied->column[i], &rows->words, err);
	for (int i = 0; i < supplied->rows.n_series; i++) { /* both are in the order of their names */
		const char *name = supplied->rows.names[i];
		while (place < rows->n_series && strcmp(rows->names[place], name) < 0)
			place++;
		bool there = place < rows->n_series && strcmp(rows->names[place], name) == 0;
		if (!there && n_others++ == 0)
			other = name;
	}
	if (status == ALM_OK)
		note_others(context, supplied->path, n_others, other);
	return status;
}
