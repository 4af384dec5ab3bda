/* A network for each series: the bits of each, checkpoints of several, and series that have none. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/program.h"
#include "time/timestamp.h"

#define END 300

/* $((16#$(printf '7/b' | sha256sum | cut -c1-15))) */
#define SEED      "7"
#define SEED_OF_B "252491750319369018"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(per_series, .init = setup);

/* The rows from..to-1 of a series, whose names and sizes tell them apart, with a gap. */
static void write_series(FILE *file, char name, int from, int to)
{
	double size = name - 'a' + 1;
	for (int row = from; row < to; row++) {
		char time[ALM_TIME_TEXT];
		if (row == 150)
			continue;
		fprintf(file, "%c,%s,%.3f,%.3f,%s\n", name,
			alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time),
			10 * size + sin(row * 0.2618 + size) * size + 0.1 * sin(row * row),
			sin(row * 0.2618 * size), row % 24 < 12 ? "day" : "night");
	}
}

/* Adds series, named by the letters, to a dataset. */
static void ingest(const char *dataset, const char *names, int from, int to)
{
	FILE *file = fopen(cli_path(&cli, "rows.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "id,time,load,temp,part\n");
	for (; *names; names++)
		write_series(file, *names, from, to);
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "rows.csv", "--dataset", dataset, "--series", "id",
		"--category", "part", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* Settings of a small training; the parts do not depend on which series there are. */
#define SMALL                                                                                                \
	"--lookback", "24", "--horizon", "6", "--batch", "32", "--seed", SEED, "--valid-from", "2020-01-11", \
		"--test-from", "2020-01-12", "--quiet", "--json"
#define TRAIN(model, ...)                                                                                    \
	cli_run(&cli, "train", model, "--dataset", "panel", "--per-series", SMALL, __VA_ARGS__, NULL)

static const char *hash_of(struct cli_result result)
{
	cr_assert_eq(result.code, 0, "%s", result.err);
	return cli_json(result.out, "$.weights_sha256");
}

/* ---- bits */

/* Trains the panel, and b alone as an ordinary model with the seed that b has in the panel: tensors and forecasts are the same. */
#define EXPECT_AS_ALONE(...)                                                                                 \
	do {                                                                                                 \
		struct cli_result many = TRAIN("many", "--epochs", "2", __VA_ARGS__);                        \
		cr_assert_eq(many.code, 0, "%s", many.err);                                                  \
		struct cli_result one = cli_run(&cli, "train", "one", "--dataset", "alone", SMALL,           \
			"--epochs", "2", __VA_ARGS__, "--seed", SEED_OF_B, NULL);                            \
		cr_assert_eq(one.code, 0, "%s", one.err);                                                    \
		expect_as_alone();                                                                           \
	} while (0)

static void expect_as_alone(void)
{
	const char *n = cli_sql(&cli, "SELECT count(*) - 2 FROM almanac_tensor WHERE version_id = (SELECT "
				      "champion_id FROM almanac_model WHERE name = 'one')");
	cr_assert_gt(atoi(n), 3);
	cli_expect_sql(&cli,
		"SELECT count(*) FROM almanac_tensor AS a JOIN almanac_tensor AS b ON b.name = '1.' || "
		"a.name AND b.payload = a.payload JOIN almanac_model AS m ON m.champion_id = a.version_id "
		"AND m.name = 'one' JOIN almanac_model AS o ON o.champion_id = b.version_id AND o.name = "
		"'many'",
		n);
	cli_expect_sql(&cli,
		"SELECT count(DISTINCT payload) FROM almanac_optimizer_state WHERE (version_id, series) IN "
		"(SELECT champion_id, iif(name = 'one', '', 'b') FROM almanac_model)",
		"1");
	struct cli_result forecast = cli_run(&cli, "forecast", "many", "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
	forecast = cli_run(&cli, "forecast", "one", "--quiet", NULL);
	cli_expect(&forecast, 0, NULL);
	const char *alone = cli_sql(&cli, "SELECT group_concat(value) FROM almanac_forecast_latest WHERE "
					  "model = 'one' ORDER BY time");
	cr_assert_str_not_empty(alone);
	cli_expect_sql(&cli,
		"SELECT group_concat(value) FROM almanac_forecast_latest WHERE model = 'many' AND series = "
		"'b' ORDER BY time",
		alone);
}

static void ingest_both(void)
{
	ingest("panel", "ac", 0, END);
	ingest("panel", "b", 40, END);
	ingest("alone", "b", 40, END);
}

Test(per_series, a_network_is_bit_for_bit_that_of_its_series_alone)
{
	ingest_both();
	EXPECT_AS_ALONE("--units", "6", "--past", "none");
	cli_expect_sql(&cli, "SELECT group_concat(value) FROM almanac_version_fact WHERE key LIKE 'series.%'",
		"a,b,c");
}

Test(per_series, so_is_one_of_every_kind_of_layer_input_and_loss)
{
	ingest_both();
	EXPECT_AS_ALONE("--layer", "lstm:5,dropout=0.2,trained-state", "--layer", "gru:4,bidirectional=sum",
		"--past", "temp", "--mask", "--calendar", "--window-norm", "revin", "--loss", "quantile",
		"--average", "0.9", "--scaler", "minmax");
	struct cli_result scores = cli_run(&cli, "backtest", "many", "--json", "--quiet", NULL);
	cli_expect(&scores, 0, NULL);
}

Test(per_series, so_is_one_that_reads_categories_or_segments_or_feeds_back)
{
	ingest_both();
	EXPECT_AS_ALONE("--units", "6", "--past", "part,temp");
	EXPECT_AS_ALONE("--segment", "6", "--past", "none", "--target", "load,temp");
	EXPECT_AS_ALONE("--segment", "", "--head", "recursive", "--target", "load,temp", "--past", "none",
		"--calendar", "--scale-by", "series");
}

Test(per_series, threads_leave_no_trace_in_the_weights)
{
	ingest("panel", "abcd", 0, END);
	const char *one = hash_of(TRAIN("m", "--epochs", "3", "--units", "6", "--threads", "1"));
	cr_assert_str_eq(hash_of(TRAIN("m", "--epochs", "3", "--units", "6", "--threads", "2")), one);
	cr_assert_str_eq(hash_of(TRAIN("m", "--epochs", "3", "--units", "6", "--threads", "5")), one);
}

/* ---- checkpoints */

/* Only what is to be stopped writes checkpoints often, though not so often that nobody else gets at the file. */
#define LONG "--units", "6", "--epochs", "200", "--patience", "0", "--dropout", "0.1"

/* Starts a training and ends it when so many networks are done and the next has begun. */
static struct cli_result stop_training(int number, int n_done)
{
	char sql[128];
	pid_t pid = cli_start(&cli, "train", "m", "--dataset", "panel", "--per-series", SMALL, LONG,
		"--checkpoint-every", "20ms", NULL);
	const struct timespec pause = {.tv_nsec = 2000000};
	snprintf(sql, sizeof sql, "SELECT count(*) > %d FROM almanac_checkpoint HAVING min(epoch) >= 3",
		n_done);
	for (int i = 0; i < 30000 && strcmp(cli_sql(&cli, sql), "1") != 0; i++)
		nanosleep(&pause, NULL);
	kill(pid, number);
	struct cli_result stopped = cli_wait(&cli, pid);
	cr_assert_eq(stopped.code, 128 + number, "%d: %s", stopped.code, stopped.err);
	return stopped;
}

Test(per_series, a_training_that_was_killed_goes_on_to_the_same_bits)
{
	ingest("panel", "abcde", 0, END);
	const char *whole = hash_of(TRAIN("other", LONG));
	stop_training(SIGKILL, 2);
	cr_assert_geq(atoi(cli_sql(&cli, "SELECT count(*) FROM almanac_checkpoint")), 3);
	struct cli_result rest = TRAIN("m", LONG);
	cr_assert_str_eq(hash_of(rest), whole);
	cr_assert_geq(
		atoi(cli_json(rest.out, "$.resumed_after")), 403, "two networks and three epochs of a third");
	cr_assert_str_eq(cli_json(rest.out, "$.epochs"), "1000");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_checkpoint", "0");
	stop_training(SIGKILL, 2);
	rest = TRAIN("m", LONG, "--fresh");
	cr_assert_str_eq(hash_of(rest), whole);
	cr_assert_str_eq(cli_json(rest.out, "$.resumed_after"), "0");
}

Test(per_series, a_training_that_was_stopped_says_how_far_it_came)
{
	ingest("panel", "abcde", 0, END);
	struct cli_result stopped = stop_training(SIGTERM, 1);
	cli_expect_in(stopped.err, "the next training of 'm' goes on with ");
	cli_expect_in(stopped.err, " of 5 series done");
	struct cli_result check = cli_run(&cli, "check", NULL);
	cr_assert_eq(check.code, 0, "%s", check.out);
}

/* A checkpoint is of a series and its rows: what happens to other series does not make it worthless. */
Test(per_series, networks_that_are_done_stay_so_when_another_series_comes)
{
	ingest("panel", "bcdef", 0, END);
	stop_training(SIGKILL, 2);
	ingest("panel", "a", 0, END);
	const char *whole = hash_of(TRAIN("other", LONG));
	struct cli_result rest = TRAIN("m", LONG);
	cr_assert_str_eq(hash_of(rest), whole);
	cr_assert_geq(atoi(cli_json(rest.out, "$.resumed_after")), 403);
}

Test(per_series, a_checkpoint_of_other_rows_is_left_out_and_told_once)
{
	ingest("panel", "abcde", 0, END);
	stop_training(SIGKILL, 2);
	cli_sql(&cli, "UPDATE panel SET load = load + 1 WHERE time = (SELECT min(time) FROM panel)");
	struct cli_result rest = cli_run(&cli, "train", "m", "--dataset", "panel", "--per-series",
		"--lookback", "24", "--horizon", "6", "--batch", "32", "--seed", SEED, "--valid-from",
		"2020-01-11", "--test-from", "2020-01-12", LONG, NULL);
	cr_assert_eq(rest.code, 0, "%s", rest.err);
	const char *first = strstr(rest.err, "of other settings or data");
	cr_assert_not_null(first, "%s", rest.err);
	cr_assert_null(strstr(first + 1, "of other settings or data"), "%s", rest.err);
}

/* ---- series without a network */

static struct cli_result train_loud(const char *option, const char *value)
{
	return cli_run(&cli, "train", "m", "--dataset", "panel", "--per-series", "--lookback", "24",
		"--horizon", "6", "--units", "6", "--batch", "32", "--epochs", "2", "--past", "none",
		"--loss", "mse", option, value, NULL);
}

Test(per_series, series_that_are_too_short_or_constant_are_listed)
{
	ingest("panel", "abc", 0, END);
	ingest("panel", "d", 280, END);
	ingest("panel", "e", 230, END); /* windows, but of the validation part and the test part only */
	cli_sql(&cli, "UPDATE panel SET load = 5 WHERE series = 'c'");
	struct cli_result result = train_loud("--seed", "1");
	cr_assert_eq(result.code, 0, "%s", result.err);
	cli_expect_in(
		result.err, "2 of 5 series without a window in the training part have no network: 'd', 'e'");
	cli_expect_in(result.err, "1 of 5 series constant in the training part, and forecast as that: 'c'");
	cli_expect_in(result.out, "networks  3, one a series; 2 series could not be trained");
	cli_expect_sql(&cli,
		"SELECT group_concat(value, '; ') FROM (SELECT value FROM almanac_run_fact WHERE key LIKE "
		"'left_out.%' ORDER BY key)",
		"'d': its training part holds no window; 'e': its training part holds no window");
	struct cli_result backtest = cli_run(&cli, "backtest", "m", NULL);
	cr_assert_eq(backtest.code, 0, "%s", backtest.err);
	cli_expect_in(backtest.err, "2 of 5 series have no network in version 1 and take no part: 'd', 'e'");
	struct cli_result forecast = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&forecast, 10,
		"2 of 5 series have no network in version 1 of model 'm', so train again: 'd', 'e'");
	cli_expect_sql(&cli, "SELECT group_concat(DISTINCT series) FROM almanac_forecast_latest", "a,b,c");
	cli_expect_sql(&cli, "SELECT status FROM almanac_run WHERE kind = 'forecast'", "degraded");
	cli_expect_sql(&cli,
		"SELECT max(abs(value - 5)) < 0.001 FROM almanac_forecast_latest WHERE series = 'c'", "1");
}

Test(per_series, one_whose_training_diverges_is_listed_and_all_of_them_are_an_error)
{
	ingest("panel", "abc", 0, END);
	cli_sql(&cli, "UPDATE panel SET load = load * 1e37 WHERE series = 'b'");
	struct cli_result result = train_loud("--scaler", "none");
	cr_assert_eq(result.code, 0, "%s", result.err);
	cli_expect_in(result.err,
		"1 of 3 series whose training failed have no network (series 'b': training diverged");
	cli_expect_sql(&cli, "SELECT group_concat(value) FROM almanac_version_fact WHERE key LIKE 'series.%'",
		"a,c");
	result = cli_run(&cli, "train", "m", "--rate", "1e35", "--quiet", NULL);
	cli_expect(&result, 11,
		"no network of 3 series could be trained; the first: series 'a': training diverged");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_version", "1");
}

Test(per_series, one_that_came_after_the_training_is_told_until_it_is_trained)
{
	ingest("panel", "ab", 0, END);
	struct cli_result result = train_loud("--quiet", NULL);
	cli_expect(&result, 0, NULL);
	ingest("panel", "c", 0, END);
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(
		&result, 10, "1 of 3 series has no network in version 1 of model 'm', so train again: 'c'");
	cli_expect_sql(&cli, "SELECT group_concat(DISTINCT series) FROM almanac_forecast_latest", "a,b");
	result = train_loud("--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, "SELECT group_concat(DISTINCT series) FROM almanac_forecast_latest", "a,b,c");
	cli_sql(&cli, "DELETE FROM panel WHERE series <> 'c'");
	result = cli_run(&cli, "forecast", "m", "--model-version", "1", "--quiet", NULL);
	cli_expect(&result, 66, "no series can be forecast: 1 of 1 series has no network in version 1");
}

Test(per_series, vectors_of_series_are_refused_beside_it)
{
	ingest("panel", "ab", 0, END);
	struct cli_result result = train_loud("--series-embedding", "2");
	cli_expect(&result, 64,
		"--per-series: a series that has a network of its own needs no --series-embedding");
}

/* ---- again */

#define RETRAIN(start) cli_run(&cli, "retrain", "m", "--always", "--start", start, "--json", NULL)

static const char *weights_of(int version, const char *series)
{
	char sql[640];
	snprintf(sql, sizeof sql,
		"SELECT group_concat(t.sha256 || substr(t.name, instr(t.name, '.')), ';') FROM (SELECT "
		"t.name, "
		"hex(t.payload) AS sha256 FROM almanac_tensor AS t JOIN almanac_version AS v ON v.id = "
		"t.version_id JOIN almanac_version_fact AS f ON f.version_id = v.id AND f.value = '%s' AND "
		"f.key "
		"LIKE 'series.%%' WHERE v.number = %d AND t.name LIKE substr(f.key, 8) || '.%%' ORDER BY "
		"t.position) AS t",
		series, version);
	return cli_sql(&cli, sql);
}

Test(per_series, a_warm_training_goes_on_from_each_network_and_begins_cold_with_a_new_one)
{
	ingest("panel", "ac", 0, 250);
	struct cli_result result = train_loud("--epochs", "8");
	cr_assert_eq(result.code, 0, "%s", result.err);
	ingest("panel", "ac", 250, END);
	ingest("panel", "b", 0, END);
	result = RETRAIN("warm");
	cr_assert_str_eq(cli_json(result.out, "$.models[0].warm_from"), "1");
	cli_expect_sql(&cli,
		"SELECT group_concat(value) FROM almanac_version_fact AS f JOIN almanac_version AS v ON "
		"v.id = "
		"f.version_id WHERE key LIKE 'series.%' AND v.number = 2",
		"a,b,c");
	/* Eight epochs of its own for b, a quarter of them for a and c. */
	cli_expect_sql(&cli,
		"SELECT group_concat(steps) FROM (SELECT steps - (SELECT coalesce(sum(steps), 0) FROM "
		"almanac_optimizer_state AS p WHERE p.version_id = 1 AND p.series = o.series) < 30 AS "
		"steps FROM "
		"almanac_optimizer_state AS o WHERE version_id = 2 ORDER BY series)",
		"1,0,1");
}

Test(per_series, a_series_whose_training_fails_keeps_the_champion_s_network)
{
	ingest("panel", "abc", 0, 250);
	struct cli_result result = train_loud("--scaler", "none");
	cr_assert_eq(result.code, 0, "%s", result.err);
	ingest("panel", "abc", 250, END);
	cli_sql(&cli, "UPDATE panel SET load = load * 1e37 WHERE series = 'b' AND time < (SELECT min(time) + "
		      "100 * 3600 FROM panel)");
	result = RETRAIN("warm");
	cli_expect_in(cli_sql(&cli, "SELECT value FROM almanac_run_fact WHERE key = 'left_out.0'"),
		"'b': training diverged");
	const char *before = weights_of(1, "b");
	cr_assert_str_not_empty(before);
	cr_assert_str_eq(weights_of(2, "b"), before);
	cr_assert_str_neq(weights_of(2, "a"), weights_of(1, "a"));
	/* With random weights b has no network at all, and such a version is not for a champion that has one. */
	result = RETRAIN("cold");
	cli_expect_in(
		cli_sql(&cli,
			"SELECT message FROM almanac_run WHERE kind = 'retrain' ORDER BY id DESC LIMIT 1"),
		"it has no network for some series that the champion");
	cr_assert_str_eq(weights_of(3, "b"), "");
}

Test(per_series, everything_else_takes_such_a_version_too)
{
	ingest("panel", "abc", 0, END);
	struct cli_result result = train_loud("--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "replay", "2", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	result = cli_run(&cli, "check", "--deep", NULL);
	cr_assert_eq(result.code, 0, "%s", result.out);
	result = cli_run(&cli, "retrain", "m", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_sql(&cli,
		"UPDATE almanac_tensor SET payload = zeroblob(length(payload)) WHERE name = '1.layer0.U'");
	result = cli_run(&cli, "check", NULL);
	cr_assert_eq(result.code, 65, "%s", result.out);
	cli_expect_in(result.out, "the SHA-256 of tensor '1.layer0.U' differs");
}

Test(per_series, a_version_that_lacks_a_network_s_tensor_or_all_names_is_refused)
{
	ingest("panel", "abc", 0, END);
	struct cli_result result = train_loud("--quiet", NULL);
	cli_expect(&result, 0, NULL);
	cli_sql(&cli, "UPDATE almanac_version_fact SET key = 'was.' || key WHERE key LIKE 'series.%'");
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 78, "version 1 has no fact 'series.0'");
	cli_sql(&cli, "UPDATE almanac_version_fact SET key = substr(key, 5) WHERE key LIKE 'was.%'");
	cli_sql(&cli, "DELETE FROM almanac_tensor WHERE name = '2.head.b'");
	result = cli_run(&cli, "forecast", "m", "--quiet", NULL);
	cli_expect(&result, 78, "version 1 has no tensor '2.head.b'");
}

Test(per_series, a_time_budget_leaves_no_series_without_a_network)
{
	ingest("panel", "abcdefgh", 0, END);
	struct cli_result result =
		TRAIN("m", "--units", "6", "--epochs", "100000", "--patience", "0", "--time-budget", "1ms");
	cr_assert_eq(result.code, 0, "%s", result.err);
	cr_assert_str_eq(cli_json(result.out, "$.networks"), "8");
	cr_assert_str_eq(cli_json(result.out, "$.ended_by"), "budget");
	cli_expect_sql(&cli, "SELECT count(*) FROM almanac_optimizer_state WHERE steps >= 1", "8");
}
