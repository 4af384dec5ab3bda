#include "ingest/target.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds hold every time of the sample? */
static enum alm_time_unit unit_of(const struct alm_input *input)
{
	const struct alm_layout *layout = &input->layout;
	for (int i = 0; i < input->sample.n; i++) {
		int64_t time_ms;
		if (alm_time_columns_read(&layout->time, &layout->format, input->sample.row[i], &time_ms) &&
			time_ms % 1000 != 0)
			return ALM_UNIT_MS;
	}
	return ALM_UNIT_S;
}

/* Channels of the dataset that a layout asks for: one of a wide table, whose columns are series. */
static int n_asked(const struct alm_layout *layout)
{
	return layout->options->wide_channel ? 1 : layout->n_channels;
}

static const char *asked(const struct alm_layout *layout, int channel)
{
	return layout->options->wide_channel ? layout->options->wide_channel
					     : layout->name[layout->channel[channel]];
}

static enum alm_status create_dataset(
	struct alm_target *target, struct alm_db *db, const struct alm_input *first, struct alm_error *err)
{
	const struct alm_layout *layout = &first->layout;
	int n = n_asked(layout);
	const char **names = malloc((size_t)n * sizeof *names);
	bool *category = malloc((size_t)n * sizeof *category);
	enum alm_status status = names && category ? ALM_OK : alm_fail_memory(err, (size_t)n * sizeof *names);
	for (int i = 0; status == ALM_OK && i < n; i++) {
		names[i] = asked(layout, i);
		category[i] = alm_layout_is_category(layout, i);
	}
	if (status == ALM_OK)
		status = alm_dataset_create(db, layout->options->dataset, unit_of(first),
			&(struct alm_dataset_columns){n, names, category}, &target->dataset, err);
	free(names);
	free(category);
	target->created = status == ALM_OK;
	return status;
}

static enum alm_status make_room(struct alm_target *target, size_t n_file, struct alm_error *err)
{
	size_t n_dataset = (size_t)target->dataset.n_channels;
	free(target->place);
	free(target->ordered);
	target->place = calloc(n_file, sizeof *target->place);
	target->ordered = calloc(n_dataset, sizeof *target->ordered);
	if (!target->place || !target->ordered)
		return alm_fail_memory(err, (n_file + n_dataset) * sizeof *target->ordered);
	return ALM_OK;
}

/* A column that is a category on one side alone; the options say which columns are. */
static enum alm_status other_kind(
	const struct alm_target *target, const struct alm_layout *layout, int channel, struct alm_error *err)
{
	const char *name = target->dataset.channels[channel];
	if (alm_dataset_is_category(&target->dataset, channel))
		return alm_fail(err, ALM_USAGE,
			"%s: channel '%s' of dataset '%s' is a category; name it with --category",
			layout->file, name, target->dataset.name);
	return alm_fail(err, ALM_USAGE,
		"--category: '%s' is a channel of numbers in dataset '%s'; leave it out, or use another "
		"--dataset",
		name, target->dataset.name);
}

/* The columns of values of each file and the dataset's channels must be the same. */
static enum alm_status match(struct alm_sink *sink, const struct alm_layout *layout, struct alm_error *err)
{
	struct alm_target *target = (struct alm_target *)sink;
	const struct alm_dataset *dataset = &target->dataset;
	enum alm_status status = make_room(target, (size_t)layout->n_channels, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < n_asked(layout); i++) {
		target->place[i] = alm_dataset_channel(dataset, asked(layout, i));
		if (target->place[i] < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: dataset '%s' has no channel '%s'; choose its channels with %s, or "
				"another --dataset",
				layout->file, dataset->name, asked(layout, i),
				layout->options->wide_channel ? "--channel" : "--channels");
		if (alm_dataset_is_category(dataset, target->place[i]) != alm_layout_is_category(layout, i))
			return other_kind(target, layout, target->place[i], err);
		target->ordered[target->place[i]] = 1;
	}
	for (int i = 0; i < dataset->n_channels; i++)
		if (target->ordered[i] == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: channel '%s' of dataset '%s' is not in the file%s", layout->file,
				dataset->channels[i], dataset->name,
				alm_dataset_is_category(dataset, i) ? ", or not named with --category" : "");
	return ALM_OK;
}

/* A row of a wide table is a row of every series that has a value: where one has none, it may not have begun. */
static enum alm_status put_wide(struct alm_target *target, const struct alm_layout *layout,
	const double *values, struct alm_reading *reading, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; status == ALM_OK && i < layout->n_channels; i++) {
		if (isnan(values[i]))
			continue;
		reading->values[0] = values[i];
		reading->series = layout->name[layout->channel[i]];
		reading->series_length = strlen(reading->series);
		status = alm_upsert_put(&target->upsert, reading, err);
	}
	return status;
}

/* What a file's head did not show: a dataset that is being made of it keeps milliseconds when they come. */
static enum alm_status fit_unit(
	struct alm_target *target, const struct alm_reading *reading, struct alm_error *err)
{
	int64_t time_ms = target->upsert.local ? reading->given_ms : reading->time_ms;
	if (!target->created || target->dataset.unit == ALM_UNIT_MS || time_ms % 1000 == 0)
		return ALM_OK;
	enum alm_status status = alm_dataset_flush(target->upsert.writer, err);
	return status == ALM_OK ? alm_dataset_make_finer(target->db, &target->dataset, err) : status;
}

static enum alm_status put(struct alm_sink *sink, const struct alm_layout *layout,
	struct alm_reading *reading, struct alm_error *err)
{
	struct alm_target *target = (struct alm_target *)sink;
	struct alm_reading ordered = *reading;
	ordered.values = target->ordered;
	enum alm_status status = fit_unit(target, reading, err);
	if (status == ALM_OK)
		status = alm_layout_recode(layout, reading, &target->words, err);
	if (status != ALM_OK)
		return status;
	if (layout->options->wide_channel) {
		status = put_wide(target, layout, reading->values, &ordered, err);
	} else {
		for (int i = 0; i < layout->n_channels; i++)
			target->ordered[target->place[i]] = reading->values[i];
		status = alm_upsert_put(&target->upsert, &ordered, err);
	}
	if (status == ALM_BAD_DATA)
		alm_fail_in(err, "%s:%ld", layout->file, reading->line);
	reading->time_ms = ordered.time_ms;
	return status;
}

enum alm_status alm_target_open(
	struct alm_target *target, struct alm_db *db, const struct alm_input *first, struct alm_error *err)
{
	struct alm_target made = {0};
	struct alm_error missing;
	const struct alm_ingest_options *options = first->layout.options;
	enum alm_status status = alm_dataset_find(db, options->dataset, &made.dataset, &missing);
	if (status == ALM_NO_INPUT)
		status = create_dataset(&made, db, first, err);
	else if (status != ALM_OK && err)
		*err = missing;
	if (status != ALM_OK)
		return status;
	made.sink = (struct alm_sink){match, put};
	made.db = db;
	*target = made;
	status = alm_upsert_open(
		&target->upsert, db, &target->dataset, &target->words, options->on_duplicate, err);
	if (status != ALM_OK)
		alm_target_close(target);
	return status;
}

void alm_target_close(struct alm_target *target)
{
	alm_upsert_close(&target->upsert);
	alm_names_release(&target->words);
	alm_dataset_release(&target->dataset);
	free(target->place);
	free(target->ordered);
	*target = (struct alm_target){0};
}
