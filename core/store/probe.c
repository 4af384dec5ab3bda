#include "store/probe.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "store/select.h"

#define SAMPLE_ROWS 1000
#define TEXT_BYTES  128 /* of a text that is kept: longer ones are no times */

/* What a column is taken for. */
enum role { ROLE_NONE, ROLE_TIME, ROLE_ID, ROLE_CHANNEL, ROLE_KEY };

/* A column with the values of the first rows that are neither NULL nor bytes. */
struct column {
	const char *name; /* not owned */
	enum role role;
	bool has_number, declared_time;
	size_t n;
	struct alm_stamp_value *value; /* [n], texts are owned; owned */
};

struct probing {
	const struct alm_probe_options *options;
	struct alm_select select;
	int n_columns;
	struct column *column; /* [n_columns]; owned */
	int time;
	struct alm_probe probe;
};

static void release_columns(struct probing *probing)
{
	for (int i = 0; probing->column && i < probing->n_columns; i++) {
		for (size_t row = 0; row < probing->column[i].n; row++)
			free((char *)probing->column[i].value[row].text);
		free(probing->column[i].value);
	}
	free(probing->column);
}

static enum alm_status name_columns(struct probing *probing, struct alm_error *err)
{
	size_t n = (size_t)probing->select.n_columns;
	probing->column = calloc(n + 1, sizeof *probing->column);
	if (!probing->column)
		return alm_fail_memory(err, n * sizeof *probing->column);
	probing->n_columns = (int)n;
	for (int i = 0; i < probing->n_columns; i++) {
		struct column *column = &probing->column[i];
		column->name = probing->select.name[i];
		column->declared_time = alm_select_declares_time(&probing->select, i);
		column->value = calloc(SAMPLE_ROWS, sizeof *column->value);
		if (!column->value)
			return alm_fail_memory(err, SAMPLE_ROWS * sizeof *column->value);
	}
	return ALM_OK;
}

static enum alm_status take_value(struct probing *probing, int which, struct alm_error *err)
{
	struct column *column = &probing->column[which];
	struct alm_stamp_value value;
	if (!alm_select_value(&probing->select, which, &value))
		return ALM_OK;
	if (value.type == ALM_VALUE_TEXT) {
		value.text = strndup(value.text, TEXT_BYTES);
		if (!value.text)
			return alm_fail_memory(err, TEXT_BYTES);
		value.length = strlen(value.text);
	}
	column->has_number = column->has_number || value.type != ALM_VALUE_TEXT;
	column->value[column->n++] = value;
	return ALM_OK;
}

static enum alm_status sample(struct probing *probing, struct alm_error *err)
{
	enum alm_status status = name_columns(probing, err);
	for (int rows = 0; status == ALM_OK && rows < SAMPLE_ROWS; rows++) {
		bool row = false;
		status = alm_select_next(&probing->select, &probing->probe.source, &row, err);
		if (!row)
			break;
		for (int i = 0; i < probing->n_columns && status == ALM_OK; i++)
			status = take_value(probing, i, err);
	}
	return status;
}

/* The column that an option names, which takes the role that no other option may give it. */
static enum alm_status claim(struct probing *probing, const char *option, const char *name, enum role role,
	int *which, struct alm_error *err)
{
	static const char *const roles[] = {
		[ROLE_TIME] = "of times", [ROLE_ID] = "of an id", [ROLE_CHANNEL] = "of values"};
	struct alm_error why;
	if (alm_select_find(&probing->select, &probing->probe.source, name, which, &why) != ALM_OK)
		return alm_fail(err, ALM_USAGE, "%s: %s", option, why.text);
	struct column *column = &probing->column[*which];
	if (column->role == role)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is named twice", option, name);
	if (column->role != ROLE_NONE && column->role != ROLE_KEY)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is the column %s already", option, name,
			roles[column->role]);
	column->role = role;
	return ALM_OK;
}

static enum alm_status take_ids(struct probing *probing, struct alm_error *err)
{
	struct alm_origin *source = &probing->probe.source;
	if (!probing->options->series)
		return ALM_OK;
	char *list = strdup(probing->options->series), *rest = list;
	enum alm_status status = list ? ALM_OK : alm_fail_memory(err, 1);
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;) {
		int which = -1;
		if (source->n_ids == ALM_ORIGIN_IDS_MAX)
			status = alm_fail(err, ALM_USAGE, "--series: at most %d columns make a series",
				ALM_ORIGIN_IDS_MAX);
		if (status == ALM_OK)
			status = claim(probing, "--series", name, ROLE_ID, &which, err);
		if (status != ALM_OK)
			break;
		source->ids[source->n_ids] = strdup(probing->column[which].name);
		if (!source->ids[source->n_ids])
			status = alm_fail_memory(err, 1);
		else
			source->n_ids++;
	}
	free(list);
	return status;
}

static bool has_time_name(const struct column *column)
{
	static const char *const names[] = {"time", "date", "datetime", "timestamp", "ds", "date_time", "ts"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(column->name, names[i]) == 0)
			return true;
	return false;
}

static bool is_declared_time(const struct column *column)
{
	return column->declared_time;
}

static bool reads_as_times(const struct column *column)
{
	struct alm_stamp stamp;
	struct alm_error why;
	return column->n > 0 && !column->has_number &&
	       (alm_stamp_recognise(column->value, column->n, &stamp, &why) == ALM_OK
			       ? stamp.kind == ALM_STAMP_TEXT
			       : strstr(why.text, "month-first") != NULL);
}

/* The first column without a role for which the test holds, or -1. */
static int first_column(const struct probing *probing, bool (*test)(const struct column *))
{
	for (int i = 0; i < probing->n_columns; i++)
		if (probing->column[i].role != ROLE_ID && test(&probing->column[i]))
			return i;
	return -1;
}

static enum alm_status search_time(struct probing *probing, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	bool (*const tests[])(const struct column *) = {has_time_name, is_declared_time, reads_as_times};
	probing->time = -1;
	for (size_t i = 0; i < sizeof tests / sizeof *tests && probing->time < 0; i++)
		probing->time = first_column(probing, tests[i]);
	if (probing->time < 0)
		return alm_fail(err, ALM_USAGE, "%s has no column that reads as times; name one with --time",
			alm_origin_describe(&probing->probe.source, what));
	probing->column[probing->time].role = ROLE_TIME;
	return ALM_OK;
}

static void find_unit(struct probing *probing)
{
	const struct column *column = &probing->column[probing->time];
	const struct alm_stamp *format = &probing->probe.source.format;
	bool fine = format->kind == ALM_STAMP_MS || format->kind == ALM_STAMP_US;
	int64_t time_ms;
	for (size_t i = 0; i < column->n && !fine; i++)
		fine = alm_stamp_read(format, &column->value[i], &time_ms) && time_ms % 1000 != 0;
	probing->probe.unit = fine ? ALM_UNIT_MS : ALM_UNIT_S;
}

static enum alm_status take_time(struct probing *probing, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	const struct alm_probe_options *options = probing->options;
	struct alm_origin *source = &probing->probe.source;
	enum alm_status status =
		options->time ? claim(probing, "--time", options->time, ROLE_TIME, &probing->time, err)
			      : search_time(probing, err);
	if (status != ALM_OK)
		return status;
	const struct column *column = &probing->column[probing->time];
	source->time = strdup(column->name);
	if (!source->time)
		return alm_fail_memory(err, 1);
	probing->probe.recognised = !options->time_format;
	if (options->time_format)
		status = alm_stamp_parse(options->time_format, &source->format, err);
	else if (alm_stamp_recognise(column->value, column->n, &source->format, err) != ALM_OK)
		status = alm_fail_in(err, "%s: column '%s'", alm_origin_describe(source, what), column->name);
	if (status == ALM_OK)
		find_unit(probing);
	return status;
}

/* The primary key of a table numbers its rows, and is nothing to forecast. */
static enum alm_status mark_keys(struct probing *probing, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	if (!probing->options->relation)
		return ALM_OK;
	enum alm_status status = alm_sql_query(probing->select.db, &stmt, err,
		"SELECT name FROM pragma_table_info(?) WHERE pk > 0", "s", probing->options->relation);
	while (status == ALM_OK && (status = alm_sql_next(probing->select.db, stmt, &row, err)) == ALM_OK &&
		row) {
		int which = alm_select_column(&probing->select, alm_sql_text(stmt, 0));
		if (which >= 0 && probing->column[which].role == ROLE_NONE)
			probing->column[which].role = ROLE_KEY;
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status add_channel(struct probing *probing, int which, struct alm_error *err)
{
	struct alm_probe *probe = &probing->probe;
	probe->channels[probe->n_channels] = strdup(probing->column[which].name);
	if (!probe->channels[probe->n_channels])
		return alm_fail_memory(err, 1);
	probe->n_channels++;
	return ALM_OK;
}

static enum alm_status take_listed(struct probing *probing, struct alm_error *err)
{
	char *list = strdup(probing->options->channels), *rest = list;
	enum alm_status status = list ? ALM_OK : alm_fail_memory(err, 1);
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;) {
		int which = -1;
		status = claim(probing, probing->options->channels_option, name, ROLE_CHANNEL, &which, err);
		if (status == ALM_OK)
			status = add_channel(probing, which, err);
	}
	free(list);
	return status;
}

static enum alm_status find_channels(struct probing *probing, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT], *left_out = probing->probe.left_out;
	size_t used = 0, room = sizeof probing->probe.left_out;
	enum alm_status status = mark_keys(probing, err);
	for (int i = 0; i < probing->n_columns && status == ALM_OK; i++) {
		const struct column *column = &probing->column[i];
		if (column->role == ROLE_NONE && column->has_number)
			status = add_channel(probing, i, err);
		else if ((column->role == ROLE_NONE || column->role == ROLE_KEY) && used < room - 1)
			used += (size_t)snprintf(
				left_out + used, room - used, "%s%s", used ? ", " : "", column->name);
	}
	if (status == ALM_OK && probing->probe.n_channels == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			"%s: no column beside '%s' holds numbers; name them with --channels",
			alm_origin_describe(&probing->probe.source, what), probing->probe.source.time);
	return status;
}

static enum alm_status take_channels(struct probing *probing, struct alm_error *err)
{
	size_t n_bytes = (size_t)probing->n_columns * sizeof *probing->probe.channels;
	probing->probe.channels = malloc(n_bytes);
	if (!probing->probe.channels)
		return alm_fail_memory(err, n_bytes);
	return probing->options->channels ? take_listed(probing, err) : find_channels(probing, err);
}

static enum alm_status copy_text(const char *text, char **out, struct alm_error *err)
{
	if (!text)
		return ALM_OK;
	*out = strdup(text);
	return *out ? ALM_OK : alm_fail_memory(err, strlen(text) + 1);
}

static enum alm_status begin(struct probing *probing, struct alm_db *db, struct alm_error *err)
{
	const struct alm_probe_options *options = probing->options;
	struct alm_origin *source = &probing->probe.source;
	source->plugin = options->plugin;
	source->url = options->url;
	source->reporter = options->reporter;
	enum alm_status status = copy_text(options->location, &source->location, err);
	if (status == ALM_OK)
		status = copy_text(options->relation, &source->relation, err);
	if (status == ALM_OK)
		status = copy_text(options->query, &source->query, err);
	if (status == ALM_OK)
		status = alm_select_open(db, options->timeout_ms, source, &probing->select, err);
	return status;
}

enum alm_status alm_probe_run(struct alm_db *db, const struct alm_probe_options *options,
	struct alm_probe *out, struct alm_error *err)
{
	struct probing probing = {.options = options};
	enum alm_status status = begin(&probing, db, err);
	if (status == ALM_OK)
		status = sample(&probing, err);
	if (status == ALM_OK)
		status = take_ids(&probing, err);
	if (status == ALM_OK)
		status = take_time(&probing, err);
	if (status == ALM_OK)
		status = take_channels(&probing, err);
	release_columns(&probing);
	alm_select_close(&probing.select);
	if (status == ALM_OK)
		*out = probing.probe;
	else
		alm_probe_release(&probing.probe);
	return status;
}

void alm_probe_release(struct alm_probe *probe)
{
	for (int i = 0; i < probe->n_channels; i++)
		free(probe->channels[i]);
	free(probe->channels);
	alm_origin_release(&probe->source);
	*probe = (struct alm_probe){0};
}
