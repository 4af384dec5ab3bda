#include "run/attach.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "ingest/pull.h"
#include "plugin/source.h"
#include "store/inspect.h"
#include "store/ledger.h"

/* What one attach holds on to. */
struct attaching {
	const struct alm_context *context;
	const struct alm_attach_request *request;
	char location[PATH_MAX]; /* "" = the database itself */
	const char *url; /* with the password that the location has not, when that is a URL; not owned */
	struct alm_inspection found;
	struct alm_db *db;
	struct alm_ledger ledger;
	struct alm_dataset dataset;
	struct alm_attach_result result;
};

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;
	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/* A URL is kept without its password. */
static enum alm_status find_server(struct attaching *attaching, const char *scheme, struct alm_error *err)
{
	const struct alm_attach_request *request = attaching->request;
	const struct almanac_source *plugin;
	struct almanac_source_error why = {0};
	enum alm_status status = alm_source_plugin_load(scheme, &plugin, err);
	if (status != ALM_OK)
		return status;
	if (plugin->location(request->from, attaching->location, sizeof attaching->location, &why) != 0)
		return alm_fail(err, ALM_USAGE, "--from: %.500s", why.text);
	attaching->url = request->from;
	if (!request->copy)
		alm_note(attaching->context->reporter,
			"whatever reads the dataset, such as a forecast, fetches all of it from the server; "
			"with --copy only almanac refresh does, and only what is new");
	return ALM_OK;
}

/* Another file is kept by its absolute path: later runs may begin in another folder. */
static enum alm_status find_location(struct attaching *attaching, struct alm_error *err)
{
	char scheme[ALM_SCHEME_MAX + 1];
	const char *from = attaching->request->from;
	if (!from || same_file(from, attaching->context->db_path))
		return ALM_OK;
	if (alm_origin_is_url(from, scheme))
		return find_server(attaching, scheme, err);
	if (realpath(from, attaching->location))
		return ALM_OK;
	return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT,
		"--from: cannot read the database '%s': %s", from, strerror(errno));
}

/* Looks at the source before anything is written, or even created. */
static enum alm_status probe(struct attaching *attaching, struct alm_error *err)
{
	const struct alm_attach_request *request = attaching->request;
	struct alm_db *db = NULL;
	bool other = *attaching->location != '\0';
	struct alm_inspect_options options = {.location = other ? attaching->location : NULL,
		.relation = request->table,
		.query = request->query,
		.time = request->time,
		.time_format = request->time_format,
		.series = request->series,
		.channels = request->channels,
		.channels_option = request->channels_option,
		.category = request->category,
		.url = attaching->url,
		.reporter = attaching->context->reporter,
		.timeout_ms = attaching->context->timeout_ms};
	enum alm_status status = other ? ALM_OK : alm_db_enter(attaching->context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = alm_inspect(db, &options, &attaching->found, err);
	alm_db_close(db);
	if (status == ALM_OK && *attaching->found.left_out != '\0')
		alm_note(attaching->context->reporter,
			"left out, because they hold no numbers or are the table's key: %s; --category keeps "
			"texts",
			attaching->found.left_out);
	attaching->found.source.copied = request->copy;
	return status;
}

static uint64_t count_missing(const struct alm_dataset_rows *rows)
{
	uint64_t n = 0;
	for (size_t i = 0; i < rows->n_rows * (size_t)rows->n_channels; i++)
		n += isnan(rows->values[i]) != 0;
	return n;
}

/* Reads what a model would read, so that what is wrong with it is told now. */
static enum alm_status read_in_place(struct attaching *attaching, struct alm_error *err)
{
	struct alm_attach_result *result = &attaching->result;
	struct alm_dataset_rows rows;
	int n = attaching->dataset.n_channels, *column = malloc((size_t)n * sizeof *column);
	if (!column)
		return alm_fail_memory(err, (size_t)n * sizeof *column);
	for (int i = 0; i < n; i++)
		column[i] = i;
	enum alm_status status =
		alm_dataset_read(attaching->db, &attaching->dataset, column, n, INT64_MAX, &rows, err);
	free(column);
	if (status != ALM_OK)
		return status;
	result->n_series = rows.n_series;
	result->n_duplicates = rows.n_duplicates;
	result->n_rows = rows.n_rows + rows.n_duplicates;
	result->n_nulls = count_missing(&rows);
	for (size_t i = 0; i < rows.n_rows; i++) {
		bool first = i == 0;
		result->first_ms =
			first || rows.times_ms[i] < result->first_ms ? rows.times_ms[i] : result->first_ms;
		result->last_ms =
			first || rows.times_ms[i] > result->last_ms ? rows.times_ms[i] : result->last_ms;
	}
	alm_dataset_rows_release(&rows);
	return ALM_OK;
}

static enum alm_status copy(struct attaching *attaching, struct alm_error *err)
{
	struct alm_attach_result *result = &attaching->result;
	struct alm_pull_summary pulled;
	enum alm_status status =
		alm_pull(attaching->db, &attaching->dataset, 0, attaching->context->reporter, &pulled, err);
	if (status != ALM_OK)
		return status;
	result->n_series = pulled.n_series;
	result->n_rows = pulled.n_read;
	result->n_duplicates = pulled.n_duplicates;
	result->n_nulls = pulled.n_nulls;
	result->first_ms = pulled.first_ms;
	result->last_ms = pulled.last_ms;
	return ALM_OK;
}

static enum alm_status end(struct attaching *attaching, struct alm_error *err)
{
	char rows[24];
	struct alm_pairs facts = {0};
	snprintf(rows, sizeof rows, "%llu", (unsigned long long)attaching->result.n_rows);
	enum alm_status status = alm_pairs_add(&facts, "verb", "attach", err);
	if (status == ALM_OK)
		status = alm_pairs_add(&facts, "dataset", attaching->dataset.name, err);
	if (status == ALM_OK)
		status = alm_pairs_add(&facts, "rows", rows, err);
	if (status == ALM_OK)
		status = alm_ledger_end(&attaching->ledger, &facts, err);
	alm_pairs_release(&facts);
	return status;
}

/* The record, the copy and the end of the run are one commit. */
static enum alm_status register_dataset(struct attaching *attaching, struct alm_error *err)
{
	struct alm_run_start start = {.kind = "ingest"};
	const struct alm_inspection *found = &attaching->found;
	enum alm_status status = alm_ledger_begin(
		&attaching->ledger, attaching->db, &start, attaching->context->reporter, err);
	if (status == ALM_OK)
		status = alm_db_begin(attaching->db, err);
	if (status == ALM_OK)
		status = alm_dataset_attach(attaching->db, attaching->request->name, found->unit,
			&(struct alm_dataset_columns){
				found->n_channels, (const char *const *)found->channels, found->category},
			&found->source, &attaching->dataset, err);
	if (status == ALM_OK)
		attaching->dataset.source->url = attaching->url;
	if (status == ALM_OK)
		status = found->source.copied ? copy(attaching, err) : read_in_place(attaching, err);
	if (status == ALM_OK)
		status = end(attaching, err);
	return status == ALM_OK ? alm_db_commit(attaching->db, err) : status;
}

static void describe(struct attaching *attaching)
{
	struct alm_attach_result *result = &attaching->result;
	const struct alm_origin *source = &attaching->found.source;
	snprintf(result->dataset, sizeof result->dataset, "%s", attaching->dataset.name);
	alm_origin_describe(source, result->source);
	snprintf(result->time_column, sizeof result->time_column, "%s", source->time);
	snprintf(result->time_format, sizeof result->time_format, "%s", alm_stamp_words(&source->format));
	snprintf(result->time_words, sizeof result->time_words, "%s", alm_stamp_describe(&source->format));
	result->recognised = attaching->found.recognised;
	result->copied = source->copied;
	result->n_channels = attaching->dataset.n_channels;
	result->seconds = alm_monotonic_s() - attaching->ledger.began_s;
}

enum alm_status alm_run_attach(const struct alm_context *context, const struct alm_attach_request *request,
	struct alm_attach_result *out, struct alm_error *err)
{
	struct attaching attaching = {.context = context, .request = request};
	enum alm_status status = find_location(&attaching, err);
	if (status == ALM_OK)
		status = probe(&attaching, err);
	if (status == ALM_OK)
		status = alm_db_enter(context, ALM_DB_CREATE, &attaching.db, err);
	if (status == ALM_OK)
		status = register_dataset(&attaching, err);
	if (status == ALM_OK) {
		describe(&attaching);
		*out = attaching.result;
	} else {
		alm_ledger_fail(&attaching.ledger, status, err);
	}
	alm_dataset_release(&attaching.dataset);
	alm_inspection_release(&attaching.found);
	alm_db_close(attaching.db);
	return status;
}
