#include <stdlib.h>
#include <string.h>
#include "ingest/layout.h"

/* Texts that mean a missing value, beside the user's. */
static const char *const nulls[] = {"", "NA", "NaN", "nan", "null", "NULL"};

bool alm_layout_is_null(const struct alm_layout *layout, const char *text)
{
	for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
		if (strcmp(text, nulls[i]) == 0)
			return true;
	const char *further = layout->options->null_text;
	return further && strcmp(text, further) == 0;
}

/* A number in whatever style: what it is read with is found when the columns are known. */
static bool is_number(const char *text, size_t length)
{
	static const struct alm_number_style point = {.decimal = '.'}, comma = {.decimal = ','};
	double value;
	return alm_number_read_as(&point, text, length, &value) ||
	       alm_number_read_as(&comma, text, length, &value);
}

/* Whether a column of the sample holds a number anywhere, or nothing at all. */
static bool looks_numeric(const struct alm_layout *layout, const struct alm_sample *sample, int column)
{
	bool empty = true;
	for (int i = 0; i < sample->n; i++) {
		const struct alm_row *row = sample->row[i];
		if (row->n <= column || alm_layout_is_null(layout, row->field[column]))
			continue;
		empty = false;
		if (is_number(row->field[column], row->length[column]))
			return true;
	}
	return empty;
}

/* A list of columns that an option names, and what they are by it. */
struct list {
	const char *option, *names;
	enum alm_role role;
};

static enum alm_status add_listed(
	struct alm_layout *layout, const struct list *list, const char *name, struct alm_error *err)
{
	int column = -1;
	enum alm_status status = alm_layout_column(layout, list->option, name, &column, err);
	if (status != ALM_OK)
		return status;
	enum alm_role role = layout->role[column];
	if (role == ALM_ROLE_VALUES || role == ALM_ROLE_CATEGORY)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is named twice", list->option, name);
	if (role != ALM_ROLE_NONE)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is the column of %s", list->option, name,
			role == ALM_ROLE_TIME ? "times" : "series");
	layout->role[column] = list->role;
	layout->channel[layout->n_channels++] = column;
	return ALM_OK;
}

/* The columns become channels in the order of the list; no list, no columns. */
static enum alm_status take_listed(struct alm_layout *layout, const struct list *list, struct alm_error *err)
{
	if (!list->names)
		return ALM_OK;
	char *copy = strdup(list->names), *rest = copy;
	if (!copy)
		return alm_fail_memory(err, strlen(list->names));
	enum alm_status status = ALM_OK;
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;)
		status = add_listed(layout, list, name, err);
	free(copy);
	return status;
}

/* The columns that the first file has its values in, in its order. */
static enum alm_status follow(
	struct alm_layout *layout, const struct alm_layout *first, struct alm_error *err)
{
	for (int i = 0; i < first->n_channels; i++) {
		const char *name = first->name[first->channel[i]];
		layout->channel[i] = alm_layout_find_column(layout, name);
		if (layout->channel[i] < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: there is no column '%s' as in %s; choose columns that all files have "
				"with --channels",
				layout->file, name, first->file);
		layout->role[layout->channel[i]] = first->role[first->channel[i]];
	}
	layout->n_channels = first->n_channels;
	for (int i = 0; i < layout->n_columns && !layout->options->channels; i++)
		if (alm_layout_find_column(first, layout->name[i]) < 0)
			return alm_fail(err, ALM_BAD_DATA,
				"%s: column '%s' is not in %s; choose columns that all files have with "
				"--channels",
				layout->file, layout->name[i], first->file);
	return ALM_OK;
}

static enum alm_status search(
	struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	char names[ALM_TIME_NAMES_MAX];
	layout->n_channels = 0; /* categories stand among the others, as in the file */
	for (int i = 0; i < layout->n_columns; i++) {
		if (layout->role[i] == ALM_ROLE_NONE && looks_numeric(layout, sample, i))
			layout->role[i] = ALM_ROLE_VALUES;
		if (layout->role[i] == ALM_ROLE_VALUES || layout->role[i] == ALM_ROLE_CATEGORY)
			layout->channel[layout->n_channels++] = i;
	}
	if (layout->n_channels > 0)
		return ALM_OK;
	alm_layout_time_names(layout, names);
	return alm_fail(err, ALM_BAD_DATA,
		"%s: no column beside '%s' holds numbers; name them with --channels, or the --delimiter",
		layout->file, names);
}

/* Whether a text can only be a number with a decimal point: "1.5", "1,234.5", "1,234,567". */
static bool shows_point(const char *text, size_t length)
{
	static const struct alm_number_style point = {.decimal = '.', .uncertain = true},
					     comma = {.decimal = ','};
	double value;
	return alm_number_read_as(&point, text, length, &value) &&
	       !alm_number_read_as(&comma, text, length, &value);
}

static void find_style(struct alm_layout *layout, const struct alm_layout_of *of)
{
	const struct alm_sample *sample = of->sample;
	char decimal = layout->options->decimal;
	layout->numbers = (struct alm_number_style){decimal ? decimal : '.', decimal == '\0'};
	if (of->first && !of->first->numbers.uncertain)
		layout->numbers.uncertain = false;
	for (int i = 0; layout->numbers.uncertain && i < sample->n; i++) {
		const struct alm_row *row = sample->row[i];
		for (int channel = 0; channel < layout->n_channels; channel++) {
			int column = layout->channel[channel];
			if (column < row->n && layout->role[column] == ALM_ROLE_VALUES &&
				shows_point(row->field[column], row->length[column]))
				layout->numbers.uncertain = false;
		}
	}
}

/* The columns that options name, or all that hold numbers. */
static enum alm_status find(struct alm_layout *layout, const struct alm_sample *sample, struct alm_error *err)
{
	const struct alm_ingest_options *options = layout->options;
	const struct list channels = {"--channels", options->channels, ALM_ROLE_VALUES},
			  categories = {"--category", options->category, ALM_ROLE_CATEGORY};
	if (options->category && options->wide_channel)
		return alm_fail(err, ALM_USAGE,
			"--category: with --wide every column is a series of numbers; leave it out");
	enum alm_status status = take_listed(layout, &channels, err);
	if (status == ALM_OK)
		status = take_listed(layout, &categories, err);
	return status == ALM_OK && !options->channels ? search(layout, sample, err) : status;
}

enum alm_status alm_layout_find_values(
	struct alm_layout *layout, const struct alm_layout_of *of, struct alm_error *err)
{
	size_t room = (size_t)layout->n_columns;
	if (of->first && of->first->n_channels > layout->n_columns)
		room = (size_t)of->first->n_channels;
	layout->channel = calloc(room, sizeof *layout->channel);
	if (!layout->channel)
		return alm_fail_memory(err, room * sizeof *layout->channel);
	enum alm_status status = of->first ? follow(layout, of->first, err) : find(layout, of->sample, err);
	if (status == ALM_OK)
		find_style(layout, of);
	return status;
}
