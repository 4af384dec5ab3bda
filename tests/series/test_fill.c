/* What is known at an instant must not depend, by one bit, on anything that comes later. */
#include "series/fill.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"

#define HOUR   INT64_C(3600000)
#define N_ROWS 160
#define N_DATA 3

static const char *const names[] = {"a", "b", "c"};

/* Rows with holes of every kind: whole rows that are not there, runs and single values. */
struct rows {
	struct alm_series_rows series;
	int64_t times_ms[N_ROWS];
	float values[N_ROWS * N_DATA];
};

static void make_rows(uint64_t seed, struct rows *rows)
{
	int64_t time_ms = 0;
	bool hole[N_DATA] = {false, false, false};
	for (uint64_t i = 0; i < N_ROWS; i++) {
		rows->times_ms[i] = time_ms;
		bool skip = alm_rng_uniform(seed, 1, i) < 0.05;
		time_ms += skip ? HOUR * (int64_t)(2 + alm_rng_permute(seed, i, 7, 0)) : HOUR;
		for (uint64_t channel = 0; channel < N_DATA; channel++) {
			uint64_t at = i * N_DATA + channel;
			if (alm_rng_uniform(seed, 2, at) < (hole[channel] ? 0.4 : 0.1))
				hole[channel] = !hole[channel];
			rows->values[at] = hole[channel] && i > 0 ? NAN : (float)alm_rng_normal(seed, 3, at);
		}
	}
	rows->series = (struct alm_series_rows){"s", N_ROWS, rows->times_ms, rows->values};
}

static struct alm_panel build(const struct rows *rows, enum alm_fill fill, int64_t until_ms)
{
	struct alm_panel_options options = {.channels = names,
		.n_data = N_DATA,
		.freq = {.step_ms = HOUR},
		.fill = fill,
		.fill_limit = 5,
		.until_ms = until_ms};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(&rows->series, 1, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}

static bool same_bits(float a, float b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/* Everything known at row `now` of a frame against a panel that ends there. */
static void compare_at(const struct alm_panel *whole, const struct alm_frame *frame, size_t now,
	const struct alm_panel *ended)
{
	const struct alm_frame *last = &ended->frames[ended->n_frames - 1];
	cr_assert_eq(last->start_ms, frame->start_ms);
	cr_assert_leq(last->n_rows, now + 1);
	for (size_t row = 0; row < last->n_rows; row++)
		for (int channel = 0; channel < N_DATA; channel++) {
			float then = last->values[row * N_DATA + (size_t)channel];
			cr_assert(same_bits(alm_frame_value_known(whole, frame, row, channel, now), then),
				"row %zu of channel %d at %zu", row, channel, now);
			cr_assert(same_bits(
				alm_frame_value_known(ended, last, row, channel, last->n_rows - 1), then));
		}
}

static void compare_everywhere(uint64_t seed, enum alm_fill fill)
{
	struct rows rows;
	make_rows(seed, &rows);
	struct alm_panel whole = build(&rows, fill, INT64_MAX);
	for (int i = 0; i < whole.n_frames; i++)
		for (size_t now = 0; now < whole.frames[i].n_rows; now++) {
			struct alm_panel ended =
				build(&rows, fill, alm_frame_time(&whole, &whole.frames[i], (int64_t)now));
			compare_at(&whole, &whole.frames[i], now, &ended);
			alm_panel_release(&ended);
		}
	alm_panel_release(&whole);
}

Test(fill, linear_shows_at_every_row_what_a_panel_ending_there_holds)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
		compare_everywhere(seed, ALM_FILL_LINEAR);
}

Test(fill, previous_shows_at_every_row_what_a_panel_ending_there_holds)
{
	compare_everywhere(1, ALM_FILL_PREVIOUS);
	compare_everywhere(2, ALM_FILL_PREVIOUS);
}

Test(fill, zero_shows_at_every_row_what_a_panel_ending_there_holds)
{
	compare_everywhere(1, ALM_FILL_ZERO);
	compare_everywhere(2, ALM_FILL_ZERO);
}

/* Other values, and others missing, in the rows after `cutoff_ms`. */
static void change_after(struct rows *rows, int64_t cutoff_ms, uint64_t seed)
{
	struct rows other;
	make_rows(seed, &other);
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows->times_ms[i] > cutoff_ms)
			memcpy(rows->values + i * N_DATA, other.values + i * N_DATA, N_DATA * sizeof(float));
}

/* The frame that holds the instant, or NULL. */
static const struct alm_frame *frame_at(const struct alm_panel *panel, int64_t time_ms, size_t *row)
{
	for (int i = 0; i < panel->n_frames; i++) {
		*row = alm_frame_row_at(panel, &panel->frames[i], time_ms);
		if (*row < panel->frames[i].n_rows &&
			alm_frame_time(panel, &panel->frames[i], (int64_t)*row) == time_ms)
			return &panel->frames[i];
	}
	return NULL;
}

Test(fill, changing_everything_after_a_cutoff_changes_nothing_known_at_it)
{
	size_t compared = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct rows rows, changed;
		make_rows(seed, &rows);
		changed = rows;
		changed.series.times_ms = changed.times_ms;
		changed.series.values = changed.values;
		int64_t cutoff_ms = rows.times_ms[N_ROWS / 2];
		change_after(&changed, cutoff_ms, seed + 1000);
		struct alm_panel before = build(&rows, ALM_FILL_LINEAR, INT64_MAX),
				 after = build(&changed, ALM_FILL_LINEAR, INT64_MAX);
		size_t now = 0, same = 0;
		const struct alm_frame *a = frame_at(&before, cutoff_ms, &now),
				       *b = frame_at(&after, cutoff_ms, &same);
		for (size_t row = 0; a && b && row <= now; row++)
			for (int channel = 0; channel < N_DATA; channel++, compared++)
				cr_assert(same_bits(alm_frame_value_known(&before, a, row, channel, now),
					alm_frame_value_known(&after, b, row, channel, now)));
		if (a && b)
			cr_assert_eq(now, same);
		alm_panel_release(&before);
		alm_panel_release(&after);
	}
	cr_assert_gt(compared, 1000, "the test must compare something");
}

Test(fill, a_tail_of_the_rows_gives_the_same_values)
{
	/* A forecast reads only the last rows: lookback + limit + 1 of them give the lookback's values bit for bit. */
	enum { LOOKBACK = 12, LIMIT = 5 };
	size_t compared = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct rows rows;
		make_rows(seed, &rows);
		for (size_t channel = 0; channel < N_DATA; channel++)
			rows.values[(N_ROWS - 1) * N_DATA + channel] = 1;
		struct alm_panel whole = build(&rows, ALM_FILL_LINEAR, INT64_MAX);
		size_t skip = N_ROWS - (LOOKBACK + LIMIT + 1);
		rows.series.n_rows -= skip;
		rows.series.times_ms += skip;
		rows.series.values += skip * N_DATA;
		struct alm_panel tail = build(&rows, ALM_FILL_LINEAR, INT64_MAX);
		const struct alm_frame *a = &whole.frames[whole.n_frames - 1],
				       *b = &tail.frames[tail.n_frames - 1];
		size_t n = a->n_rows < LOOKBACK ? a->n_rows : LOOKBACK;
		cr_assert_geq(b->n_rows, n);
		for (size_t i = 1; i <= n; i++)
			for (size_t channel = 0; channel < N_DATA; channel++, compared++)
				cr_assert(same_bits(a->values[(a->n_rows - i) * N_DATA + channel],
						  b->values[(b->n_rows - i) * N_DATA + channel]),
					"seed %d", (int)seed);
		alm_panel_release(&whole);
		alm_panel_release(&tail);
	}
	cr_assert_gt(compared, 500, "the test must compare something");
}
