#include "store/inspect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "store/select.h"

#define SAMPLE_ROWS 1000
#define TEXT_BYTES  128 /* of a text that is kept: longer ones are no times */

/* What a column is taken for. */
enum role { ROLE_NONE, ROLE_TIME, ROLE_ID, ROLE_CHANNEL, ROLE_CATEGORY, ROLE_KEY };

/* A column with the values of the first rows that are neither NULL nor bytes. */
struct column {
	const char *name; /* not owned */
	enum role role;
	bool has_number, declared_time;
	size_t n;
	struct alm_stamp_value *value; /* [n], texts are owned; owned */
};

struct looking {
	const struct alm_inspect_options *options;
	struct alm_select select;
	int n_columns;
	struct column *column; /* [n_columns]; owned */
	int time;
	struct alm_inspection found;
};

static void release_columns(struct looking *looking)
{
	for (int i = 0; looking->column && i < looking->n_columns; i++) {
		for (size_t row = 0; row < looking->column[i].n; row++)
			free((char *)looking->column[i].value[row].text);
		free(looking->column[i].value);
	}
	free(looking->column);
}

static enum alm_status name_columns(struct looking *looking, struct alm_error *err)
{
	size_t n = (size_t)looking->select.n_columns;
	looking->column = calloc(n + 1, sizeof *looking->column);
	if (!looking->column)
		return alm_fail_memory(err, n * sizeof *looking->column);
	looking->n_columns = (int)n;
	for (int i = 0; i < looking->n_columns; i++) {
		struct column *column = &looking->column[i];
		column->name = looking->select.name[i];
		column->declared_time = alm_select_declares_time(&looking->select, i);
		column->value = calloc(SAMPLE_ROWS, sizeof *column->value);
		if (!column->value)
			return alm_fail_memory(err, SAMPLE_ROWS * sizeof *column->value);
	}
	return ALM_OK;
}

static enum alm_status take_value(struct looking *looking, int which, struct alm_error *err)
{
	struct column *column = &looking->column[which];
	struct alm_stamp_value value;
	if (!alm_select_value(&looking->select, which, &value))
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

static enum alm_status sample(struct looking *looking, struct alm_error *err)
{
	enum alm_status status = name_columns(looking, err);
	for (int rows = 0; status == ALM_OK && rows < SAMPLE_ROWS; rows++) {
		bool row = false;
		status = alm_select_next(&looking->select, &looking->found.source, &row, err);
		if (!row)
			break;
		for (int i = 0; i < looking->n_columns && status == ALM_OK; i++)
			status = take_value(looking, i, err);
	}
	return status;
}

/* The column that an option names, which takes the role that no other option may give it. */
static enum alm_status claim(struct looking *looking, const char *option, const char *name, enum role role,
	int *which, struct alm_error *err)
{
	static const char *const roles[] = {[ROLE_TIME] = "of times",
		[ROLE_ID] = "of an id",
		[ROLE_CHANNEL] = "of values",
		[ROLE_CATEGORY] = "of categories"};
	struct alm_error why;
	if (alm_select_find(&looking->select, &looking->found.source, name, which, &why) != ALM_OK)
		return alm_fail(err, ALM_USAGE, "%s: %s", option, why.text);
	struct column *column = &looking->column[*which];
	if (column->role == role)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is named twice", option, name);
	if (column->role != ROLE_NONE && column->role != ROLE_KEY)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is the column %s already", option, name,
			roles[column->role]);
	column->role = role;
	return ALM_OK;
}

static enum alm_status take_ids(struct looking *looking, struct alm_error *err)
{
	struct alm_origin *source = &looking->found.source;
	if (!looking->options->series)
		return ALM_OK;
	char *list = strdup(looking->options->series), *rest = list;
	enum alm_status status = list ? ALM_OK : alm_fail_memory(err, 1);
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;) {
		int which = -1;
		if (source->n_ids == ALM_ORIGIN_IDS_MAX)
			status = alm_fail(err, ALM_USAGE, "--series: at most %d columns make a series",
				ALM_ORIGIN_IDS_MAX);
		if (status == ALM_OK)
			status = claim(looking, "--series", name, ROLE_ID, &which, err);
		if (status != ALM_OK)
			break;
		source->ids[source->n_ids] = strdup(looking->column[which].name);
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
static int first_column(const struct looking *looking, bool (*test)(const struct column *))
{
	for (int i = 0; i < looking->n_columns; i++)
		if (looking->column[i].role != ROLE_ID && test(&looking->column[i]))
			return i;
	return -1;
}

static enum alm_status search_time(struct looking *looking, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	bool (*const tests[])(const struct column *) = {has_time_name, is_declared_time, reads_as_times};
	looking->time = -1;
	for (size_t i = 0; i < sizeof tests / sizeof *tests && looking->time < 0; i++)
		looking->time = first_column(looking, tests[i]);
	if (looking->time < 0)
		return alm_fail(err, ALM_USAGE, "%s has no column that reads as times; name one with --time",
			alm_origin_describe(&looking->found.source, what));
	looking->column[looking->time].role = ROLE_TIME;
	return ALM_OK;
}

static void find_unit(struct looking *looking)
{
	const struct column *column = &looking->column[looking->time];
	const struct alm_stamp *format = &looking->found.source.format;
	bool fine = format->kind == ALM_STAMP_MS || format->kind == ALM_STAMP_US;
	int64_t time_ms;
	for (size_t i = 0; i < column->n && !fine; i++)
		fine = alm_stamp_read(format, &column->value[i], &time_ms) && time_ms % 1000 != 0;
	looking->found.unit = fine ? ALM_UNIT_MS : ALM_UNIT_S;
}

static enum alm_status take_time(struct looking *looking, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	const struct alm_inspect_options *options = looking->options;
	struct alm_origin *source = &looking->found.source;
	enum alm_status status =
		options->time ? claim(looking, "--time", options->time, ROLE_TIME, &looking->time, err)
			      : search_time(looking, err);
	if (status != ALM_OK)
		return status;
	const struct column *column = &looking->column[looking->time];
	source->time = strdup(column->name);
	if (!source->time)
		return alm_fail_memory(err, 1);
	looking->found.recognised = !options->time_format;
	if (options->time_format)
		status = alm_stamp_parse(options->time_format, &source->format, err);
	else if (alm_stamp_recognise(column->value, column->n, &source->format, err) != ALM_OK)
		status = alm_fail_in(err, "%s: column '%s'", alm_origin_describe(source, what), column->name);
	if (status == ALM_OK)
		find_unit(looking);
	return status;
}

/* The primary key of a table numbers its rows, and is nothing to forecast. */
static enum alm_status mark_keys(struct looking *looking, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = true;
	if (!looking->options->relation || looking->select.plugin) /* a source does not tell its keys */
		return ALM_OK;
	enum alm_status status = alm_sql_query(looking->select.db, &stmt, err,
		"SELECT name FROM pragma_table_info(?) WHERE pk > 0", "s", looking->options->relation);
	while (status == ALM_OK && (status = alm_sql_next(looking->select.db, stmt, &row, err)) == ALM_OK &&
		row) {
		int which = alm_select_column(&looking->select, alm_sql_text(stmt, 0));
		if (which >= 0 && looking->column[which].role == ROLE_NONE)
			looking->column[which].role = ROLE_KEY;
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum alm_status add_channel(struct looking *looking, int which, struct alm_error *err)
{
	struct alm_inspection *found = &looking->found;
	found->channels[found->n_channels] = strdup(looking->column[which].name);
	if (!found->channels[found->n_channels])
		return alm_fail_memory(err, 1);
	found->category[found->n_channels] = looking->column[which].role == ROLE_CATEGORY;
	found->n_channels++;
	return ALM_OK;
}

/* The columns of a list get their role, and where they are to stand in its order their place among the channels. */
static enum alm_status take_listed(struct looking *looking, const char *option, const char *names,
	enum role role, bool place, struct alm_error *err)
{
	char *list = strdup(names), *rest = list;
	enum alm_status status = list ? ALM_OK : alm_fail_memory(err, 1);
	for (char *name; status == ALM_OK && (name = strsep(&rest, ",")) != NULL;) {
		int which = -1;
		status = claim(looking, option, name, role, &which, err);
		if (status == ALM_OK && place)
			status = add_channel(looking, which, err);
	}
	free(list);
	return status;
}

static enum alm_status find_channels(struct looking *looking, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT], *left_out = looking->found.left_out;
	size_t used = 0, room = sizeof looking->found.left_out;
	enum alm_status status = mark_keys(looking, err);
	for (int i = 0; i < looking->n_columns && status == ALM_OK; i++) {
		const struct column *column = &looking->column[i];
		if (column->role == ROLE_CATEGORY || (column->role == ROLE_NONE && column->has_number))
			status = add_channel(looking, i, err);
		else if ((column->role == ROLE_NONE || column->role == ROLE_KEY) && used < room - 1)
			used += (size_t)snprintf(
				left_out + used, room - used, "%s%s", used ? ", " : "", column->name);
	}
	if (status == ALM_OK && looking->found.n_channels == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			"%s: no column beside '%s' holds numbers; name them with --channels",
			alm_origin_describe(&looking->found.source, what), looking->found.source.time);
	return status;
}

static enum alm_status take_channels(struct looking *looking, struct alm_error *err)
{
	const struct alm_inspect_options *options = looking->options;
	size_t n_bytes = (size_t)looking->n_columns * sizeof *looking->found.channels;
	bool listed = options->channels != NULL;
	enum alm_status status = ALM_OK;
	looking->found.channels = malloc(n_bytes);
	looking->found.category = malloc((size_t)looking->n_columns * sizeof *looking->found.category);
	if (!looking->found.channels || !looking->found.category)
		return alm_fail_memory(err, n_bytes);
	if (listed)
		status = take_listed(
			looking, options->channels_option, options->channels, ROLE_CHANNEL, true, err);
	if (status == ALM_OK && options->category)
		status = take_listed(looking, "--category", options->category, ROLE_CATEGORY, listed, err);
	return status == ALM_OK && !listed ? find_channels(looking, err) : status;
}

static enum alm_status copy_text(const char *text, char **out, struct alm_error *err)
{
	if (!text)
		return ALM_OK;
	*out = strdup(text);
	return *out ? ALM_OK : alm_fail_memory(err, strlen(text) + 1);
}

static enum alm_status begin(struct looking *looking, struct alm_db *db, struct alm_error *err)
{
	const struct alm_inspect_options *options = looking->options;
	struct alm_origin *source = &looking->found.source;
	source->url = options->url;
	enum alm_status status = copy_text(options->location, &source->location, err);
	if (status == ALM_OK)
		status = copy_text(options->relation, &source->relation, err);
	if (status == ALM_OK)
		status = copy_text(options->query, &source->query, err);
	if (status == ALM_OK)
		status = alm_select_open(db,
			&(struct alm_select_manner){options->timeout_ms, options->reporter}, source,
			&looking->select, err);
	return status;
}

enum alm_status alm_inspect(struct alm_db *db, const struct alm_inspect_options *options,
	struct alm_inspection *out, struct alm_error *err)
{
	struct looking looking = {.options = options};
	enum alm_status status = begin(&looking, db, err);
	if (status == ALM_OK)
		status = sample(&looking, err);
	if (status == ALM_OK)
		status = take_ids(&looking, err);
	if (status == ALM_OK)
		status = take_time(&looking, err);
	if (status == ALM_OK)
		status = take_channels(&looking, err);
	release_columns(&looking);
	alm_select_close(&looking.select);
	if (status == ALM_OK)
		*out = looking.found;
	else
		alm_inspection_release(&looking.found);
	return status;
}

void alm_inspection_release(struct alm_inspection *found)
{
	for (int i = 0; i < found->n_channels; i++)
		free(found->channels[i]);
	free(found->channels);
	free(found->category);
	alm_origin_release(&found->source);
	*found = (struct alm_inspection){0};
}
