#include "series/ahead.h"
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define HOUR INT64_C(3600000)

static const char *const names[] = {"load", "price"};
static const struct alm_window_spec spec = {
	.lookback = 1, .sampling = 1, .delay = 1, .horizon = 2, .stride = 1};

/* Five hourly series of two rows, and three rows ahead, in which nothing is known yet. */
static struct alm_panel open_panel(void)
{
	static const char *const series_names[] = {"p", "q", "r", "s", "t"};
	static const int64_t times[] = {0, HOUR};
	static const float values[] = {1, 10, 2, 20};
	struct alm_series_rows rows[5];
	struct alm_panel panel;
	struct alm_error err = {0};
	for (int i = 0; i < 5; i++)
		rows[i] = (struct alm_series_rows){series_names[i], 2, times, values};
	struct alm_panel_options options = {.channels = names,
		.n_data = 2,
		.n_future = 1,
		.freq = {.step_ms = HOUR},
		.until_ms = INT64_MAX,
		.n_ahead = 3};
	cr_assert_eq(alm_panel_build(rows, 5, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}

/* The second column is the price; the file's first has nothing to do with it. */
static enum alm_status put(struct alm_panel *panel, int frame, const int64_t *times, const float *values,
	size_t n, struct alm_error *err)
{
	struct alm_series_rows rows = {"x", n, times, values};
	return alm_ahead_put(panel, &panel->frames[frame], &rows, 2, (const int[]){1}, err);
}

static float price(const struct alm_panel *panel, int frame, size_t row)
{
	return panel->frames[frame].values[2 * row + 1];
}

Test(ahead, values_go_into_the_rows_after_the_last_one_and_nowhere_else)
{
	struct alm_panel panel = open_panel();
	struct alm_error err = {0};
	const int64_t times[] = {HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR, 5 * HOUR + 1};
	const float values[] = {-1, 5, -1, 30, -1, NAN, -1, 50, -1, 60, -1, 70};
	cr_assert_eq(put(&panel, 2, times, values, 6, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(price(&panel, 2, 1), 20); /* as the dataset has it */
	cr_assert_eq(price(&panel, 2, 2), 30);
	cr_assert_eq(panel.frames[2].observed[2 * 2 + 1], 1);
	cr_assert_eq(panel.frames[2].observed[2 * 3 + 1], 0);
	cr_assert_eq(price(&panel, 2, 4), 50);
	cr_assert_eq(price(&panel, 1, 2), 20); /* held, of another series */
	alm_panel_release(&panel);
}

Test(ahead, a_time_off_the_grid_is_refused_by_name)
{
	struct alm_panel panel = open_panel();
	struct alm_error err = {0};
	const int64_t times[] = {2 * HOUR + 60000};
	const float values[] = {-1, 30};
	cr_assert_eq(put(&panel, 0, times, values, 1, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "series 'p'") && strstr(err.text, "1970-01-01 02:01:00"), "%s", err.text);
	alm_panel_release(&panel);
}

Test(ahead, what_a_horizon_lacks_is_told_by_channel_series_and_time)
{
	struct alm_panel panel = open_panel();
	struct alm_window windows[5];
	bool lacks[5];
	struct alm_error err = {0};
	for (int i = 0; i < 5; i++)
		windows[i] = (struct alm_window){.frame = i, .now = 1};
	cr_assert_eq(alm_ahead_check(&panel, &spec, windows, 5, lacks, &err), ALM_NO_INPUT);
	cr_assert(strstr(err.text, "'price'") && strstr(err.text, "--future"), "%s", err.text);
	cr_assert(strstr(err.text, "2 times of series 'p' (1970-01-01 03:00:00 to 1970-01-01 04:00:00)"),
		"%s", err.text);
	cr_assert(strstr(err.text, "'r'") && !strstr(err.text, "'s'"), "%s", err.text);
	cr_assert(strstr(err.text, "and of 2 more series"), "%s", err.text);
	alm_panel_release(&panel);
}

/* With a delay of one the row after the last, 2, is not forecast: rows 3 and 4 are. */
Test(ahead, only_the_target_rows_must_be_known)
{
	struct alm_panel panel = open_panel();
	struct alm_window window = {.frame = 0, .now = 1};
	bool lacks;
	struct alm_error err = {0};
	const int64_t times[] = {3 * HOUR, 4 * HOUR};
	const float values[] = {-1, 30, -1, 40};
	cr_assert_eq(put(&panel, 0, times, values, 1, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_ahead_check(&panel, &spec, &window, 1, &lacks, &err), ALM_NO_INPUT);
	cr_assert(strstr(err.text, "1 time of series 'p' (1970-01-01 04:00:00 to"), "%s", err.text);
	cr_assert_eq(put(&panel, 0, times, values, 2, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_ahead_check(&panel, &spec, &window, 1, &lacks, &err), ALM_OK, "%s", err.text);
	alm_panel_release(&panel);
}

/* Series q alone knows the price of rows 3 and 4. */
Test(ahead, which_windows_lack_something_is_told_of_each)
{
	struct alm_panel panel = open_panel();
	struct alm_window windows[5];
	bool lacks[5];
	struct alm_error err = {0};
	const int64_t times[] = {3 * HOUR, 4 * HOUR};
	const float values[] = {-1, 30, -1, 40};
	for (int i = 0; i < 5; i++)
		windows[i] = (struct alm_window){.frame = i, .now = 1};
	cr_assert_eq(put(&panel, 1, times, values, 2, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_ahead_check(&panel, &spec, windows, 5, lacks, &err), ALM_NO_INPUT);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(lacks[i], i != 1, "series %d", i);
	alm_panel_release(&panel);
}
