#include "prepare/prepare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "prepare/lay_out.h"
#include "prepare/resample_rows.h"
#include "prepare/roster.h"
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
	if (status == ALM_OK && given)
		status = alm_spec_check_given(&spec, given, err);
	if (status == ALM_OK)
		status = alm_spec_check(&spec, err);
	if (status == ALM_OK)
		*out = spec;
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

static enum alm_status no_rows(const struct alm_dataset *dataset, int64_t until_ms, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	if (until_ms == INT64_MAX)
		return alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows%s", dataset->name,
			dataset->source ? "" : "; use almanac ingest");
	return alm_fail(err, ALM_NO_INPUT, "dataset '%s' has no rows up to %s", dataset->name,
		alm_time_print(until_ms, when));
}

/* Reads the dataset and lays it on its grid; prepared->spec gets the grid step that was found. */
static enum alm_status load_panel(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_columns *columns, int64_t until_ms,
	struct alm_prepared *prepared, struct alm_error *err)
{
	struct alm_dataset_rows rows = {0};
	struct alm_freq freq;
	enum alm_status status =
		alm_dataset_read(db, dataset, columns->column, columns->n, until_ms, &rows, err);
	if (status == ALM_OK && rows.n_rows == 0)
		status = no_rows(dataset, until_ms, err);
	if (status == ALM_OK)
		note_repeated(context, dataset, &rows);
	struct alm_resample_request resample = {.spec = &prepared->spec,
		.dataset = dataset,
		.column = columns->column,
		.n_static = columns->n_static,
		.n_future = columns->n_future};
	if (status == ALM_OK)
		status = *prepared->spec.resample != '\0' ? alm_resample_rows(&resample, &rows, &freq, err)
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
		status = alm_lay_out(context, db, dataset, &prepared->spec, columns->column, columns->n,
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
static enum alm_status split(
	struct alm_prepared *prepared, const struct alm_history *history, struct alm_error *err)
{
	struct alm_spec *spec = &prepared->spec;
	struct alm_split_options options = alm_plan_split(spec);
	enum alm_status status =
		history->moves
			? alm_history_split(history, &prepared->panel, &prepared->plan, &prepared->split, err)
			: alm_split_make(&prepared->panel, &options, &prepared->split, err);
	if (status != ALM_OK)
		return status;
	spec->valid_from = (alm_spec_TIME){true, prepared->split.valid.from_ms};
	spec->test_from = (alm_spec_TIME){true, prepared->split.test.from_ms};
	return ALM_OK;
}

enum alm_status alm_prepare_windows(struct alm_prepared *prepared, struct alm_error *err)
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
	for (size_t i = 0; i < sizeof parts / sizeof *parts && status == ALM_OK; i++) {
		alm_windows_release(parts[i].windows);
		status = alm_windows_init(
			parts[i].windows, &prepared->panel, &prepared->plan.window, parts[i].part, err);
	}
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

static enum alm_status match(
	const struct alm_prepared *prepared, const struct alm_trained *trained, struct alm_error *err)
{
	if (prepared->n_data != trained->n_channels || prepared->n_targets != trained->n_targets)
		return alm_fail(err, ALM_BAD_CONFIG,
			"the dataset gives %d channels now, the model was trained on %d; train it again",
			prepared->n_data, trained->n_channels);
	for (int i = 0; i < trained->n_channels; i++)
		if (strcmp(prepared->panel.channels[i], trained->channels[i]) != 0)
			return alm_fail(err, ALM_BAD_CONFIG,
				"the dataset gives channel '%s' where the model was trained on '%s'; train "
				"it again",
				prepared->panel.channels[i], trained->channels[i]);
	return alm_lay_out_check(&prepared->panel, trained, err);
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
	const struct alm_dataset *dataset, const struct alm_spec *spec, const struct alm_history *history,
	const struct alm_trained *trained, struct alm_prepared *out, struct alm_error *err)
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
	status = load_panel(context, db, dataset, &columns, history->until_ms, out, err);
	if (status == ALM_OK && trained)
		status = match(out, trained, err);
	if (status == ALM_OK) {
		find_range(out);
		status = split(out, history, err);
	}
	if (status == ALM_OK)
		status = encode(context, trained, out, err);
	if (status == ALM_OK)
		status = alm_prepare_windows(out, err);
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

enum alm_status alm_target_arrived(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_spec *spec, int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out,
	struct alm_error *err)
{
	struct alm_columns columns = {0};
	enum alm_status status = alm_columns_resolve(spec, dataset, &columns, err);
	if (status == ALM_OK)
		status = alm_dataset_arrived(db, dataset, columns.column[0], after_ms, until_ms, out, err);
	alm_columns_release(&columns);
	return status;
}
