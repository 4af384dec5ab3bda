/*
 * A PostgreSQL server of the test's own: in a folder of its own, as a user without rights, on a socket in that folder and no
 * network. It ends with the test's process. Skips the test where Debian's package postgresql is not installed.
 */
#ifndef TESTS_CLI_SERVER_H
#define TESTS_CLI_SERVER_H

/* Starts it; the URL of its database, postgresql://almanac@/postgres?host=..., lives as long as the process. */
const char *server_start(void);

/* Runs statements and gives what they print, without the line's end. */
const char *server_sql(const char *sql);

/* Waits until a query of Almanac's runs; fails the test after ten seconds. */
void server_wait_for_query(void);

#endif
