#include "prepare/lay_out.h"
#include <stdlib.h>
#include <string.h>
#include "base/context.h"
#include "prepare/holidays.h"

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
enum alm_status alm_lay_out(const struct alm_context *context, struct alm_db *db,
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

/* A channel must be a category as it was in training, or numbers. */
static enum alm_status check_kind(
	const struct alm_panel *panel, const struct alm_trained *trained, int channel, struct alm_error *err)
{
	bool was = trained->category && trained->category[channel];
	bool is = alm_panel_is_category(panel, channel);
	if (was == is)
		return ALM_OK;
	return alm_fail(err, ALM_BAD_CONFIG,
		"channel '%s' is %s in the dataset, the model was trained on %s; train it again",
		trained->channels[channel], is ? "a category" : "numbers", was ? "a category" : "numbers");
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

enum alm_status alm_lay_out_check(
	const struct alm_panel *panel, const struct alm_trained *trained, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < trained->n_channels && status == ALM_OK; i++)
		status = check_kind(panel, trained, i, err);
	return status == ALM_OK ? check_joined(panel, trained, err) : status;
}
