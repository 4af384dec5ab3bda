/* Every kind of model the whole way through the real program: trained, scored, asked for a forecast that looks at nothing too
 * late, and the same to the last bit with one thread and two. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "time/timestamp.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(models, .init = setup);

/* Two series of two channels, the second series shorter and at another level. */
static void ingest_panel(void)
{
	FILE *file = fopen(cli_path(&cli, "panel.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "id,time,load,wind\n");
	for (int which = 0; which < 2; which++)
		for (int row = which ? 350 : 0; row < 500; row++) {
			char time[ALM_TIME_TEXT];
			double turn = row * 2 * 3.14159265358979 / 24, level = which ? 5000 : 100;
			fprintf(file, "%s,%s,%.3f,%.3f\n", which ? "big" : "small",
				alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time),
				level * (1 + 0.2 * sin(turn)) + row * 7 % 5, level * (1 + 0.1 * cos(turn)));
		}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "panel.csv", "--dataset", "panel", "--series", "id", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define ALL_TARGETS "--target", "load,wind"
#define COMMON                                                                                               \
	"--dataset", "panel", "--lookback", "24", "--horizon", "6", "--epochs", "2", "--batch", "64",        \
		"--json", "--quiet"

/* Trains with both numbers of threads, backtests, and forecasts from the middle before and after the end has changed. */
#define CHECK(...)                                                                                           \
	do {                                                                                                 \
		struct cli_result one =                                                                      \
			cli_run(&cli, "train", "one", COMMON, "--threads", "1", __VA_ARGS__, NULL);          \
		struct cli_result two =                                                                      \
			cli_run(&cli, "train", "two", COMMON, "--threads", "2", __VA_ARGS__, NULL);          \
		check_trained(&one, &two);                                                                   \
	} while (0)

static const char *forecast_from_the_middle(void)
{
	struct cli_result result = cli_run(&cli, "forecast", "one", "--cutoff", "2020-01-19 00:00",
		"--dry-run", "--format", "csv", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

static void check_trained(const struct cli_result *one, const struct cli_result *two)
{
	cr_assert_eq(one->code, 0, "%s", one->err);
	cr_assert_eq(two->code, 0, "%s", two->err);
	cr_assert_str_eq(cli_json(one->out, "$.weights_sha256"), cli_json(two->out, "$.weights_sha256"));
	struct cli_result scores = cli_run(&cli, "backtest", "one", "--json", "--quiet", NULL);
	cr_assert_eq(scores.code, 0, "%s", scores.err);
	double mae = atof(cli_json(scores.out, "$.scores[0].mae"));
	cr_assert(isfinite(mae) && mae > 0);
	const char *before = forecast_from_the_middle();
	cli_sql(&cli, "UPDATE panel SET load = 1e6, wind = -1e6 WHERE time > unixepoch('2020-01-19')");
	cr_assert_str_eq(forecast_from_the_middle(), before, "a later value moved a forecast");
	struct cli_result again =
		cli_run(&cli, "ingest", "panel.csv", "--dataset", "panel", "--series", "id", "--quiet", NULL);
	cli_expect(&again, 0, NULL);
}

Test(models, of_a_list_of_layers)
{
	ingest_panel();
	CHECK("--layer", "lstm:8,dropout=0.2", "--layer", "gru:6,bidirectional=sum", "--layer",
		"simple:6,skip,layer-norm,recurrent-dropout=0.1", "--trained-state", "--calendar");
	cr_assert_str_eq(cli_sql(&cli, "SELECT value FROM almanac_version_fact WHERE key = 'cell.2' LIMIT 1"),
		"simple");
	cr_assert_str_eq(cli_sql(&cli, "SELECT cell FROM almanac_versions WHERE model = 'one'"),
		"lstm:8,dropout=0.2;gru:6,bidirectional=sum;simple:6,skip,layer-norm,recurrent-dropout=0.1");
	cr_assert_str_eq(cli_sql(&cli, "SELECT units FROM almanac_versions WHERE model = 'one'"), "");
}

static const char *setting(const char *key)
{
	return cli_newest(&cli, "almanac_version_setting", key);
}

Test(models, keep_the_rows_of_a_shard_that_training_chose)
{
	ingest_panel();
	struct cli_result chosen =
		cli_run(&cli, "train", "chosen", COMMON, "--layer", "simple:97", "--layer", "simple:4", NULL);
	cli_expect(&chosen, 0, NULL);
	cr_assert_str_eq(setting("shard"), "16", "by 97 units, and four shards of a batch of 64");
	struct cli_result asked = cli_run(&cli, "train", "asked", COMMON, "--layer", "simple:97", "--layer",
		"simple:4", "--shard", "16", NULL);
	cli_expect(&asked, 0, NULL);
	const char *first = cli_json(chosen.out, "$.weights_sha256");
	cr_assert_str_eq(cli_json(asked.out, "$.weights_sha256"), first);
	asked = cli_run(&cli, "train", "asked", "--shard", "0", "--json", "--quiet", NULL);
	cli_expect(&asked, 0, NULL);
	cr_assert_str_eq(cli_json(asked.out, "$.weights_sha256"), first, "the choice is asked for again");
	cr_assert_str_eq(setting("shard"), "16");
	asked = cli_run(&cli, "train", "asked", "--batch", "256", "--json", "--quiet", NULL);
	cli_expect(&asked, 0, NULL);
	cr_assert_str_eq(setting("shard"), "32", "of another batch, another choice");
}

Test(models, that_learn_at_every_step)
{
	ingest_panel();
	CHECK("--units", "8", "--return", "sequences", "--calendar", "--past", "none");
}

Test(models, that_feed_their_forecasts_back)
{
	ingest_panel();
	CHECK("--units", "8", "--head", "recursive", "--calendar", ALL_TARGETS, "--window-norm", "revin");
}

Test(models, of_segments)
{
	ingest_panel();
	CHECK("--units", "8", "--segment", "4", ALL_TARGETS, "--window-norm", "last", "--head-dropout", "0.3",
		"--residual", "none", "--loss", "quantile");
}

/* Every 37th hour and the one after it are missing, also from the cutoff on. */
static void lose_values(void)
{
	cli_sql(&cli, "UPDATE panel SET load = NULL WHERE time / 3600 % 37 < 2");
}

Test(models, that_see_what_was_observed)
{
	ingest_panel();
	lose_values();
	CHECK("--units", "8", "--mask", "--calendar");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'mask' LIMIT 1"), "yes");
	/* Two channels, six of the calendar and a mask of two: both versions have weights of ten inputs. */
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_tensor WHERE shape LIKE '[10,%'"), "2");
	lose_values();
	CHECK("--units", "8", "--mask", "--head", "recursive", "--no-calendar", ALL_TARGETS);
	lose_values();
	CHECK("--units", "8", "--mask", "--head", "direct", "--return", "sequences", "--min-lookback", "6");
}

Test(models, with_a_scale_for_each_series)
{
	ingest_panel();
	CHECK("--units", "8", "--scale-by", "series", ALL_TARGETS, "--loss", "student_t");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT shape FROM almanac_tensor WHERE name = 'scaler.scale' LIMIT 1"),
		"[3,2]");
	/* A forecast of the big series is at its level, not at one between the two. */
	const char *big = forecast_from_the_middle();
	cr_assert_not_null(strstr(big, "big,load"), "%s", big);
}

Test(models, trained_by_every_optimiser_and_schedule)
{
	ingest_panel();
	CHECK("--units", "6", "--optimizer", "adamw", "--weight-decay", "0.01", "--warmup", "0.2");
	CHECK("--units", "6", "--optimizer", "sgd", "--rate", "0.01", "--schedule", "step", "--clip-value",
		"0.1");
	CHECK("--units", "6", "--optimizer", "rmsprop", "--schedule", "plateau", "--loss", "gaussian");
	CHECK("--units", "6", "--average", "0.9");
}

/* The second series has 150 rows: as many windows of 24 + 6 as fit, and with a shorter lookback those before them. */
Test(models, take_windows_at_the_beginning_of_a_series_where_a_shorter_lookback_will_do)
{
	ingest_panel();
	struct cli_result whole =
		cli_run(&cli, "windows", "panel", "--lookback", "24", "--horizon", "6", "--json", NULL);
	struct cli_result some = cli_run(&cli, "windows", "panel", "--lookback", "24", "--horizon", "6",
		"--min-lookback", "4", "--json", NULL);
	/* Twenty more at the beginning of each series. */
	int n_whole = atoi(cli_json(whole.out, "$.train_windows"));
	int n_some = atoi(cli_json(some.out, "$.train_windows"));
	cr_assert_eq(n_some, n_whole + 2 * 20, "%d and %d", n_whole, n_some);
	CHECK("--units", "6", "--min-lookback", "4", "--bidirectional", "concat");
}

Test(models, store_their_quantiles_with_the_forecast)
{
	ingest_panel();
	CHECK("--units", "6", "--loss", "quantile", "--quantiles", "0.05,0.5,0.95");
	struct cli_result table = cli_run(&cli, "forecast", "one", NULL);
	cr_assert_not_null(strstr(table.out, "q0.05"), "%s", table.out);
	struct cli_result json = cli_run(&cli, "forecast", "one", "--json", NULL);
	cr_assert_str_not_empty(cli_json(json.out, "$.forecasts[0].points[5].\"q0.95\""));
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_quantile_latest"), "36");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_quantile_latest AS low JOIN "
				       "almanac_quantile_latest AS high USING (series, channel, time) "
				       "WHERE low.level < high.level AND low.value > high.value"),
		"0");
}

Test(models, whose_settings_do_not_go_together_are_refused_before_anything_is_written)
{
	static const char *const wrong[][3] = {
		{"--segment", "5", "--past none"},
		{"--layer", "gru:x", "--layer 'gru:x'"},
		{"--quantiles", "0.5,2", "--quantiles"},
		{"--dropout", "1", "--dropout"},
		{"--min-lookback", "25", "--min-lookback"},
		{"--head", "recursive", "--past none"},
		{"--warmup", "1", "--warmup"},
		{"--average", "1", "--average"},
		{"--schedule-factor", "0", "--schedule-factor"},
		{"--momentum", "0.5", "--momentum: has no part in --optimizer adam"},
		{"--huber-delta", "2", "--huber-delta: has no part in --loss mae"},
	};
	ingest_panel();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "panel", "--lookback",
			"24", "--horizon", "6", wrong[i][0], wrong[i][1], NULL);
		cli_expect(&result, 64, wrong[i][2]);
	}
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_model"), "0");
}
