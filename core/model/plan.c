#include "model/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most rows of any one duration: products of two of them stay far from overflow. */
#define ROWS_MAX 100000000

/* Takes the first name of a comma-separated list out of *list; false when there is none left. */
static bool next_name(const char **list, char name[static ALM_NAME_MAX + 2])
{
	const char *at = *list;
	size_t n = 0;
	if (*at == '\0')
		return false;
	for (; *at != '\0' && *at != ','; at++) {
		if (*at == '\\' && at[1] == ',')
			at++;
		if (n <= ALM_NAME_MAX)
			name[n++] = *at;
	}
	name[n] = '\0';
	*list = *at == ',' ? at + 1 : at;
	return true;
}

/* "a, b, c": the dataset's channels for an error text. */
static const char *list_channels(const struct alm_dataset *dataset, char *out, size_t n_bytes)
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < dataset->n_channels && used + 8 < n_bytes; i++) {
		int n = snprintf(out + used, n_bytes - used, "%s%s", i ? ", " : "", dataset->channels[i]);
		used += n > 0 ? (size_t)n : 0;
	}
	return out;
}

static bool has_column(const struct alm_columns *columns, int column)
{
	for (int i = 0; i < columns->n; i++)
		if (columns->column[i] == column)
			return true;
	return false;
}

static enum alm_status add_named(struct alm_columns *columns, const char *option, const char *list,
	const struct alm_dataset *dataset, struct alm_error *err)
{
	char name[ALM_NAME_MAX + 2], there[512];
	while (next_name(&list, name)) {
		int column = alm_dataset_channel(dataset, name);
		if (column < 0)
			return alm_fail(err, ALM_USAGE, "--%s: dataset '%s' has no channel '%s'; it has %s",
				option, dataset->name, name, list_channels(dataset, there, sizeof there));
		if (has_column(columns, column))
			return alm_fail(err, ALM_USAGE, "--%s: channel '%s' is named twice", option, name);
		columns->column[columns->n++] = column;
	}
	return ALM_OK;
}

/* Every channel that has no part yet becomes a past one, before the static and future ones. */
static void add_others(struct alm_columns *columns, const struct alm_dataset *dataset)
{
	int at = columns->n - columns->n_static - columns->n_future;
	for (int column = 0; column < dataset->n_channels; column++) {
		if (has_column(columns, column))
			continue;
		memmove(columns->column + at + 1, columns->column + at,
			(size_t)(columns->n - at) * sizeof *columns->column);
		columns->column[at++] = column;
		columns->n++;
	}
}

/* The channel that is forecast where none is named. */
static enum alm_status add_first_number(
	struct alm_columns *columns, const struct alm_dataset *dataset, struct alm_error *err)
{
	for (int column = 0; column < dataset->n_channels; column++)
		if (!alm_dataset_is_category(dataset, column)) {
			columns->column[columns->n++] = column;
			return ALM_OK;
		}
	return alm_fail(err, ALM_USAGE, "dataset '%s' has no channel of numbers that could be forecast",
		dataset->name);
}

static enum alm_status check_targets(
	const struct alm_columns *columns, const struct alm_dataset *dataset, struct alm_error *err)
{
	for (int i = 0; i < columns->n_targets; i++)
		if (alm_dataset_is_category(dataset, columns->column[i]))
			return alm_fail(err, ALM_USAGE,
				"--target: channel '%s' is a category, and only numbers can be forecast",
				dataset->channels[columns->column[i]]);
	return ALM_OK;
}

static enum alm_status fill_columns(const struct alm_spec *spec, const struct alm_dataset *dataset,
	struct alm_columns *columns, struct alm_error *err)
{
	bool all = strcmp(spec->past, "all") == 0;
	enum alm_status status = *spec->target == '\0'
					 ? add_first_number(columns, dataset, err)
					 : add_named(columns, "target", spec->target, dataset, err);
	columns->n_targets = columns->n;
	if (status == ALM_OK)
		status = check_targets(columns, dataset, err);
	if (status == ALM_OK && !all && strcmp(spec->past, "none") != 0)
		status = add_named(columns, "past", spec->past, dataset, err);
	int first_static = columns->n;
	if (status == ALM_OK)
		status = add_named(columns, "static", spec->fixed, dataset, err);
	columns->n_static = columns->n - first_static;
	int first_future = columns->n;
	if (status == ALM_OK)
		status = add_named(columns, "future", spec->future, dataset, err);
	columns->n_future = columns->n - first_future;
	if (status == ALM_OK && all)
		add_others(columns, dataset);
	return status;
}

enum alm_status alm_columns_resolve(const struct alm_spec *spec, const struct alm_dataset *dataset,
	struct alm_columns *out, struct alm_error *err)
{
	/* A list that names a channel twice is refused one past the last, so there is room for it. */
	size_t n_bytes = ((size_t)dataset->n_channels + 1) * sizeof(int);
	struct alm_columns made = {.column = malloc(n_bytes)};
	if (!made.column)
		return alm_fail_memory(err, n_bytes);
	enum alm_status status = fill_columns(spec, dataset, &made, err);
	if (status != ALM_OK) {
		free(made.column);
		return status;
	}
	*out = made;
	return ALM_OK;
}

void alm_columns_release(struct alm_columns *columns)
{
	free(columns->column);
	*columns = (struct alm_columns){0};
}

/* A duration in rows, or `fallback` where none was given. */
static enum alm_status rows_of(const char *option, const struct alm_duration *duration,
	const struct alm_freq *freq, int64_t fallback, int64_t *rows, struct alm_error *err)
{
	if (duration->count < 0) {
		*rows = fallback;
		return ALM_OK;
	}
	enum alm_status status = alm_duration_steps(option, duration, freq, rows, err);
	if (status == ALM_OK && *rows > ROWS_MAX)
		return alm_fail(
			err, ALM_USAGE, "%s: %lld rows are more than %d", option, (long long)*rows, ROWS_MAX);
	return status;
}

static enum alm_status check_given(
	const char *option, const struct alm_duration *duration, struct alm_error *err)
{
	if (duration->count != 0)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "%s: expected at least one row, found 0", option);
}

enum alm_status alm_plan_make(
	const struct alm_spec *spec, const struct alm_freq *freq, struct alm_plan *out, struct alm_error *err)
{
	struct alm_plan plan = {.freq = *freq};
	int64_t usual = alm_freq_season(freq), lookback = 7 * (usual > 1 ? usual : 4);
	struct alm_window_spec *window = &plan.window;
	const struct {
		const char *option;
		const struct alm_duration *duration;
		int64_t fallback, *rows;
	} fields[] = {
		{"--season", &spec->season, usual, &plan.season},
		{"--fill-limit", &spec->fill_limit, 0, &plan.fill_limit},
		{"--lookback", &spec->lookback, lookback, &window->lookback},
		{"--horizon", &spec->horizon, usual, &window->horizon},
		{"--sampling", &spec->sampling, 1, &window->sampling},
		{"--delay", &spec->delay, 0, &window->delay},
		{"--stride", &spec->stride, 1, &window->stride},
		{"--min-lookback", &spec->min_lookback, 0, &window->min_lookback},
		{"--segment", &spec->segment, 0, &plan.segment},
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		enum alm_status status = rows_of(
			fields[i].option, fields[i].duration, freq, fields[i].fallback, fields[i].rows, err);
		if (status != ALM_OK)
			return status;
	}
	enum alm_status status = check_given("--season", &spec->season, err);
	if (status == ALM_OK)
		status = check_given("--fill-limit", &spec->fill_limit, err);
	if (status == ALM_OK)
		status = check_given("--min-lookback", &spec->min_lookback, err);
	if (status == ALM_OK)
		status = check_given("--segment", &spec->segment, err);
	if (status == ALM_OK)
		status = alm_window_check(window, err);
	if (status == ALM_OK)
		*out = plan;
	return status;
}

int64_t alm_plan_rows_back(const struct alm_plan *plan)
{
	int64_t inputs = (plan->window.lookback - 1) * plan->window.sampling + 1;
	int64_t usual = alm_freq_season(&plan->freq);
	int64_t fill = plan->fill_limit > 0 ? plan->fill_limit : (usual > 3 ? usual : 3);
	return (inputs > plan->season ? inputs : plan->season) + fill + 1;
}

struct alm_split_options alm_plan_split(const struct alm_spec *spec)
{
	return (struct alm_split_options){.has_valid_from = spec->valid_from.given,
		.has_test_from = spec->test_from.given,
		.valid_from_ms = spec->valid_from.time_ms,
		.test_from_ms = spec->test_from.time_ms,
		.valid_fraction = spec->valid_fraction,
		.test_fraction = spec->test_fraction};
}
