#include "probe/manners.h"
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The value of a spot. */
static double value_at(const struct alm_call *call, const struct alm_spot *spot)
{
	return (double)*alm_call_at(call, spot->place, spot->vector, spot->row, spot->unit);
}

bool alm_writes_every_output(struct alm_bench *bench, struct alm_finding *finding)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		if (!alm_place_is_written(bench->direction, place) || bench->direction == ALM_INIT)
			continue;
		size_t at = alm_guard_unwritten(&bench->call.place[place], 0);
		if (at == bench->call.place[place].n)
			continue;
		struct alm_spot spot = alm_call_spot(&bench->call, place, at);
		char name[64];
		alm_spot_name(bench->call.cell, place, spot.vector, name, sizeof name);
		snprintf(finding->detail, sizeof finding->detail, "%s, row %d, unit %d was not written", name,
			spot.row, spot.unit);
		snprintf(finding->advice, sizeof finding->advice, "%s",
			"buffers hold anything before the call: write every value, zeros too");
		return false;
	}
	return true;
}

bool alm_stays_in_buffers(struct alm_bench *bench, struct alm_finding *finding)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		if (!alm_guard_is_whole(&bench->call.place[place])) {
			snprintf(finding->detail, sizeof finding->detail,
				"bytes just outside of %s were written to", alm_place_name(place));
			snprintf(finding->advice, sizeof finding->advice,
				"an index runs past rows, units or the number of vectors");
			return false;
		}
	return true;
}

bool alm_call_is_finite(const struct alm_call *call, enum alm_direction direction, struct alm_spot *spot)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		for (size_t at = 0; alm_place_is_written(direction, place) && at < call->place[place].n; at++)
			if (!isfinite(call->place[place].at[at])) {
				*spot = alm_call_spot(call, place, at);
				return false;
			}
	return true;
}

bool alm_is_finite(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_spot spot;
	char name[64];
	if (alm_call_is_finite(&bench->call, bench->direction, &spot))
		return true;
	alm_spot_name(bench->call.cell, spot.place, spot.vector, name, sizeof name);
	snprintf(finding->detail, sizeof finding->detail, "%s, row %d, unit %d is %g", name, spot.row,
		spot.unit, value_at(&bench->call, &spot));
	snprintf(finding->advice, sizeof finding->advice,
		"either the formula, or an output is read before it is written, or another buffer's end");
	return false;
}

bool alm_keeps_float_mode(struct alm_bench *bench, struct alm_finding *finding)
{
	if (!bench->call.float_mode_changed && !bench->other.float_mode_changed)
		return true;
	snprintf(finding->detail, sizeof finding->detail,
		"rounding or flushing to zero is another after the call");
	snprintf(finding->advice, sizeof finding->advice, "put the mode back, or better leave it alone");
	return false;
}

/* A finding of two calls whose results should be the same bits. */
static bool same_or_tell(struct alm_bench *bench, int first, const struct alm_call *of, int skipped_row,
	struct alm_finding *finding)
{
	struct alm_spot spot;
	if (alm_call_is_same(&bench->call, first, of, bench->direction, skipped_row, &spot))
		return true;
	double found = value_at(of, &spot);
	spot.row += first;
	alm_finding_differs(finding, &bench->call, &spot, value_at(&bench->call, &spot), found);
	return false;
}

bool alm_repeats(struct alm_bench *bench, struct alm_finding *finding)
{
	alm_call_copy(&bench->call, 0, &bench->other, bench->direction);
	for (int again = 0; again < 3; again++) {
		alm_call_run(&bench->other, bench->direction);
		if (!same_or_tell(bench, 0, &bench->other, -1, finding)) {
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"something is kept between calls, or read that was never written");
			return false;
		}
	}
	return true;
}

/* The rows from `first` on, `rows` of them, in buffers of their own. */
static bool cut_is_same(struct alm_bench *bench, int first, int rows, struct alm_finding *finding)
{
	struct alm_call cut;
	if (alm_call_new(&cut, bench->call.cell, rows, bench->call.units, NULL) != ALM_OK)
		return alm_finding_no_memory(finding);
	alm_call_copy(&bench->call, first, &cut, bench->direction);
	alm_call_run(&cut, bench->direction);
	bool same = same_or_tell(bench, first, &cut, -1, finding);
	if (!same) {
		size_t used = strlen(finding->detail);
		snprintf(finding->detail + used, sizeof finding->detail - used,
			" when rows %d to %d are called alone", first, first + rows - 1);
		snprintf(finding->advice, sizeof finding->advice,
			"a row depends on its number, on how many there are, or on another row");
	}
	alm_call_free(&cut);
	return same;
}

bool alm_cuts_rows(struct alm_bench *bench, struct alm_finding *finding)
{
	int rows = bench->call.rows;
	if (bench->direction == ALM_INIT || rows == 1)
		return true;
	if (rows > 2 && (!cut_is_same(bench, 0, 2, finding) || !cut_is_same(bench, 2, rows - 2, finding)))
		return false;
	for (int row = 0; row < rows; row++)
		if (!cut_is_same(bench, row, 1, finding))
			return false;
	return true;
}

/* Spoils all that is read of a row. */
static void spoil_row(struct alm_call *call, enum alm_direction direction, int row)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		for (int vector = 0; alm_place_is_read(direction, place) && alm_place_has_rows(place) &&
				     vector < alm_place_vectors(call->cell, place);
			vector++) {
			alm_call_open(call, place);
			for (int unit = 0; unit < call->units; unit++)
				*alm_call_at(call, place, vector, row, unit) = NAN;
		}
}

bool alm_keeps_rows_apart(struct alm_bench *bench, struct alm_finding *finding)
{
	for (int row = 0; row < bench->call.rows && bench->call.rows > 1; row++) {
		alm_call_copy(&bench->call, 0, &bench->other, bench->direction);
		spoil_row(&bench->other, bench->direction, row);
		alm_call_run(&bench->other, bench->direction);
		if (!same_or_tell(bench, 0, &bench->other, row, finding)) {
			snprintf(finding->advice, sizeof finding->advice,
				"a value of row %d was read for another row: an index is off", row);
			return false;
		}
	}
	return true;
}

/* Two calls that go on at the same time, with other inputs, each beside what it made alone. */
struct pair {
	enum alm_direction direction;
	const struct alm_call *alone[2];
	struct alm_call *together[2];
	int n_times;
	atomic_int n_arrived;
	bool same[2];
	struct alm_spot spot[2];
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Until the other is there: it takes longer to wake a thread than to make some calls. Not for ever: it may have no processor. */
static void meet(struct pair *pair)
{
	double end = now_s() + 0.05;
	atomic_fetch_add(&pair->n_arrived, 1);
	while (atomic_load(&pair->n_arrived) < 2 && now_s() < end)
		continue;
}

static void run_one(void *job, int task, int worker)
{
	struct pair *pair = job;
	struct alm_call *call = pair->together[task];
	(void)worker;
	meet(pair);
	for (int i = 0; i < pair->n_times && pair->same[task]; i++) {
		alm_call_run_again(call, pair->direction);
		pair->same[task] =
			alm_call_is_same(pair->alone[task], 0, call, pair->direction, -1, &pair->spot[task]);
	}
}

/* mine: another sample called alone; theirs: the same, called together with bench->other. */
static bool run_together(
	struct alm_bench *bench, struct alm_call *mine, struct alm_call *theirs, struct alm_finding *finding)
{
	struct alm_sample sample = bench->sample;
	sample.seed++;
	alm_sample_forward(&sample, mine);
	alm_call_run(mine, ALM_FORWARD);
	alm_sample_d_next(&sample, -1, mine);
	alm_call_run(mine, bench->direction);
	alm_call_copy(mine, 0, theirs, bench->direction);
	alm_call_run(theirs, bench->direction);
	alm_call_copy(&bench->call, 0, &bench->other, bench->direction);
	alm_call_run(&bench->other, bench->direction);
	/* Both go on for about a millisecond, whatever the size. */
	struct pair pair = {.direction = bench->direction,
		.alone = {&bench->call, mine},
		.together = {&bench->other, theirs},
		.n_times = 20 + 100000 / (bench->call.rows * bench->call.units * bench->call.cell->gates),
		.same = {true, true}};
	alm_pool_run(bench->subject->pool, 2, run_one, &pair);
	for (int task = 0; task < 2; task++)
		if (!pair.same[task]) {
			alm_finding_differs(finding, mine, &pair.spot[task],
				value_at(pair.alone[task], &pair.spot[task]),
				value_at(pair.together[task], &pair.spot[task]));
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"two threads disturb each other: a global or static variable is written to");
			return false;
		}
	return true;
}

bool alm_shares_nothing(struct alm_bench *bench, struct alm_finding *finding)
{
	/* Twice is enough, and tiny calls would seldom meet. */
	if (bench->sample.number != 0 && bench->sample.number != 3)
		return true;
	struct alm_call mine, theirs;
	const struct almanac_cell *cell = bench->call.cell;
	int rows = bench->call.rows, units = bench->call.units;
	if (alm_call_new(&mine, cell, rows, units, NULL) != ALM_OK)
		return alm_finding_no_memory(finding);
	if (alm_call_new(&theirs, cell, rows, units, NULL) != ALM_OK) {
		alm_call_free(&mine);
		return alm_finding_no_memory(finding);
	}
	bool holds = run_together(bench, &mine, &theirs, finding);
	alm_call_free(&mine);
	alm_call_free(&theirs);
	return holds;
}

/* A trap may wait for a number of calls: beyond any that a look at a cell would make. */
enum { MANY = 100000 };

bool alm_repeats_long(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call *other = &bench->other;
	if (bench->call.rows * bench->call.units > 1)
		return true;
	alm_call_copy(&bench->call, 0, other, bench->direction);
	alm_call_run(other, bench->direction);
	for (int i = 0; i < MANY; i++) {
		alm_call_run_again(other, bench->direction);
		if (!same_or_tell(bench, 0, other, -1, finding)) {
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"something is counted or kept between calls");
			return false;
		}
	}
	return true;
}
