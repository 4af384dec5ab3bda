/* Channels that never change in a series, the whole way through the real program. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/program.h"
#include "time/timestamp.h"

#define N_ROWS  300
#define N_AHEAD 10

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(static_channels, .init = setup);

/* Three series whose wave is as high as their size says; rows after N_ROWS hold size and price alone. */
static void ingest(void)
{
	FILE *file = fopen(cli_path(&cli, "shops.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "id,time,sales,size,price\n");
	for (int which = 1; which <= 3; which++)
		for (int row = 0; row < N_ROWS + N_AHEAD; row++) {
			char time[ALM_TIME_TEXT];
			alm_time_print(INT64_C(1577836800000) + row * INT64_C(3600000), time);
			fprintf(file, "shop%d,%s,", which, time);
			if (row < N_ROWS)
				fprintf(file, "%.3f", 50 + which * 10 * sin(row * 0.2618));
			fprintf(file, ",%d,%d\n", which * 100, row % 5);
		}
	cr_assert_eq(fclose(file), 0);
	struct cli_result result =
		cli_run(&cli, "ingest", "shops.csv", "--dataset", "shops", "--series", "id", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

#define TRAIN(...)                                                                                           \
	cli_run(&cli, "train", "m", "--dataset", "shops", "--lookback", "24", "--horizon", "6", "--units",   \
		"8", "--epochs", "2", "--batch", "64", "--json", "--quiet", __VA_ARGS__, NULL)

static const char *forecast(void)
{
	struct cli_result result = cli_run(
		&cli, "forecast", "m", "--cutoff", "2020-01-10 00:00", "--dry-run", "--format", "csv", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.out;
}

/* Nothing later moves a forecast, and another size does. */
static void check(const struct cli_result *trained)
{
	cr_assert_eq(trained->code, 0, "%s", trained->err);
	struct cli_result scores = cli_run(&cli, "backtest", "m", "--json", "--quiet", NULL);
	cli_expect(&scores, 0, NULL);
	const char *before = forecast();
	cli_sql(&cli, "UPDATE shops SET sales = -1e6 WHERE time > unixepoch('2020-01-10')");
	cr_assert_str_eq(forecast(), before, "a later value moved a forecast");
	cli_sql(&cli, "UPDATE shops SET size = NULL WHERE time < unixepoch('2020-01-09')");
	cr_assert_str_eq(forecast(), before, "a static value needs not be in every row");
	cli_sql(&cli, "UPDATE shops SET size = 500 WHERE size IS NOT NULL");
	cr_assert_str_neq(forecast(), before, "a static channel has no effect");
}

Test(static_channels, are_inputs_of_the_direct_head)
{
	ingest();
	struct cli_result result = TRAIN("--static", "size", "--past", "none");
	check(&result);
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT value FROM almanac_version_setting WHERE key = 'static'"), "size");
	cr_assert_str_eq(cli_sql(&cli, "SELECT value FROM almanac_version_fact WHERE key = 'static'"), "1");
}

Test(static_channels, go_with_every_other_kind_of_channel_and_a_recursive_head)
{
	ingest();
	struct cli_result result = TRAIN("--static", "size", "--future", "price", "--mask", "--calendar",
		"--head", "recursive", "--scale-by", "series");
	check(&result);
}

/* Rows that hold only what is static and known ahead are no end of the series. */
Test(static_channels, do_not_lengthen_a_series)
{
	ingest();
	struct cli_result result = TRAIN("--static", "size", "--future", "price");
	cr_assert_eq(result.code, 0, "%s", result.err);
	struct cli_result json = cli_run(&cli, "forecast", "m", "--dry-run", "--json", "--quiet", NULL);
	cli_expect(&json, 0, NULL);
	cr_assert_str_eq(cli_json(json.out, "$.forecasts[0].cutoff"), "2020-01-13 11:00:00");
}

Test(static_channels, that_change_are_refused_with_series_and_times)
{
	ingest();
	cli_sql(&cli,
		"UPDATE shops SET size = 101 WHERE series = 'shop2' AND time = unixepoch('2020-01-02')");
	struct cli_result result = TRAIN("--static", "size");
	cli_expect(&result, 65,
		"series 'shop2': static channel 'size' is 200 at 2020-01-01 00:00:00 and 101 at 2020-01-02 "
		"00:00:00");
	struct cli_result segments = TRAIN("--static", "size", "--past", "none", "--segment", "4");
	cli_expect(&segments, 65, "static channel 'size'");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_model"), "0");
}
