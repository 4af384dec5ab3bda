#include "store/name.h"
#include <string.h>
#include "store/dataset.h"
#include "store/sql.h"

/* Length of the UTF-8 character at text, 0 when it is none (RFC 3629, without its rarest exclusions). */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = text[0] < 0x80                      ? 1
			: text[0] >= 0xc2 && text[0] < 0xe0 ? 2
			: text[0] >= 0xe0 && text[0] < 0xf0 ? 3
			: text[0] >= 0xf0 && text[0] < 0xf5 ? 4
							    : 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

enum alm_status alm_name_check(const char *what, const char *name, struct alm_error *err)
{
	size_t length = strlen(name), step = 1;
	if (length == 0 || length > ALM_NAME_MAX)
		return alm_fail(err, ALM_USAGE, "%s '%.40s': a name has 1 to %d bytes, found %zu", what, name,
			ALM_NAME_MAX, length);
	for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at += step) {
		step = utf8_length(at);
		if (step == 0)
			return alm_fail(err, ALM_USAGE, "a %s's name is not UTF-8 at byte %zu", what,
				(size_t)(at - (const unsigned char *)name));
		if (*at < 0x20 || *at == 0x7f)
			return alm_fail(err, ALM_USAGE, "a %s's name has a control character at byte %zu",
				what, (size_t)(at - (const unsigned char *)name));
	}
	return ALM_OK;
}

enum alm_status alm_word_number(
	struct alm_names *words, const char *text, double *code, struct alm_error *err)
{
	struct alm_error why;
	bool added;
	int number;
	if (alm_name_check("category", text, &why) != ALM_OK)
		return alm_fail(err, ALM_BAD_DATA, "%s", why.text);
	enum alm_status status = alm_names_number(words, text, strlen(text), &number, &added, err);
	if (status == ALM_OK)
		*code = number;
	return status;
}

enum alm_status alm_name_missing(
	struct alm_db *db, const char *what, const char *table, const char *name, struct alm_error *err)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	char *sql = sqlite3_mprintf(
		"SELECT group_concat(name, ', ') FROM (SELECT name FROM \"%w\" ORDER BY name LIMIT 10)",
		table);
	if (!sql)
		return alm_fail_memory(err, 1);
	enum alm_status status = alm_sql_prepare(db, sql, &stmt, err);
	sqlite3_free(sql);
	if (status == ALM_OK)
		status = alm_sql_next(db, stmt, &row, err);
	if (status == ALM_OK) {
		const char *there = row ? alm_sql_text(stmt, 0) : "";
		status = alm_fail(err, ALM_NO_INPUT, "there is no %s '%s' in '%s'; there %s%s", what, name,
			alm_db_path(db), *there ? "is " : "are none", there);
	}
	sqlite3_finalize(stmt);
	return status;
}
