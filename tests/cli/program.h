/*
 * Runs the real binary, $ALMANAC_PROGRAM, in a folder of its own, as a user would. Every text that comes back lives until
 * the test's process ends; nobody frees it.
 */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H
#include <stdbool.h>
#include <sys/types.h>

#define CLI_ENV_MAX 4

/* Where and how to run. The database is t.db in the folder, which is the working directory too. */
struct cli {
	const char *folder;
	const char *env[CLI_ENV_MAX]; /* "NAME=value" on top of the test's own */
	const char *input;            /* file for standard input; NULL = nothing */
	const char *output;           /* file for standard output; NULL = captured; "" = closed */
	bool terminal;                /* standard error is one, 100 columns wide */
	int master;                   /* its other end, while the program runs */
	bool nobody;                  /* when the test runs as root: as a user without rights */
};

/* What came of it. */
struct cli_result {
	int code; /* exit code; 128 + n after signal n */
	const char *out, *err;
};

void cli_init(struct cli *cli);
const char *cli_path(const struct cli *cli, const char *name);

/* Arguments end with NULL. Fails the test after two minutes. */
struct cli_result cli_run(struct cli *cli, ...) __attribute__((sentinel));
pid_t cli_start(struct cli *cli, ...) __attribute__((sentinel));
struct cli_result cli_wait(struct cli *cli, pid_t pid);

/* Fails the test unless the program ended so; `text` is part of its error line (NULL = nothing on standard error). */
void cli_expect(const struct cli_result *result, int code, const char *text);

/* Fails the test unless `part` is in the text. */
void cli_expect_in(const char *text, const char *part);

/* Writes a file into the folder. */
void cli_file(struct cli *cli, const char *name, const char *text);

/* An hourly CSV "time,load" from 2020-01-01 with a daily wave. */
void cli_wave(struct cli *cli, const char *name, int n_rows);

/* The wave of 600 rows as dataset "wave", and with train a small model "small" of it. */
void cli_ingest_wave(struct cli *cli);
void cli_train_small(struct cli *cli);

/* The first value of a statement on t.db, as text; "" for NULL and for no row. */
const char *cli_sql(const struct cli *cli, const char *sql);

/* The value of a key of the newest version, in almanac_version_setting or almanac_version_fact; as cli_sql. */
const char *cli_newest(const struct cli *cli, const char *table, const char *key);
void cli_expect_sql(const struct cli *cli, const char *sql, const char *expected);

/* What json_extract gives; fails the test unless text is one JSON object in one line. */
const char *cli_json(const char *text, const char *path);
void cli_expect_json(const char *text, const char *path, const char *expected);

#endif
