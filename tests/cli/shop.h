/* An application's database that Almanac is a guest in: orders of two shops, in no order, with a wave that can be learned. */
#ifndef TESTS_CLI_SHOP_H
#define TESTS_CLI_SHOP_H
#include "cli/program.h"

#define SHOP_HOURS 300 /* of each shop, from 2020-01-01 */

/*
 * Makes table orders (id INTEGER PRIMARY KEY, placed_at TEXT, store TEXT, product TEXT, qty REAL, price REAL, note TEXT)
 * in a file of the folder.
 */
void shop_make(const struct cli *cli, const char *file);

/* Runs statements on a file of the folder. */
void shop_sql(const struct cli *cli, const char *file, const char *sql);

/* The first value of a statement on a file of the folder. */
const char *shop_value(const struct cli *cli, const char *file, const char *sql);

/* All that is the application's in a file: schema, rows of orders, and what SQLite keeps for it in the header. */
const char *shop_dump(const struct cli *cli, const char *file);

/* Every byte of a file as one hash. */
const char *shop_hash(const struct cli *cli, const char *file);

#endif
