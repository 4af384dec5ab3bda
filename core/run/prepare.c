#include "run/prepare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "run/holidays.h"
#include "run/resample_rows.h"
#include "run/roster.h"
#include "store/dataset.h"
#include "time/calendar.h"
#include "time/timestamp.h"

enum alm_status alm_prepare_settings(const struct alm_pairs *stored, const struct alm_pairs *given,
	struct alm_spec *out, struct alm_error *err)
{
	struct alm_spec spec;
	alm_spec_init(&spec);
	enum alm_status status = stored ? alm_spec_apply(&spec, stored, err) : ALM_OK;
	if (status == ALM_OK && given)
		status = alm_spec_override(&spec, given, err);
	if (status == ALM_OK)
		status = alm_spec_check(&spec, err);
	if (status == ALM_OK)
		*out = spec;
	return status;
}

/* Channel names of the columns and the rows of each series, as the series room takes them. */
struct views {
	const char **names;             /* [n_columns] */
	bool *category;                 /* [n_columns] its values are codes */
	struct alm_series_rows *series; /* [n_series] */
};

static void release_views(struct views *views)
{
	free(views->names);
	free(views->category);
	free(views->series);
}

static enum alm_status make_views(const struct alm_dataset *dataset, const int *column, int n_columns,
	const struct alm_dataset_rows *rows, struct views *out, struct alm_error *err)
{
	struct views made = {.names = malloc((size_t)n_columns * sizeof *made.names),
		.series = malloc(((size_t)rows->n_series + 1) * sizeof *made.series)};
	made.category = calloc((size_t)n_columns, sizeof *made.category);
	if (!made.names || !made.category || !made.series) {
		release_views(&made);
		return alm_fail_memory(err, (size_t)rows->n_series * sizeof *made.series);
	}
	for (int i = 0; i < n_columns; i++) {
		made.names[i] = dataset->channels[column[i]];
		made.category[i] = alm_dataset_is_category(dataset, column[i]);
	}
	for (int i = 0; i < rows->n_series; i++) {
		size_t first = rows->first[i];
		made.series[i] = (struct alm_series_rows){.name = rows->names[i],
			.n_rows = rows->first[i + 1] - first,
			.times_ms = rows->times_ms + first,
			.values = rows->values + first * (size_t)n_columns};
	}
	*out = made;
	return ALM_OK;
}

/*
 * Builds the panel of rows that have been read, with the holidays of the spec. The options' channels are filled in here, but for
 * their roles.
 */
static enum alm_status build_panel(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_spec *spec, const int *column, int n_columns,
	const struct alm_dataset_rows *rows, struct alm_panel_options options, struct alm_panel *out,
	struct alm_error *err)
{
	struct views views = {0};
	struct alm_holidays holidays;
	enum alm_status status = alm_holidays_open(&holidays, db, spec, dataset, err);
	if (status != ALM_OK)
		return status;
	status = make_views(dataset, column, n_columns, rows, &views, err);
	if (status != ALM_OK)
		goto done;
	options.joined = holidays.names;
	options.n_joined = holidays.n;
	options.channels = views.names;
	options.category = views.category;
	options.words = rows->words.name;
	options.n_data = n_columns;
	status = alm_panel_build(views.series, rows->n_series, &options, out, context->reporter, err);
	if (status != ALM_OK)
		goto done;
	status = alm_holidays_fill(&holidays, spec, out, rows->words.name, context->reporter, err);
	if (status != ALM_OK)
		alm_panel_release(out);
done:
	release_views(&views);
	alm_holidays_release(&holidays);
	return status;
}

/* The grid step of the dataset, from the spec or from the longest series. */
static enum alm_status find_freq(const struct alm_spec *spec, const struct alm_dataset_rows *rows,
	struct alm_freq *out, struct alm_error *err)
{
	if (*spec->freq != '\0')
		return alm_freq_parse("--freq", spec->freq, out, err);
	int longest = 0;
	for (int i = 1; i < rows->n_series; i++)
		if (rows->first[i + 1] - rows->first[i] > rows->first[longest + 1] - rows->first[longest])
			longest = i;
	size_t first = rows->first[longest];
	return alm_freq_infer(rows->times_ms + first, rows->first[longest + 1] - first, out, err);
}

/* Rows that are read in place are the application's: nobody was told of these when they came in. */
static void note_repeated(const struct alm_context *context, const struct alm_dataset *dataset,
	const struct alm_dataset_rows *rows)
{
	if (rows->n_duplicates > 0)
		alm_note(context->reporter,
			"dataset '%s': %zu rows have the series and time of a later one, which counts",
			dataset->name, rows->n_duplicates);
}

/* Reads the dataset and lays it on its grid; prepared->spec gets the grid step that was found. */
static enum alm_status load_panel(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_columns *columns, struct alm_prepared *prepared,
	struct alm_error *err)
{
	struct alm_dataset_rows rows = {0};
	struct alm_freq freq;
	enum alm_status status =
		alm_dataset_read(db, dataset, columns->column, columns->n, INT64_MAX, &rows, err);
	if (status == ALM_OK && rows.n_rows == 0)
		status = alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows%s", dataset->name,
			dataset->source ? "" : "; use almanac ingest");
	if (status == ALM_OK)
		note_repeated(context, dataset, &rows);
	if (status == ALM_OK)
		status = *prepared->spec.resample != '\0' ? alm_resample_rows(&prepared->spec, dataset,
								    columns->column, &rows, &freq, err)
							  : find_freq(&prepared->spec, &rows, &freq, err);
	if (status == ALM_OK)
		status = alm_plan_make(&prepared->spec, &freq, &prepared->plan, err);
	if (status == ALM_OK) {
		alm_freq_print(&freq, prepared->spec.freq);
		prepared->n_series = rows.n_series;
		struct alm_panel_options options = {.n_static = columns->n_static,
			.n_future = columns->n_future,
			.calendar = prepared->spec.calendar,
			.freq = freq,
			.fill = (enum alm_fill)prepared->spec.fill,
			.fill_limit = prepared->plan.fill_limit,
			.until_ms = INT64_MAX};
		status = build_panel(context, db, dataset, &prepared->spec, columns->column, columns->n,
			&rows, options, &prepared->panel, err);
	}
	if (status == ALM_OK)
		prepared->n_joined = prepared->panel.n_channels - columns->n -
				     (prepared->spec.calendar ? ALM_CALENDAR_CHANNELS : 0);
	prepared->words = rows.words;
	rows.words = (struct alm_names){0};
	alm_dataset_rows_release(&rows);
	return status;
}

static void find_range(struct alm_prepared *prepared)
{
	prepared->first_ms = INT64_MAX;
	prepared->last_ms = INT64_MIN;
	for (int i = 0; i < prepared->panel.n_frames; i++) {
		const struct alm_frame *frame = &prepared->panel.frames[i];
		int64_t last = alm_frame_time(&prepared->panel, frame, (int64_t)frame->n_rows - 1);
		if (frame->start_ms < prepared->first_ms)
			prepared->first_ms = frame->start_ms;
		if (last > prepared->last_ms)
			prepared->last_ms = last;
	}
}

/* Splits by time and keeps the instants in the spec, so that a version knows its test part whatever comes later. */
static enum alm_status split(struct alm_prepared *prepared, struct alm_error *err)
{
	struct alm_spec *spec = &prepared->spec;
	struct alm_split_options options = alm_plan_split(spec);
	enum alm_status status = alm_split_make(&prepared->panel, &options, &prepared->split, err);
	if (status != ALM_OK)
		return status;
	spec->valid_from = (alm_spec_TIME){true, prepared->split.valid.from_ms};
	spec->test_from = (alm_spec_TIME){true, prepared->split.test.from_ms};
	return ALM_OK;
}

static enum alm_status index_windows(struct alm_prepared *prepared, struct alm_error *err)
{
	const struct {
		const struct alm_part *part;
		struct alm_windows *windows;
	} parts[] = {
		{&prepared->split.train, &prepared->train},
		{&prepared->split.valid, &prepared->valid},
		{&prepared->split.test, &prepared->test},
	};
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && status == ALM_OK; i++)
		status = alm_windows_init(
			parts[i].windows, &prepared->panel, &prepared->plan.window, parts[i].part, err);
	return status;
}

/* Series of a panel that give no window are no error, but said. */
static void note_short(const struct alm_context *context, const struct alm_prepared *prepared)
{
	char names[ALM_ROSTER_TEXT];
	size_t span = (size_t)alm_window_span(&prepared->plan.window);
	struct alm_roster roster = alm_roster_short(&prepared->panel, span);
	if (roster.n == 0 || prepared->n_series < 2)
		return;
	alm_note(context->reporter,
		"%zu of %d series %s too short for a window, which spans %zu rows without a long gap, and "
		"take%s no part: %s",
		roster.n, prepared->n_series, roster.n == 1 ? "is" : "are", span, roster.n == 1 ? "s" : "",
		alm_roster_print(&roster, names));
}

/* A channel must be a category as it was in training, or numbers. */
static enum alm_status check_kind(
	const struct alm_trained *trained, int channel, bool category, struct alm_error *err)
{
	bool was = trained->category && trained->category[channel];
	if (was == category)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_CONFIG,
		"channel '%s' is %s in the dataset, the model was trained on %s; train it again",
		trained->channels[channel], category ? "a category" : "numbers",
		was ? "a category" : "numbers");
}

/* The channels of holidays must be those of the training. */
static enum alm_status check_joined(
	const struct alm_panel *panel, const struct alm_trained *trained, struct alm_error *err)
{
	int first = trained->n_channels + trained->n_calendar - trained->joined.n;
	bool same = panel->n_channels == first + trained->joined.n;
	for (int i = 0; same && i < trained->joined.n; i++)
		same = strcmp(panel->channels[first + i], trained->joined.name[i]) == 0;
	if (same)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_CONFIG,
		"dataset '%s' has other kinds of holidays than when the model was trained; train it again",
		trained->spec.holidays);
}

static enum alm_status match(
	const struct alm_prepared *prepared, const struct alm_trained *trained, struct alm_error *err)
{
	if (prepared->n_data != trained->n_channels || prepared->n_targets != trained->n_targets)
		return alm_fail(err, ALM_BAD_CONFIG,
			"the dataset gives %d channels now, the model was trained on %d; train it again",
			prepared->n_data, trained->n_channels);
	for (int i = 0; i < trained->n_channels; i++) {
		if (strcmp(prepared->panel.channels[i], trained->channels[i]) != 0)
			return alm_fail(err, ALM_BAD_CONFIG,
				"the dataset gives channel '%s' where the model was trained on '%s'; train "
				"it again",
				prepared->panel.channels[i], trained->channels[i]);
		enum alm_status status =
			check_kind(trained, i, alm_panel_is_category(&prepared->panel, i), err);
		if (status != ALM_OK)
			return status;
	}
	return check_joined(&prepared->panel, trained, err);
}

/* Numbers of the model's vocabulary in the place of the codes that the dataset's texts had. */
static enum alm_status encode(const struct alm_context *context, const struct alm_trained *trained,
	struct alm_prepared *prepared, struct alm_error *err)
{
	enum alm_status status =
		trained ? alm_vocabulary_copy(&prepared->vocabulary, &trained->vocabulary, err)
			: alm_vocabulary_learn(&prepared->vocabulary, &prepared->panel, &prepared->words,
				  &prepared->split.train, err);
	if (status == ALM_OK)
		status = alm_vocabulary_encode(
			&prepared->vocabulary, &prepared->panel, &prepared->words, context->reporter, err);
	return status;
}

enum alm_status alm_prepare(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_spec *spec, const struct alm_trained *trained,
	struct alm_prepared *out, struct alm_error *err)
{
	struct alm_columns columns;
	enum alm_status status = alm_columns_resolve(spec, dataset, &columns, err);
	if (status != ALM_OK)
		return status;
	*out = (struct alm_prepared){.spec = *spec,
		.n_data = columns.n,
		.n_targets = columns.n_targets,
		.n_static = columns.n_static,
		.n_future = columns.n_future};
	status = load_panel(context, db, dataset, &columns, out, err);
	if (status == ALM_OK && trained)
		status = match(out, trained, err);
	if (status == ALM_OK) {
		find_range(out);
		status = split(out, err);
	}
	if (status == ALM_OK)
		status = encode(context, trained, out, err);
	if (status == ALM_OK)
		status = index_windows(out, err);
	if (status == ALM_OK)
		note_short(context, out);
	alm_columns_release(&columns);
	if (status != ALM_OK)
		alm_prepared_release(out);
	return status;
}

void alm_prepared_release(struct alm_prepared *prepared)
{
	alm_windows_release(&prepared->train);
	alm_windows_release(&prepared->valid);
	alm_windows_release(&prepared->test);
	alm_panel_release(&prepared->panel);
	alm_vocabulary_release(&prepared->vocabulary);
	alm_names_release(&prepared->words);
	*prepared = (struct alm_prepared){0};
}

/* The dataset's columns of the channels that a model was trained on. */
static enum alm_status find_columns(const struct alm_dataset *dataset, const struct alm_trained *trained,
	int **out, struct alm_error *err)
{
	size_t n_bytes = (size_t)trained->n_channels * sizeof(int);
	int *column = malloc(n_bytes);
	if (!column)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < trained->n_channels; i++) {
		column[i] = alm_dataset_channel(dataset, trained->channels[i]);
		enum alm_status status =
			column[i] < 0
				? alm_fail(err, ALM_BAD_CONFIG,
					  "dataset '%s' no longer has channel '%s' that the model was "
					  "trained "
					  "on",
					  dataset->name, trained->channels[i])
				: check_kind(trained, i, alm_dataset_is_category(dataset, column[i]), err);
		if (status != ALM_OK) {
			free(column);
			return status;
		}
	}
	*out = column;
	return ALM_OK;
}

/*
 * The rows that a forecast looks at. Of a model that resamples these are all up to its end: how many make a bucket is not
 * known before they are read.
 */
static enum alm_status read_rows(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_trained *trained, const struct alm_dataset_tail *tail, struct alm_dataset_rows *out,
	struct alm_error *err)
{
	struct alm_freq bucket;
	if (*trained->spec.resample == '\0')
		return alm_dataset_read_tail(db, dataset, tail, out, err);
	enum alm_status status =
		alm_dataset_read(db, dataset, tail->columns, tail->n_columns, tail->until_ms, out, err);
	if (status != ALM_OK || out->n_rows == 0)
		return status;
	status = alm_resample_rows(&trained->spec, dataset, tail->columns, out, &bucket, err);
	if (status != ALM_OK)
		alm_dataset_rows_release(out);
	return status;
}

enum alm_status alm_prepare_tail(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_trained *trained, int64_t until_ms,
	struct alm_panel *out, struct alm_error *err)
{
	const struct alm_plan *plan = &trained->plan;
	struct alm_dataset_rows rows = {0};
	int *column = NULL;
	enum alm_status status = find_columns(dataset, trained, &column, err);
	if (status != ALM_OK)
		return status;
	size_t n_ahead = (size_t)(plan->window.delay + plan->window.horizon);
	struct alm_dataset_tail tail = {.columns = column,
		.n_columns = trained->n_channels,
		.n_past = trained->n_channels - trained->n_static - alm_trained_future(trained),
		.n_rows = (size_t)alm_plan_rows_back(plan),
		.until_ms = until_ms,
		.n_ahead = n_ahead};
	status = read_rows(db, dataset, trained, &tail, &rows, err);
	if (status == ALM_OK && rows.n_rows == 0) {
		char when[ALM_TIME_TEXT];
		status = until_ms == INT64_MAX
				 ? alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows", dataset->name)
				 : alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows up to %s",
					   dataset->name, alm_time_print(until_ms, when));
	}
	if (status == ALM_OK) {
		struct alm_panel_options options = {.n_static = trained->n_static,
			.n_future = alm_trained_future(trained),
			.calendar = trained->spec.calendar,
			.freq = plan->freq,
			.fill = (enum alm_fill)trained->spec.fill,
			.fill_limit = plan->fill_limit,
			.until_ms = INT64_MAX, /* what was read ends where it should */
			.n_ahead = n_ahead};
		status = build_panel(context, db, dataset, &trained->spec, column, trained->n_channels, &rows,
			options, out, err);
		if (status == ALM_OK)
			status = check_joined(out, trained, err);
		if (status == ALM_OK)
			status = alm_vocabulary_encode(
				&trained->vocabulary, out, &rows.words, context->reporter, err);
	}
	alm_dataset_rows_release(&rows);
	free(column);
	return status;
}
