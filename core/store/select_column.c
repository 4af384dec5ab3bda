#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "store/select.h"

static int find(const struct alm_select *select, const char *name, int (*compare)(const char *, const char *))
{
	int found = -1;
	for (int i = 0; i < select->n_columns; i++)
		if (compare(select->name[i], name) == 0)
			found = found == -1 ? i : -2;
	return found;
}

int alm_select_column(const struct alm_select *select, const char *name)
{
	int exact = find(select, name, strcmp);
	return exact == -1 ? find(select, name, strcasecmp) : exact;
}

enum alm_status alm_select_find(const struct alm_select *select, const struct alm_origin *source,
	const char *name, int *column, struct alm_error *err)
{
	char what[ALM_ORIGIN_TEXT], there[400] = "";
	size_t used = 0;
	*column = alm_select_column(select, name);
	if (*column >= 0)
		return ALM_OK;
	if (*column == -2)
		return alm_fail(err, ALM_BAD_DATA, "%s has several columns '%s'; name them apart with AS",
			alm_origin_describe(source, what), name);
	for (int i = 0; i < select->n_columns && used < sizeof there - 1; i++) {
		int n = snprintf(there + used, sizeof there - used, "%s%s", i ? ", " : "", select->name[i]);
		used += n > 0 ? (size_t)n : 0;
	}
	return alm_fail(err, ALM_BAD_DATA, "%s has no column '%s'; it has %s",
		alm_origin_describe(source, what), name, there);
}

static enum alm_select_kind plugin_kind(int32_t type)
{
	switch ((enum almanac_value_type)type) {
	case ALMANAC_VALUE_NULL:
		return ALM_SELECT_NULL;
	case ALMANAC_VALUE_INTEGER:
	case ALMANAC_VALUE_REAL:
		return ALM_SELECT_NUMBER;
	case ALMANAC_VALUE_TEXT:
		return ALM_SELECT_TEXT;
	case ALMANAC_VALUE_BYTES:
		break;
	}
	return ALM_SELECT_BYTES;
}

enum alm_select_kind alm_select_kind(const struct alm_select *select, int column)
{
	if (select->plugin)
		return plugin_kind(select->value[column].type);
	switch (sqlite3_column_type(select->stmt, column)) {
	case SQLITE_NULL:
		return ALM_SELECT_NULL;
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		return ALM_SELECT_NUMBER;
	case SQLITE_TEXT:
		return ALM_SELECT_TEXT;
	default:
		return ALM_SELECT_BYTES;
	}
}

double alm_select_number(const struct alm_select *select, int column)
{
	if (!select->plugin)
		return sqlite3_column_double(select->stmt, column);
	const struct almanac_value *value = &select->value[column];
	return value->type == ALMANAC_VALUE_INTEGER ? (double)value->integer : value->real;
}

const char *alm_select_text(const struct alm_select *select, int column)
{
	if (!select->plugin)
		return alm_sql_text(select->stmt, column);
	const struct almanac_value *value = &select->value[column];
	return value->type == ALMANAC_VALUE_NULL ? "" : value->text;
}

static struct alm_stamp_value plugin_value(const struct almanac_value *value)
{
	if (value->type == ALMANAC_VALUE_INTEGER)
		return (struct alm_stamp_value){.type = ALM_VALUE_INTEGER, .integer = value->integer};
	if (value->type == ALMANAC_VALUE_REAL)
		return (struct alm_stamp_value){.type = ALM_VALUE_REAL, .real = value->real};
	return (struct alm_stamp_value){.type = ALM_VALUE_TEXT, .text = value->text, .length = value->length};
}

static struct alm_stamp_value sqlite_value(sqlite3_stmt *stmt, int column)
{
	int type = sqlite3_column_type(stmt, column);
	if (type == SQLITE_INTEGER)
		return (struct alm_stamp_value){
			.type = ALM_VALUE_INTEGER, .integer = sqlite3_column_int64(stmt, column)};
	if (type == SQLITE_FLOAT)
		return (struct alm_stamp_value){
			.type = ALM_VALUE_REAL, .real = sqlite3_column_double(stmt, column)};
	const char *text = alm_sql_text(stmt, column);
	return (struct alm_stamp_value){
		.type = ALM_VALUE_TEXT, .text = text, .length = (size_t)sqlite3_column_bytes(stmt, column)};
}

bool alm_select_value(const struct alm_select *select, int column, struct alm_stamp_value *out)
{
	enum alm_select_kind kind = alm_select_kind(select, column);
	if (kind == ALM_SELECT_NULL || kind == ALM_SELECT_BYTES)
		return false;
	*out = select->plugin ? plugin_value(&select->value[column]) : sqlite_value(select->stmt, column);
	return true;
}

bool alm_select_declares_time(const struct alm_select *select, int column)
{
	const char *declared = select->plugin ? NULL : sqlite3_column_decltype(select->stmt, column);
	return declared && (strcasestr(declared, "date") || strcasestr(declared, "time"));
}
