/* What is told on standard error: as text, as journald takes it, and as one JSON object a line; never with a password. */
#include <criterion/criterion.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(log, .init = setup);

static const char *const verbs[] = {"ingest", "attach", "refresh", "detach", "describe", "export", "train",
	"backtest", "forecast", "retrain", "score", "versions", "promote", "rollback", "prune", "status",
	"schedule", "replay", "windows", "check", "show"};

#define N_VERBS (sizeof verbs / sizeof *verbs)

/* The n-th line of a text, from 0 on, with its newline; "" when there are fewer. */
static const char *line_of(const char *text, int n, char out[static 2048])
{
	for (; n > 0 && *text != '\0'; n--)
		text += strcspn(text, "\n") + 1;
	snprintf(out, 2048, "%.*s\n", (int)strcspn(text, "\n"), text);
	return out;
}

static bool matches(const char *text, const char *pattern)
{
	regex_t compiled;
	cr_assert_eq(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
	bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return found;
}

Test(log, an_error_is_one_object_with_all_that_is_known)
{
	cli_ingest_wave(&cli);
	struct cli_result result = cli_run(&cli, "forecast", "no\"such", "--log-format", "json", NULL);
	cr_assert_eq(result.code, 66);
	cr_assert(matches(cli_json(result.err, "$.time"),
		"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"));
	cli_expect_json(result.err, "$.level", "error");
	cli_expect_json(result.err, "$.verb", "forecast");
	cli_expect_json(result.err, "$.model", "no\"such");
	cli_expect_json(result.err, "$.run", "");
	cli_expect_json(result.err, "$.code", "66");
	cr_assert(strstr(cli_json(result.err, "$.message"), "no\"such"), "%s", result.err);
}

Test(log, an_error_of_the_command_line_itself_has_the_form_too)
{
	struct cli_result verb = cli_run(&cli, "trian", "x", "--log-format=json", NULL);
	cr_assert_eq(verb.code, 64);
	cli_expect_json(verb.err, "$.message", "no verb 'trian'; is it 'train'?");
	cli_expect_json(verb.err, "$.verb", "");
	struct cli_result option = cli_run(&cli, "train", "x", "--xylophone", "--log-format", "json", NULL);
	cr_assert_eq(option.code, 64);
	cli_expect_json(option.err, "$.verb", "train");
	cli_expect_json(option.err, "$.level", "error");
}

/* A daily wave with an hour that is missing: training notes it. */
static void ingest_with_gap(void)
{
	cli_ingest_wave(&cli);
	cli_sql(&cli, "DELETE FROM wave WHERE time = unixepoch('2020-01-03 05:00')");
}

Test(log, notes_are_objects_with_model_and_run)
{
	char line[2048];
	ingest_with_gap();
	struct cli_result result = cli_run(&cli, "train", "small", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "1", "--log-format", "json", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	line_of(result.err, 0, line);
	cli_expect_json(line, "$.level", "notice");
	cli_expect_json(line, "$.model", "small");
	cli_expect_json(line, "$.code", "");
	cr_assert(strstr(cli_json(line, "$.message"), "1 row is missing"), "%s", line);
}

Test(log, an_outcome_of_a_run_names_the_run)
{
	cli_train_small(&cli);
	cli_sql(&cli, "UPDATE almanac_model_setting SET value = 'no_such_cell' WHERE key = 'cell'");
	struct cli_result grown = cli_run(&cli, "retrain", "--all", "--always", "--log-format", "json", NULL);
	cr_assert_eq(grown.code, 69, "%s", grown.err);
	cli_expect_json(grown.err, "$.model", "small");
	cli_expect_json(grown.err, "$.run",
		cli_sql(&cli, "SELECT id FROM almanac_run WHERE kind = 'retrain' AND status = 'failed'"));
	cli_expect_json(grown.err, "$.code", "69");
}

Test(log, what_was_done_all_the_same_is_a_warning)
{
	cli_train_small(&cli);
	struct cli_result result =
		cli_run(&cli, "retrain", "small", "--strict", "--log-format", "json", NULL);
	cr_assert_eq(result.code, 1);
	cli_expect_json(result.err, "$.level", "warning");
	cli_expect_json(result.err, "$.code", "1");
}

Test(log, the_journal_s_form_has_the_level_of_syslog_before_a_line)
{
	ingest_with_gap();
	struct cli_result error = cli_run(&cli, "forecast", "none", "--log-format", "journal", NULL);
	cli_expect(&error, 66, "<3>almanac: ");
	struct cli_result note = cli_run(&cli, "train", "small", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "1", "--log-format", "journal", NULL);
	cr_assert_eq(strncmp(note.err, "<5>", 3), 0, "%s", note.err);
	struct cli_result warning =
		cli_run(&cli, "status", "--max-age", "1ms", "--log-format", "journal", NULL);
	cli_expect(&warning, 10, "<4>almanac: ");
}

Test(log, a_service_s_standard_error_is_recognised_and_another_stream_is_not)
{
	struct stat err;
	char stream[96];
	cli_file(&cli, "err.txt", "");
	cr_assert_eq(stat(cli_path(&cli, "err.txt"), &err), 0);
	snprintf(stream, sizeof stream, "JOURNAL_STREAM=%ju:%ju", (uintmax_t)err.st_dev,
		(uintmax_t)err.st_ino);
	cli.env[0] = stream;
	struct cli_result journal = cli_run(&cli, "trian", NULL);
	cli_expect(&journal, 64, "<3>almanac: no verb");
	struct cli_result asked = cli_run(&cli, "trian", "--log-format", "text", NULL);
	cr_assert_eq(strncmp(asked.err, "almanac: ", 9), 0, "%s", asked.err);
	snprintf(stream, sizeof stream, "JOURNAL_STREAM=%ju:%ju", (uintmax_t)err.st_dev,
		(uintmax_t)err.st_ino + 1);
	struct cli_result other = cli_run(&cli, "trian", NULL);
	cr_assert_eq(strncmp(other.err, "almanac: ", 9), 0, "%s", other.err);
}

Test(log, what_is_less_grave_than_asked_for_is_not_told)
{
	ingest_with_gap();
	struct cli_result quiet = cli_run(&cli, "train", "small", "--dataset", "wave", "--lookback", "24",
		"--horizon", "6", "--units", "4", "--epochs", "1", "--log-level", "warning", NULL);
	cli_expect(&quiet, 0, NULL);
	struct cli_result error = cli_run(&cli, "forecast", "none", "--log-level", "error", NULL);
	cli_expect(&error, 66, "none");
	struct cli_result warning = cli_run(&cli, "status", "--max-age", "1ms", "--log-level", "error", NULL);
	cr_assert_eq(warning.code, 10);
	cr_assert_str_empty(warning.err);
}

Test(log, no_password_is_told)
{
	static const char *const secrets[] = {"postgresql://joe:geheim@db.example/load",
		"postgres://joe:ge/heim@geheim@[::1]:5432/load",
		"host=db user=joe password=geheim dbname=load", "password='geheim geheim' host=db",
		"postgresql://db/load?user=joe&PASSWORD=geheim&x=1"};
	static const char *const shapes[] = {"text", "journal", "json"};
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		for (size_t form = 0; form < 3; form++) {
			struct cli_result result =
				cli_run(&cli, "status", "x", secrets[i], "--log-format", shapes[form], NULL);
			cr_assert_eq(result.code, 64);
			cr_expect_not(strstr(result.err, "heim"), "%s", result.err);
			cr_expect(strstr(result.err, "***"), "%s", result.err);
		}
	struct cli_result plain = cli_run(&cli, "status", "x", "http://db.example:80/a:b", NULL);
	cli_expect(&plain, 64, "unexpected argument 'http://db.example:80/a:b'");
}

Test(log, every_verb_takes_the_form_and_refuses_one_there_is_not)
{
	for (size_t i = 0; i < N_VERBS; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "--log-format", "xml", NULL);
		cli_expect(&result, 64, "--log-format: expected text, journal or json, found 'xml'");
	}
	struct cli_result cell = cli_run(&cli, "cell", "new", "--log-level", "all", NULL);
	cli_expect(&cell, 64, "--log-level: expected error, warning, notice or info, found 'all'");
}

Test(log, rows_that_were_left_out_are_a_warning)
{
	char line[2048];
	cli_file(&cli, "bad.csv", "time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,x\n2020-01-01 02:00,3\n");
	struct cli_result result = cli_run(&cli, "ingest", "bad.csv", "--dataset", "d", "--skip-bad", "1",
		"--quiet", "--log-format", "json", NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	line_of(result.err, 0, line);
	cli_expect_json(line, "$.level", "warning");
	cr_assert(strstr(cli_json(line, "$.message"), "skipped bad.csv:3"), "%s", line);
}
