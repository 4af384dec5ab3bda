/* What almanac export writes, almanac ingest reads again. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(export, .init = setup, .timeout = 120);

#define ODD                                                                                                  \
	"s,time,\"a \"\"q\"\", b\",-x\n"                                                                     \
	"=1+1,2020-01-01 00:00:00.250,1.5,\n"                                                                \
	"\" lead\",2020-01-02,-0,0.1\n"                                                                      \
	"z,1969-12-31 23:59:59.999,5e-324,1.7976931348623157e308\n"                                          \
	"\"c,\"\"d\"\"\",2020-01-03,1e-320,123456789.123456789\n"

static void ingest(const char *file, const char *dataset, const char *series)
{
	struct cli_result result =
		cli_run(&cli, "ingest", file, "--dataset", dataset, "--series", series, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

static void export_to(const char *dataset, const char *format, const char *file)
{
	struct cli_result result =
		cli_run(&cli, "export", dataset, "--format", format, "-o", file, "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* How many rows of one table the other has not, and the other way round; bits count. */
static void expect_same(const char *a, const char *b)
{
	char sql[240];
	snprintf(sql, sizeof sql,
		"SELECT ((SELECT count(*) FROM (SELECT * FROM %s EXCEPT SELECT * FROM %s)) + "
		"(SELECT count(*) FROM (SELECT * FROM %s EXCEPT SELECT * FROM %s))) || ' of ' || count(*) "
		"FROM %s",
		a, b, b, a, a);
	const char *differ = cli_sql(&cli, sql);
	cr_assert(strncmp(differ, "0 of ", 5) == 0 && strcmp(differ, "0 of 0") != 0, "%s", differ);
}

Test(export, odd_names_and_extreme_numbers_come_back_from_csv_and_json_lines)
{
	cli_file(&cli, "odd.csv", ODD);
	ingest("odd.csv", "odd", "s");
	export_to("odd", "csv", "again.csv");
	export_to("odd", "jsonl", "again.jsonl");
	ingest("again.csv", "a", "series");
	ingest("again.jsonl", "b", "series");
	expect_same("odd", "a");
	expect_same("odd", "b");
}

/* Any bits that are a number, and some that are missing, as SQLite keeps them. */
Test(export, random_numbers_come_back_to_the_bit)
{
	FILE *file = fopen(cli_path(&cli, "random.csv"), "w");
	cr_assert_not_null(file);
	fputs("s,time,x,y\n", file);
	for (uint64_t i = 0; i < 5000; i++) {
		uint64_t bits = alm_rng_bits(5, 0, i);
		double any;
		memcpy(&any, &bits, sizeof any);
		if (any - any != 0) /* infinite or none */
			any = (double)i;
		fprintf(file, "%d,%d,%.17g,", (int)(i % 3), (int)(i / 3) * 60, any);
		fprintf(file, i % 7 ? "%.17g\n" : "\n", alm_rng_uniform(5, 1, i));
	}
	cr_assert_eq(fclose(file), 0);
	ingest("random.csv", "random", "s");
	export_to("random", "csv", "again.csv");
	export_to("random", "jsonl", "again.jsonl");
	ingest("again.csv", "a", "series");
	ingest("again.jsonl", "b", "series");
	expect_same("random", "a");
	expect_same("random", "b");
}

/* Seconds of 1970, of which a thousandfold is another row's; the milliseconds come when the file's head is long past. */
Test(export, milliseconds_that_begin_late_come_back)
{
	FILE *file = fopen(cli_path(&cli, "late.csv"), "w");
	cr_assert_not_null(file);
	fputs("s,time,x\n", file);
	for (int i = -2500; i < 2500; i++)
		fprintf(file, "%d,1970-01-01T%02d:%02d:%02dZ,%d\n", i & 1, (i + 2500) / 3600,
			(i + 2500) / 60 % 60, (i + 2500) % 60, i);
	fputs("0,1970-01-01T02:00:00.250Z,1\n1,1970-01-01T00:00:01.500Z,2\n", file);
	cr_assert_eq(fclose(file), 0);
	ingest("late.csv", "late", "s");
	export_to("late", "csv", "again.csv");
	ingest("again.csv", "a", "series");
	expect_same("late", "a");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) || ' ' || min(time) || ' ' || max(time) FROM late"),
		"5002 0 7200250");
	cr_assert_str_eq(cli_sql(&cli, "SELECT x FROM late WHERE time = 1000"), "-2499.0");
	cr_assert_str_eq(cli_sql(&cli, "SELECT unit FROM almanac_dataset WHERE name = 'late'"), "ms");
}

Test(export, a_dataset_of_whole_seconds_stays_one)
{
	cli_file(&cli, "s.csv", "time,x\n2020-01-01,1\n2020-01-02,2\n");
	cli_file(&cli, "ms.csv", "time,x\n2020-01-03,1\n2020-01-04 00:00:00.5,2\n");
	struct cli_result result = cli_run(&cli, "ingest", "s.csv", "--dataset", "s", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "ingest", "ms.csv", "--dataset", "s", "--quiet", NULL);
	cli_expect(&result, 65, "ms.csv:3: dataset 's' keeps whole seconds");
}

Test(export, categories_come_back)
{
	cli_file(&cli, "c.csv",
		"time,sky,x\n2020-01-01,\"rain, \"\"heavy\"\"\",1\n2020-01-02,,2\n2020-01-03,sun,3\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "c.csv", "--dataset", "c", "--category", "sky", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	export_to("c", "csv", "again.csv");
	result = cli_run(&cli, "ingest", "again.csv", "--dataset", "a", "--category", "sky", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	expect_same("c", "a");
}

Test(export, a_dataset_that_is_read_in_place_is_written_too)
{
	cli_sql(&cli, "CREATE TABLE orders (at TEXT, store TEXT, qty REAL)");
	cli_sql(&cli, "INSERT INTO orders VALUES ('2020-01-01', 'p/q', 2.5), ('2020-01-02', 'r', NULL)");
	struct cli_result result = cli_run(&cli, "attach", "sales", "--table", "orders", "--time", "at",
		"--series", "store", "--target", "qty", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "export", "sales", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(result.out,
		"series,time,qty\np/q,2020-01-01T00:00:00Z,2.5\nr,2020-01-02T00:00:00Z,\n", "%s", result.out);
}

Test(export, local_times_have_their_offset)
{
	cli_file(&cli, "l.csv", "time,x\n2020-06-01 12:00,1\n2020-12-01 12:00,2\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "l.csv", "--dataset", "l", "--tz", "Europe/Berlin", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "export", "l", NULL);
	cr_assert_str_eq(
		result.out, "time,x\n2020-06-01T10:00:00Z,1\n2020-12-01T11:00:00Z,2\n", "%s", result.out);
	result = cli_run(&cli, "export", "l", "--local", NULL);
	cr_assert_str_eq(result.out, "time,x\n2020-06-01T12:00:00+02:00,1\n2020-12-01T12:00:00+01:00,2\n",
		"%s", result.out);
	cli_ingest_wave(&cli);
	result = cli_run(&cli, "export", "wave", "--local", NULL);
	cli_expect(&result, 64, "--local: the times of dataset 'wave'");
}

Test(export, a_spreadsheet_takes_no_text_for_a_formula_when_asked)
{
	cli_file(&cli, "f.csv", "s,time,@x\n=1+1,2020-01-01,-1.5\n\"-a,b\",2020-01-01,2\n");
	ingest("f.csv", "f", "s");
	struct cli_result result = cli_run(&cli, "export", "f", "--safe-csv", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(result.out,
		"series,time,'@x\n\"'-a,b\",2020-01-01T00:00:00Z,2\n'=1+1,2020-01-01T00:00:00Z,-1.5\n", "%s",
		result.out);
}

Test(export, what_cannot_be_written_is_an_error_and_leaves_the_file_as_it_was)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "export", "wave", "-o", "/dev/full", NULL);
	cli_expect(&result, 74, "/dev/full");
	cli.output = "/dev/full";
	result = cli_run(&cli, "export", "wave", NULL);
	cli_expect(&result, 74, "standard output");
	cli.output = NULL;
	result = cli_run(&cli, "export", "wave", "-o", "no/such", NULL);
	cli_expect(&result, 73, "cannot create 'no/such'");
	cli_file(&cli, "old.csv", "old");
	cli_sql(&cli, "UPDATE wave SET load = 'text' WHERE time = (SELECT max(time) FROM wave)");
	result = cli_run(&cli, "export", "wave", "-o", "old.csv", NULL);
	cli_expect(&result, 65, "channel 'load' holds no number; correct it with SQL");
	result = cli_run(&cli, "ingest", "old.csv", "--dataset", "d", NULL);
	cli_expect(&result, 65, "old.csv");
	cli_sql(&cli, "UPDATE wave SET load = 1 WHERE load = 'text'");
	export_to("wave", "csv", "old.csv");
	result = cli_run(&cli, "ingest", "old.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	expect_same("wave", "d");
}

Test(export, wrong_usage_is_said)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "export", "wave", "--json", NULL);
	cli_expect(&result, 64, "use --format jsonl");
	result = cli_run(&cli, "export", "wave", "--format", "xml", NULL);
	cli_expect(&result, 64, "--format: expected csv or jsonl, found 'xml'");
	result = cli_run(&cli, "export", "wave", "--format", "jsonl", "--safe-csv", NULL);
	cli_expect(&result, 64, "--safe-csv is for --format csv");
	result = cli_run(&cli, "export", "nothing", NULL);
	cli_expect(&result, 66, "there is no dataset 'nothing'");
}
