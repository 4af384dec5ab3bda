/* What always holds of ingest, on the real program: order, files and repetition do not matter, and no moment is a bad one to die. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>
#include "base/reporter.h"
#include "base/rng.h"
#include "cli/program.h"

#define ROWS  240
#define PARTS 4
#define KILLS 50

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(properties, .init = setup, .timeout = 300);

/* Row i of the whole: two series with a row every hour, some values missing. */
static int print_row(char *out, size_t room, bool json, uint64_t i)
{
	char series = i % 2 ? 'b' : 'a', value[16] = "";
	int hour = (int)(i / 2);
	if (i % 13 != 5)
		snprintf(value, sizeof value, "%d.%d", (int)(i * 7919 % 1000), (int)(i % 10));
	if (json)
		return snprintf(out, room, "{\"s\":\"%c\",\"x\":%s,\"time\":\"2020-01-%02d %02d:00\"}\n",
			series, *value ? value : "null", 1 + hour / 24, hour % 24);
	return snprintf(out, room, "%c,2020-01-%02d %02d:00,%s\n", series, 1 + hour / 24, hour % 24, value);
}

/* Part `part` of the rows in the order of a seed: plain, packed, and as JSON lines. */
static void write_part(uint64_t seed, int part, int n_parts, const char *name)
{
	bool json = part % 3 == 2;
	gzFile file = gzopen(cli_path(&cli, name), part % 3 == 1 ? "w" : "wT");
	char line[120];
	cr_assert_not_null(file);
	if (!json)
		gzputs(file, "s,time,x\n");
	for (uint64_t at = 0; at < ROWS; at++) {
		uint64_t i = seed ? alm_rng_permute(seed, 0, ROWS, at) : at;
		if ((int)(alm_rng_bits(seed, 1, i) % (uint64_t)n_parts) != part)
			continue;
		print_row(line, sizeof line, json, i);
		cr_assert_gt(gzputs(file, line), 0);
	}
	cr_assert_eq(gzclose(file), Z_OK);
}

static const char *table(const char *dataset)
{
	char sql[200];
	snprintf(sql, sizeof sql,
		"SELECT group_concat(series || time || ifnull(x, '-')) FROM (SELECT * FROM %s ORDER BY "
		"series, time)",
		dataset);
	return cli_sql(&cli, sql);
}

static void ingest_parts(const char *const *names, int n_parts, bool at_once)
{
	for (int part = 0; part < n_parts; part += at_once ? n_parts : 1) {
		const char *files[PARTS];
		for (int i = 0; i < PARTS; i++)
			files[i] = names[at_once && i < n_parts ? i : part];
		struct cli_result result = cli_run(&cli, "ingest", "--dataset", "d", "--series", "s",
			"--quiet", files[0], files[1], files[2], files[3], NULL);
		cli_expect(&result, 0, NULL);
	}
}

Test(properties, any_order_in_any_split_once_or_twice_gives_the_same_table)
{
	static const char *const names[] = {"p0.csv", "p1.csv", "p2.jsonl", "p3.csv"};
	write_part(0, 0, 1, "whole.csv");
	struct cli_result whole =
		cli_run(&cli, "ingest", "whole.csv", "--dataset", "whole", "--series", "s", "--quiet", NULL);
	cli_expect(&whole, 0, NULL);
	const char *expected = table("whole");
	cr_assert_gt(strlen(expected), ROWS * 10);
	for (uint64_t seed = 1; seed <= 12; seed++) {
		int n_parts = 1 + (int)(seed % PARTS);
		for (int part = 0; part < n_parts; part++)
			write_part(seed, part, n_parts, names[part]);
		for (int again = 0; again < 2; again++) {
			ingest_parts(names, n_parts, seed % 2);
			const char *found = table("d");
			cr_assert_str_eq(found, expected, "seed %d, %d parts", (int)seed, n_parts);
		}
		cli_sql(&cli, "DELETE FROM d");
	}
}

/* 30,000 rows every one of which has the same value. */
static void write_constant(const char *name, int value)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fputs("time,x\n", file);
	for (int row = 0; row < 30000; row++)
		fprintf(file, "%d,%d\n", row * 3600, value);
	cr_assert_eq(fclose(file), 0);
}

static void wait_s(double seconds)
{
	struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
	while (nanosleep(&left, &left) != 0)
		;
}

/* The one value that all rows have; fails the test when they differ or the database is broken. */
static int value_of_all(void)
{
	const char *ok = cli_sql(&cli, "PRAGMA integrity_check");
	cr_assert_str_eq(ok, "ok");
	const char *facts = cli_sql(&cli, "SELECT count(*) || ' ' || count(DISTINCT x) FROM d");
	cr_assert_str_eq(facts, "30000 1", "%s", facts);
	return atoi(cli_sql(&cli, "SELECT max(x) FROM d"));
}

Test(properties, an_ingest_killed_at_any_moment_leaves_the_table_before_or_after)
{
	static const char *const files[] = {"0.csv", "1.csv"};
	write_constant(files[0], 0);
	write_constant(files[1], 1);
	struct cli_result first = cli_run(&cli, "ingest", files[0], "--dataset", "d", "--quiet", NULL);
	cli_expect(&first, 0, NULL);
	double began_s = alm_monotonic_s();
	first = cli_run(&cli, "ingest", files[1], "--dataset", "d", "--quiet", NULL);
	cli_expect(&first, 0, NULL);
	double takes_s = alm_monotonic_s() - began_s;
	int value = 1, n_killed = 0;
	for (uint64_t i = 0; i < KILLS; i++) {
		pid_t pid = cli_start(&cli, "ingest", files[!value], "--dataset", "d", "--quiet", NULL);
		wait_s(takes_s * 1.1 * alm_rng_uniform(7, 0, i));
		kill(pid, SIGKILL);
		struct cli_result result = cli_wait(&cli, pid);
		n_killed += result.code == 128 + SIGKILL;
		int found = value_of_all();
		cr_assert(found == value || found == !value);
		cr_assert(result.code != 0 || found == !value, "what was reported is there");
		value = found;
	}
	cr_assert_gt(n_killed, KILLS / 4, "%d of %d were killed", n_killed, KILLS);
	first = cli_run(&cli, "ingest", files[!value], "--dataset", "d", "--quiet", NULL);
	cli_expect(&first, 0, NULL);
	cr_assert_eq(value_of_all(), !value);
}
