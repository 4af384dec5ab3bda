#include "cli/shop.h"
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"

/* Texts that were handed out live as long as the test's process, which is one test. */
static char *kept[64];
static int n_kept;

static void free_kept(void)
{
	while (n_kept > 0)
		free(kept[--n_kept]);
}

static const char *keep(char *text)
{
	cr_assert(text && n_kept < 64);
	if (n_kept == 0)
		atexit(free_kept);
	return kept[n_kept++] = text;
}

static sqlite3 *open_file(const struct cli *cli, const char *file)
{
	sqlite3 *db;
	cr_assert_eq(sqlite3_open(cli_path(cli, file), &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	return db;
}

void shop_sql(const struct cli *cli, const char *file, const char *sql)
{
	char *error = NULL;
	sqlite3 *db = open_file(cli, file);
	int code = sqlite3_exec(db, sql, NULL, NULL, &error);
	cr_assert_eq(code, SQLITE_OK, "%s", error);
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

const char *shop_value(const struct cli *cli, const char *file, const char *sql)
{
	sqlite3_stmt *stmt;
	char *value = NULL;
	sqlite3 *db = open_file(cli, file);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
		value = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return keep(value ? value : strdup(""));
}

/* The order of insertion is a permutation of the hours: 7 and 300 have no common divisor. */
void shop_make(const struct cli *cli, const char *file)
{
	shop_sql(cli, file,
		"CREATE TABLE orders (id INTEGER PRIMARY KEY, placed_at TEXT, store TEXT, product TEXT, qty "
		"REAL, "
		"price REAL, note TEXT);"
		"WITH RECURSIVE h (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM h WHERE n < 299)"
		"INSERT INTO orders (placed_at, store, product, qty, price, note)"
		"SELECT strftime('%Y-%m-%dT%H:%M:%S', 1577836800 + 3600 * (n * 7 % 300), 'unixepoch'), "
		"store, "
		"'tea', 100 + n * 7 % 300 % 24 + n % 5, 2.5, 'a note'"
		"FROM h, (SELECT 'north' AS store UNION ALL SELECT 'south') ORDER BY n, store;"
		"PRAGMA user_version = 7; PRAGMA application_id = 99");
}

const char *shop_dump(const struct cli *cli, const char *file)
{
	const char *parts[] = {shop_value(cli, file,
				       "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master "
				       "WHERE name NOT LIKE "
				       "'almanac\\_%' ESCAPE '\\' AND tbl_name NOT LIKE 'almanac\\_%' ESCAPE "
				       "'\\' ORDER BY name)"),
		shop_value(cli, file,
			"SELECT group_concat(quote(id) || quote(placed_at) || quote(store) || quote(product) "
			"|| "
			"quote(qty) || quote(price) || quote(note)) FROM (SELECT * FROM orders ORDER BY "
			"rowid)"),
		shop_value(cli, file, "PRAGMA user_version"), shop_value(cli, file, "PRAGMA application_id"),
		shop_value(cli, file, "PRAGMA journal_mode")};
	char *all = NULL;
	cr_assert_gt(asprintf(&all, "%s\n%s\n%s %s %s", parts[0], parts[1], parts[2], parts[3], parts[4]), 0);
	return keep(all);
}

const char *shop_hash(const struct cli *cli, const char *file)
{
	char bytes[1 << 16], hash[ALM_HASH_TEXT], *all = NULL;
	size_t size = 0;
	FILE *in = fopen(cli_path(cli, file), "r"), *out = open_memstream(&all, &size);
	cr_assert(in && out);
	for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
		fwrite(bytes, 1, n, out);
	cr_assert(fclose(in) == 0 && fclose(out) == 0);
	struct alm_hash_part part = {all, size};
	alm_hash_parts(&part, 1, hash);
	free(all);
	return keep(strdup(hash));
}
