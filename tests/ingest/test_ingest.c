#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/guest.h"
#include "support/make.h"

TestSuite(ingest, .init = guest_begin, .fini = guest_end);

#define OPTIONS(...) (&(struct alm_ingest_options){__VA_ARGS__})

/* Every good row is exactly one of these. */
static void counts(uint64_t inserted, uint64_t updated, uint64_t unchanged, uint64_t duplicates)
{
	const struct alm_ingest_summary *summary = &guest.summary;
	cr_assert_eq(summary->n_inserted, inserted, "%lu inserted", summary->n_inserted);
	cr_assert_eq(summary->n_updated, updated, "%lu updated", summary->n_updated);
	cr_assert_eq(summary->n_unchanged, unchanged, "%lu unchanged", summary->n_unchanged);
	cr_assert_eq(summary->n_duplicates, duplicates, "%lu duplicates", summary->n_duplicates);
	cr_assert_eq(summary->n_rows, inserted + updated + unchanged + duplicates);
}

#define THREE "time,x,y\n1970-01-01,1,2\n1970-01-02,3,\n1970-01-03,5,6\n"

Test(ingest, a_summary_says_what_was_there)
{
	guest_good(THREE, NULL);
	counts(3, 0, 0, 0);
	cr_assert_str_eq(guest.summary.dataset, "d");
	cr_assert(guest.summary.created);
	cr_assert_eq(guest.summary.n_channels, 2);
	cr_assert_eq(guest.summary.n_series, 1);
	cr_assert_eq(guest.summary.n_nulls, 1);
	cr_assert_eq(guest.summary.first_ms, 0);
	cr_assert_eq(guest.summary.last_ms, INT64_C(2) * 86400000);
	guest_holds("x,y\n|0|1|2\n|86400|3|-\n|172800|5|6\n");
}

Test(ingest, the_same_file_twice_changes_nothing)
{
	guest_good(THREE, NULL);
	char *before = strdup(guest_dump());
	guest_good(THREE, NULL);
	counts(0, 0, 3, 0);
	cr_assert_not(guest.summary.created);
	guest_holds(before);
	free(before);
}

Test(ingest, a_file_with_repetitions_twice_changes_nothing_whatever_the_policy)
{
	static const char text[] =
		"time,x\n1970-01-01,1\n1970-01-01,2\n1970-01-02,3\n1970-01-01,6\n1970-01-02,3\n";
	static const enum alm_on_duplicate policies[] = {
		ALM_DUPLICATE_LAST, ALM_DUPLICATE_FIRST, ALM_DUPLICATE_MEAN};
	static const char *const dumps[] = {
		"x\n|0|6\n|86400|3\n", "x\n|0|1\n|86400|3\n", "x\n|0|3\n|86400|3\n"};
	for (int i = 0; i < 3; i++) {
		guest_good(text, OPTIONS(.on_duplicate = policies[i]));
		guest_good(text, OPTIONS(.on_duplicate = policies[i]));
		counts(0, 0, 2, 3);
		guest_holds(dumps[i]);
	}
}

Test(ingest, rows_of_an_earlier_ingest_are_replaced)
{
	guest_good(THREE, NULL);
	guest_good("time,x,y\n1970-01-02,3,4\n1970-01-03,5,6\n1970-01-04,7,8\n", NULL);
	counts(1, 1, 1, 0);
	guest_holds("x,y\n|0|1|2\n|86400|3|4\n|172800|5|6\n|259200|7|8\n");
}

Test(ingest, a_gap_of_an_earlier_ingest_is_filled)
{
	guest_good("time,x\n1970-01-01,1\n1970-01-03,3\n", NULL);
	guest_good("time,x\n1970-01-02,2\n1970-01-02,9\n", NULL);
	counts(1, 0, 0, 1);
	guest_holds("x\n|0|1\n|86400|9\n|172800|3\n");
}

Test(ingest, a_repetition_away_from_an_old_row_counts_as_its_change)
{
	guest_good("time,x\n1970-01-01,1\n", NULL);
	guest_good("time,x\n1970-01-01,1\n1970-01-01,2\n", NULL);
	counts(0, 1, 0, 1);
	guest_good("time,x\n1970-01-01,5\n1970-01-01,2\n", NULL);
	counts(0, 0, 1, 1);
	guest_holds("x\n|0|2\n");
}

Test(ingest, unsorted_rows_come_out_sorted)
{
	guest_good("time,x\n1970-01-03,3\n1970-01-01,1\n1970-01-04,4\n1970-01-02,2\n", NULL);
	counts(4, 0, 0, 0);
	guest_holds("x\n|0|1\n|86400|2\n|172800|3\n|259200|4\n");
}

Test(ingest, the_last_of_repeated_rows_counts_unless_said_otherwise)
{
	guest_good("time,x\n1970-01-01,1\n1970-01-02,2\n1970-01-01,5\n", NULL);
	counts(2, 0, 0, 1);
	guest_holds("x\n|0|5\n|86400|2\n");
}

/* Means of 1, 2, 6 and of what is there of the other channel. */
Test(ingest, a_mean_leaves_missing_values_out)
{
	guest_good("time,x,y\n1970-01-01,1,\n1970-01-01,2,7\n1970-01-02,1,1\n1970-01-01,6,\n1970-01-02,2,\n",
		OPTIONS(.on_duplicate = ALM_DUPLICATE_MEAN));
	counts(2, 0, 0, 3);
	guest_holds("x,y\n|0|3|7\n|86400|1.5|1\n");
}

Test(ingest, an_old_value_takes_no_part_in_a_mean)
{
	guest_good("time,x\n1970-01-01,100\n", NULL);
	guest_good("time,x\n1970-01-01,1\n1970-01-01,2\n", OPTIONS(.on_duplicate = ALM_DUPLICATE_MEAN));
	counts(0, 1, 0, 1);
	guest_holds("x\n|0|1.5\n");
}

Test(ingest, a_repetition_can_be_an_error_that_names_line_series_and_time)
{
	guest_bad("time,s,x\n1970-01-01,a,1\n1970-01-01,b,1\n1970-01-01,a,2\n",
		OPTIONS(.on_duplicate = ALM_DUPLICATE_ERROR, .series = "s"), ALM_BAD_DATA,
		"in.csv:4: series 'a' has 1970-01-01 00:00:00 twice; choose another --on-duplicate");
	guest_bad("time,x\n1970-01-01,1\n1970-01-01,2\n", OPTIONS(.on_duplicate = ALM_DUPLICATE_ERROR),
		ALM_BAD_DATA, "in.csv:3: 1970-01-01 00:00:00 is there twice; choose another --on-duplicate");
	cr_assert_str_eq(guest_dump(), "none");
	guest_good("time,x\n1970-01-01,1\n", OPTIONS(.on_duplicate = ALM_DUPLICATE_ERROR));
	guest_good("time,x\n1970-01-01,2\n", OPTIONS(.on_duplicate = ALM_DUPLICATE_ERROR));
	counts(0, 1, 0, 0);
}

Test(ingest, the_same_time_of_two_series_is_no_repetition)
{
	guest_good("time,s,x\n1970-01-02,a,1\n1970-01-01,b,2\n1970-01-02,b,3\n1970-01-01,a,4\n",
		OPTIONS(.series = "s", .on_duplicate = ALM_DUPLICATE_ERROR));
	guest_holds("x\na|0|4\na|86400|1\nb|0|2\nb|86400|3\n");
}

Test(ingest, a_bad_row_leaves_everything_as_it_was)
{
	guest_bad("time,x\n1970-01-01,1\n1970-01-02,z\n", NULL, ALM_BAD_DATA, "in.csv:3: x: 'z'");
	cr_assert_str_eq(guest_dump(), "none");
	guest_good("time,x\n1970-01-01,1\n", NULL);
	guest_bad("time,x\n1970-01-01,9\n1970-01-02,8\n1970-01-03,z\n", NULL, ALM_BAD_DATA, "in.csv:4");
	guest_holds("x\n|0|1\n");
}

/* Past the rows that are looked at first. */
Test(ingest, a_bad_row_far_down_leaves_everything_as_it_was)
{
	char *text = malloc(200000), *end = text + sprintf(text, "time,x\n");
	for (int day = 0; day < 5000; day++)
		end += sprintf(end, "%d,%d\n", day * 86400, day);
	sprintf(end, "oops,1\n");
	guest_bad(text, NULL, ALM_BAD_DATA, "in.csv:5002: time: 'oops' is no time of the calendar");
	cr_assert_str_eq(guest_dump(), "none");
	free(text);
}

/* Rows are read ahead of those that are written: of a repetition and a bad number, the one on the earlier line. */
static void expect_first_error(int repeated, int bad, const char *error)
{
	static char text[1 << 17];
	size_t used = (size_t)snprintf(text, sizeof text, "time,x\n");
	for (int line = 2; line < 4000; line++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%d,%s\n",
			line == repeated ? 120 : line * 60, line == bad ? "bad" : "1");
	guest_bad(text, OPTIONS(.on_duplicate = ALM_DUPLICATE_ERROR), ALM_BAD_DATA, error);
	cr_assert_str_eq(guest_dump(), "none");
}

Test(ingest, what_is_wrong_first_in_a_file_is_what_is_said)
{
	expect_first_error(5, 6, "in.csv:5: 1970-01-01 ");
	expect_first_error(7, 6, "in.csv:6: x: 'bad'");
	expect_first_error(1000, 1001, "in.csv:1000: 1970-01-01 ");
	expect_first_error(1001, 1000, "in.csv:1000: x: 'bad'");
	expect_first_error(1020, 3000, "in.csv:1020: 1970-01-01 ");
	expect_first_error(3000, 1020, "in.csv:1020: x: 'bad'");
}

Test(ingest, bad_rows_can_be_left_out_and_are_listed)
{
	static const char text[] =
		"time,x\n1970-01-01,1\n1970-01-02,z\n1970-01-03\nsome day,4\n1970-01-05,5\n";
	guest_good(text, OPTIONS(.skip_bad = 3));
	counts(2, 0, 0, 0);
	cr_assert_eq(guest.summary.n_skipped, 3);
	cr_assert_eq(guest.summary.n_bad, 3);
	cr_assert(strstr(guest.summary.bad[0], "in.csv:3: x: 'z'"));
	cr_assert(strstr(guest.summary.bad[1], "in.csv:4: expected 2 fields, found 1"));
	cr_assert(strstr(guest.summary.bad[2], "in.csv:5: time: 'some day'"));
	guest_holds("x\n|0|1\n|345600|5\n");
}

Test(ingest, one_bad_row_more_than_allowed_is_an_error)
{
	guest_bad("time,x\n1970-01-01,1\n1970-01-02,z\n1970-01-03,z\n1970-01-04,z\n", OPTIONS(.skip_bad = 2),
		ALM_BAD_DATA, "more than 2 bad rows, nothing was written; the next: ");
	cr_assert(strstr(guest.err.text, "in.csv:5"), "%s", guest.err.text);
	cr_assert_str_eq(guest_dump(), "none");
}

Test(ingest, a_file_of_bad_rows_only_is_an_error)
{
	guest_bad("time,x,y\n1970-01-01,1\n1970-01-02,1\n", OPTIONS(.skip_bad = 9, .channels = "x"),
		ALM_BAD_DATA, "in.csv");
	cr_assert_str_eq(guest_dump(), "none");
}

Test(ingest, channels_find_their_place_by_name)
{
	guest_good("time,x,y\n1970-01-01,1,2\n", NULL);
	guest_good("y,time,x\n4,1970-01-02,3\n", NULL);
	guest_holds("x,y\n|0|1|2\n|86400|3|4\n");
}

Test(ingest, other_channels_than_the_dataset_has_are_refused)
{
	guest_good("time,x,y\n1970-01-01,1,2\n", NULL);
	guest_bad("time,x,y,z\n1970-01-02,3,4,5\n", NULL, ALM_BAD_DATA, "dataset 'd' has no channel 'z'");
	guest_bad("time,x\n1970-01-02,3\n", NULL, ALM_BAD_DATA,
		"channel 'y' of dataset 'd' is not in the file");
	guest_good("time,x,y,z\n1970-01-02,3,4,5\n", OPTIONS(.channels = "x,y"));
	guest_holds("x,y\n|0|1|2\n|86400|3|4\n");
}

Test(ingest, milliseconds_are_kept_where_the_data_has_them)
{
	guest_good("time,x\n1970-01-01 00:00:00.250,1\n1970-01-01 00:00:00.500,2\n", NULL);
	guest_holds("x\n|0.25|1\n|0.5|2\n");
}

Test(ingest, milliseconds_do_not_go_into_a_dataset_of_seconds)
{
	guest_good("time,x\n1970-01-01,1\n1970-01-02,2\n", NULL);
	guest_bad(
		"time,x\n1970-01-01 00:00:00.5,1\n", NULL, ALM_BAD_DATA, "in.csv:2: dataset 'd' keeps whole");
	guest_bad("time,x\n1970-01-03 00:00:00.5,1\n", NULL, ALM_BAD_DATA, "whole seconds");
}

Test(ingest, times_before_1970_are_times)
{
	guest_good("time,x\n1969-12-31 23:00,1\n1900-01-01,2\n", NULL);
	guest_holds("x\n|-2.20899e+09|2\n|-3600|1\n");
}

Test(ingest, a_name_that_no_dataset_can_have_is_wrong_usage)
{
	struct alm_ingest_options options = {
		.paths = (const char *const *)&guest.csv, .n_paths = 1, .dataset = "almanac_run"};
	struct alm_ingest *ingest = NULL;
	make_file(guest.csv, THREE);
	cr_assert_eq(alm_ingest_open(&options, &ingest, &guest.err), ALM_OK, "%s", guest.err.text);
	cr_assert_eq(alm_ingest_run(ingest, guest.db, NULL, &guest.summary, &guest.err), ALM_USAGE, "%s",
		guest.err.text);
	alm_ingest_close(ingest);
}

static char notes[2000];
static int n_reports;

static void take_note(struct alm_reporter *self, const char *line)
{
	(void)self;
	strncat(notes, line, sizeof notes - strlen(notes) - 1);
}

static void take_progress(struct alm_reporter *self, const struct alm_progress *progress)
{
	(void)self;
	cr_assert_str_eq(progress->unit, "rows");
	cr_assert_gt(progress->done, 0);
	n_reports++;
}

/* 10,000 rows: enough that the clock and the wish to stop are looked at. */
static enum alm_status ingest_many(struct alm_reporter *reporter, int step, const char *series)
{
	struct alm_ingest_options options = {
		.paths = (const char *const *)&guest.csv, .n_paths = 1, .dataset = "d", .series = series};
	struct alm_ingest *ingest = NULL;
	FILE *file = fopen(guest.csv, "w");
	cr_assert(file);
	fprintf(file, "time,who,x\n");
	for (int row = 0; row < 10000; row++)
		fprintf(file, "%d,%s,%d\n", row / step, row % 2 ? "odd" : "even", row);
	cr_assert_eq(fclose(file), 0);
	enum alm_status status = alm_ingest_open(&options, &ingest, &guest.err);
	if (status == ALM_OK)
		status = alm_ingest_run(ingest, guest.db, reporter, &guest.summary, &guest.err);
	alm_ingest_close(ingest);
	return status;
}

Test(ingest, progress_and_what_is_left_out_are_reported)
{
	struct alm_reporter reporter = {.note = take_note, .progress = take_progress};
	cr_assert_eq(ingest_many(&reporter, 1, NULL), ALM_OK, "%s", guest.err.text);
	cr_assert_geq(n_reports, 1);
	cr_assert(strstr(notes, "left out, because they hold no numbers: who"), "%s", notes);
	cr_assert_null(strstr(notes, "--series"), "%s", notes);
}

Test(ingest, several_series_read_as_one_are_noticed)
{
	struct alm_reporter reporter = {.note = take_note};
	cr_assert_eq(ingest_many(&reporter, 4, NULL), ALM_OK, "%s", guest.err.text);
	cr_assert(strstr(notes, "name their column with --series"), "%s", notes);
}

Test(ingest, a_wish_to_stop_leaves_everything_as_it_was)
{
	volatile sig_atomic_t stop = 2;
	struct alm_reporter reporter = {.stop = &stop};
	cr_assert_eq(ingest_many(&reporter, 1, "who"), ALM_INTERRUPTED);
	cr_assert(strstr(guest.err.text, "nothing was written"), "%s", guest.err.text);
	cr_assert_str_eq(guest_dump(), "none");
	stop = 0;
	cr_assert_eq(ingest_many(&reporter, 1, "who"), ALM_OK, "%s", guest.err.text);
	cr_assert_eq(guest.summary.n_series, 2);
}

Test(ingest, errors_need_not_be_asked_for)
{
	struct alm_ingest_options options = {
		.paths = (const char *const *)&guest.csv, .n_paths = 1, .dataset = "d"};
	struct alm_ingest *ingest = NULL;
	make_file(guest.csv, "time,x\n1970-01-01,1\n1970-01-02,z\n");
	cr_assert_eq(alm_ingest_open(&options, &ingest, NULL), ALM_OK);
	cr_assert_eq(alm_ingest_run(ingest, guest.db, NULL, &guest.summary, NULL), ALM_BAD_DATA);
	alm_ingest_close(ingest);
	make_file(guest.csv, "time,x\nsome day,1\n");
	cr_assert_eq(alm_ingest_open(&options, &ingest, NULL), ALM_BAD_DATA);
}

/* Against a table in memory: many random rows, in three files, some repeated, some out of order. */
Test(ingest, random_files_agree_with_a_plain_table)
{
	enum { SERIES = 3, TIMES = 40, ROWS = 300 };
	static const char *const policies[] = {"last", "first"};
	for (unsigned policy = 0; policy < 2; policy++) {
		int table[SERIES][TIMES], seen[SERIES][TIMES];
		for (int i = 0; i < SERIES * TIMES; i++)
			table[i / TIMES][i % TIMES] = -1;
		for (unsigned file = 0; file < 3; file++) {
			char text[ROWS * 24], *end = text + sprintf(text, "time,s,x\n");
			memset(seen, 0, sizeof seen);
			srand(policy * 10 + file);
			for (int row = 0; row < ROWS; row++) {
				int s = rand() % SERIES, t = rand() % TIMES, value = rand() % 5;
				end += sprintf(end, "%d,s%d,%d\n", t, s, value);
				if (policy == 0 || !seen[s][t])
					table[s][t] = value;
				seen[s][t] = 1;
			}
			guest_good(text, OPTIONS(.series = "s", .on_duplicate = policy ? ALM_DUPLICATE_FIRST
										       : ALM_DUPLICATE_LAST));
			cr_assert_eq(guest.summary.n_rows, ROWS);
			counts(guest.summary.n_inserted, guest.summary.n_updated, guest.summary.n_unchanged,
				guest.summary.n_duplicates);
		}
		char expected[4096], *end = expected + sprintf(expected, "x\n");
		for (int s = 0; s < SERIES; s++)
			for (int t = 0; t < TIMES; t++)
				if (table[s][t] >= 0)
					end += sprintf(end, "s%d|%d|%d\n", s, t, table[s][t]);
		cr_assert_str_eq(guest_dump(), expected, "policy %s", policies[policy]);
	}
}
