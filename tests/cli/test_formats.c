/* What files can look like, on the real program: packed, encoded, many at once, times and numbers of other customs. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(formats, .init = setup);

static void put(const char *name, const void *bytes, size_t n)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	cr_assert_eq(fwrite(bytes, 1, n, file), n);
	cr_assert_eq(fclose(file), 0);
}

static void put_gzip(const char *name, const char *text)
{
	gzFile file = gzopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	cr_assert_eq(gzputs(file, text), (int)strlen(text));
	cr_assert_eq(gzclose(file), Z_OK);
}

static void put_zstd(const char *name, const char *text)
{
	char packed[4096];
	size_t n = ZSTD_compress(packed, sizeof packed, text, strlen(text), 3);
	cr_assert_not(ZSTD_isError(n));
	put(name, packed, n);
}

#define TWO "time,x\n2020-01-01,1\n2020-01-02,2\n"

Test(formats, packed_files_are_read_whatever_their_name)
{
	put_gzip("a.csv", TWO);
	put_zstd("b.csv.zst", TWO);
	struct cli_result gzip = cli_run(&cli, "ingest", "a.csv", "--dataset", "a", "--quiet", NULL);
	cli_expect(&gzip, 0, NULL);
	struct cli_result zstd = cli_run(&cli, "ingest", "b.csv.zst", "--dataset", "b", "--quiet", NULL);
	cli_expect(&zstd, 0, NULL);
	cli.input = "a.csv";
	struct cli_result input = cli_run(&cli, "ingest", "-", "--dataset", "c", "--quiet", NULL);
	cli_expect(&input, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM a NATURAL JOIN b NATURAL JOIN c", "2");
}

Test(formats, a_packed_file_that_is_cut_off_leaves_nothing)
{
	char text[60000] = "time,x\n", packed[60000];
	size_t used = strlen(text);
	for (int day = 0; day < 3000; day++)
		used += (size_t)sprintf(text + used, "%d,%d\n", 86400 * day, day * 7919 % 1000);
	size_t n = ZSTD_compress(packed, sizeof packed, text, used, 3);
	put("in.csv", packed, n - 4);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&result, 65,
		"'in.csv' ends in the middle of its zstd data: it is cut off; get the file again\n");
	put_gzip("in.csv", text);
	cr_assert_eq(truncate(cli_path(&cli, "in.csv"), 3000), 0);
	struct cli_result gzip = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&gzip, 65,
		"'in.csv' ends in the middle of its gzip data: it is cut off; get the file again\n");
	cr_assert_neq(access(cli_path(&cli, "t.db"), F_OK), 0);
}

Test(formats, an_encoding_is_asked_for_and_taken)
{
	cli_file(&cli, "in.csv", "shop;time;x\nM\xfcnchen;2020-01-01;1,5\n");
	struct cli_result without = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NULL);
	cli_expect(&without, 65,
		"almanac: in.csv:2: the byte 0xfc at offset 13 is not UTF-8; give --encoding, such as latin1 "
		"or "
		"windows-1252\n");
	struct cli_result with = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--series", "shop",
		"--encoding", "latin1", "--decimal", ",", "--quiet", NULL);
	cli_expect(&with, 0, NULL);
	cli_expect_sql(&cli, "SELECT series || x FROM d", "M\xc3\xbcnchen1.5");
	struct cli_result none =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--encoding", "latin0", NULL);
	cli_expect(&none, 64, "--encoding: no encoding 'latin0' is known");
}

Test(formats, several_files_are_one_ingest)
{
	cli_file(&cli, "a.csv", "time,x,y\n2020-01-01,1,2\n");
	put_gzip("b1.csv.gz", "y,x,time\n3,4,2020-01-02\n");
	put_zstd("b2.csv.gz", "time,y,x\n2020-01-03,6,5\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "a.csv", "b*.gz", "--dataset", "d", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.files"), "3");
	cr_assert_str_eq(cli_json(result.out, "$.rows"), "3");
	cli_expect_sql(&cli, "SELECT group_concat(x || '|' || y) FROM d", "1.0|2.0,4.0|3.0,5.0|6.0");
	struct cli_result text = cli_run(&cli, "ingest", "a.csv", "b*.gz", "--dataset", "d", NULL);
	cr_assert_not_null(strstr(text.out, "files     3\n"), "%s", text.out);
}

Test(formats, an_error_in_any_file_names_it_and_leaves_nothing)
{
	cli_file(&cli, "a.csv", TWO);
	cli_file(&cli, "b.csv", "time,x\n2020-01-03,3\n2020-01-04,four\n");
	cli_file(&cli, "c.csv", "time,z\n2020-01-03,3\n");
	cli_file(&cli, "d.csv", "time,x,z\n2020-01-03,3,4\n");
	cli_file(&cli, "e.csv", "when,x\n2020-01-03,3\n");
	static const struct {
		const char *file;
		int code;
		const char *error;
	} cases[] = {{"b.csv", 65, "almanac: b.csv:3: x: 'four' is not a number"},
		{"c.csv", 65,
			"almanac: c.csv: there is no column 'x' as in a.csv; choose columns that all files "
			"have"},
		{"d.csv", 65,
			"almanac: d.csv: column 'z' is not in a.csv; choose columns that all files have"},
		{"e.csv", 65, "almanac: e.csv: there is no column 'time', which holds the times in a.csv"},
		{"f.csv", 66, "almanac: cannot open 'f.csv': No such file or directory"},
		{"*.none", 66, "almanac: no file matches '*.none'"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cli_result result =
			cli_run(&cli, "ingest", "a.csv", cases[i].file, "--dataset", "d", NULL);
		cli_expect(&result, cases[i].code, cases[i].error);
	}
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_dataset", "0");
	struct cli_result chosen = cli_run(
		&cli, "ingest", "a.csv", "d.csv", "--dataset", "d", "--channels", "x", "--quiet", NULL);
	cli_expect(&chosen, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM d", "3");
}

Test(formats, a_wide_table_is_many_series)
{
	cli_file(&cli, "in.csv", "day,north,south\n2020-01-01,1,\n2020-01-02,2,3\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "in.csv", "--dataset", "d", "--wide", "--channel", "sold", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT group_concat(series || sold) FROM d", "north1.0,north2.0,south3.0");
	struct cli_result named =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "e", "--wide", "--quiet", NULL);
	cli_expect(&named, 0, NULL);
	cli_expect_sql(&cli, "SELECT sum(value) FROM e", "6.0");
	struct cli_result alone = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--channel", "x", NULL);
	cli_expect(&alone, 64, "--channel: names the values of --wide");
	struct cli_result both =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--wide", "--series", "north", NULL);
	cli_expect(&both, 64, "--series: with --wide every column is a series");
}

Test(formats, a_decimal_sign_is_a_point_or_a_comma)
{
	struct cli_result result = cli_run(&cli, "ingest", "x", "--dataset", "d", "--decimal", "'", NULL);
	cli_expect(&result, 64, "--decimal: expected . or , and found '''");
}

/* Rentals of bicycles as they are published: a day of two digits a year, the hour beside it, hours missing. */
static void write_rentals(const char *name)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fputs("instant,dteday,season,hr,temp,cnt\n", file);
	for (int hour = 0, n = 0; hour < 24 * 40; hour++) {
		int day = hour / 24;
		if (hour % 97 != 5)
			fprintf(file, "%d,%02d/%02d/11,1,%d,0.%d,%d\n", ++n, day % 31 + 1, day / 31 + 1,
				hour % 24, 10 + hour % 24, 100 + 10 * (hour % 24));
	}
	cr_assert_eq(fclose(file), 0);
}

Test(formats, rentals_with_day_and_hour_apart_are_ingested_and_forecast)
{
	write_rentals("bike.csv");
	struct cli_result ingest =
		cli_run(&cli, "ingest", "bike.csv", "--dataset", "bike", "--time", "dteday hr", NULL);
	cli_expect(&ingest, 0, NULL);
	cr_assert_not_null(
		strstr(ingest.out,
			"2011-01-01 00:00:00 to 2011-02-09 23:00:00 (time dteday hr, %d/%m/%y %H)"),
		"%s", ingest.out);
	struct cli_result given = cli_run(&cli, "ingest", "bike.csv", "--dataset", "bike", "--time",
		"dteday hr", "--time-format", "%d/%m/%y %H", "--json", NULL);
	cli_expect(&given, 0, NULL);
	cr_assert_str_eq(cli_json(given.out, "$.unchanged"), "950");
	struct cli_result train = cli_run(&cli, "train", "rentals", "--dataset", "bike", "--target", "cnt",
		"--lookback", "24h", "--horizon", "6h", "--units", "4", "--epochs", "2", "--quiet", NULL);
	cli_expect(&train, 0, NULL);
	struct cli_result forecast = cli_run(&cli, "forecast", "rentals", "--json", NULL);
	cli_expect(&forecast, 0, NULL);
	cr_assert_str_eq(cli_json(forecast.out, "$.forecasts[0].points[5].time"), "2011-02-10 05:00:00");
}

Test(formats, json_lines_are_ingested_and_mixed_with_csv)
{
	cli_file(&cli, "a.jsonl",
		"{\"time\":\"2020-01-01\",\"x\":1,\"shop\":\"n\"}\n{\"shop\":\"s\",\"time\":\"2020-01-01\"}"
		"\n");
	cli_file(&cli, "b.csv", "shop,x,time\ns,2,2020-01-02\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "a.jsonl", "b.csv", "--dataset", "d", "--series", "shop", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(
		&cli, "SELECT group_concat(series || '|' || ifnull(x, '-')) FROM d", "n|1.0,s|-,s|2.0");
	cli_file(&cli, "a.jsonl", "{\"time\":\"2020-01-01\",\"x\":1}\n{\"time\":\n");
	struct cli_result bad = cli_run(&cli, "ingest", "a.jsonl", "--dataset", "d", NULL);
	cli_expect(&bad, 65, "almanac: a.jsonl:2: column ");
}

Test(formats, a_dry_run_explains_the_rentals_and_writes_nothing)
{
	write_rentals("bike.csv");
	struct cli_result text =
		cli_run(&cli, "ingest", "bike.csv", "--dry-run", "--time", "dteday hr", NULL);
	cli_expect(&text, 0, NULL);
	static const char *const lines[] = {"file      bike.csv: csv, UTF-8, decimal point\n",
		"time      dteday hr, %d/%m/%y %H\n", "2011-02-09 23:00:00, a row every 1h\n",
		"gaps      10, 10 rows missing; the longest of 1 from 2011-01-01 05:00:00\n",
		"rows      950 of 1 series; 0 values missing, 0 rows skipped\n", "\ndteday   text     time\n",
		"\ntemp     real     channel\n", "\n2011-01-01 00:00:00 ", "\nnothing was written\n"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_assert_not_null(strstr(text.out, lines[i]), "'%s' is not in: %s", lines[i], text.out);
	cr_assert_neq(access(cli_path(&cli, "t.db"), F_OK), 0);
}

Test(formats, a_dry_run_counts_what_is_wrong_with_the_times)
{
	put_gzip("in.jsonl.gz",
		"{\"t\":\"2020-01-01\",\"x\":1.5,\"s\":\"a\"}\n{\"t\":\"2020-01-02\",\"s\":\"a\"}\n"
		"{\"t\":\"2020-01-02\",\"s\":\"a\"}\n{\"t\":\"2020-01-03\",\"s\":\"a\"}\n"
		"{\"t\":\"2020-01-08\",\"s\":\"a\"}\n{\"t\":\"2020-01-08\",\"s\":\"b\"}\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "in.jsonl.gz", "--dry-run", "--series", "s", "--time", "t", "--json", NULL);
	cli_expect(&result, 0, NULL);
	static const struct {
		const char *path, *value;
	} facts[] = {{"$.kind", "jsonl"}, {"$.packing", "gzip"}, {"$.encoding", "UTF-8"},
		{"$.time_format", "iso"}, {"$.freq", "1d"}, {"$.rows", "6"}, {"$.series", "2"},
		{"$.nulls", "5"}, {"$.gaps", "1"}, {"$.missing_rows", "4"},
		{"$.longest_gap_from", "2020-01-04 00:00:00"}, {"$.repeated", "1"},
		{"$.first_repeated", "2020-01-02 00:00:00"}, {"$.columns[1].role", "channel"},
		{"$.columns[2].role", "series"}, {"$.first_rows[0].values.x", "1.5"},
		{"$.first_rows[1].values.x", ""}};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const char *found = cli_json(result.out, facts[i].path);
		cr_assert_str_eq(found, facts[i].value, "%s is '%s' in %s", facts[i].path, found, result.out);
	}
}

Test(formats, a_dry_run_fails_as_the_ingest_would)
{
	cli_file(&cli, "in.csv", "time,x\n2020-01-01,1\n2020-01-02,two\n");
	struct cli_result bad = cli_run(&cli, "ingest", "in.csv", "--dry-run", NULL);
	cli_expect(&bad, 65, "almanac: in.csv:3: x: 'two' is not a number");
	struct cli_result skipped = cli_run(&cli, "ingest", "in.csv", "--dry-run", "--skip-bad", "1", NULL);
	cli_expect(&skipped, 0, "skipped in.csv:3: x: 'two' is not a number");
	cr_assert_not_null(strstr(skipped.out, "no regular step"), "%s", skipped.out);
}

Test(formats, a_wide_table_may_have_fifty_thousand_series)
{
	FILE *file = fopen(cli_path(&cli, "in.csv"), "w");
	cr_assert_not_null(file);
	fputs("time", file);
	for (int i = 0; i < 50000; i++)
		fprintf(file, ",s%d", i * 7919 % 50000);
	for (int day = 1; day <= 2; day++) {
		fprintf(file, "\n2020-01-0%d", day);
		for (int i = 0; i < 50000; i++)
			fprintf(file, ",%d", i % 10);
	}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--wide", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) || ' ' || count(DISTINCT series) FROM d", "100000 50000");
}

Test(formats, a_sign_that_the_first_file_shows_holds_for_the_others)
{
	cli_file(&cli, "a.csv", "time;x\n2020-01-01;1.5\n");
	cli_file(&cli, "b.csv", "time;x\n2020-01-02;1,234\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "a.csv", "b.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT sum(x) FROM d", "1235.5");
	struct cli_result alone = cli_run(&cli, "ingest", "b.csv", "--dataset", "d", NULL);
	cli_expect(&alone, 65, "--decimal . or --decimal ,");
}

Test(formats, a_wide_table_without_any_value_has_no_series)
{
	cli_file(&cli, "in.csv", "day,north,south\n2020-01-01,,\n2020-01-02,,NA\n");
	struct cli_result dry = cli_run(&cli, "ingest", "in.csv", "--wide", "--dry-run", NULL);
	cli_expect(&dry, 0, NULL);
	cr_assert_not_null(strstr(dry.out, "rows      2 of 0 series; 4 values missing"), "%s", dry.out);
	struct cli_result real =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--wide", "--quiet", NULL);
	cli_expect(&real, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM d", "0");
}
