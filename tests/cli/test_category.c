/* Channels whose values are texts, the whole way through the real program. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "cli/shop.h"
#include "time/timestamp.h"

#define N_ROWS 300

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(category, .init = setup);

static void print_time(FILE *file, int row)
{
	char time[ALM_TIME_TEXT];
	fputs(alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time), file);
}

/* The weather changes every five hours; the load follows it. Hail is in the last hours alone. */
static const char *weather_at(int row)
{
	static const char *const weather[] = {"clear", "mist", "rain, heavy"};
	return row >= N_ROWS - 10 ? "hail" : weather[row / 5 % 3];
}

static double load_at(int row)
{
	return 50 + 10 * (double)strlen(weather_at(row)) + row % 3;
}

/* "time,weather,load,kind" of one series, of which `kind` never changes. */
static void write_rows(const char *name, int n)
{
	FILE *file = fopen(cli_path(&cli, name), "w");
	cr_assert_not_null(file);
	fputs("time,weather,load,kind\n", file);
	for (int row = 0; row < n; row++) {
		print_time(file, row);
		fprintf(file, ",\"%s\",%.1f,shop\n", row == 7 ? "" : weather_at(row), load_at(row));
	}
	cr_assert_eq(fclose(file), 0);
}

static void ingest(void)
{
	write_rows("in.csv", N_ROWS);
	struct cli_result result = cli_run(
		&cli, "ingest", "in.csv", "--dataset", "d", "--category", "weather,kind", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define TRAIN(...)                                                                                           \
	cli_run(&cli, "train", "m", "--dataset", "d", "--lookback", "12", "--horizon", "6", "--units", "8",  \
		"--epochs", "2", "--batch", "64", "--valid-from", "2020-01-10", "--test-from", "2020-01-12", \
		"--json", "--quiet", __VA_ARGS__, NULL)

static void train(const char *past, const char *future)
{
	struct cli_result result = TRAIN("--past", past, "--future", future);
	cr_assert_eq(result.code, 0, "%s", result.err);
}

static const char *forecast(const char *cutoff)
{
	struct cli_result result = cli_run(
		&cli, "forecast", "m", "--cutoff", cutoff, "--dry-run", "--format", "csv", "--quiet", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

Test(category, texts_are_kept_as_people_read_them)
{
	ingest();
	cr_assert_str_eq(cli_sql(&cli, "SELECT weather FROM d LIMIT 1 OFFSET 10"), "rain, heavy");
	cr_assert_str_eq(cli_sql(&cli, "SELECT group_concat(DISTINCT typeof(weather)) FROM d"), "text,null");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM d WHERE weather IS NULL"), "1");
	cr_assert_str_eq(cli_sql(&cli, "SELECT group_concat(channel || ' ' || kind) FROM almanac_channels"),
		"weather category,load number,kind category");
	struct cli_result again = cli_run(
		&cli, "ingest", "in.csv", "--dataset", "d", "--category", "weather,kind", "--json", NULL);
	cli_expect(&again, 0, NULL);
	cr_assert_str_eq(cli_json(again.out, "$.unchanged"), "300");
	cli_file(&cli, "one.csv", "time,weather,load,kind\n2020-01-01 00:00,fog,50,shop\n");
	again = cli_run(
		&cli, "ingest", "one.csv", "--dataset", "d", "--category", "weather,kind", "--json", NULL);
	cr_assert_str_eq(cli_json(again.out, "$.updated"), "1");
	cr_assert_str_eq(cli_sql(&cli, "SELECT weather FROM d LIMIT 1"), "fog");
}

/* A database that is as it must be, and one whose text could be none. */
Test(category, texts_are_what_the_checker_expects)
{
	ingest();
	struct cli_result result = cli_run(&cli, "check", NULL);
	cli_expect(&result, 0, NULL);
	cli_sql(&cli, "UPDATE d SET weather = '' WHERE time = unixepoch('2020-01-01')");
	result = cli_run(&cli, "check", NULL);
	cr_assert_eq(result.code, 65);
	cr_assert(strstr(result.out, "VIOLATION I4 dataset 'd', series '', time 1577836800: weather is ''"),
		"%s", result.out);
}

/* By hand of the 300 rows: each weather has 5 of every 15 of the first 290, and row 7, which is mist, has none. */
Test(category, what_there_is_of_each_word_is_told_before_and_after)
{
	static const char *const words[] = {"clear", "mist", "rain, heavy", "hail"};
	static const char *const counts[] = {"100", "94", "95", "10"};
	ingest();
	struct cli_result dry =
		cli_run(&cli, "ingest", "in.csv", "--dry-run", "--category", "weather,kind", "--json", NULL);
	cli_expect(&dry, 0, NULL);
	struct cli_result told = cli_run(&cli, "describe", "d", "--json", NULL);
	cli_expect(&told, 0, NULL);
	const char *const texts[] = {dry.out, told.out}, *const roots[] = {
								 "$.categories[0]", "$.channels[0]"};
	for (size_t i = 0; i < 2; i++) {
		char path[80];
		snprintf(path, sizeof path, "%s.words", roots[i]);
		cr_assert_str_eq(cli_json(texts[i], path), "4");
		for (size_t word = 0; word < 4; word++) {
			snprintf(path, sizeof path, "%s.most[%zu].word", roots[i],
				(size_t[]){0, 2, 1, 3}[word]);
			cr_assert_str_eq(cli_json(texts[i], path), words[word]);
			snprintf(path, sizeof path, "%s.most[%zu].count", roots[i],
				(size_t[]){0, 2, 1, 3}[word]);
			cr_assert_str_eq(cli_json(texts[i], path), counts[word]);
		}
	}
	cr_assert_str_eq(cli_json(dry.out, "$.first_rows[0].values.weather"), "clear");
	cr_assert_str_eq(cli_json(told.out, "$.channels[0].missing.count"), "1");
	told = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&told, 0, NULL);
	cr_assert(strstr(told.out, "clear (100), rain, heavy (95), mist (94), hail (10)"), "%s", told.out);
}

Test(category, json_lines_give_the_same_dataset)
{
	ingest();
	cli_file(&cli, "in.jsonl",
		"{\"time\": \"2020-01-01 00:00\", \"weather\": \"clear\", \"load\": 100.0, \"kind\": "
		"\"shop\"}\n"
		"{\"time\": \"2020-01-01 07:00\", \"weather\": null, \"load\": 91.0, \"kind\": \"shop\"}\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "in.jsonl", "--dataset", "d", "--category", "weather,kind", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.unchanged"), "2");
}

/* Hail comes up in the test part alone: the version does not know it. */
Test(category, a_version_keeps_the_words_of_the_training_part)
{
	ingest();
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "d", "--lookback", "12",
		"--horizon", "6", "--units", "8", "--epochs", "2", "--valid-from", "2020-01-10",
		"--test-from", "2020-01-12", NULL);
	cli_expect(&result, 0,
		"channel 'weather': 10 values of 1 word that the training part does not have, seen as "
		"unknown: "
		"'hail'");
	cr_assert_str_eq(
		cli_sql(&cli,
			"SELECT group_concat(code || ' ' || word, '; ') FROM almanac_words WHERE channel "
			"= 'weather'"),
		"1 clear; 2 mist; 3 rain, heavy");
	struct cli_result shown = cli_run(&cli, "show", "words", "m", "--format", "csv", NULL);
	cli_expect(&shown, 0, NULL);
	cr_assert(strstr(shown.out, "m,1,weather,3,\"rain, heavy\""), "%s", shown.out);
	/* The rows of the first matrix are the inputs: a number, three words and one. */
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT shape FROM almanac_tensor WHERE name = 'layer0.W'"), "[5,3,8]");
	result = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert(isfinite(atof(cli_json(result.out, "$.scores[0].mae"))));
}

/* Later texts move no forecast, the last one does, and a text that nobody knew is said to be unknown. */
Test(category, texts_move_a_forecast_and_later_ones_do_not)
{
	static const char *const cutoff = "2020-01-11 00:00";
	ingest();
	train("weather", "");
	const char *before = forecast(cutoff);
	cli_sql(&cli, "UPDATE d SET weather = 'storm' WHERE time > unixepoch('2020-01-11')");
	cr_assert_str_eq(forecast(cutoff), before, "a later text moved a forecast");
	cli_sql(&cli, "UPDATE d SET weather = 'rain, heavy' WHERE time = unixepoch('2020-01-11')");
	const char *moved = forecast(cutoff);
	cr_assert_str_neq(moved, before, "a text has no effect");
	cli_sql(&cli, "UPDATE d SET weather = 'storm' WHERE time = unixepoch('2020-01-11')");
	struct cli_result result =
		cli_run(&cli, "forecast", "m", "--cutoff", cutoff, "--dry-run", "--format", "csv", NULL);
	cli_expect(&result, 0,
		"channel 'weather': 1 value of 1 word that the training part does not have, seen as "
		"unknown: 'storm'");
	cr_assert_str_neq(result.out, moved);
	cli_sql(&cli, "UPDATE d SET weather = 'blizzard' WHERE time = unixepoch('2020-01-11')");
	cr_assert_str_eq(forecast(cutoff), result.out, "one unknown text is as another");
}

/* The dataset's own words of the horizon, or the same from a file, to the last bit. */
Test(category, may_be_known_ahead)
{
	ingest();
	train("none", "weather");
	struct cli_result lacking = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&lacking, 66, "future channel 'weather' is not known for the whole horizon");
	const char *before = forecast("2020-01-11 00:00");
	cli_file(&cli, "same.csv",
		"time,weather\n2020-01-11 01:00,clear\n2020-01-11 02:00,clear\n2020-01-11 03:00,clear\n"
		"2020-01-11 04:00,clear\n2020-01-11 05:00,mist\n2020-01-11 06:00,mist\n");
	cli_file(&cli, "other.csv",
		"time,weather\n2020-01-11 01:00,clear\n2020-01-11 02:00,clear\n2020-01-11 03:00,clear\n"
		"2020-01-11 04:00,clear\n2020-01-11 05:00,sleet\n2020-01-11 06:00,mist\n");
	struct cli_result same = cli_run(&cli, "forecast", "m", "--cutoff", "2020-01-11 00:00", "--future",
		"same.csv", "--dry-run", "--format", "csv", NULL);
	cli_expect(&same, 0, NULL);
	cr_assert_str_eq(same.out, before);
	struct cli_result other = cli_run(&cli, "forecast", "m", "--cutoff", "2020-01-11 00:00", "--future",
		"other.csv", "--dry-run", "--format", "csv", NULL);
	cli_expect(&other, 0,
		"1 value of 'other.csv' is not in the model's vocabulary, seen as unknown: the first "
		"is 'sleet'");
	cr_assert_str_neq(other.out, before);
}

Test(category, may_be_static_and_then_has_one_word)
{
	ingest();
	struct cli_result result = TRAIN("--past", "weather", "--static", "kind", "--mask", "--calendar",
		"--head", "direct", "--return", "sequences", "--window-norm", "none");
	cr_assert_eq(result.code, 0, "%s", result.err);
	cli_sql(&cli, "UPDATE d SET kind = 'house' WHERE time = unixepoch('2020-01-02')");
	result = TRAIN("--static", "kind");
	cli_expect(&result, 65,
		"static channel 'kind' is 'shop' at 2020-01-01 00:00:00 and 'house' at 2020-01-02 00:00:00");
}

Test(category, goes_with_a_recursive_head_and_with_resampling)
{
	ingest();
	struct cli_result result = TRAIN("--past", "none", "--future", "weather", "--head", "recursive");
	cr_assert_eq(result.code, 0, "%s", result.err);
	const char *before = forecast("2020-01-11 00:00");
	cli_sql(&cli, "UPDATE d SET load = 0 WHERE time > unixepoch('2020-01-11')");
	cr_assert_str_eq(forecast("2020-01-11 00:00"), before);
	result = TRAIN("--past", "weather", "--future", "", "--head", "direct", "--resample", "3h",
		"--aggregate", "sum", "--lookback", "4", "--horizon", "2");
	cr_assert_eq(result.code, 0, "%s", result.err);
	result = TRAIN("--resample", "3h", "--aggregate", "weather=mean");
	cli_expect(&result, 64, "--aggregate: channel 'weather' is a category and has no mean; use last");
}

Test(category, cannot_be_forecast_and_is_not_what_is_forecast_by_default)
{
	ingest();
	struct cli_result result = TRAIN("--target", "weather");
	cli_expect(
		&result, 64, "--target: channel 'weather' is a category, and only numbers can be forecast");
	train("all", "");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT value FROM almanac_version_fact WHERE key = 'channel.0'"), "load");
	cli_file(&cli, "w.csv", "time,weather\n2020-01-01,clear\n2020-01-02,mist\n");
	result = cli_run(&cli, "ingest", "w.csv", "--dataset", "w", "--category", "weather", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "train", "n", "--dataset", "w", NULL);
	cli_expect(&result, 64, "dataset 'w' has no channel of numbers that could be forecast");
}

Test(category, a_version_is_of_the_words_there_were_when_it_was_trained)
{
	ingest();
	train("weather", "");
	const char *first = cli_sql(&cli, "SELECT sha256 FROM almanac_tensor WHERE name = 'layer0.W'");
	cli_sql(&cli, "UPDATE d SET weather = 'sun' WHERE weather = 'clear'");
	train("weather", "");
	cr_assert_str_neq(
		cli_sql(&cli, "SELECT sha256 FROM almanac_tensor WHERE name = 'layer0.W' AND version_id = 2"),
		first);
	cr_assert_str_eq(cli_sql(&cli, "SELECT group_concat(word) FROM almanac_words WHERE version = 2"),
		"mist,rain, heavy,sun");
}

Test(category, of_too_many_words_is_refused)
{
	FILE *file = fopen(cli_path(&cli, "many.csv"), "w");
	cr_assert_not_null(file);
	fputs("time,load,note\n", file);
	for (int row = 0; row < 1500; row++) {
		print_time(file, row);
		fprintf(file, ",%d,note %d\n", row % 7, row);
	}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "many.csv", "--dataset", "d", "--category", "note", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = TRAIN("--valid-from", "2020-02-20", "--test-from", "2020-02-25");
	cli_expect(&result, 65,
		"channel 'note' has 1200 different texts in the training part, a category at most 1000");
}

static void expect_refused(const char *file, const char *const *more, int code, const char *said)
{
	struct cli_result result = cli_run(&cli, "ingest", file, "--dataset", "d", "--quiet", more[0],
		more[1], more[0] && more[1] ? more[2] : NULL, more[0] && more[1] && more[2] ? more[3] : NULL,
		NULL);
	cli_expect(&result, code, said);
}

Test(category, what_does_not_fit_is_refused_by_name)
{
	ingest();
	expect_refused("in.csv", (const char *[]){NULL, NULL}, 65,
		"in.csv: channel 'weather' of dataset 'd' is not in the file, or not named with --category");
	expect_refused("in.csv", (const char *[]){"--category", "weather,load,kind", NULL}, 64,
		"--category: 'load' is a channel of numbers in dataset 'd'");
	expect_refused("in.csv", (const char *[]){"--category", "weather,weather", NULL}, 64,
		"--category: 'weather' is named twice");
	expect_refused("in.csv", (const char *[]){"--category", "sky", NULL}, 64,
		"--category: 'in.csv' has no column 'sky'");
	expect_refused("in.csv", (const char *[]){"--category", "time", NULL}, 64,
		"--category: 'time' is the column of times");
	expect_refused("in.csv", (const char *[]){"--category", "weather,kind", "--on-duplicate", "mean"}, 64,
		"--on-duplicate: 'weather' is a category and has no mean");
	expect_refused("in.csv", (const char *[]){"--category", "kind", "--wide", NULL}, 64,
		"--category: with --wide");
	cli_file(&cli, "bad.csv",
		"time,weather,load,kind\n2020-01-01,a\x01"
		"b,1,shop\n");
	expect_refused("bad.csv", (const char *[]){"--category", "weather,kind", NULL}, 65,
		"bad.csv:2: weather: a category's name has a control character");
	cli_sql(&cli, "UPDATE d SET weather = x'00ff' WHERE time = unixepoch('2020-01-02')");
	struct cli_result result = TRAIN("--past", "weather");
	cli_expect(&result, 65,
		"dataset 'd', 2020-01-02 00:00:00: channel 'weather' holds bytes instead of a text");
}

Test(category, or_number_must_be_what_a_channel_was_in_training)
{
	ingest();
	train("weather", "");
	cli_sql(&cli, "UPDATE almanac_channel SET kind = 'category' WHERE name = 'load'");
	struct cli_result result = cli_run(&cli, "forecast", "m", NULL);
	cli_expect(
		&result, 78, "channel 'load' is a category in the dataset, the model was trained on numbers");
}

/* The same rows read in place and copied: notes are texts, stores numbers that are read as texts. */
Test(category, of_a_table_that_is_there)
{
	shop_make(&cli, "t.db");
	shop_sql(&cli, "t.db", "UPDATE orders SET note = CASE WHEN id % 3 THEN 'busy' ELSE 'calm' END");
	struct cli_result result = cli_run(&cli, "attach", "d", "--table", "orders", "--time", "placed_at",
		"--series", "store", "--channels", "qty", "--category", "note,id", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = TRAIN("--past", "note");
	cr_assert_eq(result.code, 0, "%s", result.err);
	cr_assert_str_eq(cli_sql(&cli, "SELECT group_concat(word) FROM almanac_words"), "busy,calm");
	const char *in_place = forecast("2020-01-11 00:00");
	result = cli_run(&cli, "attach", "c", "--table", "orders", "--time", "placed_at", "--series", "store",
		"--channels", "qty", "--category", "note,id", "--copy", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT typeof(note) || ' ' || typeof(id) FROM c LIMIT 1"), "text text");
	result = cli_run(&cli, "train", "m", "--dataset", "c", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(forecast("2020-01-11 00:00"), in_place, "a copy forecasts otherwise");
	shop_sql(&cli, "t.db",
		"INSERT INTO orders (placed_at, store, product, qty, note) VALUES "
		"('2020-01-13T12:00:00', 'north', 'tea', 7, 'new')");
	result = cli_run(&cli, "refresh", "c", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_sql(&cli, "SELECT note FROM c WHERE qty = 7"), "new");
	result = cli_run(&cli, "attach", "e", "--table", "orders", "--time", "placed_at", "--category", "qty",
		"--channels", "qty", NULL);
	cli_expect(&result, 64, "--category: 'qty' is the column of values already");
}
