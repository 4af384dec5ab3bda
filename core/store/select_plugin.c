#include <stdlib.h>
#include <string.h>
#include "plugin/source.h"
#include "store/select.h"

static enum alm_status status_of(int32_t failure)
{
	switch ((enum almanac_source_failure)failure) {
	case ALMANAC_SOURCE_BAD_URL:
	case ALMANAC_SOURCE_WRITES:
		return ALM_USAGE;
	case ALMANAC_SOURCE_UNAVAILABLE:
		return ALM_UNAVAILABLE;
	case ALMANAC_SOURCE_BAD_QUERY:
		return ALM_BAD_DATA;
	case ALMANAC_SOURCE_NO_TABLE:
		return ALM_NO_INPUT;
	case ALMANAC_SOURCE_STOPPED:
		return ALM_INTERRUPTED;
	case ALMANAC_SOURCE_NO_MEMORY:
		return ALM_NO_MEMORY;
	}
	return ALM_BUG;
}

static enum alm_status fail(
	const struct alm_origin *source, struct almanac_source_error *why, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT];
	why->text[sizeof why->text - 1] = '\0';
	if (why->failure == ALMANAC_SOURCE_WRITES)
		return alm_fail(err, ALM_USAGE,
			"--query: only a SELECT that changes nothing may be attached (%s)", why->text);
	if (why->failure == ALMANAC_SOURCE_STOPPED)
		return alm_fail(err, ALM_INTERRUPTED, "reading was stopped; nothing was written");
	return alm_fail(err, status_of(why->failure), "%s cannot be read: %s",
		alm_origin_describe(source, what), why->text);
}

static int stopped(void *context)
{
	return alm_stopped(context);
}

/*
 * The query that reads a table, whose name may have that of its schema before it: between the dots every part is quoted as
 * standard SQL quotes names. The caller frees with sqlite3_free.
 */
static char *table_query(const char *relation)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "SELECT * FROM \"");
	for (const char *at = relation; *at != '\0'; at++) {
		if (*at == '.')
			sqlite3_str_appendall(sql, "\".\"");
		else
			sqlite3_str_appendchar(sql, *at == '"' ? 2 : 1, *at);
	}
	sqlite3_str_appendall(sql, "\"");
	return sqlite3_str_finish(sql);
}

enum alm_status alm_plugin_open(struct alm_select *select, struct alm_reporter *reporter,
	const struct alm_origin *source, struct alm_error *err)
{
	char scheme[ALM_SCHEME_MAX + 1];
	struct almanac_source_error why = {0};
	const struct almanac_source *plugin = NULL;
	if (!alm_origin_is_url(source->location, scheme))
		return alm_fail(err, ALM_BUG, "'%s' is no URL", source->location);
	enum alm_status status = alm_source_plugin_load(scheme, &plugin, err);
	if (status != ALM_OK)
		return status;
	char *query = source->query ? sqlite3_mprintf("%s", source->query) : table_query(source->relation);
	if (!query)
		return alm_fail_memory(err, 1);
	struct almanac_source_request request = {.url = source->url ? source->url : source->location,
		.query = query,
		.stopped = stopped,
		.context = reporter};
	select->connection = plugin->open(&request, &why);
	sqlite3_free(query);
	if (!select->connection)
		return fail(source, &why, err);
	select->plugin = plugin;
	select->n_columns = select->plugin->n_columns(select->connection);
	select->value = calloc((size_t)select->n_columns + 1, sizeof *select->value);
	return select->value ? ALM_OK : alm_fail_memory(err, sizeof *select->value);
}

enum alm_status alm_plugin_next(
	const struct alm_select *select, const struct alm_origin *source, bool *row, struct alm_error *err)
{
	struct almanac_source_error why = {0};
	int there = select->plugin->next(select->connection, select->value, &why);
	if (there < 0)
		return fail(source, &why, err);
	*row = there == 1;
	return ALM_OK;
}

void alm_plugin_close(struct alm_select *select)
{
	if (select->connection)
		select->plugin->close(select->connection);
	free(select->value);
}
