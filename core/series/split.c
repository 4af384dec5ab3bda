#include "series/split.h"
#include "time/timestamp.h"

/* How many rows of the grid that begins with the first frame lie before the instant. */
static int64_t rows_before(const struct alm_panel *panel, const struct alm_frame *first, int64_t time_ms)
{
	bool on_grid;
	int64_t row = alm_freq_between(&panel->freq, first->grid_ms, time_ms, &on_grid) - first->grid_row;
	return row + (on_grid ? 0 : 1);
}

/* The instant from which the last `share` of n_rows lies. */
static int64_t begin_of_last(
	const struct alm_panel *panel, const struct alm_frame *first, int64_t n_rows, double share)
{
	return alm_frame_time(panel, first, n_rows - (int64_t)((double)n_rows * share));
}

static enum alm_status check_share(const char *option, double share, struct alm_error *err)
{
	if (share >= 0 && share < 1)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "%s: expected 0 or more and less than 1, found %g", option, share);
}

/* The first time after the data is fine: what begins there is empty, as it is with a share of 0. */
static enum alm_status check_instant(const char *option, int64_t time_ms, const struct alm_panel *panel,
	const struct alm_frame *first, int64_t last_ms, struct alm_error *err)
{
	char given[ALM_TIME_TEXT], begin[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	if (time_ms > first->start_ms &&
		rows_before(panel, first, time_ms) <= rows_before(panel, first, last_ms) + 1)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "%s %s is outside the data, which is from %s to %s", option,
		alm_time_print(time_ms, given), alm_time_print(first->start_ms, begin),
		alm_time_print(last_ms, last));
}

static enum alm_status check_options(const struct alm_split_options *options, const struct alm_panel *panel,
	const struct alm_frame *first, int64_t last_ms, struct alm_error *err)
{
	enum alm_status status =
		options->has_valid_from
			? check_instant("--valid-from", options->valid_from_ms, panel, first, last_ms, err)
			: check_share("--valid-fraction", options->valid_fraction, err);
	if (status != ALM_OK)
		return status;
	return options->has_test_from
		       ? check_instant("--test-from", options->test_from_ms, panel, first, last_ms, err)
		       : check_share("--test-fraction", options->test_fraction, err);
}

enum alm_status alm_split_make(const struct alm_panel *panel, const struct alm_split_options *options,
	struct alm_split *out, struct alm_error *err)
{
	int64_t last_ms;
	const struct alm_frame *first = alm_panel_range(panel, &last_ms);
	enum alm_status status = check_options(options, panel, first, last_ms, err);
	if (status != ALM_OK)
		return status;
	int64_t test_ms = options->test_from_ms, valid_ms = options->valid_from_ms;
	if (!options->has_test_from)
		test_ms = begin_of_last(
			panel, first, rows_before(panel, first, last_ms) + 1, options->test_fraction);
	if (!options->has_valid_from)
		valid_ms = begin_of_last(
			panel, first, rows_before(panel, first, test_ms), options->valid_fraction);
	if (valid_ms > test_ms) {
		char valid[ALM_TIME_TEXT], test[ALM_TIME_TEXT];
		return alm_fail(err, ALM_USAGE, "--valid-from %s lies after the begin of the test part, %s%s",
			alm_time_print(valid_ms, valid), alm_time_print(test_ms, test),
			options->has_test_from ? "" : "; give --test-from, too");
	}
	out->train = (struct alm_part){first->start_ms, valid_ms};
	out->valid = (struct alm_part){valid_ms, test_ms};
	out->test = (struct alm_part){test_ms, INT64_MAX};
	return ALM_OK;
}
