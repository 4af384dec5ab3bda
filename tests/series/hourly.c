#include "series/hourly.h"
#include <criterion/criterion.h>
#include "time/timestamp.h"

static const char *const names[] = {"a", "b"};

int64_t hourly_at(const char *text)
{
	int64_t time_ms;
	struct alm_error err = {0};
	cr_assert_eq(alm_time_option("--at", text, &time_ms, &err), ALM_OK, "%s", err.text);
	return time_ms;
}

struct alm_panel_options hourly_options(int n_data)
{
	return (struct alm_panel_options){.channels = names,
		.n_data = n_data,
		.freq = {.step_ms = HOUR},
		.fill_limit = 3,
		.until_ms = INT64_MAX};
}

struct alm_panel hourly_build(
	const struct alm_series_rows *series, int n_series, const struct alm_panel_options *options)
{
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(series, n_series, options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}
