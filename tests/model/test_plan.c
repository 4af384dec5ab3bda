#include <criterion/criterion.h>
#include <string.h>
#include "model/plan.h"

static char channels[4][ALM_NAME_MAX + 1] = {"load", "wind", "a,b", "price"};
static const struct alm_dataset dataset = {.name = "d", .n_channels = 4, .channels = channels};
static const struct alm_freq hourly = {.step_ms = 3600000};

static struct alm_spec with(const char *key, const char *text)
{
	struct alm_spec spec;
	alm_spec_init(&spec);
	cr_assert_eq(alm_spec_set(&spec, key, text, NULL), ALM_OK);
	return spec;
}

static void resolves(const char *target, const char *past, int n, int n_targets, const int *expected)
{
	struct alm_spec spec = with("target", target);
	struct alm_columns columns;
	struct alm_error err = {0};
	cr_assert_eq(alm_spec_set(&spec, "past", past, NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(columns.n, n);
	cr_assert_eq(columns.n_targets, n_targets);
	cr_assert_arr_eq(columns.column, expected, (size_t)n * sizeof(int));
	alm_columns_release(&columns);
}

Test(plan, targets_come_first_then_past_channels)
{
	resolves("", "all", 4, 1, (const int[]){0, 1, 2, 3});
	resolves("price", "all", 4, 1, (const int[]){3, 0, 1, 2});
	resolves("wind,load", "none", 2, 2, (const int[]){1, 0});
	resolves("load", "price", 2, 1, (const int[]){0, 3});
	resolves("a\\,b", "none", 1, 1, (const int[]){2});
}

Test(plan, future_channels_come_last_and_are_none_of_all_past_ones)
{
	struct alm_spec spec = with("future", "wind");
	struct alm_columns columns;
	const int all[] = {0, 2, 3, 1}, named[] = {0, 3, 1};
	struct alm_error err = {0};
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(columns.n, 4);
	cr_assert_eq(columns.n_future, 1);
	cr_assert_arr_eq(columns.column, all, sizeof all);
	alm_columns_release(&columns);
	cr_assert_eq(alm_spec_set(&spec, "past", "price", NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(columns.n, 3);
	cr_assert_arr_eq(columns.column, named, sizeof named);
	alm_columns_release(&columns);
	cr_assert_eq(alm_spec_set(&spec, "future", "load", NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--future: channel 'load' is named twice"), "%s", err.text);
	cr_assert_eq(alm_spec_set(&spec, "future", "sun", NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--future: dataset 'd' has no channel 'sun'"), "%s", err.text);
}

Test(plan, static_channels_stand_between_past_and_future_ones)
{
	struct alm_spec spec = with("future", "load");
	struct alm_columns columns;
	const int expected[] = {3, 2, 1, 0};
	struct alm_error err = {0};
	cr_assert_eq(alm_spec_set(&spec, "static", "wind", NULL), ALM_OK);
	cr_assert_eq(alm_spec_set(&spec, "target", "price", NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_OK, "%s", err.text);
	cr_assert_arr_eq(columns.column, expected, sizeof expected);
	cr_assert_eq(columns.n_static, 1);
	cr_assert_eq(columns.n_future, 1);
	alm_columns_release(&columns);
	cr_assert_eq(alm_spec_set(&spec, "static", "load", NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--future: channel 'load' is named twice"), "%s", err.text);
}

static void refuses(const char *target, const char *past, const char *said)
{
	struct alm_spec spec = with("target", target);
	struct alm_columns columns;
	struct alm_error err = {0};
	cr_assert_eq(alm_spec_set(&spec, "past", past, NULL), ALM_OK);
	cr_assert_eq(alm_columns_resolve(&spec, &dataset, &columns, &err), ALM_USAGE);
	cr_assert(strstr(err.text, said), "%s", err.text);
}

Test(plan, an_unknown_or_repeated_channel_is_refused)
{
	refuses("sun", "all", "no channel 'sun'; it has load, wind");
	refuses("load", "load", "named twice");
	refuses("load,wind,price,a\\,b,load", "all", "named twice");
}

Test(plan, durations_become_rows_and_defaults_go_by_the_season)
{
	struct alm_spec spec = with("lookback", "2d");
	struct alm_plan plan;
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, NULL), ALM_OK);
	cr_assert_eq(plan.window.lookback, 48);
	cr_assert_eq(plan.window.horizon, 24);
	cr_assert_eq(plan.season, 24);
	cr_assert_eq(plan.window.sampling, 1);
	cr_assert_eq(plan.window.delay, 0);
	alm_spec_init(&spec);
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, NULL), ALM_OK);
	cr_assert_eq(plan.window.lookback, 168);
}

static void plan_refuses(const char *key, const char *text, const char *said)
{
	struct alm_spec spec = with(key, text);
	struct alm_plan plan;
	struct alm_error err = {0};
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, &err), ALM_USAGE, "%s %s", key, text);
	cr_assert(strstr(err.text, said), "%s", err.text);
}

Test(plan, rows_that_make_no_sense_are_refused_by_option)
{
	plan_refuses("lookback", "0", "--lookback");
	plan_refuses("horizon", "0", "--horizon");
	plan_refuses("season", "0", "--season");
	plan_refuses("fill-limit", "0", "--fill-limit");
	plan_refuses("stride", "0", "--stride");
	plan_refuses("lookback", "90min", "90min");
	plan_refuses("lookback", "1mo", "--lookback");
	plan_refuses("lookback", "999999999999", "--lookback");
}

Test(plan, rows_back_cover_lookback_season_and_fill)
{
	struct alm_spec spec = with("lookback", "48");
	struct alm_plan plan;
	cr_assert_eq(alm_spec_set(&spec, "sampling", "2", NULL), ALM_OK);
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, NULL), ALM_OK);
	cr_assert_eq(alm_plan_rows_back(&plan), 47 * 2 + 1 + 24 + 1);
	plan.season = 500;
	plan.fill_limit = 3;
	cr_assert_eq(alm_plan_rows_back(&plan), 500 + 3 + 1);
}
