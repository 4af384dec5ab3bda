#include "series/window.h"
#include <criterion/criterion.h>
#include <string.h>

#define HOUR INT64_C(3600000)

/* A panel of frames with no values: windows only look at rows and times. */
struct bare {
	struct alm_panel panel;
	struct alm_frame frames[3];
};

static void make_bare(struct bare *bare, int n_frames, const size_t *n_rows)
{
	*bare = (struct bare){.panel = {.freq = {.step_ms = HOUR}, .n_frames = n_frames}};
	bare->panel.frames = bare->frames;
	for (int i = 0; i < n_frames; i++) {
		int64_t start = i * 1000 * HOUR;
		bare->frames[i] =
			(struct alm_frame){.start_ms = start, .grid_ms = start, .n_rows = n_rows[i]};
	}
}

static const struct alm_part everything = {INT64_MIN, INT64_MAX};

static struct alm_windows index_windows(
	const struct bare *bare, const struct alm_window_spec *spec, const struct alm_part *part)
{
	struct alm_windows windows;
	struct alm_error err = {0};
	cr_assert_eq(alm_windows_init(&windows, &bare->panel, spec, part, &err), ALM_OK, "%s", err.text);
	return windows;
}

/* Whether `now` gives a window of the frame whose targets all lie in rows [from, to). By the definition alone. */
static bool fits(const struct alm_window_spec *spec, int64_t now, int64_t from, int64_t to)
{
	int64_t least = spec->min_lookback ? spec->min_lookback : spec->lookback;
	for (int64_t i = 0; i < least; i++)
		if (now - i * spec->sampling < 0)
			return false;
	for (int64_t j = 0; j < spec->horizon; j++) {
		int64_t row = now + 1 + spec->delay + j;
		if (row < from || row >= to)
			return false;
	}
	return true;
}

/* Every stride-th of those, counted back from the last. */
static size_t enumerate(const struct alm_window_spec *spec, int64_t from, int64_t to, size_t nows[200])
{
	size_t n = 0;
	int64_t last = -1;
	for (int64_t now = 0; now < to; now++)
		last = fits(spec, now, from, to) ? now : last;
	for (int64_t now = last; now >= 0 && fits(spec, now, from, to); now -= spec->stride)
		nows[n++] = (size_t)now;
	return n;
}

static void compare(const struct alm_window_spec *spec, int64_t n_rows, int64_t from, int64_t to)
{
	struct bare bare;
	size_t rows = (size_t)n_rows, expected[200], n = enumerate(spec, from, to, expected);
	make_bare(&bare, 1, &rows);
	struct alm_part part = {from * HOUR, to * HOUR};
	struct alm_windows windows = index_windows(&bare, spec, &part);
	cr_assert_eq(windows.n, n,
		"lookback %d sampling %d delay %d horizon %d stride %d, rows %d, part %d..%d",
		(int)spec->lookback, (int)spec->sampling, (int)spec->delay, (int)spec->horizon,
		(int)spec->stride, (int)n_rows, (int)from, (int)to);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(alm_windows_get(&windows, i).now, expected[n - 1 - i]);
	if (from == 0 && to == n_rows)
		cr_assert_eq(alm_window_count(spec, rows), n, "the closed formula");
	alm_windows_release(&windows);
}

static void compare_parts(const struct alm_window_spec *spec)
{
	for (int64_t n_rows = 1; n_rows <= 26; n_rows += 5) {
		compare(spec, n_rows, 0, n_rows);
		for (int64_t from = 0; from < n_rows; from += 3)
			for (int64_t to = from; to <= n_rows; to += 4)
				compare(spec, n_rows, from, to);
	}
}

Test(window, are_as_many_as_counting_them_one_by_one_for_every_mix)
{
	struct alm_window_spec spec;
	spec.min_lookback = 0;
	for (spec.lookback = 1; spec.lookback <= 5; spec.lookback += 2)
		for (spec.sampling = 1; spec.sampling <= 3; spec.sampling++)
			for (spec.delay = 0; spec.delay <= 2; spec.delay++)
				for (spec.horizon = 1; spec.horizon <= 4; spec.horizon++)
					for (spec.stride = 1; spec.stride <= 4; spec.stride++)
						compare_parts(&spec);
}

Test(window, may_begin_before_the_frame_where_a_shorter_lookback_is_allowed)
{
	struct alm_window_spec spec = {.lookback = 5, .delay = 1, .horizon = 2};
	for (spec.min_lookback = 1; spec.min_lookback <= 5; spec.min_lookback++)
		for (spec.sampling = 1; spec.sampling <= 3; spec.sampling++)
			for (spec.stride = 1; spec.stride <= 3; spec.stride++)
				compare_parts(&spec);
}

Test(window, inputs_are_fewer_at_the_beginning_of_a_frame)
{
	struct alm_window_spec spec = {
		.lookback = 3, .sampling = 2, .horizon = 1, .stride = 1, .min_lookback = 1};
	cr_assert_eq(alm_window_inputs(&spec, 0), 1);
	cr_assert_eq(alm_window_inputs(&spec, 1), 1);
	cr_assert_eq(alm_window_inputs(&spec, 3), 2);
	cr_assert_eq(alm_window_input_row(&spec, 3, 0), 1);
	cr_assert_eq(alm_window_inputs(&spec, 4), 3);
	cr_assert_eq(alm_window_inputs(&spec, 90), 3);
	cr_assert_eq(alm_window_input_row(&spec, 90, 0), 86);
}

Test(window, rows_of_inputs_and_targets_follow_the_definition)
{
	/* Inputs 10 13 16, then two rows of delay (17 18), targets 19 20. */
	struct alm_window_spec spec = {.lookback = 3, .sampling = 3, .delay = 2, .horizon = 2, .stride = 1};
	cr_assert_eq(alm_window_input_row(&spec, 16, 0), 10);
	cr_assert_eq(alm_window_input_row(&spec, 16, 2), 16);
	cr_assert_eq(alm_window_target_row(&spec, 16, 0), 19);
	cr_assert_eq(alm_window_target_row(&spec, 16, 1), 20);
	cr_assert_eq(alm_window_span(&spec), 11);
}

Test(window, last_usable_row_is_used_whatever_the_stride)
{
	size_t n_rows = 100;
	struct bare bare;
	make_bare(&bare, 1, &n_rows);
	for (int64_t stride = 1; stride <= 30; stride++) {
		struct alm_window_spec spec = {10, 1, 0, 5, stride, 0};
		struct alm_windows windows = index_windows(&bare, &spec, &everything);
		size_t now = alm_windows_get(&windows, windows.n - 1).now;
		cr_assert_eq(alm_window_target_row(&spec, now, 4), 99);
		alm_windows_release(&windows);
	}
}

Test(window, frames_follow_one_another_and_none_is_crossed)
{
	/* Span 4: 2, 0 and 3 windows. */
	size_t n_rows[] = {5, 3, 6};
	struct bare bare;
	struct alm_window_spec spec = {3, 1, 0, 1, 1, 0};
	make_bare(&bare, 3, n_rows);
	struct alm_windows windows = index_windows(&bare, &spec, &everything);
	cr_assert_eq(windows.n, 5);
	const int frame[] = {0, 0, 2, 2, 2};
	const size_t now[] = {2, 3, 2, 3, 4};
	for (size_t i = 0; i < 5; i++) {
		cr_assert_eq(alm_windows_get(&windows, i).frame, frame[i]);
		cr_assert_eq(alm_windows_get(&windows, i).now, now[i]);
	}
	alm_windows_release(&windows);
}

Test(window, parts_of_stride_one_share_out_all_windows_but_those_that_straddle)
{
	/* 30 rows, span 7, horizon 3: 24 windows; a border inside the targets loses horizon - 1 = 2 of them. */
	size_t n_rows = 30;
	struct bare bare;
	struct alm_window_spec spec = {4, 1, 0, 3, 1, 0};
	struct alm_part early = {INT64_MIN, 20 * HOUR}, late = {20 * HOUR, INT64_MAX};
	make_bare(&bare, 1, &n_rows);
	struct alm_windows a = index_windows(&bare, &spec, &early), b = index_windows(&bare, &spec, &late);
	cr_assert_eq(a.n, 14);
	cr_assert_eq(b.n, 8);
	cr_assert_eq(alm_window_target_row(&spec, alm_windows_get(&b, 0).now, 0), 20);
	alm_windows_release(&a);
	alm_windows_release(&b);
}

Test(window, a_part_without_a_window_is_no_error)
{
	size_t n_rows = 30;
	struct bare bare;
	struct alm_window_spec spec = {4, 1, 0, 3, 1, 0};
	struct alm_part after = {500 * HOUR, 600 * HOUR}, empty = {9 * HOUR, 9 * HOUR};
	make_bare(&bare, 1, &n_rows);
	struct alm_windows a = index_windows(&bare, &spec, &after), b = index_windows(&bare, &spec, &empty);
	cr_assert_eq(a.n, 0);
	cr_assert_eq(b.n, 0);
	alm_windows_release(&a);
	alm_windows_release(&b);
	cr_assert_null(a.n_before);
}

Test(window, members_out_of_range_are_named)
{
	const struct {
		struct alm_window_spec spec;
		const char *option;
	} wrong[] = {
		{{0, 1, 0, 1, 1, 0}, "--lookback"},
		{{1, 0, 0, 1, 1, 0}, "--sampling"},
		{{1, 1, -1, 1, 1, 0}, "--delay"},
		{{1, 1, 0, 0, 1, 0}, "--horizon"},
		{{1, 1, 0, 1, 0, 0}, "--stride"},
		{{INT64_MAX, 1, 0, 1, 1, 0}, "--lookback"},
		{{1, 1, INT64_MAX, 1, 1, 0}, "--delay"},
		{{4, 1, 0, 1, 1, 5}, "--min-lookback"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct alm_error err = {0};
		cr_assert_eq(alm_window_check(&wrong[i].spec, &err), ALM_USAGE);
		cr_assert_eq(strncmp(err.text, wrong[i].option, strlen(wrong[i].option)), 0, "%s", err.text);
	}
}

Test(window, the_longest_spans_do_not_overflow)
{
	struct alm_window_spec spec = {1000000000, 1000000000, 1000000000, 1000000000, 1, 0};
	struct alm_error err = {0};
	cr_assert_eq(alm_window_check(&spec, &err), ALM_OK);
	cr_assert_eq(alm_window_span(&spec), INT64_C(1000000001000000001));
	cr_assert_eq(alm_window_count(&spec, SIZE_MAX / 2), SIZE_MAX / 2 - 1000000001000000001u + 1);
}

Test(window, a_wrong_spec_leaves_the_index_untouched)
{
	size_t n_rows = 30;
	struct bare bare;
	struct alm_window_spec spec = {0};
	struct alm_windows windows = {.n = 77};
	struct alm_error err = {0};
	make_bare(&bare, 1, &n_rows);
	cr_assert_eq(alm_windows_init(&windows, &bare.panel, &spec, &everything, &err), ALM_USAGE);
	cr_assert_eq(windows.n, 77);
}

Test(window, a_frame_that_is_left_out_holds_none)
{
	size_t n_rows[] = {20, 30, 25};
	struct bare bare;
	struct alm_window_spec spec = {.lookback = 4, .sampling = 1, .horizon = 2, .stride = 1};
	make_bare(&bare, 3, n_rows);
	bare.frames[1].left_out = true;
	struct alm_windows windows = index_windows(&bare, &spec, &everything);
	cr_assert_eq(windows.n, 15 + 20, "20 - 6 + 1 of the first, 25 - 6 + 1 of the last");
	cr_assert_eq(alm_windows_get(&windows, 14).frame, 0);
	cr_assert_eq(alm_windows_get(&windows, 15).frame, 2);
	alm_windows_release(&windows);
}
