#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/guest.h"

TestSuite(layout, .init = guest_begin, .fini = guest_end);

#define OPTIONS(...) (&(struct alm_ingest_options){__VA_ARGS__})

Test(layout, the_first_column_of_times_and_every_numeric_one_are_taken)
{
	guest_good("load,name,when,temp\n1,x,1970-01-01,3\n2,y,1970-01-02,4\n", NULL);
	guest_holds("load,temp\n|0|1|3\n|86400|2|4\n");
	cr_assert_str_eq(guest.summary.time_column, "when");
	cr_assert_str_eq(guest.summary.time_format, "iso");
}

Test(layout, a_column_with_a_telling_name_is_the_time)
{
	guest_good("born,Date,x\n1999-01-01,1970-01-02,1\n", NULL);
	cr_assert_str_eq(guest.summary.time_column, "Date");
	guest_good("n,timestamp,x\n5,60,1\n", OPTIONS(.channels = "x"));
	cr_assert_str_eq(guest.summary.time_format, "unix");
}

Test(layout, the_time_column_can_be_named)
{
	guest_good("time,other,x\n1970-01-01,1970-01-02,1\n", OPTIONS(.time = "other"));
	guest_holds("x\n|86400|1\n");
}

Test(layout, bare_numbers_are_no_times_unless_they_are_said_to_be)
{
	guest_bad("a,b\n1,2\n", NULL, ALM_BAD_DATA, "no column reads as times; name one with --time");
	guest_good("a,b\n1,2\n", OPTIONS(.time = "a", .time_format = "unix"));
	guest_holds("b\n|1|2\n");
}

Test(layout, a_format_alone_finds_its_column)
{
	guest_good("x,day\n1,2 Jan 1970\n", OPTIONS(.time_format = "%d %b %Y"));
	guest_holds("x\n|86400|1\n");
	guest_bad("x,day\n1,1970-01-02\n", OPTIONS(.time_format = "%d %b %Y"), ALM_BAD_DATA,
		"no column reads as times in the format '%d %b %Y'");
	guest_bad("x,day\n1,1970-01-02\n", OPTIONS(.time_format = "epoch"), ALM_USAGE, "--time-format");
}

Test(layout, channels_can_be_listed_in_any_order)
{
	guest_good("time,a,b,c\n1970-01-01,1,2,3\n", OPTIONS(.channels = "c,a"));
	guest_holds("c,a\n|0|3|1\n");
}

Test(layout, without_a_header_columns_are_numbered)
{
	guest_good("1970-01-01,5,6\n1970-01-02,7,8\n", OPTIONS(.no_header = true));
	guest_holds("c2,c3\n|0|5|6\n|86400|7|8\n");
}

Test(layout, a_first_row_of_data_is_not_taken_for_names)
{
	guest_bad("1970-01-01,5,6\n1970-01-02,7,8\n", NULL, ALM_BAD_DATA,
		"in.csv:1: '1970-01-01' stands where the name of a column should; use --no-header");
}

Test(layout, a_name_that_is_missing_is_numbered)
{
	guest_good("time,,b\n1970-01-01,1,2\n", NULL);
	guest_holds("c2,b\n|0|1|2\n");
}

Test(layout, unknown_columns_name_the_ones_there_are)
{
	guest_bad("time,a,b\n1970-01-01,1,2\n", OPTIONS(.time = "x"), ALM_USAGE,
		"in.csv' has no column 'x'; it has time, a, b");
	guest_bad("time,a,b\n1970-01-01,1,2\n", OPTIONS(.series = "x"), ALM_USAGE, "--series");
	guest_bad("time,a,b\n1970-01-01,1,2\n", OPTIONS(.channels = "a,x"), ALM_USAGE, "--channels");
}

Test(layout, one_column_has_one_meaning)
{
	static const char text[] = "time,a,b\n1970-01-01,1,2\n";
	guest_bad(text, OPTIONS(.channels = "a,a"), ALM_USAGE, "--channels: 'a' is named twice");
	guest_bad(text, OPTIONS(.channels = "a,time"), ALM_USAGE, "'time' is the column of times");
	guest_bad(text, OPTIONS(.channels = "a", .series = "a"), ALM_USAGE, "'a' is the column of series");
	guest_bad(text, OPTIONS(.series = "time"), ALM_USAGE, "--series: 'time' is the column of times");
}

Test(layout, names_that_repeat_are_refused)
{
	guest_bad("time,a,A\n1970-01-01,1,2\n", NULL, ALM_BAD_DATA,
		"in.csv:1: columns 2 and 3 are both named 'A'; rename one");
}

Test(layout, names_that_no_column_can_have_are_refused)
{
	char text[400];
	snprintf(text, sizeof text, "time,%0200d\n1970-01-01,1\n", 7);
	guest_bad(text, NULL, ALM_BAD_DATA, "in.csv:1: the name of column 2 is longer than 128 bytes");
	guest_bad("time,T (\xb0"
		  "C)\n1970-01-01,1\n",
		NULL, ALM_BAD_DATA, "not UTF-8");
	guest_bad("date,time\n1970-01-01,1\n", OPTIONS(.time = "date"), ALM_USAGE, "channel 'time'");
}

Test(layout, a_file_without_numbers_is_refused)
{
	guest_bad("time,a\n1970-01-01,x\n", NULL, ALM_BAD_DATA, "no column beside 'time' holds numbers");
}

Test(layout, an_empty_file_and_a_bare_header_are_refused)
{
	guest_bad("", NULL, ALM_BAD_DATA, "is empty");
	guest_bad("time,a\n", NULL, ALM_BAD_DATA, "has a header and no rows");
	guest_bad("", OPTIONS(.no_header = true), ALM_BAD_DATA, "is empty");
}

Test(layout, rows_with_other_fields_name_expected_and_found)
{
	guest_bad("time,a,b\n1970-01-01,1,2\n1970-01-02,1\n", NULL, ALM_BAD_DATA,
		"in.csv:3: expected 3 fields, found 2");
	guest_bad("time,a,b\n1970-01-01,1,2\n1970-01-02,1,2,3\n", NULL, ALM_BAD_DATA,
		"in.csv:3: expected 3 fields, found 4");
}

Test(layout, text_in_a_column_of_numbers_shows_the_flag)
{
	guest_bad("time,load\n1970-01-01,1\n1970-01-02,n/a\n", NULL, ALM_BAD_DATA,
		"in.csv:3: load: 'n/a' is not a number (use --null n/a to read it as missing)");
	guest_good("time,load\n1970-01-01,1\n1970-01-02,n/a\n", OPTIONS(.null_text = "n/a"));
	guest_holds("load\n|0|1\n|86400|-\n");
}

Test(layout, numbers_that_are_not_finite_are_refused)
{
	static const char *const texts[] = {"inf", "-Infinity", "1e999"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char text[80];
		snprintf(text, sizeof text, "time,a\n1970-01-01,1\n1970-01-02,%s\n", texts[i]);
		guest_bad(text, NULL, ALM_BAD_DATA, "is not a number");
	}
}

Test(layout, the_usual_texts_for_nothing_are_missing_values)
{
	guest_good(
		"time,a,b\n1970-01-01,1,\n1970-01-02,NA,NaN\n1970-01-03,null,NULL\n1970-01-04,nan,2\n", NULL);
	guest_holds("a,b\n|0|1|-\n|86400|-|-\n|172800|-|-\n|259200|-|2\n");
	cr_assert_eq(guest.summary.n_nulls, 6);
}

Test(layout, a_date_that_is_none_names_its_line_though_it_stands_among_the_first)
{
	guest_bad("time,a\n1970-01-01,1\n1970-02-30,2\n", NULL, ALM_BAD_DATA,
		"in.csv:3: time: '1970-02-30' is no time of the calendar");
	guest_bad("time,a\n1/31/1970,1\n2/30/1970,2\n", NULL, ALM_BAD_DATA,
		"in.csv:3: time: '2/30/1970' is no time of the calendar in the format of the others");
	guest_bad("time,a\n1970-01-01,1\n,2\n", NULL, ALM_BAD_DATA, "in.csv:3: time: ''");
}

Test(layout, month_first_or_day_first_is_asked_for)
{
	static const char text[] = "time,a\n1/2/1970,1\n3/4/1970,2\n";
	guest_bad(text, NULL, ALM_BAD_DATA, "--time-format '%m/%d/%Y' or --time-format '%d/%m/%Y'");
	guest_good(text, OPTIONS(.time_format = "%d/%m/%Y"));
	guest_holds("a\n|2.6784e+06|1\n|7.9488e+06|2\n");
	cr_assert_str_eq(guest.summary.time_format, "%d/%m/%Y");
}

Test(layout, series_are_named_by_their_column)
{
	guest_good(
		"time,shop,x\n1970-01-01,b,1\n1970-01-01,a,2\n1970-01-02,b,3\n", OPTIONS(.series = "shop"));
	guest_holds("x\na|0|2\nb|0|1\nb|86400|3\n");
	cr_assert_eq(guest.summary.n_series, 2);
}

Test(layout, a_series_without_a_name_or_with_a_strange_one_is_refused)
{
	guest_bad(
		"time,shop,x\n1970-01-01,,1\n", OPTIONS(.series = "shop"), ALM_BAD_DATA, "in.csv:2: shop: ");
	guest_bad("time,shop,x\n1970-01-01,M\xfcnchen,1\n", OPTIONS(.series = "shop"), ALM_BAD_DATA,
		"not UTF-8");
}

Test(layout, a_head_of_very_long_rows_takes_bounded_memory)
{
	size_t n = 900 * 1024, used = 0;
	char *text = malloc(20 * n);
	used += (size_t)sprintf(text, "time,x,note\n");
	for (int day = 1; day <= 15; day++) {
		used += (size_t)sprintf(text + used, "1970-01-%02d,%d,", day, day);
		memset(text + used, 'y', n);
		used += n;
		text[used++] = '\n';
	}
	text[used] = '\0';
	guest_good(text, NULL);
	cr_assert_eq(guest.summary.n_rows, 15);
	free(text);
}

Test(layout, a_time_lies_in_several_columns)
{
	static const char text[] = "n,day,hr,x\n1,01/02/70,0,5\n2,01/02/70,13,6\n";
	guest_good(text, OPTIONS(.time = "day hr", .time_format = "%d/%m/%y %H", .channels = "x"));
	guest_holds("x\n|2.6784e+06|5\n|2.7252e+06|6\n");
	cr_assert_str_eq(guest.summary.time_column, "day hr");
	cr_assert_str_eq(guest.summary.time_format, "%d/%m/%y %H");
	guest_bad(text, OPTIONS(.time = "day hr"), ALM_BAD_DATA,
		"'%m/%d/%y %H' or --time-format '%d/%m/%y %H'");
}

Test(layout, the_format_of_several_columns_is_recognised)
{
	guest_good("day,hr,x\n31/01/70,0,5\n01/02/70,13,6\n", OPTIONS(.time = "day hr"));
	guest_holds("x\n|2.592e+06|5\n|2.7252e+06|6\n");
	guest_good("year,month,day,hour,x\n1970,1,2,0,5\n1970,1,13,7,6\n",
		OPTIONS(.time = "year month day hour"));
	cr_assert_str_eq(guest.summary.time_format, "%Y %m %d %H");
	guest_good("y,m,x\n1970,1,5\n1970,11,6\n", OPTIONS(.time = "y m"));
	cr_assert_str_eq(guest.summary.time_format, "%Y %m");
	guest_good("Date,Time,x\n1970-01-01,01:30,5\n", OPTIONS(.time = "Date Time"));
	cr_assert_str_eq(guest.summary.time_format, "iso");
	guest_good("day,hr,x\n1970-01-01,1 PM,5\n", OPTIONS(.time = "day hr"));
	cr_assert_str_eq(guest.summary.time_format, "%Y-%m-%d %I %p");
}

Test(layout, names_with_blanks_are_names_of_columns_first)
{
	guest_good("start day,day,hour of day,x\n1970-01-02,1999-09-09,3,5\n",
		OPTIONS(.time = "start day hour of day", .channels = "x"));
	guest_holds("x\n|97200|5\n");
	cr_assert_str_eq(guest.summary.time_column, "start day hour of day");
}

Test(layout, columns_of_a_time_are_there_once_and_nothing_else)
{
	static const char text[] = "day,hr,x\n1970-01-01,5,6\n";
	guest_bad(text, OPTIONS(.time = "day hour"), ALM_USAGE,
		"in.csv' has no column 'hour'; it has day, hr, x");
	guest_bad(text, OPTIONS(.time = "when"), ALM_USAGE, "in.csv' has no column 'when'");
	guest_bad(text, OPTIONS(.time = ""), ALM_USAGE, "in.csv' has no column ''");
	guest_bad(text, OPTIONS(.time = "day day"), ALM_USAGE, "--time: 'day' is named twice");
	guest_bad(
		text, OPTIONS(.time = "day hr", .channels = "hr"), ALM_USAGE, "'hr' is the column of times");
	guest_bad(text, OPTIONS(.time = "day hr", .series = "hr"), ALM_USAGE, "'hr' is the column of times");
}

Test(layout, a_bad_time_in_several_columns_shows_them_all)
{
	guest_bad("day,hr,x\n31/01/70,0,5\n31/01/70,25,6\n", OPTIONS(.time = "day hr"), ALM_BAD_DATA,
		"in.csv:3: day hr: '31/01/70 25' is no time of the calendar in the format of the others");
}

Test(layout, decimal_commas_are_read_when_asked_for)
{
	static const char text[] = "time;a;b\n1970-01-01;1.234,5;7\n1970-01-02;0,25;1 000\n";
	guest_bad(text, NULL, ALM_BAD_DATA,
		"in.csv:2: a: '1.234,5' is not a number (use --decimal , to read its comma as a decimal "
		"one)");
	guest_good(text, OPTIONS(.decimal = ','));
	guest_holds("a,b\n|0|1234.5|7\n|86400|0.25|1000\n");
}

Test(layout, thousands_are_read_where_the_delimiter_allows)
{
	guest_good("time;a\n1970-01-01;1,234.5\n1970-01-02;2,000\n", NULL);
	guest_holds("a\n|0|1234.5\n|86400|2000\n");
	guest_good("time,a\n1970-01-01,\"1,234.5\"\n", NULL);
	guest_holds("a\n|0|1234.5\n|86400|2000\n");
}

Test(layout, a_comma_that_may_mean_two_things_is_asked_about)
{
	static const char text[] = "time;a\n1970-01-01;1,234\n1970-01-02;17\n";
	guest_bad(text, NULL, ALM_BAD_DATA,
		"in.csv:2: a: '1,234' may set thousands apart or be a fraction; say which sign begins the "
		"fraction "
		"with --decimal . or --decimal ,");
	guest_good(text, OPTIONS(.decimal = ','));
	guest_holds("a\n|0|1.234\n|86400|17\n");
	guest_good(text, OPTIONS(.decimal = '.'));
	guest_holds("a\n|0|1234\n|86400|17\n");
}

Test(layout, columns_of_a_wide_table_are_series)
{
	guest_good("day,north,south\n1970-01-01,1,\n1970-01-02,2,3\n", OPTIONS(.wide_channel = "sold"));
	guest_holds("sold\nnorth|0|1\nnorth|86400|2\nsouth|86400|3\n");
	cr_assert_eq(guest.summary.n_series, 2);
	cr_assert_eq(guest.summary.n_rows, 2);
	cr_assert_eq(guest.summary.n_nulls, 1);
	guest_bad("day,a,b\n1970-01-01,1,2\n", OPTIONS(.wide_channel = "sold", .series = "a"), ALM_USAGE,
		"--series: with --wide every column is a series");
	guest_bad("day,a\n1970-01-01,1\n", OPTIONS(.wide_channel = "paid"), ALM_BAD_DATA,
		"dataset 'd' has no channel 'paid'; choose its channels with --channel, or another");
}
