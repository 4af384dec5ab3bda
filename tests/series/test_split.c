#include "series/split.h"
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define HOUR INT64_C(3600000)

/* Two series of hours: 0..99 and 50..149. */
static struct alm_frame frames[] = {
	{.start_ms = 50 * HOUR, .grid_ms = 50 * HOUR, .n_rows = 100},
	{.start_ms = 0, .grid_ms = 0, .n_rows = 100},
};
static const struct alm_panel panel = {.freq = {.step_ms = HOUR}, .n_frames = 2, .frames = frames};

static struct alm_split make(const struct alm_split_options *options)
{
	struct alm_split split;
	struct alm_error err = {0};
	cr_assert_eq(alm_split_make(&panel, options, &split, &err), ALM_OK, "%s", err.text);
	return split;
}

static void refuse(const struct alm_split_options *options, const char *part)
{
	struct alm_split split = {.train = {1, 2}};
	struct alm_error err = {0};
	cr_assert_eq(alm_split_make(&panel, options, &split, &err), ALM_USAGE);
	cr_assert(strstr(err.text, part), "'%s' does not say '%s'", err.text, part);
	cr_assert_eq(split.train.to_ms, 2, "the split was touched");
}

Test(split, instants_part_the_time_without_hole_or_overlap)
{
	struct alm_split split = make(&(struct alm_split_options){.has_valid_from = true,
		.has_test_from = true,
		.valid_from_ms = 60 * HOUR,
		.test_from_ms = 100 * HOUR});
	cr_assert_eq(split.train.from_ms, 0);
	cr_assert_eq(split.train.to_ms, 60 * HOUR);
	cr_assert_eq(split.valid.from_ms, 60 * HOUR);
	cr_assert_eq(split.valid.to_ms, 100 * HOUR);
	cr_assert_eq(split.test.from_ms, 100 * HOUR);
	cr_assert_eq(split.test.to_ms, INT64_MAX);
}

Test(split, fractions_are_of_the_rows_and_of_what_is_before_the_test_part)
{
	/* 150 rows: the last 30 test; of the 120 before, the last 12 validation. */
	struct alm_split split =
		make(&(struct alm_split_options){.test_fraction = 0.2, .valid_fraction = 0.1});
	cr_assert_eq(split.test.from_ms, 120 * HOUR);
	cr_assert_eq(split.valid.from_ms, 108 * HOUR);
}

Test(split, no_share_gives_empty_parts_at_the_end)
{
	struct alm_split split = make(&(struct alm_split_options){0});
	cr_assert_eq(split.test.from_ms, 150 * HOUR);
	cr_assert_eq(split.valid.from_ms, 150 * HOUR);
}

Test(split, an_empty_test_part_can_be_given_back_as_instants)
{
	struct alm_split split = make(&(struct alm_split_options){.valid_fraction = 0.1});
	struct alm_split again = make(&(struct alm_split_options){.has_valid_from = true,
		.has_test_from = true,
		.valid_from_ms = split.valid.from_ms,
		.test_from_ms = split.test.from_ms});
	cr_assert_eq(again.valid.from_ms, split.valid.from_ms);
	cr_assert_eq(again.test.from_ms, split.test.from_ms);
}

Test(split, no_validation_before_a_given_test_part)
{
	struct alm_split split =
		make(&(struct alm_split_options){.has_test_from = true, .test_from_ms = 100 * HOUR});
	cr_assert_eq(split.valid.from_ms, 100 * HOUR);
}

Test(split, a_share_before_an_instant_off_the_grid)
{
	/* 101 rows lie before 100:30, of which the last 50 are validation. */
	struct alm_split split = make(&(struct alm_split_options){
		.has_test_from = true, .test_from_ms = 100 * HOUR + HOUR / 2, .valid_fraction = 0.5});
	cr_assert_eq(split.valid.from_ms, 51 * HOUR);
}

Test(split, months_are_counted_on_the_grid_of_the_first_frame)
{
	/* Ends of months from 31 January 1970: row 1 is 28 February (day 58), row 3 is 30 April (day 119). */
	struct alm_frame ends = {
		.start_ms = 58 * 24 * HOUR, .grid_ms = 30 * 24 * HOUR, .grid_row = 1, .n_rows = 4};
	struct alm_panel months = {.freq = {.months = 1}, .n_frames = 1, .frames = &ends};
	struct alm_split_options options = {.test_fraction = 0.5};
	struct alm_split split;
	struct alm_error err = {0};
	cr_assert_eq(alm_split_make(&months, &options, &split, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(split.test.from_ms, 119 * 24 * HOUR);
}

Test(split, an_instant_outside_the_data_is_refused_with_its_range)
{
	struct alm_split_options options = {.has_valid_from = true, .valid_from_ms = 0};
	refuse(&options,
		"--valid-from 1970-01-01 00:00:00 is outside the data, which is from 1970-01-01 00:00:00 to "
		"1970-01-07 05:00:00");
	options = (struct alm_split_options){.has_test_from = true, .test_from_ms = 151 * HOUR};
	refuse(&options, "--test-from");
}

Test(split, instants_out_of_order_are_refused)
{
	struct alm_split_options options = {.has_valid_from = true,
		.has_test_from = true,
		.valid_from_ms = 9 * HOUR,
		.test_from_ms = 8 * HOUR};
	refuse(&options, "lies after");
}

Test(split, a_given_validation_after_a_test_part_by_share_says_what_to_give)
{
	struct alm_split_options options = {
		.has_valid_from = true, .valid_from_ms = 140 * HOUR, .test_fraction = 0.2};
	refuse(&options, "give --test-from, too");
}

Test(split, shares_out_of_range_are_named)
{
	refuse(&(struct alm_split_options){.test_fraction = 1}, "--test-fraction");
	refuse(&(struct alm_split_options){.test_fraction = NAN}, "--test-fraction");
	refuse(&(struct alm_split_options){.valid_fraction = -0.1}, "--valid-fraction");
}
