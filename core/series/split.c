#include "series/split.h"
#include "time/timestamp.h"

/* First and last instant of all frames. */
static void range_of(const struct alm_panel *panel, int64_t *first_ms, int64_t *last_ms)
{
	*first_ms = INT64_MAX;
	*last_ms = INT64_MIN;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		int64_t last = alm_frame_time(panel, frame, (int64_t)frame->n_rows - 1);
		*first_ms = frame->start_ms < *first_ms ? frame->start_ms : *first_ms;
		*last_ms = last > *last_ms ? last : *last_ms;
	}
}

/* The instant after which `share` of the range lies, on the grid that begins at first_ms. */
static int64_t instant_before_end(
	const struct alm_panel *panel, int64_t first_ms, int64_t last_ms, double share)
{
	bool on_grid;
	int64_t n = alm_freq_between(&panel->freq, first_ms, last_ms, &on_grid) + 1;
	return alm_freq_add(&panel->freq, first_ms, n - (int64_t)((double)n * share));
}

static enum alm_status check(
	const char *option, int64_t time_ms, int64_t first_ms, int64_t last_ms, struct alm_error *err)
{
	char given[ALM_TIME_TEXT], first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	if (time_ms > first_ms && time_ms <= last_ms)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "%s %s is outside the data, which is from %s to %s", option,
		alm_time_print(time_ms, given), alm_time_print(first_ms, first),
		alm_time_print(last_ms, last));
}

enum alm_status alm_split_make(const struct alm_panel *panel, const struct alm_split_options *options,
	struct alm_split *out, struct alm_error *err)
{
	int64_t first_ms, last_ms, valid_ms, test_ms;
	enum alm_status status = ALM_OK;
	range_of(panel, &first_ms, &last_ms);
	test_ms = options->has_test_from
			  ? options->test_from_ms
			  : instant_before_end(panel, first_ms, last_ms, options->test_fraction);
	valid_ms = options->has_valid_from
			   ? options->valid_from_ms
			   : instant_before_end(panel, first_ms, test_ms, options->valid_fraction);
	if (options->has_valid_from)
		status = check("--valid-from", valid_ms, first_ms, last_ms, err);
	if (status == ALM_OK && options->has_test_from)
		status = check("--test-from", test_ms, first_ms, last_ms, err);
	if (status != ALM_OK)
		return status;
	if (valid_ms > test_ms) {
		char valid[ALM_TIME_TEXT], test[ALM_TIME_TEXT];
		return alm_fail(err, ALM_USAGE, "--valid-from %s lies after --test-from %s",
			alm_time_print(valid_ms, valid), alm_time_print(test_ms, test));
	}
	out->train = (struct alm_part){first_ms, valid_ms};
	out->valid = (struct alm_part){valid_ms, test_ms};
	out->test = (struct alm_part){test_ms, INT64_MAX};
	return ALM_OK;
}
