/* What monitoring asks: which models are stale, by a line, an exit code or a textfile for Prometheus. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(status, .init = setup);

static void forecast(void)
{
	struct cli_result result = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

/* A model "small" whose champion has just forecast. */
static void begin(void)
{
	cli_train_small(&cli);
	forecast();
}

/* What monitoring calls: nobody sees its output. */
static struct cli_result watch(void)
{
	return cli_run(&cli, "status", "--max-age", "36h", "--quiet", NULL);
}

static void expect_stale(const char *why)
{
	struct cli_result result = watch();
	cli_expect(&result, 10, why);
	cr_assert_str_empty(result.out);
}

static void expect_well(void)
{
	struct cli_result result = watch();
	cli_expect(&result, 0, NULL);
	cr_assert_str_empty(result.out);
}

static const char *read_metrics(const char *name)
{
	static char text[4096];
	FILE *file = fopen(cli_path(&cli, name), "r");
	cr_assert_not_null(file);
	size_t n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

Test(status, a_model_is_a_line_of_champion_forecast_and_last_run)
{
	begin();
	struct cli_result result = cli_run(&cli, "status", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_eq(strncmp(result.out, "small: champion is version 1, trained ", 38), 0, "%s", result.out);
	cr_assert_not_null(
		strstr(result.out, " ago; forecast from 2020-01-25 23:00:00, made "), "%s", result.out);
	cr_assert_not_null(strstr(result.out, " ago; last run: forecast ok, "), "%s", result.out);
	cr_assert_eq(strchr(result.out, '\n'), result.out + strlen(result.out) - 1, "%s", result.out);
}

Test(status, for_programs_ages_are_seconds)
{
	begin();
	cli_sql(&cli, "UPDATE almanac_run SET started = started - 7200000, ended = ended - 7200000");
	struct cli_result result = cli_run(&cli, "status", "small", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_json(result.out, "$.models[0].champion", "1");
	cli_expect_json(result.out, "$.models[0].forecast_cutoff", "2020-01-25 23:00:00");
	cli_expect_json(result.out, "$.models[0].last_run.kind", "forecast");
	cli_expect_json(result.out, "$.models[0].stale", "");
	cli_expect_json(result.out, "$.stale", "0");
	double age = atof(cli_json(result.out, "$.models[0].forecast_age_seconds"));
	cr_assert(age >= 7200 && age < 7320, "%s", result.out);
	double champion = atof(cli_json(result.out, "$.models[0].champion_age_seconds"));
	cr_assert(champion >= 0 && champion < 120, "%s", result.out);
}

Test(status, a_champion_that_has_not_forecast_is_stale_until_it_has)
{
	cli_train_small(&cli);
	expect_stale("model 'small' is stale: its champion, version 1, has not forecast");
	struct cli_result only_told = cli_run(&cli, "status", "--quiet", NULL);
	cli_expect(&only_told, 0, NULL);
	forecast();
	expect_well();
	cli_sql(&cli, "UPDATE almanac_run SET ended = ended - 35 * 3600000");
	expect_well();
	cli_sql(&cli, "UPDATE almanac_run SET ended = ended - 2 * 3600000");
	expect_stale(
		"model 'small' is stale: its champion, version 1, has made no newer forecast for 37.0 hours");
}

Test(status, a_forecast_of_the_past_made_now_does_not_hide_that_the_newest_is_old)
{
	begin();
	cli_sql(&cli, "UPDATE almanac_run SET ended = ended - 48 * 3600000");
	struct cli_result past =
		cli_run(&cli, "forecast", "small", "--cutoff", "2020-01-20", "--quiet", NULL);
	cli_expect(&past, 0, NULL);
	expect_stale("has made no newer forecast for 48.0 hours");
	forecast();
	expect_well();
}

Test(status, a_last_run_that_failed_or_whose_process_is_gone_is_stale)
{
	begin();
	struct cli_result failed = cli_run(&cli, "train", "small", "--rate", "1e30", "--optimizer", "sgd",
		"--epochs", "1", "--quiet", NULL);
	cr_assert_eq(failed.code, 11, "%s", failed.err);
	expect_stale("its last train, run 4, failed: ");
	/* A forecast after it does not make the training well. */
	forecast();
	expect_stale("its last train, run 4, failed: ");
	cli_sql(&cli, "UPDATE almanac_run SET status = 'running', ended = NULL, message = NULL WHERE id = 4");
	expect_stale("its last train, run 4, was aborted: its process ended before the run did");
	cli_sql(&cli, "UPDATE almanac_run SET status = 'skipped' WHERE id = 4");
	expect_well();
}

Test(status, a_forecast_that_fails_leaves_a_row_that_says_why)
{
	begin();
	cli_sql(&cli, "UPDATE almanac_tensor SET payload = zeroblob(length(payload))");
	struct cli_result failed = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cr_assert_eq(failed.code, 65, "%s", failed.err);
	expect_stale("its last forecast, run 4, failed: version 1: tensor '");
	cr_assert_str_eq(cli_sql(&cli, "SELECT kind || ' ' || status || ' ' || exit_code || ' ' || (ended >= "
				       "started) || ' ' || "
				       "(duration_s >= 0) FROM almanac_run WHERE id = 4"),
		"forecast failed 65 1 1");
	/* What was asked for in vain is no run: nothing is wrong with the model. */
	const char *runs = cli_sql(&cli, "SELECT count(*) FROM almanac_run");
	struct cli_result wrong = cli_run(&cli, "forecast", "small", "--model-version", "9", NULL);
	cli_expect(&wrong, 66, "no version 9");
	struct cli_result dry = cli_run(&cli, "forecast", "small", "--dry-run", NULL);
	cli_expect(&dry, 65, "is damaged");
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_run"), runs);
}

Test(status, a_forecast_that_was_made_halfway_is_rolled_back_and_its_row_is_there)
{
	begin();
	const char *points =
		cli_sql(&cli, "SELECT count(*) || ' ' || sum(value) FROM almanac_forecast_point");
	cli_sql(&cli, "CREATE TRIGGER half BEFORE INSERT ON almanac_forecast_point WHEN new.step = 3 "
		      "BEGIN SELECT raise(ABORT, 'no third step'); END");
	struct cli_result failed = cli_run(&cli, "forecast", "small", "--quiet", NULL);
	cr_assert_eq(failed.code, 70, "%s", failed.err);
	cli_sql(&cli, "DROP TRIGGER half");
	cr_assert_str_eq(
		cli_sql(&cli, "SELECT count(*) || ' ' || sum(value) FROM almanac_forecast_point"), points);
	cr_assert_str_eq(cli_sql(&cli, "SELECT status || ' ' || (message LIKE '%no third step%') FROM "
				       "almanac_run ORDER BY id DESC LIMIT 1"),
		"failed 1");
	struct cli_result check = cli_run(&cli, "check", NULL);
	cr_assert_eq(check.code, 0, "%s", check.out);
}

Test(status, a_champion_that_is_missing_is_stale_and_of_several_the_first_is_named_with_their_number)
{
	begin();
	struct cli_result other = cli_run(&cli, "train", "other", "--dataset", "wave", "--lookback", "12",
		"--horizon", "3", "--units", "2", "--epochs", "1", "--quiet", NULL);
	cli_expect(&other, 0, NULL);
	expect_stale("model 'other' is stale: its champion, version 1, has not forecast");
	cli_sql(&cli, "UPDATE almanac_model SET champion_id = NULL WHERE name = 'small'");
	expect_stale("2 of 2 models are stale; model 'other': its champion, version 1, has not forecast");
	struct cli_result one = cli_run(&cli, "status", "small", "--max-age", "1h", "--json", NULL);
	cr_assert_eq(one.code, 10);
	cli_expect_json(one.out, "$.models[0].stale", "it has no champion");
	cr_assert_not_null(strstr(one.err, "model 'small' is stale: it has no champion"), "%s", one.err);
}

Test(status, a_database_without_models_is_no_healthy_one)
{
	struct cli_result none = watch();
	cli_expect(&none, 66, "there is no database");
	cli_ingest_wave(&cli);
	expect_stale("status: there is no model in 't.db'");
	struct cli_result told = cli_run(&cli, "status", NULL);
	cli_expect(&told, 0, NULL);
	cr_assert_str_eq(told.out, "there is no model\n");
	struct cli_result missing = cli_run(&cli, "status", "large", NULL);
	cli_expect(&missing, 66, "there is no model 'large'");
}

Test(status, nothing_is_written_into_the_database)
{
	begin();
	struct stat before, after;
	cr_assert_eq(stat(cli_path(&cli, "t.db"), &before), 0);
	const char *runs = cli_sql(&cli, "SELECT count(*) FROM almanac_run");
	expect_well();
	cr_assert_eq(stat(cli_path(&cli, "t.db"), &after), 0);
	cr_assert_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	cr_assert_str_eq(cli_sql(&cli, "SELECT count(*) FROM almanac_run"), runs);
}

Test(status, the_textfile_has_a_sample_a_model_with_its_name_escaped_and_replaces_the_one_before)
{
	begin();
	cli_sql(&cli, "UPDATE almanac_model SET name = 'a \"b\" \\c'");
	cli_file(&cli, "almanac.prom", "what was there before\n");
	struct cli_result result = cli_run(&cli, "status", "--metrics-file", "almanac.prom", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	const char *text = read_metrics("almanac.prom");
	cr_assert_not_null(strstr(text, "# TYPE almanac_forecast_age_seconds gauge\n"
					"almanac_forecast_age_seconds{model=\"a \\\"b\\\" \\\\c\"} "),
		"%s", text);
	cr_assert_not_null(
		strstr(text, "\nalmanac_champion_age_seconds{model=\"a \\\"b\\\" \\\\c\"} "), "%s", text);
	cr_assert_not_null(
		strstr(text, "\nalmanac_last_run_ok{model=\"a \\\"b\\\" \\\\c\"} 1\n"), "%s", text);
	cr_assert_null(strstr(text, "almanac_live_mae"), "nothing has been scored: %s", text);
	cr_assert_null(strstr(text, "before"), "%s", text);
	cr_assert_eq(text[strlen(text) - 1], '\n');
	DIR *folder = opendir(cli.folder);
	for (struct dirent *entry; (entry = readdir(folder));)
		cr_assert_null(strstr(entry->d_name, ".tmp"), "%s is left behind", entry->d_name);
	closedir(folder);
}

Test(status, the_textfile_has_the_error_of_forecasts_that_came_true)
{
	begin();
	cli_sql(&cli, "INSERT INTO almanac_forecast (version_id, run_id, series, channel, cutoff) "
		      "SELECT version_id, run_id, series, channel, cutoff - 86400000 FROM almanac_forecast");
	cli_sql(&cli, "INSERT INTO almanac_forecast_score (forecast_id, run_id, n_points, mae, rmse, bias, "
		      "baseline, complete) SELECT id, run_id, id, 2 * id, 2 * id, 0, 'repeat_last', 1 FROM "
		      "almanac_forecast");
	struct cli_result result = cli_run(&cli, "status", "--metrics-file", "m.prom", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
	/* Forecasts 1 and 2, with 1 and 2 values: (1 * 2 + 2 * 4) / 3. */
	const char *text = read_metrics("m.prom");
	cr_assert_not_null(
		strstr(text, "\nalmanac_live_mae{model=\"small\",channel=\"load\"} 3.33333333"), "%s", text);
}

Test(status, the_textfile_is_written_also_of_stale_models_and_its_failure_is_told)
{
	cli_train_small(&cli);
	cli_sql(&cli, "UPDATE almanac_run SET status = 'failed' WHERE kind = 'train'");
	struct cli_result stale =
		cli_run(&cli, "status", "--max-age", "1h", "--metrics-file", "m.prom", "--quiet", NULL);
	cli_expect(&stale, 10, "has not forecast");
	cr_assert_not_null(strstr(read_metrics("m.prom"), "\nalmanac_last_run_ok{model=\"small\"} 0\n"));
	struct cli_result nowhere =
		cli_run(&cli, "status", "--metrics-file", "no/such/m.prom", "--quiet", NULL);
	cli_expect(&nowhere, 73, "cannot write metrics to 'no/such/m.prom': No such file or directory");
}

Test(status, an_age_that_is_no_length_of_time_is_refused)
{
	begin();
	struct cli_result rows = cli_run(&cli, "status", "--max-age", "36", NULL);
	cli_expect(&rows, 64, "--max-age: expected a length of time such as 90s, 30min or 2d, found '36'");
	struct cli_result empty = cli_run(&cli, "status", "--metrics-file", "", NULL);
	cli_expect(&empty, 64, "--metrics-file: expected a file, found ''");
}
