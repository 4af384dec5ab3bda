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
	return status;
}

int64_t alm_window_span(const struct alm_window_spec *spec)
{
	return (spec->lookback - 1) * spec->sampling + 1 + spec->delay + spec->horizon;
}

size_t alm_window_count(const struct alm_window_spec *spec, size_t n_rows)
{
	size_t span = (size_t)alm_window_span(spec);
	return n_rows < span ? 0 : (n_rows - span) / (size_t)spec->stride + 1;
}

size_t alm_window_input_row(const struct alm_window_spec *spec, size_t first_row, int64_t step)
{
	return first_row + (size_t)(step * spec->sampling);
}

size_t alm_window_target_row(const struct alm_window_spec *spec, size_t first_row, int64_t step)
{
	return first_row + (size_t)((spec->lookback - 1) * spec->sampling + 1 + spec->delay + step);
}

/*
 * The rows that the windows of a part may use are those from `begin` to `end` (exclusive): targets begin at the
 * part's first row, so inputs may reach (lookback - 1) * sampling + 1 + delay rows before it, but not before row 0.
 */
static void usable_rows(const struct alm_windows *windows, const struct alm_frame *frame,
	const struct alm_part *part, size_t *begin, size_t *end)
{
	size_t before_targets = (size_t)(alm_window_span(&windows->spec) - windows->spec.horizon);
	size_t first_target = alm_frame_row_at(windows->panel, frame, part->from_ms);
	*begin = first_target > before_targets ? first_target - before_targets : 0;
	*end = alm_frame_row_at(windows->panel, frame, part->to_ms);
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
	made.first_row = malloc(n_bytes);
	if (!made.n_before || !made.first_row) {
		alm_windows_release(&made);
		return alm_fail_memory(err, n_bytes);
	}
	for (int i = 0; i < panel->n_frames; i++) {
		size_t begin, end;
		usable_rows(&made, &panel->frames[i], part, &begin, &end);
		size_t n = end > begin ? alm_window_count(spec, end - begin) : 0;
		made.n_before[i] = made.n;
		made.first_row[i] = 0;
		if (n > 0)
			made.first_row[i] =
				end - (size_t)alm_window_span(spec) - (n - 1) * (size_t)spec->stride;
		made.n += n;
	}
	made.n_before[panel->n_frames] = made.n;
	*windows = made;
	return ALM_OK;
}

void alm_windows_release(struct alm_windows *windows)
{
	free(windows->n_before);
	free(windows->first_row);
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
		.frame = low, .first_row = windows->first_row[low] + place * (size_t)windows->spec.stride};
}
