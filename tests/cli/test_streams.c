/* What goes to which stream, to a terminal or not, and what a stream that cannot be written to comes to. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>
#include "cli/program.h"

#define SMALL "--lookback", "24", "--horizon", "6", "--units", "4", "--epochs", "2", "--batch", "64"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(streams, .init = setup);

Test(streams, a_name_with_an_escape_sequence_cannot_reach_the_terminal)
{
	cli_file(&cli, "in.csv", "time,load\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n");
	struct cli_result ingest = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&ingest, 0, NULL);
	cli_sql(&cli, "UPDATE almanac_channel SET name = char(27) || '[2J'");
	struct cli_result show = cli_run(&cli, "show", "channels", NULL);
	cli_expect(&show, 0, NULL);
	cli_expect_in(show.out, "\\x1b[2J");
	cr_assert_null(strchr(show.out, '\033'));
}

Test(streams, quiet_verbs_that_write_print_nothing_at_all)
{
	cli_train_small(&cli);
	static const char *const verbs[] = {"train", "backtest", "forecast"};
	for (size_t i = 0; i < 3; i++) {
		struct cli_result result = cli_run(&cli, verbs[i], "small", "--quiet", NULL);
		cli_expect(&result, 0, NULL);
		cr_assert_str_empty(result.out);
	}
	cli_expect_sql(&cli, "SELECT count(*) > 0 FROM almanac_forecast", "1");
}

Test(streams, quiet_still_prints_what_was_asked_for)
{
	cli_train_small(&cli);
	struct cli_result show = cli_run(&cli, "show", "models", "--quiet", NULL);
	cli_expect_in(show.out, "small");
	struct cli_result json = cli_run(&cli, "forecast", "small", "--quiet", "--json", NULL);
	cli_expect_json(json.out, "$.model", "small");
	struct cli_result dry = cli_run(&cli, "forecast", "small", "--quiet", "--dry-run", NULL);
	cli_expect_in(dry.out, "not stored");
}

Test(streams, there_is_no_escape_sequence_where_there_is_no_terminal)
{
	cli_ingest_wave(&cli);
	cli.env[0] = "TERM=xterm-256color";
	cli.env[1] = "NO_COLOR=1";
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, NULL);
	cr_assert_eq(result.code, 0);
	cr_assert_null(strchr(result.err, '\033'));
	cr_assert_null(strchr(result.out, '\033'));
	cr_assert_null(strchr(result.err, '\r'));
}

/* A training of half a second, watched on a terminal. */
static const char *watch_training(const char *variable, const char *more)
{
	cli_ingest_wave(&cli);
	cli.terminal = true;
	cli.env[0] = "TERM=xterm";
	cli.env[1] = variable;
	struct cli_result result = cli_run(&cli, "train", "m", "--dataset", "wave", SMALL, "--epochs",
		"1000000", "--patience", "0", "--time-budget", "500ms", more, NULL);
	cr_assert_eq(result.code, 0, "%s", result.err);
	return result.err;
}

Test(streams, a_terminal_gets_a_bar_that_is_wiped_off_again)
{
	const char *shown = watch_training("NO_COLOR=", NULL);
	cli_expect_in(shown, "train ");
	cli_expect_in(shown, "\033[36m");
	cli_expect_in(shown, "epoch ");
	cli_expect_in(shown, "windows/s");
	cli_expect_in(shown, " left");
	const char wipe[] = "\r\033[K";
	cr_assert_str_eq(shown + strlen(shown) - strlen(wipe), wipe);
}

Test(streams, no_color_leaves_the_bar_without_colour)
{
	const char *shown = watch_training("NO_COLOR=1", NULL);
	cli_expect_in(shown, "train ");
	cr_assert_null(strstr(shown, "\033[36m"));
}

Test(streams, quiet_shows_no_bar_on_a_terminal_either)
{
	cr_assert_str_empty(watch_training("NO_COLOR=", "--quiet"));
}

Test(streams, a_full_disk_under_standard_output_is_an_error)
{
	cli_train_small(&cli);
	cli.output = "/dev/full";
	struct cli_result show = cli_run(&cli, "show", "models", NULL);
	cr_assert_eq(show.code, 74, "%d", show.code);
	cli_expect_in(show.err, "almanac: cannot write to standard output: No space left on device\n");
	struct cli_result help = cli_run(&cli, "--help", NULL);
	cr_assert_eq(help.code, 74);
}

Test(streams, a_closed_standard_output_is_an_error_and_harms_no_database)
{
	cli_train_small(&cli);
	cli.output = "";
	struct cli_result show = cli_run(&cli, "forecast", "small", NULL);
	cr_assert_eq(show.code, 74, "%d %s", show.code, show.err);
	cli_expect_sql(&cli, "PRAGMA integrity_check", "ok");
}
