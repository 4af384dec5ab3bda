/* almanac ingest --tz: local times become instants, what clocks repeat and skip is counted, the zone stays. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "cli/program.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
}

TestSuite(zone_ingest, .init = setup);

#define NEW_YORK "--tz", "America/New_York"

#define TIMES                                                                                                \
	"SELECT group_concat(strftime('%d-%H:%M', time, 'unixepoch') || '=' || CAST(v AS INTEGER), ' ') "    \
	"FROM d"

Test(zone_ingest, a_repeated_hour_is_daylight_time_and_then_standard_time)
{
	cli_file(&cli, "in.csv",
		"time,v\n2020-11-01 00:00,1\n2020-11-01 01:00,2\n2020-11-01 01:00,3\n2020-11-01 02:00,4\n");
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, TIMES, "01-04:00=1 01-05:00=2 01-06:00=3 01-07:00=4");
	cli_expect_in(result.out,
		"zone      America/New_York, stored as UTC; 2 rows in repeated hours, 0 in skipped");
	cli_expect_in(result.out, "2020-11-01 04:00:00 to 2020-11-01 07:00:00");
}

Test(zone_ingest, quarters_of_a_repeated_hour_go_by_their_order)
{
	cli_file(&cli, "in.csv",
		"time,v\n2020-11-01 01:15,1\n2020-11-01 01:45,2\n2020-11-01 01:15,3\n2020-11-01 01:45,4\n");
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, TIMES, "01-05:15=1 01-05:45=2 01-06:15=3 01-06:45=4");
}

Test(zone_ingest, rows_that_are_in_no_order_are_daylight_time)
{
	cli_file(&cli, "in.csv", "time,v\n2020-11-03 00:00,1\n2020-11-01 01:30,2\n2020-11-02 00:00,3\n");
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, TIMES, "01-05:30=2 02-05:00=3 03-05:00=1");
}

Test(zone_ingest, each_series_has_its_own_order)
{
	cli_file(&cli, "in.csv",
		"s,time,v\na,2020-11-01 01:00,1\nb,2020-11-01 01:00,2\na,2020-11-01 01:00,3\nb,2020-11-01 "
		"01:00,4\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "in.csv", "--dataset", "d", "--series", "s", NEW_YORK, "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli,
		"SELECT group_concat(series || strftime('%H', time, 'unixepoch') || CAST(v AS INTEGER), ' "
		"') FROM d",
		"a051 a063 b052 b064");
	cr_assert_str_eq(cli_json(result.out, "$.repeated"), "4");
	cr_assert_str_eq(cli_json(result.out, "$.zone"), "America/New_York");
	cr_assert_str_eq(cli_json(result.out, "$.duplicates"), "0");
}

Test(zone_ingest, a_skipped_time_is_moved_forward)
{
	cli_file(&cli, "in.csv", "time,v\n2020-03-08 01:30,1\n2020-03-08 02:30,2\n2020-03-08 04:00,3\n");
	struct cli_result result =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NEW_YORK, "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli, TIMES, "08-06:30=1 08-07:30=2 08-08:00=3");
	cr_assert_str_eq(cli_json(result.out, "$.moved_forward"), "1");
}

Test(zone_ingest, the_zone_stays_with_the_dataset)
{
	cli_file(&cli, "a.csv", "time,v\n2020-07-01 00:00,1\n2020-07-01 01:00,2\n2020-07-01 02:00,3\n");
	cli_file(&cli, "b.csv", "time,v\n2020-07-01 03:00,4\n");
	cli_file(&cli, "c.csv", "time,v\n2020-07-01T08:00Z,5\n");
	struct cli_result first =
		cli_run(&cli, "ingest", "a.csv", "--dataset", "d", NEW_YORK, "--quiet", NULL);
	cli_expect(&first, 0, NULL);
	struct cli_result second = cli_run(&cli, "ingest", "b.csv", "--dataset", "d", NULL);
	cli_expect(&second, 0, NULL);
	cli_expect_in(second.out, "America/New_York");
	struct cli_result third = cli_run(&cli, "ingest", "c.csv", "--dataset", "d", "--quiet", NULL);
	cli_expect(&third, 0, NULL);
	cli_expect_sql(&cli, TIMES, "01-04:00=1 01-05:00=2 01-06:00=3 01-07:00=4 01-08:00=5");
	struct cli_result described = cli_run(&cli, "describe", "d", NULL);
	cli_expect(&described, 0, NULL);
	cli_expect_in(
		described.out, "zone      America/New_York when it was ingested; all times here are UTC\n");
	struct cli_result ended =
		cli_run(&cli, "ingest", "b.csv", "--dataset", "d", "--tz", "UTC", "--quiet", NULL);
	cli_expect(&ended, 0, NULL);
	cli_expect_sql(&cli, "SELECT count(*) FROM d WHERE time = 1593572400", "1");
	cli_expect_sql(&cli, "SELECT zone FROM almanac_dataset_zone", "UTC");
}

Test(zone_ingest, a_zone_that_replaces_another_is_told)
{
	cli_file(&cli, "a.csv", "time,v\n2020-07-01 00:00,1\n2020-07-01 01:00,2\n");
	struct cli_result first = cli_run(&cli, "ingest", "a.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&first, 0, NULL);
	struct cli_result same = cli_run(&cli, "ingest", "a.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&same, 0, NULL);
	struct cli_result other =
		cli_run(&cli, "ingest", "a.csv", "--dataset", "d", "--tz", "Europe/Berlin", NULL);
	cli_expect(&other, 0, "was in the zone America/New_York and is in Europe/Berlin from now on");
}

/* Every column is a series, and a row one of each. */
Test(zone_ingest, wide_tables_and_several_files_have_one_zone)
{
	cli_file(&cli, "a.csv", "time,a,b\n2020-11-01 00:00,1,2\n2020-11-01 01:00,3,4\n");
	cli_file(&cli, "b.csv", "time,a,b\n2020-11-01 01:00,5,6\n2020-11-01 02:00,7,8\n");
	struct cli_result result = cli_run(
		&cli, "ingest", "a.csv", "b.csv", "--dataset", "d", "--wide", NEW_YORK, "--json", NULL);
	cli_expect(&result, 0, NULL);
	cli_expect_sql(&cli,
		"SELECT group_concat(series || strftime('%H', time, 'unixepoch') || CAST(value AS "
		"INTEGER), ' ') "
		"FROM d",
		"a041 a053 a065 a077 b042 b054 b066 b078");
	cr_assert_str_eq(cli_json(result.out, "$.last"), "2020-11-01 07:00:00");
	cr_assert_str_eq(cli_json(result.out, "$.duplicates"), "0");
}

Test(zone_ingest, a_row_that_states_an_offset_among_local_ones_is_a_bad_row)
{
	FILE *file = fopen(cli_path(&cli, "in.csv"), "w");
	cr_assert_not_null(file);
	fprintf(file, "time,v\n");
	for (int i = 0; i < 3000; i++)
		fprintf(file, "2020-06-%02d %02d:%02d%s,1\n", 1 + i / 1440, i / 60 % 24, i % 60,
			i == 2999 ? "+02:00" : "");
	cr_assert_eq(fclose(file), 0);
	struct cli_result result = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&result, 65, "in.csv:3001: time: '2020-06-03 01:59+02:00' is no time of the calendar");
}

/* Only ingest brings an older file up to date. */
Test(zone_ingest, a_file_from_before_there_were_zones_is_described)
{
	cli_ingest_wave(&cli);
	cli_sql(&cli, "DROP TABLE almanac_dataset_zone");
	struct cli_result result = cli_run(&cli, "describe", "wave", "--json", NULL);
	cli_expect(&result, 0, NULL);
	cr_assert_str_eq(cli_json(result.out, "$.zone"), "");
}

Test(zone_ingest, a_mistyped_zone_is_told_the_nearest)
{
	cli_file(&cli, "in.csv", "time,v\n2020-07-01 00:00,1\n");
	struct cli_result near =
		cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--tz", "America/NewYork", NULL);
	cli_expect(&near, 64, "ingest: --tz: no time zone 'America/NewYork'; is it 'America/New_York'?\n");
	struct cli_result far = cli_run(&cli, "ingest", "in.csv", "--dataset", "d", "--tz", "Gondor", NULL);
	cli_expect(&far, 64, "--tz: no time zone 'Gondor'");
}

Test(zone_ingest, times_that_are_no_local_times_are_refused)
{
	cli_file(&cli, "offset.csv", "time,v\n2020-07-01T00:00+02:00,1\n");
	cli_file(&cli, "unix.csv", "time,v\n1593561600.5,1\n");
	cli_file(&cli, "dates.csv", "time,v\n2020-07-01,1\n2020-07-02,2\n");
	struct cli_result offset = cli_run(&cli, "ingest", "offset.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(
		&offset, 64, "--tz: the times of 'offset.csv' state their own offset from UTC; leave it out");
	struct cli_result unix_s = cli_run(&cli, "ingest", "unix.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&unix_s, 64, "--tz: the times of 'unix.csv' are Unix times, which are UTC");
	struct cli_result dates = cli_run(&cli, "ingest", "dates.csv", "--dataset", "d", NEW_YORK, NULL);
	cli_expect(&dates, 64, "--tz: the times of 'dates.csv' are dates without a time of day");
}
