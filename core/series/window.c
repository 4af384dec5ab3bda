#include "series/window.h"
#include <stdlib.h>

/* Most rows a member may span: products of two stay within int64. */
#define ROWS_MAX 1000000000

static enum alm_status check_member(const char *option, int64_t value, int64_t least, struct alm_error *err)
{
	if (value >= least && value <= ROWS_MAX)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "%s: expected %lld..%d rows, found %lld", option, (long long)least,
		ROWS_MAX, (long long)value);
}

enum alm_status alm_window_check(const struct alm_window_spec *spec, struct alm_error *err)
{
	enum alm_status status = check_member("--lookback", spec->lookback, 1, err);
	if (status == ALM_OK)
		status = check_member("--sampling", spec->sampling, 1, err);
	if (status == ALM_OK)
		status = check_member("--delay", spec->delay, 0, err);
	if (status == ALM_OK)
		status = check_member("--horizon", spec->horizon, 1, err);
	if (status == ALM_OK)
		status = check_member("--stride", spec->stride, 1, err);
	if (status == ALM_OK && (spec->min_lookback < 0 || spec->min_lookback > spec->lookback))
		return alm_fail(err, ALM_USAGE,
			"--min-lookback: expected at most the lookback, %lld rows, found %lld",
			(long long)spec->lookback, (long long)spec->min_lookback);
	return status;
}

/* Rows from the first input to `now` of the shortest window. */
static int64_t least_inputs_span(const struct alm_window_spec *spec)
{
	int64_t least = spec->min_lookback > 0 ? spec->min_lookback : spec->lookback;
	return (least - 1) * spec->sampling + 1;
}

int64_t alm_window_span(const struct alm_window_spec *spec)
{
	return least_inputs_span(spec) + spec->delay + spec->horizon;
}

size_t alm_window_count(const struct alm_window_spec *spec, size_t n_rows)
{
	size_t span = (size_t)alm_window_span(spec);
	return n_rows < span ? 0 : (n_rows - span) / (size_t)spec->stride + 1;
}

int alm_window_inputs(const struct alm_window_spec *spec, size_t now)
{
	size_t there = now / (size_t)spec->sampling + 1, most = (size_t)spec->lookback;
	return (int)(there < most ? there : most);
}

size_t alm_window_input_row(const struct alm_window_spec *spec, size_t now, int64_t step)
{
	return now - (size_t)((alm_window_inputs(spec, now) - 1 - step) * spec->sampling);
}

/*
 * The windows of a frame in a part: `now` of the first of them, and how many. Targets lie in the part, inputs may reach
 * back before it, but not before row 0.
 */
static size_t index_frame(const struct alm_windows *windows, const struct alm_frame *frame,
	const struct alm_part *part, size_t *first_now)
{
	const struct alm_window_spec *spec = &windows->spec;
	int64_t first_target = (int64_t)alm_frame_row_at(windows->panel, frame, part->from_ms);
	int64_t end = (int64_t)alm_frame_row_at(windows->panel, frame, part->to_ms);
	int64_t least = least_inputs_span(spec) - 1, first = first_target - 1 - spec->delay;
	int64_t last = end - 1 - spec->delay - spec->horizon;
	if (first < least)
		first = least;
	*first_now = 0;
	if (last < first || frame->left_out)
		return 0;
	*first_now = (size_t)(last - (last - first) / spec->stride * spec->stride);
	return (size_t)((last - first) / spec->stride + 1);
}

enum alm_status alm_windows_init(struct alm_windows *windows, const struct alm_panel *panel,
	const struct alm_window_spec *spec, const struct alm_part *part, struct alm_error *err)
{
	enum alm_status status = alm_window_check(spec, err);
	if (status != ALM_OK)
		return status;
	size_t n_bytes = ((size_t)panel->n_frames + 1) * sizeof(size_t);
	struct alm_windows made = {.panel = panel, .spec = *spec};
	made.n_before = malloc(n_bytes);
	made.first_now = malloc(n_bytes);
	if (!made.n_before || !made.first_now) {
		alm_windows_release(&made);
		return alm_fail_memory(err, n_bytes);
	}
	for (int i = 0; i < panel->n_frames; i++) {
		made.n_before[i] = made.n;
		made.n += index_frame(&made, &panel->frames[i], part, &made.first_now[i]);
	}
	made.n_before[panel->n_frames] = made.n;
	*windows = made;
	return ALM_OK;
}

void alm_windows_release(struct alm_windows *windows)
{
	free(windows->n_before);
	free(windows->first_now);
	*windows = (struct alm_windows){0};
}

struct alm_window alm_windows_get(const struct alm_windows *windows, size_t i)
{
	int low = 0, high = windows->panel->n_frames; /* n_before[low] <= i < n_before[high] */
	while (high - low > 1) {
		int middle = low + (high - low) / 2;
		if (windows->n_before[middle] <= i)
			low = middle;
		else
			high = middle;
	}
	size_t place = i - windows->n_before[low];
	return (struct alm_window){
		.frame = low, .now = windows->first_now[low] + place * (size_t)windows->spec.stride};
}
